#pragma once
#include <string_view>

#include "base/result.h"
#include "service/keys.h"

namespace hsm::api::keys {

// kTransferTextBytesMax bounds a JWK's key_hsm: an RSA-4096 key wrapped for another takes about 5 KiB.
inline constexpr std::size_t kTransferTextBytesMax = 64 * 1024;

// parse_transfer_blob reads the member key_hsm of a JSON web key: base64 of a .byok file as an on-premises HSM's tool
// wrote it (reference/byok-release-attestation.md §2.2). Both base64 alphabets, padding and line breaks are taken, in
// it and in its ciphertext, since vendors' files have them.
//
//   blob = {"schema_version":"1.0.0","header":{"kid":…,"alg":"dir","enc":"CKM_RSA_AES_KEY_WRAP"},
//           "ciphertext":base64,"generator"?:text}
//   kid  = https://HOST/keys/NAME/VERSION, HOST being any host name of the instance (its first label)
//
// kBadParameter: anything else. The ciphertext stays as it is: only a partition can unwrap it.
Result<service::Transfer> parse_transfer_blob(std::string_view key_hsm, std::string_view instance);

}  // namespace hsm::api::keys
