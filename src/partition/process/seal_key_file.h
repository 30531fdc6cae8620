#pragma once
#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm::partition {

// open_seal_key returns the node's seal key, kSealKeyBytes random bytes in a file that only its owner may read. A file
// that is absent is made, with mode 0600 and complete at once: the partitions of a node start together and must all get
// the same key. kUnavailable: the file can't be read or made, is open to others, or holds something else; the message
// says which and what to do.
Result<SecretBytes> open_seal_key(const std::string& path);

}  // namespace hsm::partition
