#pragma once
#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "core/algorithm.h"
#include "crypto/jose/jwk.h"

namespace hsm::jose {

inline constexpr std::size_t kJwsBytesMax = 256 * 1024;        // attestation tokens carry reports and certificates
inline constexpr std::size_t kJoseHeaderBytesMax = 32 * 1024;  // base64url; x5c chains are the bulk

// Jws is a compact JWS (RFC 7515 §7.1) taken apart, not yet verified: trust nothing of it until verify says yes, except
// to choose the key.
struct Jws {
  core::Algorithm algorithm;  // an RS*, PS* or ES* one; never none, never HS*
  std::string kid;            // empty if absent
  boost::json::object header;
  std::string signing_input;  // header "." payload as they were received
  Bytes payload;
  Bytes signature;
};

// parse_jws: kBadParameter unless it is three parts of base64url without padding, the header is a strict JSON object
// with a public-key `alg`, and there is no `crit` or `b64` (we understand no extension; RFC 7515 §4.1.11, RFC 7797).
Result<Jws> parse_jws(std::string_view compact);

// verify checks the signature under one key. The algorithm must be in `allowed`, and be what the key is for: its own
// `alg`, `use` and `key_ops` where it states them. kBadParameter otherwise.
Status verify(const Jws& jws, const Jwk& key, std::span<const core::Algorithm> allowed);

// verify under the keys of that kid in the set.
Status verify(const Jws& jws, const JwkSet& keys, std::span<const core::Algorithm> allowed);

// signing_input makes header "." payload, for a signature made elsewhere (in a partition); with_signature appends it.
std::string signing_input(const boost::json::object& header, ByteView payload);
std::string with_signature(std::string signing_input, ByteView signature);

// sign_jws makes the whole. `header` has everything but `alg`, which is put first. kBadParameter: the algorithm does
// not suit the key.
Result<std::string> sign_jws(core::Algorithm algorithm, EVP_PKEY* private_key, const boost::json::object& header,
                             ByteView payload);

}  // namespace hsm::jose
