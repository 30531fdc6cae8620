#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/key_record.h"

namespace hsm::core {

// KeyBackup is a key as a backup holds it: every version with its id, attributes and tags. Its material is wrapped.
struct KeyBackup {
  KeyHead head;
  std::vector<KeyRecord> versions;  // 1 to kKeyVersionsMax, in the order they were made
};

// What a client gets is opaque to it (reference/keys-api.md §2.10). A partition seals it, and one message to a
// partition does not hold a hundred versions, so that a long backup is several JWEs; a usual one is a single JWE.
//
//   blob = jwe ("~" jwe)*                    at most kBackupBlobBytesMax bytes, before base64url
//   jwe  = compact JWE of a part             partition/domain/backup_jwe.h
//   part = format (u8, 1) | backup id (16) | parts (u16) | index (u16, from 0) | head (bytes)
//          | count (u16) | record (bytes) × count
//
// The id is random; all parts of a backup have the same, and the same head, so that parts of two can't be mixed.
using BackupId = std::array<std::uint8_t, 16>;
// kBackupPartBytesMax: a part and its JWE fit a message. A record takes 36 KiB at most, nearly all of it tags.
inline constexpr std::size_t kBackupPartBytesMax = 46 * 1024;
// kBackupBlobBytesMax: its base64url, in a restore's JSON, fits http::Limits::body_bytes_max (2 MiB).
inline constexpr std::size_t kBackupBlobBytesMax = 1536 * 1024 - 1024;

// encode_backup: kBadParameter if a version does not fit a part.
Result<std::vector<Bytes>> encode_backup(const KeyBackup& backup, const BackupId& id);

// decode_backup is the inverse. kMalformedBackupBlob: anything but all parts of one backup in their order, or versions
// that are not those of the head.
Result<KeyBackup> decode_backup(std::span<const Bytes> parts);

// join_blob: kBadParameter if the versions and their tags take more than a blob may; it could not be restored.
Result<std::string> join_blob(std::span<const std::string> jwes);
// split_blob gives views of `blob`, one or more. kMalformedBackupBlob: too long, or more parts than a backup can have.
Result<std::vector<std::string_view>> split_blob(std::string_view blob);

// malformed_backup is the one answer to every blob that can't be used here, so that it tells nothing more (recorded).
std::unexpected<Error> malformed_backup();

}  // namespace hsm::core
