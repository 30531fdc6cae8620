#include "base/base64url.h"

#include <array>

#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

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

// The vector forms take most of a long value and look up no table, so that no cache line tells of a secret. The plain
// loops take what is left of it, up to fifteen bytes, and all where there are no vectors. Each gives how many bytes or
// characters it took.
#if defined(__SSSE3__)

// url_characters turns sixteen numbers of six bits into the characters of the URL alphabet, by adding the distance of
// the number's range: 0 below 13 for 26 to 51, the number less 51 above that, 13 for those below 26.
__m128i url_characters(__m128i sextets) {
  const __m128i distances = _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                          '0' - 52, '0' - 52, '0' - 52, '0' - 52, '-' - 62, '_' - 63, 'A', 0, 0);
  const __m128i below_26 = _mm_cmpgt_epi8(_mm_set1_epi8(26), sextets);
  const __m128i range =
      _mm_or_si128(_mm_subs_epu8(sextets, _mm_set1_epi8(51)), _mm_and_si128(below_26, _mm_set1_epi8(13)));
  return _mm_add_epi8(sextets, _mm_shuffle_epi8(distances, range));
}

std::size_t encode_blocks(ByteView bytes, char* to) {
  // Of the bytes abc, the lane gets b a c b: then each of its six-bit numbers lies within one 16-bit half.
  const __m128i spread = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
  std::size_t i = 0;
  for (; i + 16 <= bytes.size(); i += 12, to += 16) {
    const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + i));
    const __m128i lanes = _mm_shuffle_epi8(in, spread);
    // Multiplying shifts each half by its own number of bits: first and third number down, second and fourth up.
    const __m128i down = _mm_mulhi_epu16(_mm_and_si128(lanes, _mm_set1_epi32(0x0FC0FC00)), _mm_set1_epi32(0x04000040));
    const __m128i up = _mm_mullo_epi16(_mm_and_si128(lanes, _mm_set1_epi32(0x003F03F0)), _mm_set1_epi32(0x01000010));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), url_characters(_mm_or_si128(down, up)));
  }
  return i;
}

__m128i between(__m128i characters, char first, char last) {
  return _mm_and_si128(_mm_cmpgt_epi8(characters, _mm_set1_epi8(static_cast<char>(first - 1))),
                       _mm_cmpgt_epi8(_mm_set1_epi8(static_cast<char>(last + 1)), characters));
}
__m128i either(__m128i characters, char one, char other) {
  return _mm_or_si128(_mm_cmpeq_epi8(characters, _mm_set1_epi8(one)), _mm_cmpeq_epi8(characters, _mm_set1_epi8(other)));
}
__m128i where(__m128i mask, __m128i values) {
  return _mm_and_si128(mask, values);
}

// decode_blocks stops before the first block with a character of no alphabet. It writes sixteen bytes for twelve.
std::size_t decode_blocks(std::string_view text, std::span<std::uint8_t> out) {
  const __m128i gather = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  std::size_t i = 0;
  for (std::size_t to = 0; i + 16 <= text.size() && to + 16 <= out.size(); i += 16, to += 12) {
    const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    const __m128i upper = between(in, 'A', 'Z');
    const __m128i lower = between(in, 'a', 'z');
    const __m128i digit = between(in, '0', '9');
    const __m128i is_62 = either(in, '-', '+');
    const __m128i is_63 = either(in, '_', '/');
    const __m128i known = _mm_or_si128(_mm_or_si128(_mm_or_si128(upper, lower), _mm_or_si128(digit, is_62)), is_63);
    if (_mm_movemask_epi8(known) != 0xFFFF) break;
    const __m128i letters = _mm_or_si128(where(upper, _mm_sub_epi8(in, _mm_set1_epi8('A'))),
                                         where(lower, _mm_sub_epi8(in, _mm_set1_epi8('a' - 26))));
    const __m128i others = _mm_or_si128(where(digit, _mm_add_epi8(in, _mm_set1_epi8(52 - '0'))),
                                        _mm_or_si128(where(is_62, _mm_set1_epi8(62)), where(is_63, _mm_set1_epi8(63))));
    const __m128i pairs = _mm_maddubs_epi16(_mm_or_si128(letters, others), _mm_set1_epi32(0x01400140));  // a·64 + b
    const __m128i groups = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));  // pair · 4096 + pair
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.data() + to), _mm_shuffle_epi8(groups, gather));
  }
  return i;
}

#else

std::size_t encode_blocks(ByteView, char*) {
  return 0;
}
std::size_t decode_blocks(std::string_view, std::span<std::uint8_t>) {
  return 0;
}

#endif

void append(std::string& out, ByteView bytes, const char* alphabet) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() * 4 + 2) / 3);
  char* to = out.data() + start;
  std::size_t i = alphabet == kUrlAlphabet ? encode_blocks(bytes, to) : 0;
  to += i / 3 * 4;
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
  const std::size_t decoded = decode_blocks(text, out);
  std::uint8_t* to = out.data() + decoded / 4 * 3;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text.substr(decoded)) {
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
