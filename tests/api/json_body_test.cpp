#include "api/json_body.h"

#include <gtest/gtest.h>

#include <thread>

namespace hsm::api {
namespace {

bool parses(std::string_view text) {
  JsonBody body;
  return body.parse(bytes_of(text)).has_value();
}

TEST(JsonBody, IsOneObject) {
  EXPECT_TRUE(parses("{}"));
  EXPECT_TRUE(parses(R"( {"a": [1, {"b": null}]} )"));
}

TEST(JsonBody, RefusesWhatIsNone) {
  for (const std::string_view text : {"", " ", "[]", "1", "null", "\"{}\"", "{", "{}}", "{} {}", "{'a':1}",
                                      "{\"a\":1,}", "{a:1}", "{\"a\":01}", "{\"a\":NaN}", "// {}\n{}", "\xEF\xBB\xBF{}",
                                      "{\"a\":\"\xC3\x28\"}", "{\"a\":\"\xED\xA0\x80\"}", "{\"a\":\"\n\"}"}) {
    EXPECT_FALSE(parses(text)) << text;
  }
  EXPECT_FALSE(parses(std::string_view("{}\0", 3)));
}

TEST(JsonBody, HasAModestDepth) {
  EXPECT_TRUE(parses(R"({"a":)" + std::string(10, '[') + std::string(10, ']') + "}"));
  EXPECT_FALSE(parses(R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}"));
  EXPECT_FALSE(parses(std::string(1'000'000, '[')));
}

TEST(JsonBody, MayBeLargerThanItsArena) {
  JsonBody body;
  const std::string text = R"({"a":")" + std::string(1'000'000, 'x') + R"("})";
  const auto object = body.parse(bytes_of(text));
  ASSERT_TRUE(object);
  EXPECT_EQ((*text_member(**object, "a"))->size(), 1'000'000U);
}

TEST(JsonBody, OneAfterAnotherOnEveryThread) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      const std::string text = R"({"a":)" + std::to_string(i) + "}";
      for (int round = 0; round < 500; ++round) {
        JsonBody body;
        const auto object = body.parse(bytes_of(text));
        ASSERT_TRUE(object);
        ASSERT_EQ(*integer_member(**object, "a"), i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class Members : public testing::Test {
 protected:
  JsonBody body_;
  const JsonObject& object_ =
      **body_.parse(bytes_of(R"({"null":null,"text":"t","number":7,"half":7.5,"whole":7.0,"yes":true,)"
                             R"("list":[1],"object":{"a":1},"large":9223372036854775808})"));
};

TEST_F(Members, AbsentAndNullAreNothing) {
  for (const std::string_view name : {"absent", "null"}) {
    EXPECT_EQ(*text_member(object_, name), std::nullopt);
    EXPECT_EQ(*integer_member(object_, name), std::nullopt);
    EXPECT_EQ(*bool_member(object_, name), std::nullopt);
    EXPECT_EQ(*object_member(object_, name), nullptr);
    EXPECT_EQ(*array_member(object_, name), nullptr);
    EXPECT_FALSE(required_text_member(object_, name));
  }
}

TEST_F(Members, HaveTheirType) {
  EXPECT_EQ(*text_member(object_, "text"), "t");
  EXPECT_EQ(*required_text_member(object_, "text"), "t");
  EXPECT_EQ(*integer_member(object_, "number"), 7);
  EXPECT_EQ(*bool_member(object_, "yes"), true);
  EXPECT_EQ((*array_member(object_, "list"))->size(), 1U);
  EXPECT_EQ((*object_member(object_, "object"))->size(), 1U);
}

TEST_F(Members, OfAnotherTypeAreRefusedByName) {
  const auto message = [](const auto& result) { return result ? "" : result.error().message; };
  EXPECT_EQ(message(text_member(object_, "number")), "'number' must be a string.");
  EXPECT_EQ(message(integer_member(object_, "text")), "'text' must be an integer.");
  EXPECT_EQ(message(integer_member(object_, "half")), "'half' must be an integer.");
  EXPECT_EQ(message(integer_member(object_, "large")), "'large' must be an integer.");
  EXPECT_EQ(message(bool_member(object_, "number")), "'number' must be true or false.");
  EXPECT_EQ(message(object_member(object_, "list")), "'list' must be an object.");
  EXPECT_EQ(message(array_member(object_, "object")), "'object' must be an array.");
  EXPECT_EQ(message(required_text_member(object_, "absent")), "'absent' is missing.");
}

}  // namespace
}  // namespace hsm::api
