#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/key_json.h"

namespace hsm::api::keys {
namespace {

constexpr std::int64_t kExponentMax = 0xFFFFFFFF;

Result<core::KeySpec> key_spec(const JsonObject& object) {
  HSM_TRY(const std::string_view kty, required_text_member(object, "kty"));
  HSM_TRY(const auto size, integer_member(object, "key_size"));
  HSM_TRY(const auto crv, text_member(object, "crv"));
  const auto type = core::key_type_named(kty);
  if (!type) return fail(Errc::kBadParameter, "'kty' is not a supported key type.");
  if (size && (*size < 0 || *size > 0xFFFF)) return fail(Errc::kBadParameter, "'key_size' is not supported.");
  core::KeySpec spec{.type = *type};
  switch (*type) {
    case core::KeyType::kRsa:
      spec.bits = static_cast<std::uint16_t>(size.value_or(core::kRsaBitsDefault));
      break;
    case core::KeyType::kOct:
      spec.bits = static_cast<std::uint16_t>(size.value_or(core::kOctBitsDefault));
      break;
    case core::KeyType::kEc: {  // key_size on EC keys is ignored (unconfirmed)
      const auto curve = core::curve_named(crv.value_or("P-256"));
      if (!curve) return fail(Errc::kBadParameter, "'crv' is not a supported curve.");
      spec.curve = *curve;
      break;
    }
    case core::KeyType::kOkp: {  // Ed25519 by default, as the live service had it under 7.4-preview.1
      const auto curve = core::okp_curve_named(crv.value_or("Ed25519"));
      if (!curve) return fail(Errc::kBadParameter, "'crv' is not a supported curve of this key type.");
      spec.curve = *curve;
      break;
    }
    case core::KeyType::kAkp: {
      HSM_TRY(spec.bits, ml_dsa_set_member(object));
      break;
    }
  }
  if (!core::valid(spec)) return fail(Errc::kBadParameter, "'key_size' is not supported for this key type.");
  return spec;
}

}  // namespace

Result<Reply> create(Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const core::KeySpec spec, key_spec(*object));
  HSM_TRY(const auto exponent, integer_member(*object, "public_exponent"));
  if (exponent && (*exponent < 3 || *exponent > kExponentMax || *exponent % 2 == 0)) {
    return fail(Errc::kBadParameter, "'public_exponent' must be an odd number of at least 3 and at most 32 bits.");
  }
  HSM_TRY(const auto operations, key_operations_member(*object));
  HSM_TRY(const service::NewKey request, new_key(*call.target.key, spec, operations, *object));
  const auto public_exponent = static_cast<std::uint32_t>(exponent.value_or(core::kRsaExponentDefault));
  HSM_TRY(const core::KeyRecord record, call.hsm->keys.create(request, public_exponent, call.operation));
  return Reply{.body = key_bundle(record, rendering_for(call))};
}

}  // namespace hsm::api::keys
