// POST …/securewrapkey and …/secureunwrapkey (reference/keys-api.md §1.2, §4.6). Both take and answer what wrapkey and
// unwrapkey do, but that the key is made in a partition and opens only to an attested environment.
#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/key_json.h"
#include "base/base64url.h"

namespace hsm::api::keys {
namespace {

Result<const core::SecureWrapRow*> algorithm_member(const JsonObject& object, Call& call) {
  HSM_TRY(const std::string_view name, required_text_member(object, "alg"));
  const core::SecureWrapRow* row = core::secure_wrap_named(name);
  if (row == nullptr) return fail(Errc::kBadParameter, "'alg' is not a supported algorithm.");
  call.operation.event.algorithm = row->name;
  return row;
}

Result<Bytes> value_member(const JsonObject& object) {
  HSM_TRY(const std::string_view text, required_text_member(object, "value"));
  auto value = from_base64url(text);
  if (!value) return fail(Errc::kBadParameter, "'value' is not base64url.");
  return value;
}

Result<service::SecureUnwrap> read_unwrap(const JsonObject& object, Call& call) {
  HSM_TRY(const core::SecureWrapRow* algorithm, algorithm_member(object, call));
  HSM_TRY(Bytes value, value_member(object));
  HSM_TRY(const std::string_view target, required_text_member(object, "target"));
  HSM_TRY(const auto issuer, text_member(object, "applicationTrustedIssuer"));  // only one preview requires it
  if (target.empty()) return fail(Errc::kBadParameter, "'target' is empty.");
  if (issuer && issuer->empty()) return fail(Errc::kBadParameter, "'applicationTrustedIssuer' is empty.");
  return service::SecureUnwrap{.name = *call.target.key,
                               .version = call.target.version,
                               .algorithm = algorithm->algorithm,
                               .value = std::move(value),
                               .token = std::string(target),
                               .issuer = std::string(issuer.value_or(""))};
}

Reply reply_of(const service::SecureWrapped& wrapped, const core::SecureWrapRow& algorithm, const Call& call) {
  Reply reply;
  reply.body.append(R"({"alg":")").append(algorithm.name).append(R"(","kid":")");
  reply.body.append(key_id(*wrapped.key, call.base_url)).append(R"(","value":")");
  append_base64url(reply.body, wrapped.value);
  reply.body += "\"}";
  return reply;
}

}  // namespace

Result<Reply> secure_wrap(Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const core::SecureWrapRow* algorithm, algorithm_member(*object, call));
  HSM_TRY(const service::SecureWrapped wrapped,
          call.hsm->keys.secure_wrap(
              {.name = *call.target.key, .version = call.target.version, .algorithm = algorithm->algorithm},
              call.operation));
  return reply_of(wrapped, *algorithm, call);
}

Result<Reply> secure_unwrap(Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const service::SecureUnwrap request, read_unwrap(*object, call));
  HSM_TRY(const service::SecureWrapped opened, call.hsm->keys.secure_unwrap(request, call.operation));
  return reply_of(opened, *core::find_secure_wrap(request.algorithm), call);
}

}  // namespace hsm::api::keys
