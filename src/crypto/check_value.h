#pragma once
#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace hsm::crypto {

// aes_check_value tells two AES keys apart without giving either away: the first three bytes of a zero block encrypted
// (PKCS#11 v3.0 §4.10.2, CKA_CHECK_VALUE). `key` is 16, 24 or 32 bytes.
inline constexpr std::size_t kCheckValueBytes = 3;
Bytes aes_check_value(const SecretBytes& key);

}  // namespace hsm::crypto
