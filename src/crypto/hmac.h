#pragma once
#include <initializer_list>
#include <span>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

// HmacKey is a key made ready for HMAC (FIPS 198-1) with one digest. Thread-safe: each call works on a copy.
class HmacKey {
 public:
  HmacKey(Digest digest, const SecretBytes& key);

  // mac_into writes the MAC of the parts, one after the other, into `out`, which has exactly the digest's size.
  void mac_into(std::initializer_list<ByteView> parts, std::span<std::uint8_t> out) const;
  Bytes mac(ByteView message) const;
  // verify compares in constant time; a tag of any other length than the full one is refused.
  bool verify(ByteView message, ByteView tag) const;

 private:
  Digest digest_;
  MacContextPtr keyed_;
};

// hmac is the same for a key that is used once.
Bytes hmac(Digest digest, const SecretBytes& key, ByteView message);
// hmac_secret is for MACs that are keys themselves.
SecretBytes hmac_secret(Digest digest, const SecretBytes& key, std::initializer_list<ByteView> parts);

}  // namespace hsm::crypto
