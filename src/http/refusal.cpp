#include "http/refusal.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace hsm::http {
namespace {

struct RefusalRow {
  Refusal refusal;
  int status;
  std::string_view code;
  std::string_view message;
};

// The form is that of every error of the API (reference/keys-api.md §5); these few arise before it is reached.
constexpr auto kRefusals = std::to_array<RefusalRow>({
    {Refusal::kMalformed, 400, "BadParameter", "The request is not well-formed HTTP/1.1."},
    {Refusal::kUnknownCoding, 501, "NotSupported", "The only transfer coding supported is chunked."},
    {Refusal::kHeaderTooLarge, 431, "RequestHeaderFieldsTooLarge", "The request line and headers are too large."},
    {Refusal::kBodyTooLarge, 413, "PayloadTooLarge", "The request body is too large."},
    {Refusal::kTooSlow, 408, "RequestTimeout", "The request took too long to arrive."},
    {Refusal::kPlainHttp, 400, "BadParameter", "This port speaks HTTPS; the request came as plain HTTP."},
});
static_assert(kRefusals.size() == std::size_t(Refusal::kCount_), "a refusal without an answer");
static_assert(
    [] {
      for (std::size_t i = 0; i < kRefusals.size(); ++i)
        if (std::size_t(kRefusals[i].refusal) != i) return false;
      return true;
    }(),
    "rows stand in the order of their enumerators");

}  // namespace

Response refusal_response(Refusal refusal) {
  const RefusalRow& row = kRefusals[std::size_t(refusal)];
  return {.status = row.status,
          .head = "Content-Type: application/json; charset=utf-8\r\n",
          .body = fmt::format(R"({{"error":{{"code":"{}","message":"{}"}}}})", row.code, row.message),
          .close = true};
}

}  // namespace hsm::http
