#include "crypto/jose/strict_json.h"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>

namespace hsm::jose {
namespace {

std::string nested(std::size_t levels) {
  std::string text = R"({"a":)";
  text.append(levels, '[').append(levels, ']').append("}");
  return text;
}

TEST(StrictJson, ReadsAnObject) {
  auto object = parse_object(R"( {"a":1,"b":{"a":[{"a":2},{"a":3}]},"c":"x","é":null} )");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->size(), 4U);
  EXPECT_EQ(object->at("c").as_string(), "x");
}

TEST(StrictJson, RefusesWhatIsNoObject) {
  for (const char* text : {"", " ", "1", "null", "[]", "\"{}\"", "{", "{}{}", "{} x", "{\"a\":1,}", "{'a':1}", "{a:1}",
                           "{\"a\":01}", "{\"a\":NaN}", "{\"a\":1 /* c */}", "\xef\xbb\xbf{}"}) {
    EXPECT_FALSE(parse_object(text)) << text;
  }
  EXPECT_FALSE(parse_object({}));
  EXPECT_FALSE(parse_object(std::string_view("{}\0", 3)));
}

TEST(StrictJson, RefusesDoubledMembersAtEveryLevel) {
  EXPECT_FALSE(parse_object(R"({"a":1,"a":1})"));
  EXPECT_FALSE(parse_object(R"({"a":1,"b":2,"a":3})"));
  EXPECT_FALSE(parse_object(R"({"x":{"a":1,"a":2}})"));
  EXPECT_FALSE(parse_object(R"({"x":[1,{"a":1,"b":{},"a":2}]})"));
  EXPECT_FALSE(parse_object(R"({"alg":1,"\u0061lg":2})")) << "an escape is another spelling of one name";
  EXPECT_FALSE(parse_object(R"({"":1,"":2})"));
  EXPECT_TRUE(parse_object(R"({"a":{"a":{"a":1}},"A":2})"));
  EXPECT_TRUE(parse_object(R"({"x":{"a":1},"y":{"a":1}})"));
}

TEST(StrictJson, RefusesBadUtf8) {
  EXPECT_FALSE(parse_object("{\"a\":\"\xff\"}"));
  EXPECT_FALSE(parse_object("{\"a\":\"\xc0\xaf\"}"));
  EXPECT_FALSE(parse_object("{\"\xed\xa0\x80\":1}"));
  EXPECT_FALSE(parse_object(R"({"a":"\ud800"})"));
}

TEST(StrictJson, RefusesNumbersBeyondADouble) {
  EXPECT_FALSE(parse_object(R"({"exp":1e400})"));
  EXPECT_FALSE(parse_object(R"({"exp":-1844674407370955161e308})"));
  EXPECT_TRUE(parse_object(R"({"exp":1e308,"tiny":1e-400,"large":123456789012345678901234567890})"));
}

TEST(StrictJson, BoundsTheDepth) {
  EXPECT_TRUE(parse_object(nested(kJsonDepthMax - 1)));
  EXPECT_FALSE(parse_object(nested(kJsonDepthMax)));
  EXPECT_FALSE(parse_object(nested(100000)));
}

TEST(StrictJson, MemberOfAnotherTypeIsNoText) {
  const auto object = *parse_object(R"({"a":"text","b":1})");
  EXPECT_EQ(*text_member(object, "a"), "text");
  EXPECT_EQ(*text_member(object, "c"), "");
  EXPECT_FALSE(text_member(object, "b"));
}

}  // namespace
}  // namespace hsm::jose
