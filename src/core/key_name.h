#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "base/random.h"

namespace hsm::core {

struct KeyNameRule {  // reference/keys-api.md §3.3: 1-127 of 0-9 a-z A-Z -
  static constexpr const char* kWhat = "key name";
  static bool valid(std::string_view text);
};
using KeyName = Id<KeyNameRule>;

// folded is the name in lower case: names are compared without case and kept as they were first written
// (unconfirmed, reference/keys-api.md §3.3). Every path in the store uses it.
std::string folded(const KeyName& name);

struct KeyVersionRule {  // reference/keys-api.md §2.2: 32 lower-case hexadecimal digits
  static constexpr const char* kWhat = "key version";
  static bool valid(std::string_view text);
};
using KeyVersion = Id<KeyVersionRule>;

// new_key_version makes an id that sorts by the time it was made: 12 digits of milliseconds, 20 random ones. So the
// versions of a key list in the order they were made, with no counter. Never a well-formed UUIDv4 (keys-api.md §2.2).
KeyVersion new_key_version(TimePoint now, Random& random);

}  // namespace hsm::core
