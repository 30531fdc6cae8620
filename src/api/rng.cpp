#include <fmt/format.h>

#include "api/handlers.h"
#include "api/json_body.h"
#include "base/base64url.h"
#include "core/key_rules.h"

namespace hsm::api {

Result<Prepared> prepare_rng(Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const auto count, integer_member(*object, "count"));
  if (!count) return fail(Errc::kBadParameter, "'count' is missing.");
  const auto most = static_cast<std::int64_t>(core::kRandomBytesMax);
  if (*count > most)
    return fail(Errc::kBadParameter, fmt::format("GetRandomBytesRequest: count may not exceed {}", most));
  if (*count < 1) return fail(Errc::kBadParameter, "GetRandomBytesRequest: count may not be below 1");
  return RandomBytes{static_cast<std::size_t>(*count)};
}

Reply finish_rng(Call&, const core::CryptoResult& result) {
  Reply answer{.body = R"({"value":")"};
  append_base64url(answer.body, result.output);
  answer.body += "\"}";
  return answer;
}

}  // namespace hsm::api
