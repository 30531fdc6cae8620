#include "partition/authority/http_answer.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace hsm::partition {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kChunkSizeDigitsMax = 8;

using Document = std::optional<std::string>;

std::unexpected<Error> bad_answer(std::string what) {
  return fail(Errc::kUnavailable, "the attestation authority's answer " + std::move(what));
}

// Framing is what the head says about where the document ends.
struct Framing {
  std::optional<std::size_t> length;
  bool chunked = false;
};

bool is_text(char c) {
  return c == '\t' || (c >= ' ' && c != '\x7f');
}

bool is_token(char c) {  // RFC 9110 §5.6.2
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// next_line takes a line off the front; the caller knows that there is one.
std::string_view next_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find(kLineEnd));
  text.remove_prefix(line.size() + kLineEnd.size());
  return line;
}

Status check_status(std::string_view line) {
  const bool known = line.starts_with("HTTP/1.0 ") || line.starts_with("HTTP/1.1 ");
  if (!known || !std::ranges::all_of(line, is_text)) return bad_answer("is not HTTP/1.1");
  const std::string_view status = line.substr(9, 3);
  if (status != "200" || (line.size() > 12 && line[12] != ' ')) {
    return bad_answer("has the status " + std::string(status));
  }
  return {};
}

Status read_field(std::string_view line, Framing& framing) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos || !std::ranges::all_of(line.substr(0, colon), is_token) ||
      !std::ranges::all_of(line.substr(colon + 1), is_text)) {
    return bad_answer("has a malformed header");
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = without_blanks(line.substr(colon + 1));
  if (equal_ignoring_case(name, "Content-Length")) {
    const auto length = number(value, 10);
    if (!length || framing.length) return bad_answer("has a bad Content-Length");
    framing.length = length;
  } else if (equal_ignoring_case(name, "Transfer-Encoding")) {
    if (framing.chunked || !equal_ignoring_case(value, "chunked")) return bad_answer("has a bad Transfer-Encoding");
    framing.chunked = true;
  } else if (equal_ignoring_case(name, "Content-Encoding") && !equal_ignoring_case(value, "identity")) {
    return bad_answer("is compressed");
  }
  return {};
}

// read_head reads status line and fields, without the empty line behind them.
Result<Framing> read_head(std::string_view head) {
  HSM_CHECK(check_status(next_line(head)));
  Framing framing;
  while (!head.empty()) HSM_CHECK(read_field(next_line(head), framing));
  // One of the two would be believed by others, the other one by us (RFC 9112 §6.3).
  if (framing.chunked && framing.length) return bad_answer("has both Content-Length and Transfer-Encoding");
  if (framing.length.value_or(0) > kDocumentBytesMax) return bad_answer("is too long");
  return framing;
}

Result<Document> read_chunks(std::string_view body) {
  std::string document;
  for (;;) {
    const std::size_t digits = body.find(kLineEnd);
    if (std::min(digits, body.size()) > kChunkSizeDigitsMax + 1) return bad_answer("has a malformed chunk");
    if (digits == std::string_view::npos) return Document();
    const auto size = number(next_line(body), 16);
    if (!size || digits > kChunkSizeDigitsMax) return bad_answer("has a malformed chunk");
    if (*size > kDocumentBytesMax - document.size()) return bad_answer("is too long");
    if (body.size() < *size + kLineEnd.size()) return Document();
    if (body.substr(*size, kLineEnd.size()) != kLineEnd) return bad_answer("has a malformed chunk");
    document += body.substr(0, *size);
    body.remove_prefix(*size + kLineEnd.size());
    if (*size != 0) continue;
    if (!body.empty()) return bad_answer("does not end where it says");
    return document;
  }
}

Result<Document> read_body(std::string_view body, const Framing& framing, AnswerEnd end) {
  if (framing.chunked) return read_chunks(body);
  if (framing.length) {
    if (body.size() > *framing.length) return bad_answer("does not end where it says");
    return body.size() == *framing.length ? Document(body) : Document();
  }
  if (body.size() > kDocumentBytesMax) return bad_answer("is too long");
  return end == AnswerEnd::kClosed ? Document(body) : Document();
}

}  // namespace

Result<Document> read_answer(std::string_view received, AnswerEnd end) {
  const std::size_t head_end = received.find(kHeadEnd);
  if (std::min(head_end, received.size()) > kAnswerHeadBytesMax) return bad_answer("has too long a header");
  Document document;
  if (head_end != std::string_view::npos) {
    HSM_TRY(const Framing framing, read_head(received.substr(0, head_end + kLineEnd.size())));
    HSM_TRY(document, read_body(received.substr(head_end + kHeadEnd.size()), framing, end));
  }
  if (!document && end == AnswerEnd::kClosed) return bad_answer("is cut off");
  return document;
}

}  // namespace hsm::partition
