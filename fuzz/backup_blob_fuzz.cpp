// The blob of a key's restore. Its text: each part is a JWE that must not open under a key that nobody has used. Behind
// a P: what would be inside of the parts. A backup that is taken has the versions of its head, and can be written
// again.
#include <algorithm>
#include <cstdint>

#include "base/assert.h"
#include "core/key_backup.h"
#include "core/key_rules.h"
#include "partition/domain/backup_jwe.h"

namespace {

using namespace hsm;

void blob(std::string_view text) {
  const auto jwes = core::split_blob(text);
  if (!jwes) return;
  static const SecretBytes kUnusedKey(64);
  std::vector<std::string> again;
  for (const std::string_view jwe : *jwes) {
    HSM_ASSERT(!partition::open_backup_jwe(kUnusedKey, jwe));
    again.emplace_back(jwe);
  }
  if (!again.front().empty()) HSM_ASSERT(core::join_blob(again) == std::string(text));
}

// Parts, each behind its length (u16, little-endian).
void parts(ByteView bytes) {
  std::vector<Bytes> all;
  while (bytes.size() >= 2 && all.size() < core::kKeyVersionsMax) {
    const std::size_t size = std::min<std::size_t>(bytes[0] + 256U * bytes[1], bytes.size() - 2);
    all.push_back(copy_of(bytes.subspan(2, size)));
    bytes = bytes.subspan(2 + size);
  }
  const auto backup = core::decode_backup(all);
  if (!backup) return;
  HSM_ASSERT(backup->versions.size() == backup->head.versions);
  core::BackupId id;
  std::copy_n(all[0].begin() + 1, id.size(), id.begin());
  const auto again = core::encode_backup(*backup, id);
  if (again && again->size() == 1 && all.size() == 1) HSM_ASSERT(core::decode_backup(*again).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const hsm::ByteView rest(data + 1, size - 1);
  data[0] == 'P' ? parts(rest) : blob(hsm::text_of(rest));
  return 0;
}
