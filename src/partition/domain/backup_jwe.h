#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm::partition {

// A backup's part as it leaves a partition: a compact JWE, `dir` with A256CBC-HS512, of the key id that the service
// writes (reference/security-domain.md §7), under MasterSecret::backup_key. So it opens under the same security domain
// and under no other.
std::string make_backup_jwe(const SecretBytes& backup_key, ByteView part, Random& random);

// open_backup_jwe is the inverse. kBadCiphertext: anything but a text that make_backup_jwe made with the same key.
// There is one text for one part: a byte changed anywhere is refused.
Result<SecretBytes> open_backup_jwe(const SecretBytes& backup_key, std::string_view jwe);

}  // namespace hsm::partition
