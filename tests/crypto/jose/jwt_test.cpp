#include "crypto/jose/jwt.h"

#include <gtest/gtest.h>

#include "tests/crypto/jose/test_keys.h"

namespace hsm::jose {
namespace {

using test::rsa_test_key;
using namespace std::chrono_literals;

const TimePoint kNow = from_unix_seconds(1'700'000'000);

Claims claims(std::string_view text) {
  auto parsed = Claims::parse(bytes_of(text));
  EXPECT_TRUE(parsed);
  return *parsed;
}

TEST(Claims, ReadTextsAndLists) {
  const Claims c = claims(R"({"aud":"a","groups":["x","y",1],"n":5,"empty":[]})");
  EXPECT_EQ(c.text("aud"), "a");
  EXPECT_EQ(c.text("n"), "");
  EXPECT_EQ(c.text("none"), "");
  EXPECT_EQ(c.texts("aud"), std::vector<std::string>{"a"});
  EXPECT_EQ(c.texts("groups"), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(c.texts("empty").empty());
  EXPECT_TRUE(c.texts("n").empty());
}

TEST(Claims, RefuseWhatIsNoStrictObject) {
  for (const char* text : {"", "[]", "1", R"({"oid":"a","oid":"b"})"}) {
    EXPECT_FALSE(Claims::parse(bytes_of(text))) << text;
  }
}

TEST(Claims, DatesMayBeFloats) {
  const Claims c = claims(R"({"i":1700000000,"f":1700000000.25,"e":1.7e9})");
  EXPECT_EQ(*c.numeric_date("i"), kNow);
  EXPECT_EQ(*c.numeric_date("f"), kNow + 250ms);
  EXPECT_EQ(*c.numeric_date("e"), kNow);
  EXPECT_EQ(*c.numeric_date("none"), std::nullopt);
}

TEST(Claims, RefuseImpossibleDates) {
  for (const char* value : {"-1", "1e300", "-1e300", "253402300800", "18446744073709551615", "\"1700000000\"", "null",
                            "true", "[]", "{}"}) {
    EXPECT_FALSE(claims(std::string(R"({"exp":)") + value + "}").numeric_date("exp")) << value;
  }
}

TEST(Claims, TimesBoundTheToken) {
  const auto at = [](std::string_view text) { return claims(text).check_times(kNow).has_value(); };
  EXPECT_TRUE(at(R"({"exp":1700000001,"nbf":1699999999,"iat":1699999999})"));
  EXPECT_TRUE(at(R"({"exp":1699999701})")) << "within the skew";
  EXPECT_FALSE(at(R"({"exp":1699999700})")) << "the skew has just run out";
  EXPECT_TRUE(at(R"({"exp":1700000001,"nbf":1700000300})"));
  EXPECT_FALSE(at(R"({"exp":1700000001,"nbf":1700000301})"));
  EXPECT_FALSE(at(R"({"exp":1700000001,"iat":1700000301})"));
  EXPECT_FALSE(at(R"({"nbf":1699999999})")) << "a token without an end";
  EXPECT_FALSE(at(R"({"exp":"1700000001"})"));
  EXPECT_FALSE(at(R"({"exp":1700000001,"nbf":"x"})"));
}

TEST(Jwt, MadeTokenVerifiesAndReads) {
  const auto token = make_jwt(core::Algorithm::kRs256, rsa_test_key().pair.get(), "rsa", {{"oid", "someone"}});
  ASSERT_TRUE(token);
  const auto jws = parse_jws(*token);
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->header, (boost::json::object{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "rsa"}}));
  const core::Algorithm allowed[] = {core::Algorithm::kRs256};
  EXPECT_TRUE(verify(*jws, *parse_jwk(rsa_test_key().jwk), allowed));
  EXPECT_EQ(Claims::parse(jws->payload)->text("oid"), "someone");
}

}  // namespace
}  // namespace hsm::jose
