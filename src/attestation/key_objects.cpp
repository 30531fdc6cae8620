#include "attestation/key_objects.h"

#include <algorithm>
#include <array>

namespace hsm::attestation {
namespace {

using core::KeyOperation;
using enum AttributeType;

struct TypeRow {
  core::KeyType type;
  std::uint32_t key_type;  // CKK_*
  std::uint32_t key_gen;   // CKM_*
};
constexpr auto kTypes = std::to_array<TypeRow>({
    {core::KeyType::kRsa, kRsa, 0x0},     // CKM_RSA_PKCS_KEY_PAIR_GEN
    {core::KeyType::kEc, kEc, 0x1040},    // CKM_EC_KEY_PAIR_GEN
    {core::KeyType::kOct, kAes, 0x1080},  // CKM_AES_KEY_GEN
});

struct CurveRow {
  core::Curve curve;
  std::string_view oid;  // DER
};
constexpr auto kCurveOids = std::to_array<CurveRow>({
    {core::Curve::kP256, {"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10}},  // RFC 5480 §2.1.1.1, as the next two
    {core::Curve::kP384, {"\x06\x05\x2b\x81\x04\x00\x22", 7}},
    {core::Curve::kP521, {"\x06\x05\x2b\x81\x04\x00\x23", 7}},
    {core::Curve::kP256K, {"\x06\x05\x2b\x81\x04\x00\x0a", 7}},  // SEC 2 §A.2.1
});

// Which half of a pair does what; a secret key does all of it.
struct OperationRow {
  KeyOperation operation;
  AttributeType type;
  bool of_public_half;
};
constexpr auto kOperations = std::to_array<OperationRow>({
    {KeyOperation::kEncrypt, kEncrypt, true},
    {KeyOperation::kVerify, kVerify, true},
    {KeyOperation::kWrapKey, kWrap, true},
    {KeyOperation::kDecrypt, kDecrypt, false},
    {KeyOperation::kSign, kSign, false},
    {KeyOperation::kUnwrapKey, kUnwrap, false},
    {KeyOperation::kImport, kExchange, false},
    {KeyOperation::kExport, kExport, false},
});

std::unexpected<Error> not_attested() {
  return fail(Errc::kNotSupported, "Keys of this type can't be attested yet.");
}

void put_operations(Object& object, core::KeyOperations operations, bool public_half, bool private_half) {
  for (const OperationRow& row : kOperations) {
    if (row.of_public_half ? public_half : private_half) object.set_flag(row.type, operations.has(row.operation));
  }
}

// What all objects of a key have in common.
void put_common(Object& object, const KeyFacts& facts, const TypeRow& type) {
  object.set_number(kKeyType, type.key_type);
  object.set_text(kId, facts.id);
  object.set_flag(kLocal, facts.policy.local);
  object.set_number(kKeyGenMechanism, facts.policy.local ? type.key_gen : kNotGeneratedHere);
  object.set_bytes(kDomainId, facts.domain);
  object.set_bytes(kWrappedKeyId, facts.wrapped_key_id);
  object.set_text(kEngine, facts.engine);
  object.set_flag(kFips, facts.fips);
}

// What PKCS#11 says of private and secret keys alone. An imported key may have been anywhere before (v3.0 §4.9).
void put_protection(Object& object, const core::KeyPolicy& policy) {
  object.set_flag(kSensitive, true);
  object.set_flag(kAlwaysSensitive, policy.local);
  object.set_flag(kExtractable, policy.exportable);
  object.set_flag(kNeverExtractable, policy.local && !policy.exportable);
  object.set_flag(kDerive, false);
  if (policy.exportable) object.set_bytes(kReleasePolicyDigest, policy.release_policy_digest);
}

Status put_public_key(Object& object, const KeyFacts& facts) {
  if (facts.policy.spec.type == core::KeyType::kRsa) {
    object.set_bytes(kModulus, facts.public_key.modulus);
    object.set_number(kModulusBits, facts.policy.spec.bits);
    object.set_bytes(kPublicExponent, facts.public_key.exponent);
    return {};
  }
  const auto curve = std::ranges::find(kCurveOids, facts.policy.spec.curve, &CurveRow::curve);
  if (curve == kCurveOids.end()) return not_attested();
  Bytes point{4};  // SEC 1 §2.3.3
  point.insert(point.end(), facts.public_key.x.begin(), facts.public_key.x.end());
  point.insert(point.end(), facts.public_key.y.begin(), facts.public_key.y.end());
  object.set_bytes(kEcParams, bytes_of(curve->oid));
  object.set_bytes(kEcPoint, point);
  return {};
}

KeyObjects secret_key(const KeyFacts& facts, const TypeRow& type) {
  KeyObjects objects;
  objects.key.set_number(kClass, kSecretKey);
  put_common(objects.key, facts, type);
  put_protection(objects.key, facts.policy);
  put_operations(objects.key, facts.policy.operations, true, true);
  objects.key.set_number(kValueBytes, facts.policy.spec.bits / 8U);
  objects.key.set_bytes(kCheckValue, facts.check_value);
  return objects;
}

Result<KeyObjects> key_pair(const KeyFacts& facts, const TypeRow& type) {
  KeyObjects objects{.key = {}, .public_key = Object()};
  objects.key.set_number(kClass, kPrivateKey);
  put_common(objects.key, facts, type);
  put_protection(objects.key, facts.policy);
  put_operations(objects.key, facts.policy.operations, false, true);
  HSM_CHECK(put_public_key(objects.key, facts));
  objects.public_key->set_number(kClass, kPublicKey);
  put_common(*objects.public_key, facts, type);
  put_operations(*objects.public_key, facts.policy.operations, true, false);
  HSM_CHECK(put_public_key(*objects.public_key, facts));
  return objects;
}

}  // namespace

Result<KeyObjects> key_objects(const KeyFacts& facts) {
  const auto type = std::ranges::find(kTypes, facts.policy.spec.type, &TypeRow::type);
  if (type == kTypes.end()) return not_attested();
  if (facts.policy.spec.type == core::KeyType::kOct) return secret_key(facts, *type);
  return key_pair(facts, *type);
}

std::optional<core::Curve> curve_of(ByteView ec_params) {
  const auto found = std::ranges::find(kCurveOids, text_of(ec_params), &CurveRow::oid);
  return found == kCurveOids.end() ? std::nullopt : std::optional(found->curve);
}

}  // namespace hsm::attestation
