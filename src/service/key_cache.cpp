#include "service/key_cache.h"

#include <string_view>

namespace hsm::service {
namespace {

std::string version_text(const std::optional<core::KeyVersion>& version) {
  return version ? version->text() : std::string();
}

}  // namespace

KeyCache::KeyCache(core::Store& store) : store_(store) {
  const auto forget_change = [this](const core::Change& change) { forget(change); };
  heads_ = store_.watch(core::kKeysPrefix, forget_change);
  versions_ = store_.watch("versions/", forget_change);
}

KeyCache::Shard& KeyCache::shard_of(const std::string& folded_name) {
  return shards_[std::hash<std::string>{}(folded_name) % kShards];
}

KeyPointer KeyCache::find(const core::KeyName& name, const std::optional<core::KeyVersion>& version) {
  const std::string folded_name = core::folded(name);
  Shard& shard = shard_of(folded_name);
  const std::lock_guard lock(shard.mutex);
  const auto entry = shard.entries.find(folded_name);
  if (entry == shard.entries.end()) return nullptr;
  const auto found = entry->second.versions.find(version_text(version));
  if (found == entry->second.versions.end()) return nullptr;
  shard.by_use.splice(shard.by_use.begin(), shard.by_use, entry->second.used);
  return found->second;
}

Result<KeyPointer> KeyCache::read(const core::KeyName& name, const std::optional<core::KeyVersion>& version) {
  HSM_TRY(const auto head_record, store_.get(core::key_path(name)));
  if (!head_record) return fail(Errc::kKeyNotFound);
  HSM_TRY(const core::KeyHead head, core::decode_key_head(head_record->value));
  HSM_TRY(const auto record, store_.get(core::version_path(name, version.value_or(head.latest))));
  if (!record) return fail(Errc::kKeyNotFound);
  HSM_TRY(core::KeyRecord key, core::decode_key_record(record->value));
  return std::make_shared<const core::KeyRecord>(std::move(key));
}

Result<KeyPointer> KeyCache::load(const core::KeyName& name, const std::optional<core::KeyVersion>& version) {
  if (KeyPointer key = find(name, version)) return key;
  const std::string folded_name = core::folded(name);
  Shard& shard = shard_of(folded_name);
  std::uint64_t before;
  {
    const std::lock_guard lock(shard.mutex);
    before = shard.invalidations;
  }
  HSM_TRY(KeyPointer key, read(name, version));
  const std::lock_guard lock(shard.mutex);
  if (shard.invalidations == before) shard.keep(folded_name, version_text(version), key);
  return key;
}

void KeyCache::Shard::keep(const std::string& folded_name, const std::string& version, KeyPointer key) {
  const auto [entry, is_new] = entries.try_emplace(folded_name);
  if (is_new) {
    entry->second.used = by_use.insert(by_use.begin(), folded_name);
  } else {
    by_use.splice(by_use.begin(), by_use, entry->second.used);
  }
  if (entry->second.versions.try_emplace(version, std::move(key)).second) ++versions;
  while (versions > kVersionsMax / kShards) drop(std::string(by_use.back()));
}

void KeyCache::Shard::drop(const std::string& folded_name) {
  const auto entry = entries.find(folded_name);
  if (entry == entries.end()) return;
  versions -= entry->second.versions.size();
  by_use.erase(entry->second.used);
  entries.erase(entry);
}

// A changed version may be the latest one, so both names of it go; a changed head takes the key's every version with
// it, since a deleted key's versions must not be found either.
void KeyCache::forget(const core::Change& change) {
  std::string_view path = change.path;
  path.remove_prefix(path.find('/') + 1);
  const std::string folded_name(path.substr(0, path.find('/')));
  Shard& shard = shard_of(folded_name);
  const std::lock_guard lock(shard.mutex);
  ++shard.invalidations;
  shard.drop(folded_name);
}

}  // namespace hsm::service
