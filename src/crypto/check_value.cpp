#include "crypto/check_value.h"

#include <array>
#include <string>

#include "base/assert.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

Bytes aes_check_value(const SecretBytes& key) {
  using CipherPtr = Owned<EVP_CIPHER, EVP_CIPHER_free>;
  const std::string name = "AES-" + std::to_string(key.size() * 8) + "-ECB";
  const CipherPtr cipher(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  const std::array<std::uint8_t, 16> zeros{};
  std::array<std::uint8_t, 32> out{};
  int size = 0;
  HSM_ASSERT(cipher && context &&
             EVP_EncryptInit_ex2(context.get(), cipher.get(), key.reveal().data(), nullptr, nullptr) == 1 &&
             EVP_EncryptUpdate(context.get(), out.data(), &size, zeros.data(), static_cast<int>(zeros.size())) == 1 &&
             size == static_cast<int>(zeros.size()));
  return {out.begin(), out.begin() + kCheckValueBytes};
}

}  // namespace hsm::crypto
