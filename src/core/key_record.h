#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/key_material.h"
#include "core/key_name.h"
#include "core/ports/partitions.h"
#include "core/release.h"
#include "core/rotation_policy.h"

namespace hsm::core {

using Tags = std::vector<std::pair<std::string, std::string>>;  // in the order given; names are distinct

struct KeyAttributes {
  bool enabled = true;
  std::optional<std::int64_t> not_before;  // UNIX seconds
  std::optional<std::int64_t> expires;
  std::int64_t created = 0;
  std::int64_t updated = 0;
  bool exportable = false;
};

// KeyRecord is one version of a key: all that the front end knows of it. Its material is wrapped.
struct KeyRecord {
  KeyName name;  // as it was first written
  KeyVersion version;
  KeySpec spec;
  KeyOperations operations;
  KeyAttributes attributes;
  Tags tags;
  PublicKey public_key;
  std::shared_ptr<const KeyReference> material;
  std::optional<ReleasePolicy> release_policy = {};  // of exportable keys and those for secure wrap
};

// policy_of is what is bound to the record's material.
KeyPolicy policy_of(const KeyRecord& record);

// KeyHead is a key as a whole.
struct KeyHead {
  KeyName name;
  KeyVersion latest;
  std::uint32_t versions = 1;
  std::optional<std::int64_t> deleted;  // UNIX seconds; set while soft-deleted
  std::optional<std::int64_t> purge_at;
  std::optional<RotationPolicy> rotation = {};
  std::optional<std::int64_t> rotate_at = {};  // UNIX seconds; kept, but without effect, while soft-deleted
};

// Where they live in the store. Heads and versions have prefixes of their own, so that listing keys is one range scan.
std::string key_path(const KeyName& name);
std::string deleted_key_path(const KeyName& name);
std::string version_prefix(const KeyName& name);
std::string version_path(const KeyName& name, const KeyVersion& version);
inline constexpr const char* kKeysPrefix = "keys/";
inline constexpr const char* kDeletedKeysPrefix = "deleted/";

Bytes encode(const KeyRecord& record);
Bytes encode(const KeyHead& head);
Result<KeyRecord> decode_key_record(ByteView bytes);
Result<KeyHead> decode_key_head(ByteView bytes);

// key_reference makes the reference to a wrapped key, its id included.
std::shared_ptr<const KeyReference> key_reference(Bytes wrapped, const KeyId& id);

}  // namespace hsm::core
