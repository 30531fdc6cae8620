#include "tests/service/key_model.h"

#include "core/key_rules.h"

namespace hsm::service {

std::optional<std::int64_t> KeyModel::Key::due() const {
  if (purge_at) return purge_at;
  if (!policy || full) return std::nullopt;
  return core::rotation_due(*policy, versions.back().created, versions.back().expires);
}

KeyModel::Key* KeyModel::find(const std::string& name, bool deleted) {
  const auto found = keys_.find(name);
  return found != keys_.end() && found->second.purge_at.has_value() == deleted ? &found->second : nullptr;
}

Errc KeyModel::create(const std::string& name, std::int64_t now) {
  if (find(name, true) != nullptr) return Errc::kConflict;
  Key& key = keys_[name];
  if (key.versions.size() == core::kKeyVersionsMax) return Errc::kBadParameter;
  key.versions.push_back({.enabled = true, .created = now, .expires = {}});
  return changed();
}

Errc KeyModel::disable(const std::string& name) {
  Key* key = find(name, false);
  if (key == nullptr) return Errc::kKeyNotFound;
  key->versions.back().enabled = false;
  key->full = false;
  return changed();
}

Errc KeyModel::set_expiry(const std::string& name, std::int64_t expires) {
  Key* key = find(name, false);
  if (key == nullptr) return Errc::kKeyNotFound;
  key->versions.back().expires = expires;
  key->full = false;
  return changed();
}

Errc KeyModel::set_policy(const std::string& name, const core::RotationPolicy& policy) {
  Key* key = find(name, false);
  if (key == nullptr) return Errc::kKeyNotFound;
  key->policy = policy.empty() ? std::nullopt : std::optional(policy);
  key->full = false;
  return changed();
}

Errc KeyModel::rotate(const std::string& name, std::int64_t now) {
  Key* key = find(name, false);
  if (key == nullptr) return Errc::kKeyNotFound;
  if (!key->policy || key->versions.size() == core::kKeyVersionsMax) return Errc::kBadParameter;
  Version version{.enabled = true, .created = now, .expires = {}};
  if (key->policy->expiry_time) version.expires = key->policy->expiry_time->after(now);
  key->versions.push_back(version);
  return changed();
}

Errc KeyModel::remove(const std::string& name, std::int64_t now) {
  Key* key = find(name, false);
  if (key == nullptr) return Errc::kKeyNotFound;
  key->purge_at = now + settings_.retention_days * core::kSecondsADay;
  return changed();
}

Errc KeyModel::recover(const std::string& name) {
  Key* key = find(name, true);
  if (key == nullptr) return Errc::kKeyNotFound;
  key->purge_at.reset();
  return changed();
}

Errc KeyModel::purge(const std::string& name) {
  if (find(name, true) == nullptr) return Errc::kKeyNotFound;
  if (settings_.purge_protection) return Errc::kForbidden;
  keys_.erase(name);
  return changed();
}

Errc KeyModel::backup(const std::string& name) {
  const Key* key = find(name, false);
  if (key == nullptr) return Errc::kKeyNotFound;
  backups_[name] = *key;
  return kDone;
}

Errc KeyModel::restore(const std::string& name) {
  if (!backups_.contains(name)) return Errc::kMalformedBackupBlob;
  if (keys_.contains(name)) return Errc::kConflict;
  keys_[name] = backups_[name];
  return changed();
}

Errc KeyModel::tend(std::int64_t now) {
  for (auto at = keys_.begin(); at != keys_.end();) {
    Key& key = at->second;
    const auto due = key.due();
    if (due && *due <= now && key.purge_at) {
      at = keys_.erase(at);
      changed();
      continue;
    }
    if (due && *due <= now) {
      const bool enabled = key.versions.back().enabled;
      key.full = rotate(at->first, now) != kDone;
      if (key.full) changed();  // that it could not be is a change, too
      if (!key.full) key.versions.back().enabled = enabled;
    }
    ++at;
  }
  return kDone;
}

}  // namespace hsm::service
