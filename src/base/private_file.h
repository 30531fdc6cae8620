#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm {

inline constexpr std::size_t kPrivateFileBytesMax = 64 * 1024;

// read_private_file returns what the file holds; nothing if there is none. kUnavailable: it can't be read, is too
// large, is no regular file, or others than its owner may read or write it.
Result<std::optional<SecretBytes>> read_private_file(const std::string& path);

// create_private_file makes the file with mode 0600, complete or not at all, and never replaces one that exists: false
// if there is one already. It is on stable storage on return. kUnavailable: it can't be written.
Result<bool> create_private_file(const std::string& path, const SecretBytes& content);

// replace_private_file is the same for a file that may exist: its reader finds the old content or the new.
Status replace_private_file(const std::string& path, const SecretBytes& content);

}  // namespace hsm
