#include "partition/domain/salted_seal.h"

#include "crypto/aead.h"
#include "crypto/hkdf.h"

namespace hsm::partition {
namespace {

constexpr std::size_t kKeyBytes = 32;

struct OneTimeKey {
  crypto::AeadKey key;
  SecretBytes nonce;
};

OneTimeKey one_time_key(const SecretBytes& root, std::string_view label, ByteView salt) {
  const SecretBytes derived = crypto::hkdf_sha256(root, label, salt, kKeyBytes + crypto::kAeadNonceBytes);
  return {crypto::AeadKey(SecretBytes::copy(derived.reveal().first(kKeyBytes))),
          SecretBytes::copy(derived.reveal().subspan(kKeyBytes))};
}

}  // namespace

void append_salted_seal(Bytes& out, const SecretBytes& key, std::string_view label, ByteView aad, ByteView plaintext,
                        Random& random) {
  const std::size_t at = out.size();
  out.resize(at + kSealOverheadBytes + plaintext.size());
  const auto sealed = std::span(out).subspan(at);
  const auto salt = sealed.first(kSealSaltBytes);
  random.fill(salt);
  const OneTimeKey once = one_time_key(key, label, salt);
  once.key.seal_into(once.nonce.reveal(), aad, plaintext, sealed.subspan(kSealSaltBytes, plaintext.size()),
                     sealed.last(kSealTagBytes));
}

Result<SecretBytes> open_salted_seal(const SecretBytes& key, std::string_view label, ByteView aad, ByteView sealed) {
  if (sealed.size() < kSealOverheadBytes) return crypto::bad_ciphertext();
  const OneTimeKey once = one_time_key(key, label, sealed.first(kSealSaltBytes));
  return once.key.open(once.nonce.reveal(), aad, sealed.subspan(kSealSaltBytes));
}

}  // namespace hsm::partition
