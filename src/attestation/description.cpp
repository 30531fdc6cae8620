#include "attestation/description.h"

#include <fmt/format.h>

#include <array>

#include "attestation/key_objects.h"
#include "base/hex.h"
#include "core/key_type.h"

namespace hsm::attestation {
namespace {

using enum AttributeType;

std::string line(std::string_view what, std::string_view words) {
  return fmt::format("{:<12}{}\n", what, words);
}

std::string curve_name(const Object& key) {
  const Bytes* params = key.find(kEcParams);
  const auto curve = params == nullptr ? std::nullopt : curve_of(*params);
  return std::string(curve ? core::row(*curve).name : "unknown");
}

std::string kind(const Object& key) {
  switch (key.number(kKeyType).value_or(kNotGeneratedHere)) {
    case kRsa:
      return fmt::format("RSA, {} bits", key.number(kModulusBits).value_or(0));
    case kEc:
      return fmt::format("EC, curve {}", curve_name(key));
    case kEcEdwards:
    case kEcMontgomery:
      return fmt::format("OKP, curve {}", curve_name(key));
    case kMlDsa: {
      const core::MlDsaSetRow* set = ml_dsa_set_of(key.number(kParameterSet).value_or(0));
      return set == nullptr ? "ML-DSA, of an unknown parameter set" : std::string(set->name);
    }
    case kAes:
      return fmt::format("symmetric, {} bits", 8 * key.number(kValueBytes).value_or(0));
    default:
      return "of a type that this program does not know";
  }
}

std::string_view origin(const Object& key) {
  return *key.flag(kLocal) ? "generated inside the HSM" : "imported, or of an origin that the HSM does not know";
}

std::string leaving(const Object& key) {
  if (!*key.flag(kExtractable)) {
    return *key.flag(kLocal) ? "never: neither now nor at any time before could it be released"
                             : "cannot be released by this HSM; where it came from it may still be";
  }
  const Bytes* digest = key.find(kReleasePolicyDigest);
  return "may be released to environments that its release policy admits, SHA-256 of which is " +
         (digest == nullptr ? std::string("missing") : to_hex(*digest));
}

std::string operations(const Verified& verified) {
  struct Row {
    AttributeType type;
    std::string_view word;
  };
  constexpr auto kWords = std::to_array<Row>({
      {kEncrypt, "encrypt"},
      {kDecrypt, "decrypt"},
      {kSign, "sign"},
      {kVerify, "verify"},
      {kWrap, "wrap keys"},
      {kUnwrap, "unwrap keys"},
      {kExchange, "unwrap keys for import (a key-exchange key)"},
      {kExport, "be released"},
      {kDerive, "agree on keys"},
  });
  std::string words;
  for (const Row& row : kWords) {
    const bool may = verified.key.flag(row.type).value_or(false) ||
                     (verified.public_key && verified.public_key->flag(row.type).value_or(false));
    if (may) words.append(words.empty() ? "" : ", ").append(row.word);
  }
  return words.empty() ? "nothing" : words;
}

std::string public_part(const Object& key) {
  if (const Bytes* modulus = key.find(kModulus)) {
    return line("modulus", to_hex(*modulus)) + line("exponent", to_hex(*key.find(kPublicExponent)));
  }
  if (const Bytes* point = key.find(kEcPoint)) return line("point", to_hex(*point));
  if (const Bytes* value = key.find(kPublicValue)) return line("public key", to_hex(*value));
  const Bytes* check_value = key.find(kCheckValue);
  return line("check value", check_value == nullptr ? "none" : to_hex(*check_value));
}

}  // namespace

std::string describe(const Verified& verified) {
  const Object& key = verified.key;
  return line("key", fmt::format("{} (the name is the server's statement)", *key.text(kId))) + line("kind", kind(key)) +
         line("origin", origin(key)) + line("leaving", leaving(key)) + line("may", operations(verified)) +
         public_part(key) + line("domain", to_hex(*key.find(kDomainId))) +
         line("engine",
              fmt::format("{}, {}", *key.text(kEngine), *key.flag(kFips) ? "in FIPS mode" : "not in FIPS mode")) +
         line("root", fingerprint(verified.root));
}

std::string fingerprint(const crypto::Certificate& certificate) {
  std::string text;
  for (const std::uint8_t byte : certificate.sha256_thumbprint()) {
    text += fmt::format("{}{:02X}", text.empty() ? "" : ":", byte);
  }
  return text;
}

}  // namespace hsm::attestation
