#include "service/key_cache.h"

#include <string_view>

namespace hsm::service {
namespace {

// The latest version is cached under the key's name, any other under name/version: the store's own paths without their
// prefix.
std::string entry_name(const std::string& folded_name, const std::optional<core::KeyVersion>& version) {
  return version ? folded_name + "/" + version->text() : folded_name;
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
  const auto found = shard.entries.find(entry_name(folded_name, version));
  if (found == shard.entries.end()) return nullptr;
  shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second.used);
  return found->second.key;
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
  if (shard.invalidations != before) return key;
  const std::string entry = entry_name(folded_name, version);
  if (shard.entries.contains(entry)) return key;
  if (shard.entries.size() >= kEntriesMax / kShards) {
    shard.entries.erase(shard.by_use.back());
    shard.by_use.pop_back();
  }
  shard.by_use.push_front(entry);
  shard.entries.emplace(entry, Entry{key, shard.by_use.begin()});
  return key;
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
  const std::string versions_of = folded_name + "/";
  std::erase_if(shard.entries, [&](const auto& item) {
    const bool of_this_key = item.first == folded_name || item.first.starts_with(versions_of);
    if (of_this_key) shard.by_use.erase(item.second.used);
    return of_this_key;
  });
}

}  // namespace hsm::service
