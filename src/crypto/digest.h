#pragma once
#include <openssl/evp.h>

#include <array>
#include <initializer_list>
#include <span>

#include "base/bytes.h"
#include "core/algorithm.h"

namespace hsm::crypto {

using core::Digest;
using Sha1Value = std::array<std::uint8_t, 20>;
using Sha256Value = std::array<std::uint8_t, 32>;
using Sha512Value = std::array<std::uint8_t, 64>;

// fetched returns OpenSSL's implementation of the digest, looked up once in the process. `digest` is not kNone.
const EVP_MD* fetched(Digest digest);

// hash_into writes the digest of the parts, one after the other, into `out`, which has exactly its size.
void hash_into(Digest digest, std::initializer_list<ByteView> parts, std::span<std::uint8_t> out);

Bytes hash(Digest digest, ByteView message);
Sha1Value sha1(ByteView message);  // names and thumbprints only (x5t), never a signature
Sha256Value sha256(ByteView message);
Sha256Value sha256(std::initializer_list<ByteView> parts);
Sha512Value sha512(ByteView message);

}  // namespace hsm::crypto
