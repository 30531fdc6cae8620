#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/key_name.h"

namespace hsm::core {

// Scope is where a role assignment holds: /, /keys or /keys/{name} (reference/admin-api.md §2.2). Key names are folded.
class Scope {
 public:
  enum class Level : std::uint8_t { kRoot, kKeys, kKey };  // stored

  static Scope root() { return Scope(Level::kRoot, "/"); }
  static Scope keys() { return Scope(Level::kKeys, "/keys"); }
  static Scope key(const KeyName& name) { return Scope(Level::kKey, "/keys/" + folded(name)); }

  // parse reads the form of a request path or a stored one: repeated slashes count once, leading and trailing ones are
  // optional, "" is the root. kInvalidKeyIdentifier otherwise.
  static Result<Scope> parse(std::string_view text);

  Level level() const { return level_; }
  const std::string& text() const { return text_; }

  // covers: an assignment at this scope reaches a request at `other` (admin-api.md §2.8.3).
  bool covers(const Scope& other) const;
  friend bool operator==(const Scope&, const Scope&) = default;

 private:
  Scope(Level level, std::string text) : level_(level), text_(std::move(text)) {}
  Level level_;
  std::string text_;
};

}  // namespace hsm::core
