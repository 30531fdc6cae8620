#include "api/request_id.h"

#include "base/hex.h"

namespace hsm::api {
namespace {

constexpr std::size_t kGuidTextBytes = 36;
constexpr std::uint64_t kUnixEpoch = 0x01B21DD213814000;  // 1970-01-01 in RFC 9562's count

}  // namespace

RequestIds::RequestIds(Random& random) {
  std::array<std::uint8_t, 8> bytes;
  random.fill(bytes);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3f) | 0x80);  // variant
  bytes[2] |= 0x01;                                                // a node that is no network card's
  const std::string text = to_hex(bytes);
  tail_ = "-" + text.substr(0, 4) + "-" + text.substr(4);
}

std::string RequestIds::next(TimePoint now) {
  const auto ticks = kUnixEpoch + static_cast<std::uint64_t>(now.time_since_epoch().count()) * 10;
  last_ = std::max(last_ + 1, ticks);
  std::array<std::uint8_t, 8> bytes;
  const std::uint64_t arranged = last_ << 32 | (last_ >> 16 & 0xFFFF0000) | (last_ >> 48 & 0x0FFF) | 0x1000;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(arranged >> (56 - 8 * i));
  const ByteView view = bytes;
  std::string text;
  text.reserve(kGuidTextBytes);
  append_hex(text, view.first(4));
  text += '-';
  append_hex(text, view.subspan(4, 2));
  text += '-';
  append_hex(text, view.subspan(6));
  text += tail_;
  return text;
}

}  // namespace hsm::api
