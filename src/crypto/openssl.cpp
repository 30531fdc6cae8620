#include "crypto/openssl.h"

#include <openssl/err.h>

#include <array>

namespace hsm::crypto {

std::string openssl_error() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    std::array<char, 256> line{};
    ERR_error_string_n(code, line.data(), line.size());
    if (!text.empty()) text += "; ";
    text += line.data();
  }
  return text;
}

std::unexpected<Error> openssl_failed(Errc code, std::string message) {
  return fail(code, std::move(message), openssl_error());
}

std::unexpected<Error> bad_ciphertext() {
  ERR_clear_error();
  return fail(Errc::kBadCiphertext, "the data could not be decrypted");
}

}  // namespace hsm::crypto
