#include "api/keys/import_body.h"

#include <algorithm>
#include <array>
#include <bit>

#include "api/json_body.h"
#include "api/keys/key_json.h"
#include "base/base64url.h"

namespace hsm::api::keys {
namespace {

// The members of a JSON web key that hold numbers, and where they go (RFC 7518 §6; reference/keys-api.md §3.5). Whether
// they belong together is the partition's to say.
struct PublicMember {
  std::string_view name;
  Bytes core::PublicKey::* number;
};
constexpr auto kPublicMembers = std::to_array<PublicMember>({
    {"n", &core::PublicKey::modulus},
    {"e", &core::PublicKey::exponent},
    {"x", &core::PublicKey::x},
    {"y", &core::PublicKey::y},
    {"pub", &core::PublicKey::pub},
});
struct PrivateMember {
  std::string_view name;
  SecretBytes core::PrivateKey::* number;
};
constexpr auto kPrivateMembers = std::to_array<PrivateMember>({
    {"d", &core::PrivateKey::d},
    {"p", &core::PrivateKey::p},
    {"q", &core::PrivateKey::q},
    {"dp", &core::PrivateKey::dp},
    {"dq", &core::PrivateKey::dq},
    {"qi", &core::PrivateKey::qi},
    {"k", &core::PrivateKey::k},
    {"priv", &core::PrivateKey::priv},  // the seed: draft-ietf-cose-dilithium §4
});

std::unexpected<Error> not_base64url(std::string_view name) {
  return fail(Errc::kBadParameter, "'" + std::string(name) + "' is not base64url.");
}

Result<core::PrivateKey> private_key(const JsonObject& jwk) {
  core::PrivateKey key;
  for (const PublicMember& member : kPublicMembers) {
    HSM_TRY(const auto text, text_member(jwk, member.name));
    if (!text) continue;
    auto bytes = from_base64url(*text);
    if (!bytes) return not_base64url(member.name);
    key.public_key.*member.number = std::move(*bytes);
  }
  for (const PrivateMember& member : kPrivateMembers) {
    HSM_TRY(const auto text, text_member(jwk, member.name));
    if (!text) continue;
    auto bytes = secret_from_base64url(*text);
    if (!bytes) return not_base64url(member.name);
    key.*member.number = std::move(*bytes);
  }
  return key;
}

std::size_t bit_length(ByteView number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);  // clients may write leading zeros
  return number.empty() ? 0 : number.size() * 8 - static_cast<std::size_t>(std::countl_zero(number.front()));
}

Result<core::KeySpec> spec_of(const JsonObject& jwk, const core::PrivateKey& key) {
  HSM_TRY(const std::string_view kty, required_text_member(jwk, "kty"));
  HSM_TRY(const auto crv, text_member(jwk, "crv"));
  const auto type = core::key_type_named(kty);
  if (!type) return fail(Errc::kBadParameter, "'kty' is not a supported key type.");
  core::KeySpec spec{.type = *type};
  if (*type == core::KeyType::kEc) {
    // az writes OpenSSL's name of one curve (reference/byok-release-attestation.md §1.2).
    const bool openssl_name = crv && *crv == "SECP256K1";
    const auto curve = core::curve_named(openssl_name ? "P-256K" : crv.value_or(""));
    if (!curve) return fail(Errc::kBadParameter, "'crv' is not a supported curve.");
    spec.curve = *curve;
  } else if (*type == core::KeyType::kOkp) {
    const auto curve = core::okp_curve_named(crv.value_or(""));
    if (!curve) return fail(Errc::kBadParameter, "'crv' is not a supported curve of this key type.");
    spec.curve = *curve;
  } else if (*type == core::KeyType::kAkp) {
    HSM_TRY(spec.bits, ml_dsa_set_member(jwk));
  } else {
    const std::size_t bits = *type == core::KeyType::kRsa ? bit_length(key.public_key.modulus) : key.k.size() * 8;
    if (bits > 0xFFFF) return fail(Errc::kBadParameter, "The key's size is not supported.");
    spec.bits = static_cast<std::uint16_t>(bits);
  }
  return spec;
}

Status refuse_clear_members(const JsonObject& jwk) {
  const auto present = [&jwk](const auto& member) {
    const boost::json::value* value = jwk.if_contains(member.name);
    return value != nullptr && !value->is_null();
  };
  if (std::ranges::none_of(kPrivateMembers, present)) return {};
  return fail(Errc::kBadParameter, "JSON Web Key: a key with key_hsm may not have private members besides.");
}

}  // namespace

Result<ImportBody> read_import_body(const core::KeyName& name, ByteView text) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(text));
  HSM_TRY(const JsonObject* jwk, object_member(*object, "key"));
  if (jwk == nullptr) return fail(Errc::kBadParameter, "'key' is missing.");
  HSM_TRY(const auto blob, text_member(*jwk, "key_hsm"));
  core::PrivateKey key;
  if (blob) {
    HSM_CHECK(refuse_clear_members(*jwk));
  } else {
    HSM_TRY(key, private_key(*jwk));
  }
  HSM_TRY(const core::KeySpec spec, spec_of(*jwk, key));
  HSM_TRY(const auto operations, key_operations_member(*jwk));
  HSM_TRY(service::NewKey request, new_key(name, spec, operations, *object));
  ImportBody wanted{std::move(request), std::move(key), {}};
  if (blob) wanted.transfer_blob = *blob;
  return wanted;
}

}  // namespace hsm::api::keys
