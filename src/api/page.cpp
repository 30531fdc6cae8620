#include "api/page.h"

#include <charconv>

#include "base/base64url.h"
#include "base/hex.h"
#include "base/json_text.h"
#include "core/key_rules.h"

namespace hsm::api {
namespace {

constexpr std::size_t kTokenMax = 1024;

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      if (const auto byte = from_hex(text.substr(i + 1, 2))) {
        out.push_back(static_cast<char>((*byte)[0]));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

}  // namespace

std::optional<std::string> query_member(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view member = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(member.find('='), member.size());
    const std::string_view raw_name = member.substr(0, equals);
    const std::string_view value = member.substr(std::min(equals + 1, member.size()));
    if (raw_name == name) {
      return value.find('%') == std::string_view::npos ? std::string(value) : percent_decoded(value);
    }
    if (raw_name.find('%') != std::string_view::npos && percent_decoded(raw_name) == name)
      return percent_decoded(value);
  }
  return std::nullopt;
}

Result<PageRequest> page_request(const http::Request& request, std::string_view prefix) {
  PageRequest page{.limit = core::kPageItemsMax, .after = {}};
  if (const auto text = query_member(request.query, "maxresults")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), page.limit);
    if (error != std::errc{} || end != text->data() + text->size() || page.limit < 1 ||
        page.limit > core::kPageItemsMax) {
      return fail(Errc::kBadParameter, "maxresults must be 1 to 25.");
    }
  }
  if (const auto token = query_member(request.query, "$skiptoken")) {
    const auto after = token->size() <= kTokenMax ? from_base64url(*token) : fail(Errc::kBadParameter);
    if (!after || !text_of(*after).starts_with(prefix))
      return fail(Errc::kBadParameter, "$skiptoken is not one of this listing's.");
    page.after = text_of(*after);
  }
  return page;
}

void append_next_link(std::string& out, const Call& call, const PageRequest& page,
                      const std::optional<std::string>& next) {
  if (!next) return;
  std::string link(call.base_url);
  link.append(call.request().path).append("?maxresults=");
  append_json_number(link, static_cast<std::int64_t>(page.limit));
  link.append("&$skiptoken=").append(to_base64url(bytes_of(*next)));
  out += R"(,"nextLink":)";
  append_json_string(out, link);
}

}  // namespace hsm::api
