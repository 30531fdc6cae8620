#include "crypto/jose/jwk.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "base/base64url.h"
#include "crypto/certificate_issuing.h"
#include "crypto/jose/strict_json.h"
#include "tests/crypto/jose/test_keys.h"

namespace hsm::jose {
namespace {

namespace json = boost::json;
using test::p256_test_key;
using test::rsa_test_key;

json::object with(json::object jwk, std::string_view name, json::value value) {
  jwk[name] = std::move(value);
  return jwk;
}
json::object without(json::object jwk, std::string_view name) {
  jwk.erase(name);
  return jwk;
}
std::string set_of(std::initializer_list<json::object> keys) {
  json::array array(keys.begin(), keys.end());
  return json::serialize(json::object{{"keys", std::move(array)}});
}

crypto::Certificate certificate_of(EVP_PKEY* key) {
  SystemRandom random;
  return *crypto::make_self_signed({crypto::CertificateKind::kServer,
                                    "test",
                                    {},
                                    {},
                                    from_unix_seconds(1'700'000'000),
                                    from_unix_seconds(1'800'000'000)},
                                   key, random);
}

// RFC 7517 §A.1.
TEST(Jwk, ReadsThePublishedKeys) {
  const auto ec = parse_jwk(*parse_object(
      R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
          "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"})"));
  ASSERT_TRUE(ec);
  EXPECT_EQ(ec->spec, (core::KeySpec{core::KeyType::kEc, core::Curve::kP256, 0}));
  EXPECT_EQ(ec->kid, "1");
  EXPECT_EQ(ec->use, "enc");
}

TEST(Jwk, GoesBothWays) {
  for (const auto* key : {&rsa_test_key(), &p256_test_key()}) {
    auto parsed = parse_jwk(key->jwk);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(EVP_PKEY_eq(parsed->key.get(), key->pair.get()), 1);
    EXPECT_EQ(without(key->jwk, "kid"), jwk_of(*crypto::public_members(parsed->key.get()), parsed->spec));
  }
}

TEST(Jwk, RefusesWhatIsNoPublicKey) {
  const json::object& rsa = rsa_test_key().jwk;
  const json::object& ec = p256_test_key().jwk;
  const std::string n = rsa.at("n").as_string().c_str();
  const std::string x = ec.at("x").as_string().c_str();
  const std::vector<std::pair<const char*, json::object>> bad = {
      {"no type", without(rsa, "kty")},
      {"other type", with(rsa, "kty", "oct")},
      {"type of another spelling", with(rsa, "kty", "rsa")},
      {"type that is no text", with(rsa, "kty", 1)},
      {"RSA without n", without(rsa, "n")},
      {"RSA without e", without(rsa, "e")},
      {"e = 1", with(rsa, "e", "AQ")},
      {"e that is a number", with(rsa, "e", 65537)},
      {"padded n", with(rsa, "n", json::string(n + "=="))},
      {"short n", with(rsa, "n", "AQAB")},
      {"private RSA", with(rsa, "d", "AQAB")},
      {"private EC", with(ec, "d", "AQAB")},
      {"EC without curve", without(ec, "crv")},
      {"another curve", with(ec, "crv", "P-384")},
      {"unknown curve", with(ec, "crv", "P-224")},
      {"EC without y", without(ec, "y")},
      {"another point", with(ec, "y", json::string(x))},
      {"short coordinate", with(ec, "x", json::string(x.substr(0, 40)))},
      {"EC called RSA", with(ec, "kty", "RSA")},
      {"kid that is no text", with(ec, "kid", 5)},
      {"key_ops that is no list", with(ec, "key_ops", "verify")},
      {"x5c that is none", with(ec, "x5c", json::array{"AAAA"})},
      {"x5c that is no list", with(ec, "x5c", "AAAA")},
  };
  for (const auto& [name, jwk] : bad) {
    auto parsed = parse_jwk(jwk);
    ASSERT_FALSE(parsed) << name;
    EXPECT_EQ(parsed.error().code, Errc::kBadParameter) << name;
  }
}

TEST(Jwk, CertificateMustBeOfTheSameKey) {
  const auto& rsa = rsa_test_key();
  const std::string der = to_base64(certificate_of(rsa.pair.get()).der());
  auto both = parse_jwk(with(rsa.jwk, "x5c", json::array{der}));
  ASSERT_TRUE(both);
  EXPECT_EQ(both->x5c.size(), 1U);
  auto alone = parse_jwk({{"kty", "RSA"}, {"x5c", json::array{der}}});
  ASSERT_TRUE(alone);
  EXPECT_EQ(EVP_PKEY_eq(alone->key.get(), rsa.pair.get()), 1);
  const std::string other = to_base64(certificate_of(crypto::generate_rsa(2048)->get()).der());
  EXPECT_FALSE(parse_jwk(with(rsa.jwk, "x5c", json::array{other})));
  EXPECT_FALSE(parse_jwk({{"kty", "EC"}, {"x5c", json::array{der}}}));
}

TEST(JwkSet, LeavesOutWhatItDoesNotKnow) {
  const auto set = JwkSet::parse(set_of({rsa_test_key().jwk,
                                         {{"kty", "oct"}, {"k", "AAAA"}, {"kid", "rsa"}},
                                         {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "AAAA"}},
                                         p256_test_key().jwk}));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->keys().size(), 2U);
  EXPECT_EQ(set->find("rsa").size(), 1U);
  EXPECT_EQ(set->find("p256").size(), 1U);
  EXPECT_TRUE(set->find("other").empty());
  EXPECT_TRUE(set->find("").empty()) << "without a kid only the one key of a set is meant";
}

TEST(JwkSet, WithoutKidTheOnlyKeyIsMeant) {
  EXPECT_EQ(JwkSet::parse(set_of({rsa_test_key().jwk}))->find("").size(), 1U);
  EXPECT_TRUE(JwkSet::parse(set_of({}))->find("").empty());
}

TEST(JwkSet, RefusesWhatIsNoSet) {
  for (const char* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[1]})", R"({"keys":[],"keys":[]})"}) {
    EXPECT_FALSE(JwkSet::parse(text)) << text;
  }
  EXPECT_FALSE(JwkSet::parse(std::string(kJwkSetBytesMax + 1, ' ')));
  json::array many(kJwkSetKeysMax + 1, json::object());
  EXPECT_FALSE(JwkSet::parse(json::serialize(json::object{{"keys", many}})));
}

}  // namespace
}  // namespace hsm::jose
