#include "crypto/jose/jws.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <boost/json/serialize.hpp>

#include "base/base64url.h"
#include "crypto/hmac.h"
#include "crypto/signature.h"
#include "tests/crypto/jose/test_keys.h"

namespace hsm::jose {
namespace {

namespace json = boost::json;
using core::Algorithm;
using test::p256_test_key;
using test::rsa_test_key;

constexpr Algorithm kAll[] = {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512, Algorithm::kPs256,
                              Algorithm::kPs384, Algorithm::kPs512, Algorithm::kEs256, Algorithm::kEs384,
                              Algorithm::kEs512, Algorithm::kEs256K};

std::string token(const json::object& header = {}, Algorithm algorithm = Algorithm::kRs256) {
  return *sign_jws(algorithm, rsa_test_key().pair.get(), header, bytes_of("payload"));
}
// forged has any header, and a signature of the RSA key over it.
std::string forged(std::string_view header) {
  const std::string input = to_base64url(bytes_of(header)) + "." + to_base64url(bytes_of("payload"));
  return with_signature(input, *crypto::sign(Algorithm::kRs256, rsa_test_key().pair.get(), bytes_of(input)));
}
Jwk rsa_jwk(std::string_view name = {}, json::value value = {}) {
  json::object jwk = rsa_test_key().jwk;
  if (!name.empty()) jwk[name] = std::move(value);
  return *parse_jwk(jwk);
}

TEST(Jws, WhatIsSignedVerifies) {
  const auto jws = parse_jws(token({{"kid", "rsa"}}));
  ASSERT_TRUE(jws);
  EXPECT_EQ(text_of(jws->payload), "payload");
  EXPECT_EQ(jws->kid, "rsa");
  EXPECT_TRUE(verify(*jws, rsa_jwk(), kAll));
  EXPECT_TRUE(verify(*jws, JwkSet({rsa_jwk()}), kAll));
}

// RFC 7515 §A.3, ES256.
TEST(Jws, VerifiesThePublishedExample) {
  const auto jws = parse_jws(
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV"
      "lfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  ASSERT_TRUE(jws);
  const json::object jwk = {{"kty", "EC"},
                            {"crv", "P-256"},
                            {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                            {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}};
  EXPECT_TRUE(verify(*jws, *parse_jwk(jwk), kAll));
}

TEST(Jws, AlgorithmMustBeAllowed) {
  const auto jws = *parse_jws(token());
  const Algorithm only_es256[] = {Algorithm::kEs256};
  EXPECT_FALSE(verify(jws, rsa_jwk(), only_es256));
  EXPECT_FALSE(verify(jws, rsa_jwk(), {}));
}

TEST(Jws, KeyMustBeForThat) {
  const auto jws = *parse_jws(token());
  EXPECT_TRUE(verify(jws, rsa_jwk("alg", "RS256"), kAll));
  EXPECT_TRUE(verify(jws, rsa_jwk("use", "sig"), kAll));
  EXPECT_TRUE(verify(jws, rsa_jwk("key_ops", json::array{"verify"}), kAll));
  EXPECT_FALSE(verify(jws, rsa_jwk("alg", "PS256"), kAll));
  EXPECT_FALSE(verify(jws, rsa_jwk("use", "enc"), kAll));
  EXPECT_FALSE(verify(jws, rsa_jwk("key_ops", json::array{"encrypt"}), kAll));
  EXPECT_FALSE(verify(jws, *parse_jwk(p256_test_key().jwk), kAll));
}

// The public key's text as an HMAC secret: the oldest attack on JWS libraries.
TEST(Jws, PublicKeyIsNoHmacSecret) {
  const std::string input = to_base64url(bytes_of(R"({"alg":"HS256"})")) + "." + to_base64url(bytes_of("payload"));
  const SecretBytes secret = SecretBytes::copy(bytes_of(json::serialize(rsa_test_key().jwk)));
  EXPECT_FALSE(parse_jws(with_signature(input, crypto::hmac(core::Digest::kSha256, secret, bytes_of(input)))));
}

TEST(Jws, RefusesBadHeaders) {
  ASSERT_TRUE(parse_jws(forged(R"({"alg":"RS256"})")));
  for (const char* header : {
           "",
           "[]",
           "{}",
           R"({"alg":"none"})",
           R"({"alg":"None"})",
           R"({"alg":""})",
           R"({"alg":"rs256"})",
           R"({"alg":"HS256"})",
           R"({"alg":"RSNULL"})",
           R"({"alg":"RSA-OAEP"})",
           R"({"alg":["RS256"]})",
           R"({"alg":"none","alg":"RS256"})",
           R"({"alg":"RS256","alg":"RS256"})",
           R"({"alg":"RS256","crit":["exp"]})",
           R"({"alg":"RS256","crit":[]})",
           R"({"alg":"RS256","b64":false})",
           R"({"alg":"RS256","kid":1})",
           R"({"alg":"RS256"}x)",
       }) {
    EXPECT_FALSE(parse_jws(forged(header))) << header;
  }
}

TEST(Jws, RefusesBadForms) {
  const std::string good = token();
  ASSERT_TRUE(parse_jws(good));
  EXPECT_FALSE(parse_jws(""));
  EXPECT_FALSE(parse_jws(".."));
  EXPECT_FALSE(parse_jws(good + "."));
  EXPECT_FALSE(parse_jws(good + "="));
  EXPECT_FALSE(parse_jws(" " + good));
  EXPECT_FALSE(parse_jws(good + "\n"));
  EXPECT_FALSE(parse_jws(good.substr(0, good.rfind('.'))));
  EXPECT_FALSE(parse_jws(R"({"payload":"eA","signatures":[]})"));
  EXPECT_FALSE(parse_jws(std::string(kJwsBytesMax + 1, 'A')));
  EXPECT_FALSE(parse_jws(std::string(kJoseHeaderBytesMax + 1, 'A') + ".eA.eA"));
}

TEST(Jws, ChangedTokenDoesNotVerify) {
  const std::string good = token({{"kid", "rsa"}});
  const Jwk key = rsa_jwk();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto jws = parse_jws(changed);
    EXPECT_FALSE(jws && verify(*jws, key, kAll)) << i;
  }
  std::string stripped = good.substr(0, good.rfind('.') + 1);
  EXPECT_FALSE(verify(*parse_jws(stripped), key, kAll)) << "no signature at all";
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(Jws, KeySetIsAskedByKid) {
  const JwkSet two({rsa_jwk("kid", "one"), *parse_jwk(p256_test_key().jwk)});
  EXPECT_TRUE(verify(*parse_jws(token({{"kid", "one"}})), two, kAll));
  EXPECT_FALSE(verify(*parse_jws(token({{"kid", "p256"}})), two, kAll));
  EXPECT_FALSE(verify(*parse_jws(token({{"kid", "two"}})), two, kAll));
  EXPECT_FALSE(verify(*parse_jws(token()), two, kAll)) << "which key is not said";
  EXPECT_TRUE(verify(*parse_jws(token()), JwkSet({rsa_jwk()}), kAll));
  const JwkSet same_kid({rsa_jwk("use", "enc"), rsa_jwk()});
  EXPECT_TRUE(verify(*parse_jws(token({{"kid", "rsa"}})), same_kid, kAll));
  EXPECT_FALSE(verify(*parse_jws(token({{"kid", "rsa"}})), JwkSet(std::vector<Jwk>(5, rsa_jwk())), kAll));
}

TEST(Jws, SignsWithAKeyOfTheAlgorithmAlone) {
  EXPECT_FALSE(sign_jws(Algorithm::kEs256, rsa_test_key().pair.get(), {}, {}));
  EXPECT_FALSE(sign_jws(Algorithm::kHs256, rsa_test_key().pair.get(), {}, {}));
  const auto jws = parse_jws(*sign_jws(Algorithm::kEs256, p256_test_key().pair.get(), {}, {}));
  ASSERT_TRUE(jws);
  EXPECT_TRUE(verify(*jws, *parse_jwk(p256_test_key().jwk), kAll));
}

}  // namespace
}  // namespace hsm::jose
