#include "core/key_backup.h"

#include <algorithm>
#include <set>

#include "base/wire.h"
#include "core/key_rules.h"

namespace hsm::core {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr char kSeparator = '~';
constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);

// Every part holds at least one record, so there are never more of them than versions.
constexpr std::size_t kPartsMax = kKeyVersionsMax;

using Records = std::vector<Bytes>;

std::unexpected<Error> too_large() {
  return fail(Errc::kBadParameter, "The key's versions and their tags are too large for a backup.");
}

std::size_t fixed_bytes(ByteView head) {
  return 1 + sizeof(BackupId) + 3 * sizeof(std::uint16_t) + kLengthBytes + head.size();
}

// group puts as many records into each part as fit.
Result<std::vector<Records>> group(const KeyBackup& backup, std::size_t room) {
  std::vector<Records> groups;
  std::size_t used = room;
  for (const KeyRecord& version : backup.versions) {
    Bytes record = encode(version);
    const std::size_t size = kLengthBytes + record.size();
    if (size > room) return too_large();
    if (size > room - used) {
      groups.emplace_back();
      used = 0;
    }
    used += size;
    groups.back().push_back(std::move(record));
  }
  return groups;
}

struct Part {
  BackupId id{};
  std::uint16_t parts = 0;
  std::uint16_t index = 0;
  Bytes head;
  std::vector<KeyRecord> versions;
};

Result<Part> decode_part(ByteView bytes) {
  WireReader reader(bytes);
  Part part;
  if (reader.get<std::uint8_t>() != kFormat) return malformed_backup();
  for (std::uint8_t& byte : part.id) byte = reader.get<std::uint8_t>();
  part.parts = reader.get<std::uint16_t>();
  part.index = reader.get<std::uint16_t>();
  part.head = reader.get_bytes();
  const auto count = reader.get<std::uint16_t>();
  for (std::uint16_t i = 0; i < count && reader.ok(); ++i) {
    auto record = decode_key_record(reader.get_view());
    if (!record) return malformed_backup();
    part.versions.push_back(std::move(*record));
  }
  if (!reader.finish("backup")) return malformed_backup();
  return part;
}

// complete tells whether the versions are exactly those of the head.
bool complete(const KeyBackup& backup) {
  if (backup.versions.empty() || backup.versions.size() > kKeyVersionsMax) return false;
  if (backup.versions.size() != backup.head.versions) return false;
  std::set<std::string> seen;
  for (const KeyRecord& version : backup.versions) {
    if (folded(version.name) != folded(backup.head.name)) return false;
    if (!seen.insert(version.version.text()).second) return false;
  }
  return seen.contains(backup.head.latest.text());
}

}  // namespace

std::unexpected<Error> malformed_backup() {
  return fail(Errc::kMalformedBackupBlob,
              "The backup blob is damaged, or was made by an HSM with another security domain.");
}

Result<std::vector<Bytes>> encode_backup(const KeyBackup& backup, const BackupId& id) {
  const Bytes head = encode(backup.head);
  HSM_TRY(const std::vector<Records> groups, group(backup, kBackupPartBytesMax - fixed_bytes(head)));
  std::vector<Bytes> parts;
  for (const Records& records : groups) {
    WireWriter writer;
    writer.put(kFormat);
    for (const std::uint8_t byte : id) writer.put(byte);
    writer.put(static_cast<std::uint16_t>(groups.size()));
    writer.put(static_cast<std::uint16_t>(parts.size()));
    writer.put_bytes(head);
    writer.put(static_cast<std::uint16_t>(records.size()));
    for (const Bytes& record : records) writer.put_bytes(record);
    parts.push_back(writer.take());
  }
  return parts;
}

Result<KeyBackup> decode_backup(std::span<const Bytes> parts) {
  std::vector<Part> decoded;
  std::vector<KeyRecord> versions;
  for (const Bytes& bytes : parts) {
    HSM_TRY(Part part, decode_part(bytes));
    if (part.parts != parts.size() || part.index != decoded.size()) return malformed_backup();
    if (!decoded.empty() && (part.id != decoded[0].id || part.head != decoded[0].head)) return malformed_backup();
    std::ranges::move(part.versions, std::back_inserter(versions));
    decoded.push_back(std::move(part));
  }
  if (decoded.empty()) return malformed_backup();
  auto head = decode_key_head(decoded[0].head);
  if (!head) return malformed_backup();
  KeyBackup backup{.head = std::move(*head), .versions = std::move(versions)};
  if (!complete(backup)) return malformed_backup();
  return backup;
}

Result<std::string> join_blob(std::span<const std::string> jwes) {
  std::string blob;
  for (const std::string& jwe : jwes) {
    if (!blob.empty()) blob.push_back(kSeparator);
    blob += jwe;
  }
  if (blob.size() > kBackupBlobBytesMax) return too_large();
  return blob;
}

Result<std::vector<std::string_view>> split_blob(std::string_view blob) {
  if (blob.size() > kBackupBlobBytesMax) return malformed_backup();
  if (static_cast<std::size_t>(std::ranges::count(blob, kSeparator)) >= kPartsMax) return malformed_backup();
  std::vector<std::string_view> jwes;
  for (;;) {
    const std::size_t end = blob.find(kSeparator);
    jwes.push_back(blob.substr(0, end));
    if (end == std::string_view::npos) return jwes;
    blob.remove_prefix(end + 1);
  }
}

}  // namespace hsm::core
