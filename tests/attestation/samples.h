#pragma once
#include "attestation/attester.h"
#include "attestation/verify.h"

namespace hsm::attestation::test {

inline constexpr core::DomainId kDomain{0xd0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
inline const TimePoint kNow = from_unix_seconds(1'800'000'000);

// A domain's attester: `seed` tells one master secret from another.
inline Attester attester(std::uint8_t seed = 1, const core::DomainId& domain = kDomain) {
  return {domain, SecretBytes::copy(Bytes(32, seed)),
          SecretBytes::copy(Bytes(32, static_cast<std::uint8_t>(seed + 100)))};
}

inline KeyFacts facts(core::KeySpec spec, core::KeyOperations operations) {
  return {.id = "/keys/my-key/0123456789abcdef0123456789abcdef",
          .policy =
              {.spec = spec, .operations = operations, .exportable = false, .local = true, .release_policy_digest = {}},
          .public_key = {},
          .check_value = {},
          .wrapped_key_id = {7},
          .domain = kDomain,
          .engine = "OpenSSL Default Provider 3.0.17",
          .fips = false};
}
inline KeyFacts ec_facts() {
  KeyFacts key =
      facts({core::KeyType::kEc, core::Curve::kP256, 0}, {core::KeyOperation::kSign, core::KeyOperation::kVerify});
  key.public_key.x = Bytes(32, 0x11);
  key.public_key.y = Bytes(32, 0x22);
  return key;
}
inline KeyFacts rsa_facts() {
  KeyFacts key = facts({core::KeyType::kRsa, core::Curve::kNone, 2048},
                       {core::KeyOperation::kWrapKey, core::KeyOperation::kUnwrapKey});
  key.public_key.modulus = Bytes(256, 0xc1);
  key.public_key.exponent = {1, 0, 1};
  return key;
}
inline KeyFacts okp_facts(core::Curve curve) {
  const core::KeySpec spec{core::KeyType::kOkp, curve, 0};
  KeyFacts key = facts(spec, core::possible_operations(spec));
  key.public_key.x = Bytes(32, 0x33);
  return key;
}
inline KeyFacts ml_dsa_facts(std::uint16_t set) {
  KeyFacts key =
      facts({core::KeyType::kAkp, core::Curve::kNone, set}, {core::KeyOperation::kSign, core::KeyOperation::kVerify});
  key.public_key.pub = Bytes(core::ml_dsa_set(set).public_bytes, 0x44);
  return key;
}
inline KeyFacts oct_facts() {
  KeyFacts key = facts({core::KeyType::kOct, core::Curve::kNone, 256},
                       {core::KeyOperation::kEncrypt, core::KeyOperation::kDecrypt});
  key.check_value = {1, 2, 3};
  return key;
}

}  // namespace hsm::attestation::test
