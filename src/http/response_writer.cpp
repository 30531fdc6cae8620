#include "http/response_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace hsm::http {
namespace {

struct StatusRow {
  int status;
  std::string_view line;
};

// Reason phrases of RFC 9110 §15 and RFC 6585; the usual ones first.
constexpr auto kStatusLines = std::to_array<StatusRow>({
    {200, "HTTP/1.1 200 OK\r\n"},
    {401, "HTTP/1.1 401 Unauthorized\r\n"},
    {201, "HTTP/1.1 201 Created\r\n"},
    {202, "HTTP/1.1 202 Accepted\r\n"},
    {204, "HTTP/1.1 204 No Content\r\n"},
    {301, "HTTP/1.1 301 Moved Permanently\r\n"},
    {302, "HTTP/1.1 302 Found\r\n"},
    {303, "HTTP/1.1 303 See Other\r\n"},
    {304, "HTTP/1.1 304 Not Modified\r\n"},
    {307, "HTTP/1.1 307 Temporary Redirect\r\n"},
    {308, "HTTP/1.1 308 Permanent Redirect\r\n"},
    {400, "HTTP/1.1 400 Bad Request\r\n"},
    {403, "HTTP/1.1 403 Forbidden\r\n"},
    {404, "HTTP/1.1 404 Not Found\r\n"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    {406, "HTTP/1.1 406 Not Acceptable\r\n"},
    {408, "HTTP/1.1 408 Request Timeout\r\n"},
    {409, "HTTP/1.1 409 Conflict\r\n"},
    {410, "HTTP/1.1 410 Gone\r\n"},
    {411, "HTTP/1.1 411 Length Required\r\n"},
    {412, "HTTP/1.1 412 Precondition Failed\r\n"},
    {413, "HTTP/1.1 413 Content Too Large\r\n"},
    {415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    {422, "HTTP/1.1 422 Unprocessable Content\r\n"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n"},
    {501, "HTTP/1.1 501 Not Implemented\r\n"},
    {502, "HTTP/1.1 502 Bad Gateway\r\n"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n"},
    {504, "HTTP/1.1 504 Gateway Timeout\r\n"},
});

void append_status_line(std::string& out, int status) {
  const auto row = std::ranges::find(kStatusLines, status, &StatusRow::status);
  if (row != kStatusLines.end()) {
    out += row->line;
  } else {
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} \r\n", status);  // the phrase may be empty, its space not
  }
}

}  // namespace

void append_response(std::string& out, const Response& response, Method method, bool close) {
  const bool never_has_body = response.status == 204 || response.status == 304;
  append_status_line(out, response.status);
  out += response.head;
  // 204 carries Content-Length: 0 as the service does (reference/keys-api.md §1), though RFC 9110 §8.6 would leave it
  // out. 304 would have to repeat the length of the 200 answer, which is not known here.
  if (response.status != 304) {
    out += "Content-Length: ";
    const fmt::format_int length(never_has_body ? 0 : response.body.size());
    out.append(length.data(), length.size());
    out += "\r\n";
  }
  if (close) out += "Connection: close\r\n";
  out += "\r\n";
  if (!never_has_body && method != Method::kHead) out += response.body;
}

}  // namespace hsm::http
