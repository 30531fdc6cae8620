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

TEST(JsonText, KeepsUtf8) { EXPECT_EQ(json("é€😀"), "\"é€😀\""); }

TEST(JsonText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(json("\xff"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(json("\xc0\xaf"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");              // overlong
  EXPECT_EQ(json("\xed\xa0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // surrogate
  EXPECT_EQ(json("a\xe2\x82"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");            // cut short
}

TEST(JsonText, EscapesWhatATerminalOrALineSplitterActsOn) {
  EXPECT_EQ(json("\x7f\u0085\u009b\u200e\u2028\u202e\u2066\ufeff"),
            R"("\u007f\u0085\u009b\u200e\u2028\u202e\u2066\ufeff")");
  EXPECT_EQ(json("\u00a0\u2027\u202f\u2065\u206a\ufefe"), "\"\u00a0\u2027\u202f\u2065\u206a\ufefe\"");
}

TEST(JsonText, WritesNumbers) {
  std::string out;
  append_json_number(out, -12);
  EXPECT_EQ(out, "-12");
}

}  // namespace
}  // namespace hsm
