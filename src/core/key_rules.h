#pragma once
#include "base/clock.h"
#include "base/result.h"
#include "core/algorithm.h"
#include "core/key_record.h"
#include "core/secure_wrap.h"

namespace hsm::core {

// check_use tells whether a key may be used now for the operation with the algorithm (reference/keys-api.md §3.4):
// a disabled key refuses every use; outside of nbf/exp only decrypt, unwrap and verify still work; key_ops must hold
// the operation. kForbidden for these (code unconfirmed); kBadParameter when the algorithm does not suit the key.
Status check_use(const KeyRecord& record, KeyOperation operation, const AlgorithmRow& algorithm, TimePoint now);

// check_secure_use is check_use of kSecureWrapKey and kSecureUnwrapKey. Either is also allowed by wrapKey or unwrapKey:
// key_ops of the stable api-version have no others (unconfirmed).
Status check_secure_use(const KeyRecord& record, KeyOperation operation, const SecureWrapRow& algorithm, TimePoint now);

// check_exchange tells whether a key may unwrap another HSM's keys now: RSA, import its one operation, enabled, between
// nbf and exp. kBadParameter (unconfirmed, reference/byok-release-attestation.md §1.3).
Status check_exchange(const KeyRecord& record, TimePoint now);

// Limits on what a client may attach (reference/keys-api.md §3.3).
inline constexpr std::size_t kTagsMax = 15;
inline constexpr std::size_t kTagCharactersMax = 256;
inline constexpr std::uint32_t kKeyVersionsMax = 100;
inline constexpr std::size_t kRandomBytesMax = 128;
inline constexpr std::size_t kPageItemsMax = 25;

Status check_tags(const Tags& tags);
// check_operations: kBadParameter if such a key can't have them, or if import does not stand alone.
Status check_operations(KeyOperations operations, const KeySpec& spec);
// check_validity: kBadParameter if nbf is after exp (unconfirmed).
Status check_validity(const KeyAttributes& attributes);

}  // namespace hsm::core
