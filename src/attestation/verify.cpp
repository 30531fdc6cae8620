#include "attestation/verify.h"

#include <algorithm>

#include "attestation/attester.h"
#include "base/text.h"
#include "crypto/certificate_chain.h"
#include "crypto/ed25519.h"

namespace hsm::attestation {
namespace {

using enum AttributeType;

std::unexpected<Error> refused(std::string reason) {
  return fail(Errc::kBadParameter, std::move(reason));
}

Result<Object> signed_object(ByteView blob, ByteView attester_key, const char* what) {
  HSM_TRY(const SignedObject decoded, decode(blob));
  if (!crypto::ed25519_verify(attester_key, decoded.signed_part, decoded.signature)) {
    return refused(std::string("the signature of the ") + what + " attestation is wrong");
  }
  return decoded.object;
}

// Whatever two objects both state must be the same, their class aside: key, id, origin, domain and engine.
bool agree(const Object& one, const Object& other) {
  return std::ranges::all_of(one.attributes(), [&other](const Attribute& attribute) {
    const Bytes* same = other.find(attribute.type);
    return attribute.type == kClass || same == nullptr || *same == attribute.value;
  });
}

// states_key tells whether an object says which key it is.
bool states_key(const Object& object) {
  if (object.number(kClass) == kSecretKey) return object.find(kCheckValue) != nullptr;
  const bool rsa = object.find(kModulus) != nullptr && object.find(kPublicExponent) != nullptr;
  const bool ec = object.find(kEcParams) != nullptr && object.find(kEcPoint) != nullptr;
  const bool ml_dsa = object.number(kParameterSet) && object.find(kPublicValue) != nullptr;
  return rsa + ec + ml_dsa == 1;
}

// complete tells whether an object has what every description of a key relies on.
bool complete(const Object& object) {
  return object.number(kKeyType) && object.text(kId) && object.flag(kLocal) && object.find(kDomainId) != nullptr &&
         object.text(kEngine) && object.flag(kFips) && states_key(object);
}

Status check_objects(const Object& key, const std::optional<Object>& public_key) {
  const auto object_class = key.number(kClass);
  if (object_class != kPrivateKey && object_class != kSecretKey) {
    return refused("the private attestation is not of a private or secret key");
  }
  if (!complete(key) || !key.flag(kExtractable)) return refused("the private attestation is not complete");
  if ((object_class == kPrivateKey) != public_key.has_value()) {
    return refused("a private key's attestation comes with that of its public key, and a secret key's alone");
  }
  if (!public_key) return {};
  if (public_key->number(kClass) != kPublicKey || !complete(*public_key)) {
    return refused("the public attestation is not one of a public key, or is not complete");
  }
  if (!agree(key, *public_key)) return refused("the two attestations are not of the same key");
  return {};
}

// /keys/{name}/{version}, of which names don't distinguish case (reference/keys-api.md).
bool names(std::string_view id, std::string_view expected) {
  constexpr std::string_view kPrefix = "/keys/";
  if (!id.starts_with(kPrefix)) return false;
  id.remove_prefix(kPrefix.size());
  if (expected.find('/') == std::string_view::npos) id = id.substr(0, id.find('/'));
  return equal_ignoring_case(id, expected);
}

}  // namespace

Result<Verified> verify(const core::KeyAttestation& attestation, const Expectations& expected, TimePoint now) {
  HSM_TRY(const auto certificates, crypto::Certificate::all_from_pem(attestation.certificates));
  if (certificates.size() != 2) return refused("the chain is not one of an attester's certificate and a root");
  const crypto::Certificate& attester = certificates.front();
  const crypto::Certificate& root = certificates.back();
  if (expected.root && expected.root->der() != root.der()) {
    return refused("the chain ends in another root than the one that was given");
  }
  HSM_CHECK(crypto::check_issued(attester, root, now));
  HSM_TRY(const crypto::Ed25519Public attester_key, attester.ed25519_key());

  HSM_TRY(Object key, signed_object(attestation.private_key, attester_key, "private"));
  std::optional<Object> public_key;
  if (!attestation.public_key.empty()) {
    HSM_TRY(public_key, signed_object(attestation.public_key, attester_key, "public"));
  }
  HSM_CHECK(check_objects(key, public_key));
  if (root.common_name() != root_name(*key.find(kDomainId))) {
    return refused("the attestation is of another security domain than its root");
  }
  if (!expected.key.empty() && !names(*key.text(kId), expected.key)) {
    return refused("the attestation is of another key: " + std::string(*key.text(kId)));
  }
  return Verified{.root = root, .key = std::move(key), .public_key = std::move(public_key)};
}

}  // namespace hsm::attestation
