#include "app/strongroom/attestation_file.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fstream>

#include "base/base64url.h"
#include "crypto/jose/strict_json.h"

namespace hsm::app {
namespace {

namespace json = boost::json;
using attestation::AttributeType;

const json::value* member(const json::object& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() || found->value().is_null() ? nullptr : &found->value();
}

Result<Bytes> bytes_member(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  if (value == nullptr) return Bytes{};
  if (!value->is_string()) return fail(Errc::kBadParameter, "'" + std::string(name) + "' is not a text");
  return from_base64url(std::string_view(value->get_string()));
}

// Each member in the API's spelling, or as Python's SDK names its property.
Result<Bytes> either_member(const json::object& object, std::string_view name, std::string_view other) {
  return bytes_member(object, member(object, name) != nullptr ? name : other);
}

Result<core::KeyAttestation> attestation_of(const json::object& object) {
  const json::value* version = member(object, "version");
  if (version == nullptr || !version->is_string() || version->get_string() != core::kKeyAttestationLabel) {
    return fail(Errc::kBadParameter,
                "not an attestation of Strongroom: its version is not " + std::string(core::kKeyAttestationLabel));
  }
  core::KeyAttestation attestation;
  HSM_TRY(const Bytes certificates, either_member(object, "certificatePemFile", "certificate_pem_file"));
  attestation.certificates = std::string(text_of(certificates));
  HSM_TRY(attestation.private_key, either_member(object, "privateKeyAttestation", "private_key_attestation"));
  HSM_TRY(attestation.public_key, either_member(object, "publicKeyAttestation", "public_key_attestation"));
  return attestation;
}

const json::object* object_member(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  return value == nullptr ? nullptr : value->if_object();
}

Result<core::PublicKey> public_key_of(const json::object& key) {
  core::PublicKey public_key;
  HSM_TRY(public_key.modulus, bytes_member(key, "n"));
  HSM_TRY(public_key.exponent, bytes_member(key, "e"));
  HSM_TRY(public_key.x, bytes_member(key, "x"));
  HSM_TRY(public_key.y, bytes_member(key, "y"));
  HSM_TRY(public_key.pub, bytes_member(key, "pub"));
  return public_key;
}

Bytes attribute(const attestation::Object& object, AttributeType type) {
  const Bytes* value = object.find(type);
  return value == nullptr ? Bytes{} : *value;
}

}  // namespace

Result<AttestationFile> parse_attestation(std::string_view text) {
  HSM_TRY(const json::object object, jose::parse_object(text));
  AttestationFile file;
  const json::object* attributes = object_member(object, "attributes");
  const json::object* attestation = attributes == nullptr ? &object : object_member(*attributes, "attestation");
  if (attestation == nullptr) return fail(Errc::kBadParameter, "the key comes without an attestation");
  HSM_TRY(file.attestation, attestation_of(*attestation));
  if (const json::object* key = object_member(object, "key")) {
    HSM_TRY(file.public_key, public_key_of(*key));
    HSM_TRY(const std::string_view kid, jose::text_member(*key, "kid"));
    file.kid = std::string(kid);
  }
  return file;
}

Result<AttestationFile> read_attestation(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  text.resize(kAttestationFileBytesMax + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.eof()) return fail(Errc::kUnavailable, "can't read " + path + ", or it is too long for an attestation");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_attestation(text);
}

Status check_key(const AttestationFile& file, const attestation::Verified& verified) {
  if (!file.public_key) return {};
  core::PublicKey attested{.modulus = attribute(verified.key, AttributeType::kModulus),
                           .exponent = attribute(verified.key, AttributeType::kPublicExponent),
                           .x = {},
                           .y = {},
                           .pub = attribute(verified.key, AttributeType::kPublicValue)};
  const Bytes point = attribute(verified.key, AttributeType::kEcPoint);
  if (verified.key.number(AttributeType::kKeyType) != attestation::kEc) {
    attested.x = point;                // OKP; nothing for other types
  } else if (point.size() % 2 == 1) {  // 04 | x | y
    const auto middle = point.begin() + 1 + static_cast<std::ptrdiff_t>(point.size() / 2);
    attested.x.assign(point.begin() + 1, middle);
    attested.y.assign(middle, point.end());
  }
  if (attested != *file.public_key || !file.kid.ends_with(*verified.key.text(AttributeType::kId))) {
    return fail(Errc::kBadParameter, "the attestation is of another key than the one it came with");
  }
  return {};
}

}  // namespace hsm::app
