#include "crypto/hmac.h"

#include <array>

#include "base/assert.h"

namespace hsm::crypto {
namespace {

EVP_MAC* fetched_hmac() {
  static EVP_MAC* const kHmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  HSM_ASSERT(kHmac != nullptr);
  return kHmac;
}

}  // namespace

HmacKey::HmacKey(Digest digest, const SecretBytes& key) : digest_(digest), keyed_(EVP_MAC_CTX_new(fetched_hmac())) {
  HSM_ASSERT(keyed_);
  std::string name = EVP_MD_get0_name(fetched(digest));
  const std::array<OSSL_PARAM, 2> params = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                                            OSSL_PARAM_construct_end()};
  // OpenSSL takes a null key as "keep the old one", so an empty key needs an address too.
  const std::uint8_t none = 0;
  const std::uint8_t* bytes = key.empty() ? &none : key.reveal().data();
  HSM_ASSERT(EVP_MAC_init(keyed_.get(), bytes, key.size(), params.data()) == 1);
}

void HmacKey::mac_into(std::initializer_list<ByteView> parts, std::span<std::uint8_t> out) const {
  HSM_ASSERT(out.size() == core::digest_bytes(digest_));
  const MacContextPtr context(EVP_MAC_CTX_dup(keyed_.get()));
  bool ok = context != nullptr;
  for (const ByteView part : parts) ok = ok && EVP_MAC_update(context.get(), part.data(), part.size()) == 1;
  std::size_t size = 0;
  ok = ok && EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1;
  HSM_ASSERT(ok && size == out.size());
}

Bytes HmacKey::mac(ByteView message) const {
  Bytes out(core::digest_bytes(digest_));
  mac_into({message}, out);
  return out;
}

bool HmacKey::verify(ByteView message, ByteView tag) const {
  return equal_constant_time(mac(message), tag);
}

Bytes hmac(Digest digest, const SecretBytes& key, ByteView message) {
  return HmacKey(digest, key).mac(message);
}

SecretBytes hmac_secret(Digest digest, const SecretBytes& key, std::initializer_list<ByteView> parts) {
  SecretBytes out(core::digest_bytes(digest));
  HmacKey(digest, key).mac_into(parts, out.writable());
  return out;
}

}  // namespace hsm::crypto
