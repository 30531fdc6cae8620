#include "partition/engine/openssl/secp256k1_key.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace hsm::partition {
namespace {

constexpr std::size_t kWidth = 32;
constexpr std::size_t kPointBytes = 1 + 2 * kWidth;

secp256k1_context* make_context() {
  secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
  SecretBytes seed(kWidth);
  HSM_ASSERT(context != nullptr && RAND_priv_bytes(seed.writable().data(), kWidth) == 1 &&
             secp256k1_context_randomize(context, seed.reveal().data()) == 1);
  return context;
}

Result<secp256k1_pubkey> read_point(ByteView point) {
  secp256k1_pubkey parsed;
  if (secp256k1_ec_pubkey_parse(shared_secp256k1_context(), &parsed, point.data(), point.size()) != 1) {
    return fail(Errc::kBadParameter, "the EC key is not a point of its curve");
  }
  return parsed;
}

}  // namespace

const secp256k1_context* shared_secp256k1_context() {
  static const secp256k1_context* const kContext = make_context();
  return kContext;
}

Status fill_secp256k1_point(EcMaterial& material) {
  const secp256k1_context* context = shared_secp256k1_context();
  secp256k1_pubkey point;
  if (secp256k1_ec_pubkey_create(context, &point, material.d().data()) != 1) {
    return fail(Errc::kBadParameter, "the private key is out of its range");
  }
  std::size_t size = kPointBytes;
  secp256k1_ec_pubkey_serialize(context, material.writable_point().data(), &size, &point, SECP256K1_EC_UNCOMPRESSED);
  return {};
}

Secp256k1Key::Secp256k1Key(const core::KeyPolicy& policy, const secp256k1_pubkey& point, SecretBytes d)
    : EngineKey(policy), point_(point), d_(std::move(d)) {}

Result<std::shared_ptr<const Secp256k1Key>> Secp256k1Key::load(const core::KeyPolicy& policy,
                                                               const SecretBytes& material) {
  HSM_TRY(const EcMaterial numbers, EcMaterial::read(material, policy.spec.curve));
  HSM_TRY(const secp256k1_pubkey point, read_point(numbers.point()));
  return std::make_shared<const Secp256k1Key>(policy, point, SecretBytes::copy(numbers.d()));
}

Result<std::shared_ptr<const Secp256k1Key>> Secp256k1Key::load_public(const core::KeyPolicy& policy,
                                                                      const core::PublicKey& key) {
  if (key.x.size() != kWidth || key.y.size() != kWidth) {
    return fail(Errc::kBadParameter, "the EC key's coordinates have a wrong length");
  }
  Bytes bytes{4};  // uncompressed, SEC 1 §2.3.3
  bytes.insert(bytes.end(), key.x.begin(), key.x.end());
  bytes.insert(bytes.end(), key.y.begin(), key.y.end());
  HSM_TRY(const secp256k1_pubkey point, read_point(bytes));
  return std::make_shared<const Secp256k1Key>(policy, point, SecretBytes());
}

Result<core::CryptoReply> Secp256k1Key::perform(const Job& job) const {
  HSM_CHECK(check_digest_size(*job.algorithm, job.input));
  if (job.operation == core::KeyOperation::kSign) return sign(job);
  return verify(job);
}

Result<core::CryptoReply> Secp256k1Key::sign(const Job& job) const {
  if (d_.empty()) return no_private_half();
  const secp256k1_context* context = shared_secp256k1_context();
  secp256k1_ecdsa_signature signature;
  if (secp256k1_ecdsa_sign(context, &signature, job.input.data(), d_.reveal().data(), secp256k1_nonce_function_rfc6979,
                           nullptr) != 1) {
    return fail(Errc::kInternal, "ECDSA signing failed");
  }
  core::CryptoReply reply;
  reply.output = SecretBytes(2 * kWidth);
  secp256k1_ecdsa_signature_serialize_compact(context, reply.output.writable().data(), &signature);
  return reply;
}

core::CryptoReply Secp256k1Key::verify(const Job& job) const {
  if (job.signature.size() != 2 * kWidth) return verified(false);
  const secp256k1_context* context = shared_secp256k1_context();
  secp256k1_ecdsa_signature signature;
  if (secp256k1_ecdsa_signature_parse_compact(context, &signature, job.signature.data()) != 1) return verified(false);
  secp256k1_ecdsa_signature_normalize(context, &signature, &signature);  // the library refuses the higher s otherwise
  return verified(secp256k1_ecdsa_verify(context, &signature, job.input.data(), &point_) == 1);
}

}  // namespace hsm::partition
