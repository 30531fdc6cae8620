#include "api/keys/ml_dsa_body.h"

namespace hsm::api::keys {
namespace {

bool has(const JsonObject& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && !value->is_null();
}

}  // namespace

Result<core::MlDsaInput> read_ml_dsa_input(const JsonObject& object, core::KeyOperation operation,
                                           const core::KeySpec& spec) {
  const std::string_view message = operation == core::KeyOperation::kSign ? "value" : "digest";
  if (has(object, "external_mu")) {
    for (const std::string_view other : {std::string_view("alg"), message, std::string_view("context")}) {
      if (has(object, other)) {
        return fail(Errc::kBadParameter, "'external_mu' goes without '" + std::string(other) + "'.");
      }
    }
    return core::MlDsaInput::kMu;
  }
  HSM_TRY(const auto alg, text_member(object, "alg"));
  if (alg && *alg != core::ml_dsa_set(spec.bits).name) {
    return fail(Errc::kBadParameter, "'alg' is not the algorithm of this key.");
  }
  return core::MlDsaInput::kMessage;
}

Status refuse_ml_dsa_members(const JsonObject& object) {
  for (const std::string_view name : {"context", "external_mu"}) {
    if (has(object, name)) {
      return fail(Errc::kBadParameter, "'" + std::string(name) + "' is only for ML-DSA keys.");
    }
  }
  return {};
}

}  // namespace hsm::api::keys
