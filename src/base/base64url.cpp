#include "base/base64url.h"

#include <array>

namespace hsm {
namespace {

constexpr char kUrlAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr char kStandardAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto kValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 64; ++i) {
    values[static_cast<std::uint8_t>(kUrlAlphabet[i])] = static_cast<std::int8_t>(i);
    values[static_cast<std::uint8_t>(kStandardAlphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}();

void append(std::string& out, ByteView bytes, const char* alphabet) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() * 4 + 2) / 3);
  char* to = out.data() + start;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = std::uint32_t{bytes[i]} << 16 | std::uint32_t{bytes[i + 1]} << 8 | bytes[i + 2];
    *to++ = alphabet[group >> 18];
    *to++ = alphabet[group >> 12 & 63];
    *to++ = alphabet[group >> 6 & 63];
    *to++ = alphabet[group & 63];
  }
  if (bytes.size() - i == 1) {
    *to++ = alphabet[bytes[i] >> 2];
    *to++ = alphabet[(bytes[i] & 3) << 4];
  } else if (bytes.size() - i == 2) {
    *to++ = alphabet[bytes[i] >> 2];
    *to++ = alphabet[(bytes[i] & 3) << 4 | bytes[i + 1] >> 4];
    *to++ = alphabet[(bytes[i + 1] & 15) << 2];
  }
}

}  // namespace

void append_base64url(std::string& out, ByteView bytes) {
  append(out, bytes, kUrlAlphabet);
}

std::string to_base64url(ByteView bytes) {
  std::string out;
  append(out, bytes, kUrlAlphabet);
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out;
  append(out, bytes, kStandardAlphabet);
  out.append((3 - bytes.size() % 3) % 3, '=');
  return out;
}

Result<std::size_t> decode_base64url(std::string_view text, std::span<std::uint8_t> out) {
  const auto refuse = [] { return fail(Errc::kBadParameter, "a value is not base64url"); };
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return refuse();
  std::uint8_t* to = out.data();
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const int value = kValues[static_cast<std::uint8_t>(c)];
    if (value < 0) return refuse();
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      *to++ = static_cast<std::uint8_t>(group >> bits);
    }
  }
  if ((group & ((1U << bits) - 1)) != 0) return refuse();
  return static_cast<std::size_t>(to - out.data());
}

Result<Bytes> from_base64url(std::string_view text) {
  Bytes bytes(base64url_decoded_max(text.size()));
  HSM_TRY(const std::size_t size, decode_base64url(text, bytes));
  bytes.resize(size);
  return bytes;
}

Result<SecretBytes> secret_from_base64url(std::string_view text) {
  SecretBytes bytes(base64url_decoded_max(text.size()));
  HSM_TRY(const std::size_t size, decode_base64url(text, bytes.writable()));
  bytes.shrink(size);
  return bytes;
}

}  // namespace hsm
