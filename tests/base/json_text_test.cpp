#include "base/json_text.h"

#include <gtest/gtest.h>

namespace hsm {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, EscapesWhatRfc8259Requires) {
  EXPECT_EQ(json("a\"b\\c\n\r\t\x01\x7f"), R"("a\"b\\c\n\r\t\u0001\u007f")");
}

TEST(JsonText, KeepsUtf8) {
  EXPECT_EQ(json("é€😀"), "\"é€😀\"");
}

TEST(JsonText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(json("\xff"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(json("\xc0\xaf"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // overlong
  EXPECT_EQ(json("\xed\xa0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // surrogate
  EXPECT_EQ(json("a\xe2\x82"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");                // cut short
}

TEST(JsonText, EscapesWhatATerminalOrALineSplitterActsOn) {
  EXPECT_EQ(json("\x7f\u0085\u009b\u200e\u2028\u202e\u2066\ufeff"),
            R"("\u007f\u0085\u009b\u200e\u2028\u202e\u2066\ufeff")");
  EXPECT_EQ(json("\u00a0\u2027\u202f\u2065\u206a\ufefe"), "\"\u00a0\u2027\u202f\u2065\u206a\ufefe\"");
}

// Eight bytes are looked at together: each byte value at each place among plain ones.
TEST(JsonText, FindsWhatNeedsEscapingAtAnyPlace) {
  for (int value = 0; value < 0x80; ++value) {
    const char c = static_cast<char>(value);
    const std::string alone = json(std::string(1, c));
    const std::string escaped = alone.substr(1, alone.size() - 2);
    EXPECT_EQ(escaped.size() == 1, value >= 0x20 && value < 0x7f && c != '"' && c != '\\') << value;
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = c;
      EXPECT_EQ(json(text), '"' + std::string(at, 'x') + escaped + std::string(19 - at, 'x') + '"') << value;
    }
  }
}

TEST(JsonText, WritesNumbers) {
  std::string out;
  append_json_number(out, -12);
  EXPECT_EQ(out, "-12");
}

}  // namespace
}  // namespace hsm
