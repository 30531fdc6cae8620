#include "crypto/sealed_box.h"

#include "base/assert.h"
#include "crypto/aead.h"
#include "crypto/hkdf.h"

namespace hsm::crypto {
namespace {

constexpr std::string_view kLabel = "strongroom sealed box";
constexpr std::array<std::uint8_t, kAeadNonceBytes> kNonce{};

SecretBytes random_scalar(Random& random) {
  SecretBytes scalar(kX25519Bytes);
  random.fill(scalar.writable());
  return scalar;
}

Result<AeadKey> key_of(const SecretBytes& shared, ByteView ephemeral, ByteView receiver, std::string_view context) {
  Bytes info = copy_of(bytes_of(kLabel));
  info.push_back(0);
  for (const ByteView part : {ephemeral, receiver, bytes_of(context)})
    info.insert(info.end(), part.begin(), part.end());
  HSM_TRY(const SecretBytes key, hkdf_sha256_salted(shared, {}, info, 32));
  return AeadKey(key);
}

}  // namespace

X25519Key::X25519Key(Random& random) : X25519Key(random_scalar(random)) {}

X25519Key::X25519Key(const SecretBytes& scalar)
    : key_(EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, scalar.reveal().data(), scalar.size())) {
  HSM_ASSERT(scalar.size() == kX25519Bytes && key_);
  std::size_t size = public_.size();
  HSM_ASSERT(EVP_PKEY_get_raw_public_key(key_.get(), public_.data(), &size) == 1 && size == public_.size());
}

Result<SecretBytes> X25519Key::agree(ByteView peer) const {
  const PkeyPtr peer_key(peer.size() == kX25519Bytes
                             ? EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, peer.data(), peer.size())
                             : nullptr);
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  SecretBytes shared(kX25519Bytes);
  std::size_t size = shared.size();
  if (!peer_key || !context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer_key.get()) != 1 ||
      EVP_PKEY_derive(context.get(), shared.writable().data(), &size) != 1 || size != kX25519Bytes) {
    return openssl_failed(Errc::kBadParameter, "the other side's public key is not valid");
  }
  return shared;
}

Result<Bytes> seal_box(ByteView receiver, std::string_view context, ByteView plaintext, Random& random) {
  const X25519Key ephemeral(random);
  HSM_TRY(const SecretBytes shared, ephemeral.agree(receiver));
  HSM_TRY(const AeadKey key, key_of(shared, ephemeral.public_key(), receiver, context));
  Bytes box = copy_of(ephemeral.public_key());
  const Bytes sealed = key.seal(kNonce, {}, plaintext);
  box.insert(box.end(), sealed.begin(), sealed.end());
  return box;
}

Result<SecretBytes> open_box(const X25519Key& receiver, std::string_view context, ByteView box) {
  if (box.size() < kX25519Bytes + kAeadTagBytes) return bad_ciphertext();
  const ByteView ephemeral = box.first(kX25519Bytes);
  const auto shared = receiver.agree(ephemeral);
  if (!shared) return bad_ciphertext();
  HSM_TRY(const AeadKey key, key_of(*shared, ephemeral, receiver.public_key(), context));
  return key.open(kNonce, {}, box.subspan(kX25519Bytes));
}

}  // namespace hsm::crypto
