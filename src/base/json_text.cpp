#include "base/json_text.h"

#include <array>
#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace hsm {
namespace {

// utf8_length returns how many bytes the well-formed UTF-8 character at the start of `text` has (RFC 3629 §4), 0 if
// there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// acts tells whether a terminal, a line splitter or a reader's eye may take the character for more than a character: C1
// controls, line separators, marks and overrides of the writing direction.
bool acts(std::string_view character) {
  const auto byte = [character](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (character.size() != 3) return false;
  if (byte(0) == 0xEF) return byte(1) == 0xBB && byte(2) == 0xBF;  // U+FEFF
  if (byte(0) != 0xE2) return false;
  const unsigned low = (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);  // of U+2000
  return low == 0x0E || low == 0x0F || (low >= 0x28 && low <= 0x2E) || (low >= 0x66 && low <= 0x69);
}

void append_code_point(std::string& out, std::string_view character) {
  static constexpr char kDigits[] = "0123456789abcdef";
  unsigned point = static_cast<unsigned char>(character[0]) & (0xFFU >> (character.size() + 1));
  for (const char next : character.substr(1)) point = point << 6 | (static_cast<unsigned char>(next) & 0x3FU);
  out += "\\u";
  for (const int shift : {12, 8, 4, 0}) out += kDigits[point >> shift & 15];
}

void append_escaped(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
  }
}

constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

#if defined(__SSE2__)
// not_plain_mask has a bit for each of 16 characters that does not stand for itself.
unsigned not_plain_mask(const char* text) {
  const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const auto is = [in](char c) { return _mm_cmpeq_epi8(in, _mm_set1_epi8(c)); };
  // Signed: what is not ASCII is below every control character.
  const __m128i low = _mm_cmpgt_epi8(_mm_set1_epi8(0x20), in);
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(low, is('"')), _mm_or_si128(is('\\'), is(0x7F)))));
}
#endif

// plain_run returns how many characters from the start stand for themselves.
std::size_t plain_run(std::string_view text) {
  std::size_t run = 0;
#if defined(__SSE2__)
  for (; run + 16 <= text.size(); run += 16) {
    const unsigned mask = not_plain_mask(text.data() + run);
    if (mask != 0) return run + static_cast<std::size_t>(std::countr_zero(mask));
  }
  if (run != 0 && run < text.size()) {  // the last 16, of which the first are known to be plain
    const unsigned mask = not_plain_mask(text.data() + text.size() - 16);
    return text.size() - 16 + static_cast<std::size_t>(std::countr_zero(mask | 0x1'0000U));
  }
#endif
  while (run < text.size() && kPlain[static_cast<unsigned char>(text[run])]) ++run;
  return run;
}

// append_quoted appends what needs no escape: nearly everything.
void append_quoted(std::string& out, std::string_view plain) {
  const std::size_t before = out.size(), after = before + plain.size() + 2;
  out.resize_and_overwrite(after, [plain, before, after](char* text, std::size_t) {
    text[before] = '"';
    plain.copy(text + before + 1, plain.size());
    text[after - 1] = '"';
    return after;
  });
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  if (plain_run(text) == text.size()) return append_quoted(out, text);
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t run = plain_run(text);
    out.append(text, 0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const std::size_t length = utf8_length(text);
    if (length == 1) {
      append_escaped(out, text[0]);
    } else if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (acts(text.substr(0, length))) {
      append_code_point(out, text.substr(0, length));
    } else {
      out.append(text, 0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out.push_back('"');
}

}  // namespace hsm
