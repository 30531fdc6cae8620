#include "crypto/compact_jwe.h"

#include <algorithm>

#include "base/assert.h"
#include "base/base64url.h"
#include "crypto/aes_cbc_hmac.h"
#include "crypto/compact.h"
#include "crypto/rsa_oaep.h"

namespace hsm::crypto {
namespace {

bool is_plain_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

std::string header_text(std::string_view alg, std::string_view kid) {
  HSM_ASSERT(is_plain_text(kid));
  std::string header = R"({"alg":")";
  header.append(alg).append(R"(","enc":"A256CBC-HS512","kid":")").append(kid).append(R"("})");
  return to_base64url(bytes_of(header));
}

std::string assemble(std::string header, ByteView encrypted_key, const SecretBytes& key, ByteView payload,
                     Random& random) {
  std::array<std::uint8_t, kCbcHmacIvBytes> iv;
  random.fill(iv);
  const CbcHmacSealed content = cbc_hmac_seal(key, iv, bytes_of(header), payload);
  std::string jwe = std::move(header);
  for (const ByteView part : {encrypted_key, ByteView(iv), ByteView(content.ciphertext), ByteView(content.tag)}) {
    jwe.push_back('.');
    append_base64url(jwe, part);
  }
  return jwe;
}

Result<SecretBytes> open_content(const JweParts& parts, const SecretBytes& key) {
  const auto iv = from_base64url(parts.iv);
  const auto ciphertext = from_base64url(parts.ciphertext);
  const auto tag = from_base64url(parts.tag);
  if (!iv || !ciphertext || !tag) return bad_ciphertext();
  return cbc_hmac_open(key, *iv, bytes_of(parts.header), *ciphertext, *tag);
}

SecretBytes random_key(Random& random) {
  SecretBytes key(kCbcHmacKeyBytes);
  random.fill(key.writable());
  return key;
}

}  // namespace

std::string make_jwe_dir(const SecretBytes& key, std::string_view kid, ByteView payload, Random& random) {
  return assemble(header_text("dir", kid), {}, key, payload, random);
}

Result<std::string> make_jwe_rsa(EVP_PKEY* key, std::string_view kid, ByteView payload, Random& random) {
  const SecretBytes content_key = random_key(random);
  HSM_TRY(const Bytes encrypted_key, rsa_oaep_encrypt(key, Digest::kSha256, content_key.reveal()));
  return assemble(header_text("RSA-OAEP-256", kid), encrypted_key, content_key, payload, random);
}

Result<JweParts> split_jwe(std::string_view compact) {
  HSM_TRY(const auto parts, split_compact<5>(compact));
  return JweParts{parts[0], parts[1], parts[2], parts[3], parts[4]};
}

Result<SecretBytes> open_jwe_dir(const JweParts& parts, const SecretBytes& key) {
  if (!parts.encrypted_key.empty()) return bad_ciphertext();
  return open_content(parts, key);
}

Result<SecretBytes> open_jwe_rsa(const JweParts& parts, EVP_PKEY* private_key, Random& random) {
  SecretBytes key = random_key(random);
  if (const auto encrypted = from_base64url(parts.encrypted_key)) {
    auto decrypted = rsa_oaep_decrypt(private_key, Digest::kSha256, *encrypted);
    if (decrypted && decrypted->size() == kCbcHmacKeyBytes) key = *std::move(decrypted);
  }
  return open_content(parts, key);
}

}  // namespace hsm::crypto
