#include "partition/engine/openssl/release.h"

#include "crypto/key_pair.h"
#include "crypto/key_wrap.h"
#include "crypto/public_key.h"
#include "crypto/rsa_oaep.h"
#include "partition/engine/openssl/ec_key.h"
#include "partition/engine/openssl/ec_material.h"
#include "partition/engine/openssl/okp_key.h"
#include "partition/engine/openssl/rsa_material.h"

namespace hsm::partition {
namespace {

constexpr std::size_t kAesKeyBytes = 32;  // clients expect AES-256 whatever the digest (§3.5)

}  // namespace

Result<SecretBytes> plain_key(const core::KeySpec& spec, const SecretBytes& material) {
  switch (spec.type) {
    case core::KeyType::kRsa: {
      HSM_TRY(const RsaMaterial numbers, RsaMaterial::read(material, spec.bits));
      HSM_TRY(const crypto::PkeyPtr key, numbers.key_pair());
      return crypto::private_key_to_der(key.get());
    }
    case core::KeyType::kEc: {
      HSM_TRY(const EcMaterial numbers, EcMaterial::read(material, spec.curve));
      HSM_TRY(const crypto::PkeyPtr key, ec_key_pair(numbers, spec.curve));
      return crypto::private_key_to_der(key.get());
    }
    case core::KeyType::kOct:
      return material.clone();
    case core::KeyType::kOkp: {
      HSM_TRY(const crypto::PkeyPtr key, okp_key_pair(spec.curve, material));
      return crypto::private_key_to_der(key.get());
    }
    case core::KeyType::kAkp:
      return fail(Errc::kNotSupported, "ML-DSA keys can't be released.");
  }
  return fail(Errc::kInternal, "the key has no exportable form");
}

Result<Bytes> wrap_for_environment(const SecretBytes& plain, const core::PublicKey& to, core::Digest digest,
                                   Random& random) {
  HSM_TRY(const crypto::PkeyPtr key, crypto::rsa_public_key(to.modulus, to.exponent));
  SecretBytes aes_key(kAesKeyBytes);
  random.fill(aes_key.writable());
  HSM_TRY(Bytes wrapped, crypto::rsa_oaep_encrypt(key.get(), digest, aes_key.reveal()));
  HSM_TRY(const Bytes rest, crypto::wrap_key_padded(aes_key, plain.reveal()));
  wrapped.insert(wrapped.end(), rest.begin(), rest.end());
  return wrapped;
}

}  // namespace hsm::partition
