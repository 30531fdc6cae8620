#include "core/key_name.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/hex.h"
#include "base/text.h"

namespace hsm::core {
namespace {

constexpr std::size_t kKeyNameMax = 127;
constexpr std::size_t kKeyVersionSize = 32;
constexpr auto kIsDigit = [] {
  std::array<bool, 256> is_digit{};
  for (const char c : std::string_view("0123456789abcdef")) is_digit[static_cast<unsigned char>(c)] = true;
  return is_digit;
}();

}  // namespace

bool KeyNameRule::valid(std::string_view text) {
  return !text.empty() && text.size() <= kKeyNameMax && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-';
  });
}

std::string folded(const KeyName& name) {
  return to_lower(name.text());
}

bool KeyVersionRule::valid(std::string_view text) {
  if (text.size() != kKeyVersionSize) return false;
  bool all = true;  // without a branch a character: most requests have one
  for (const char c : text) all &= kIsDigit[static_cast<unsigned char>(c)];
  return all;
}

KeyVersion new_key_version(TimePoint now, Random& random) {
  std::array<std::uint8_t, 16> bytes;
  random.fill(bytes);
  const auto milliseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  bytes[6] &= 0x0f;  // the version nibble of a UUID is never zero
  auto version = KeyVersion::parse(to_hex(bytes));
  HSM_ASSERT(version);
  return *version;
}

}  // namespace hsm::core
