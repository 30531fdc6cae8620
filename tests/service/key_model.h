#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "core/rotation_policy.h"
#include "service/keys.h"

namespace hsm::service {

// What a step of a key's life answers when it succeeds; otherwise its error.
inline constexpr Errc kDone = Errc::kCount_;

// KeyModel is the life of keys in a few lines, to compare the real one with. Times are UNIX seconds.
class KeyModel {
 public:
  struct Version {
    bool enabled = true;
    std::int64_t created = 0;
    std::optional<std::int64_t> expires;
  };
  struct Key {
    std::vector<Version> versions;
    std::optional<core::RotationPolicy> policy;
    std::optional<std::int64_t> purge_at;  // set while deleted
    bool full = false;  // could not rotate; not tried again until its latest version or policy changes

    // When time itself changes it.
    std::optional<std::int64_t> due() const;
  };

  explicit KeyModel(const Keys::Settings& settings) : settings_(settings) {}

  Errc create(const std::string& name, std::int64_t now);
  Errc disable(const std::string& name);
  Errc set_expiry(const std::string& name, std::int64_t expires);
  Errc set_policy(const std::string& name, const core::RotationPolicy& policy);
  Errc rotate(const std::string& name, std::int64_t now);
  Errc remove(const std::string& name, std::int64_t now);
  Errc recover(const std::string& name);
  Errc purge(const std::string& name);
  Errc backup(const std::string& name);  // changes nothing; the latest one counts
  Errc restore(const std::string& name);
  Errc tend(std::int64_t now);  // all that is due

  const std::map<std::string, Key>& keys() const { return keys_; }
  std::size_t changes() const { return changes_; }

 private:
  Key* find(const std::string& name, bool deleted);
  Errc changed() {
    ++changes_;
    return kDone;
  }

  const Keys::Settings settings_;
  std::map<std::string, Key> keys_;
  std::map<std::string, Key> backups_;
  std::size_t changes_ = 0;
};

}  // namespace hsm::service
