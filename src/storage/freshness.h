#pragma once
#include <array>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/ports/store.h"

namespace hsm::storage {

inline constexpr std::size_t kFreshnessPathsMax = 10'000;  // about 3 MiB

// Freshness remembers the newest state that this process has seen of the paths it used last, and tells a record that
// the store's holder put back from a fresh one: sealing alone can't, since an old record was sealed by us too. It
// forgets with the process, and a path when kFreshnessPathsMax others were used since. Thread-safe.
class Freshness {
 public:
  using Tag = std::array<std::uint8_t, 16>;  // the authentication tag: no two sealed values have the same

  // Mark is one state of a path: a value, or its deletion (no tag).
  struct Mark {
    core::Revision revision = core::kAbsent;
    std::optional<Tag> tag;
  };

  // saw notes a state; an older one than is known changes nothing.
  void saw(std::string_view path, const Mark& mark);
  std::optional<Mark> newest(const std::string& path);

  // follows tells whether a value can be what a reader finds who knew `known` of its path before. `replaced` is the
  // revision of the value that it replaced, as its writer sealed it in:
  // - it is not older than what is known, and if it is as old, it is the same;
  // - if it is newer than a value, it replaced that value or a later one.
  static bool follows(const std::optional<Mark>& known, const Mark& value, core::Revision replaced);

 private:
  struct Entry {
    std::string path;
    Mark mark;
  };
  std::mutex mutex_;
  std::list<Entry> entries_;  // the last used first; the map's keys look into it
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_path_;
};

}  // namespace hsm::storage
