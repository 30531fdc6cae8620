#include "attestation/key_objects.h"

#include <algorithm>
#include <array>

namespace hsm::attestation {
namespace {

using core::KeyOperation;
using enum AttributeType;

struct TypeRow {
  core::KeyType type;
  core::Curve curve;       // kNone: any
  std::uint32_t key_type;  // CKK_*
  std::uint32_t key_gen;   // CKM_*
};
constexpr auto kTypes = std::to_array<TypeRow>({
    {core::KeyType::kRsa, core::Curve::kNone, kRsa, 0x0},                // CKM_RSA_PKCS_KEY_PAIR_GEN
    {core::KeyType::kEc, core::Curve::kNone, kEc, 0x1040},               // CKM_EC_KEY_PAIR_GEN
    {core::KeyType::kOct, core::Curve::kNone, kAes, 0x1080},             // CKM_AES_KEY_GEN
    {core::KeyType::kOkp, core::Curve::kEd25519, kEcEdwards, 0x1055},    // CKM_EC_EDWARDS_KEY_PAIR_GEN
    {core::KeyType::kOkp, core::Curve::kX25519, kEcMontgomery, 0x1056},  // CKM_EC_MONTGOMERY_KEY_PAIR_GEN
    {core::KeyType::kAkp, core::Curve::kNone, kMlDsa, 0x1c},             // CKM_ML_DSA_KEY_PAIR_GEN (PKCS#11 v3.2)
});

const TypeRow* find_type(const core::KeySpec& spec) {
  const auto found = std::ranges::find_if(kTypes, [&spec](const TypeRow& row) {
    return row.type == spec.type && (row.curve == core::Curve::kNone || row.curve == spec.curve);
  });
  return found == kTypes.end() ? nullptr : &*found;
}

struct CurveRow {
  core::Curve curve;
  std::string_view oid;  // DER
};
constexpr auto kCurveOids = std::to_array<CurveRow>({
    {core::Curve::kP256, {"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10}},  // RFC 5480 §2.1.1.1, as the next two
    {core::Curve::kP384, {"\x06\x05\x2b\x81\x04\x00\x22", 7}},
    {core::Curve::kP521, {"\x06\x05\x2b\x81\x04\x00\x23", 7}},
    {core::Curve::kP256K, {"\x06\x05\x2b\x81\x04\x00\x0a", 7}},  // SEC 2 §A.2.1
    {core::Curve::kEd25519, {"\x06\x03\x2b\x65\x70", 5}},        // RFC 8410 §3, as the next
    {core::Curve::kX25519, {"\x06\x03\x2b\x65\x6e", 5}},
});

struct MlDsaRow {
  std::uint16_t set;            // core::MlDsaSetRow::number
  std::uint32_t parameter_set;  // CKP_ML_DSA_*, PKCS#11 v3.2
};
constexpr auto kMlDsaParameterSets = std::to_array<MlDsaRow>({{44, 1}, {65, 2}, {87, 3}});
static_assert(kMlDsaParameterSets.size() == core::kMlDsaSets.size());

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
    {KeyOperation::kDeriveKey, kDerive, false},
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
  if (core::has_release_policy(policy)) object.set_bytes(kReleasePolicyDigest, policy.release_policy_digest);
}

// SEC 1 §2.3.3 for EC keys; those of OKP have one coordinate, which is the point.
Bytes point_of(const core::PublicKey& key) {
  if (key.y.empty()) return key.x;
  Bytes point{4};
  point.insert(point.end(), key.x.begin(), key.x.end());
  point.insert(point.end(), key.y.begin(), key.y.end());
  return point;
}

Status put_point(Object& object, const KeyFacts& facts) {
  const auto curve = std::ranges::find(kCurveOids, facts.policy.spec.curve, &CurveRow::curve);
  if (curve == kCurveOids.end()) return not_attested();
  object.set_bytes(kEcParams, bytes_of(curve->oid));
  object.set_bytes(kEcPoint, point_of(facts.public_key));
  return {};
}

Status put_ml_dsa(Object& object, const KeyFacts& facts) {
  const auto row = std::ranges::find(kMlDsaParameterSets, facts.policy.spec.bits, &MlDsaRow::set);
  if (row == kMlDsaParameterSets.end()) return not_attested();
  object.set_number(kParameterSet, row->parameter_set);
  object.set_bytes(kPublicValue, facts.public_key.pub);
  return {};
}

Status put_public_key(Object& object, const KeyFacts& facts) {
  if (facts.policy.spec.type == core::KeyType::kAkp) return put_ml_dsa(object, facts);
  if (facts.policy.spec.type != core::KeyType::kRsa) return put_point(object, facts);
  object.set_bytes(kModulus, facts.public_key.modulus);
  object.set_number(kModulusBits, facts.policy.spec.bits);
  object.set_bytes(kPublicExponent, facts.public_key.exponent);
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
  const TypeRow* type = find_type(facts.policy.spec);
  if (type == nullptr) return not_attested();
  if (facts.policy.spec.type == core::KeyType::kOct) return secret_key(facts, *type);
  return key_pair(facts, *type);
}

std::optional<core::Curve> curve_of(ByteView ec_params) {
  const auto found = std::ranges::find(kCurveOids, text_of(ec_params), &CurveRow::oid);
  return found == kCurveOids.end() ? std::nullopt : std::optional(found->curve);
}

const core::MlDsaSetRow* ml_dsa_set_of(std::uint32_t parameter_set) {
  const auto found = std::ranges::find(kMlDsaParameterSets, parameter_set, &MlDsaRow::parameter_set);
  return found == kMlDsaParameterSets.end() ? nullptr : &core::ml_dsa_set(found->set);
}

}  // namespace hsm::attestation
