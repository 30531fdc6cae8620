#pragma once
#include <filesystem>
#include <optional>

#include "audit/checkpoint.h"
#include "base/result.h"

namespace hsm::audit {

// audit.head is the newest checkpoint, kept beside the log, so that lines cut off at the end are missed. It is written
// after the checkpoint's own line is on stable storage; so an honest log always holds the checkpoint that it names.
inline constexpr const char* kHeadFileName = "audit.head";

// write_head replaces the file in one step.
Status write_head(const std::filesystem::path& directory, const Checkpoint& checkpoint);

// read_head returns none if there is no such file. kInternal: it holds something else. kUnavailable: it can't be read.
Result<std::optional<Checkpoint>> read_head(const std::filesystem::path& file);

}  // namespace hsm::audit
