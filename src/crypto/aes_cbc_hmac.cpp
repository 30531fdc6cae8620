#include "crypto/aes_cbc_hmac.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"
#include "crypto/hmac.h"
#include "crypto/openssl.h"

namespace hsm::crypto {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kHalfKeyBytes = kCbcHmacKeyBytes / 2;

const EVP_CIPHER* fetched_cbc() {
  static const EVP_CIPHER* const kCbc = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  HSM_ASSERT(kCbc != nullptr);
  return kCbc;
}

std::array<std::uint8_t, kCbcHmacTagBytes> tag_of(const SecretBytes& key, ByteView iv, ByteView aad,
                                                  ByteView ciphertext) {
  const HmacKey mac(Digest::kSha512, SecretBytes::copy(key.reveal().first(kHalfKeyBytes)));
  std::array<std::uint8_t, 8> aad_bits;  // 64-bit big-endian
  for (std::size_t i = 0; i < 8; ++i) {
    aad_bits[i] = static_cast<std::uint8_t>(std::uint64_t{aad.size()} * 8 >> (56 - 8 * i));
  }
  Sha512Value full;
  mac.mac_into({aad, iv, ciphertext, aad_bits}, full);
  std::array<std::uint8_t, kCbcHmacTagBytes> tag;
  std::copy_n(full.begin(), tag.size(), tag.begin());
  return tag;
}

// run returns the number of bytes written to `out`, which has room for one block more than `in`.
Result<std::size_t> run(bool encrypt, const SecretBytes& key, ByteView iv, ByteView in, std::span<std::uint8_t> out) {
  HSM_ASSERT(in.size() <= std::numeric_limits<int>::max() - kBlockBytes && out.size() >= in.size() + kBlockBytes);
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  const std::uint8_t* aes_key = key.reveal().subspan(kHalfKeyBytes).data();
  HSM_ASSERT(context &&
             EVP_CipherInit_ex2(context.get(), fetched_cbc(), aes_key, iv.data(), encrypt ? 1 : 0, nullptr) == 1);
  int body = 0;
  int last = 0;
  if ((!in.empty() &&
       EVP_CipherUpdate(context.get(), out.data(), &body, in.data(), static_cast<int>(in.size())) != 1) ||
      EVP_CipherFinal_ex(context.get(), out.data() + body, &last) != 1) {
    return bad_ciphertext();
  }
  return static_cast<std::size_t>(body) + static_cast<std::size_t>(last);
}

}  // namespace

CbcHmacSealed cbc_hmac_seal(const SecretBytes& key, ByteView iv, ByteView aad, ByteView plaintext) {
  HSM_ASSERT(key.size() == kCbcHmacKeyBytes && iv.size() == kCbcHmacIvBytes);
  CbcHmacSealed sealed;
  sealed.ciphertext.resize(plaintext.size() + kBlockBytes);
  const auto size = run(true, key, iv, plaintext, sealed.ciphertext);
  HSM_ASSERT(size);
  sealed.ciphertext.resize(*size);
  sealed.tag = tag_of(key, iv, aad, sealed.ciphertext);
  return sealed;
}

Result<SecretBytes> cbc_hmac_open(const SecretBytes& key, ByteView iv, ByteView aad, ByteView ciphertext,
                                  ByteView tag) {
  if (key.size() != kCbcHmacKeyBytes || iv.size() != kCbcHmacIvBytes || tag.size() != kCbcHmacTagBytes ||
      ciphertext.empty() || ciphertext.size() % kBlockBytes != 0 ||
      !equal_constant_time(tag_of(key, iv, aad, ciphertext), tag)) {
    return bad_ciphertext();
  }
  SecretBytes plaintext(ciphertext.size() + kBlockBytes);
  HSM_TRY(const std::size_t size, run(false, key, iv, ciphertext, plaintext.writable()));
  plaintext.shrink(size);
  return plaintext;
}

}  // namespace hsm::crypto
