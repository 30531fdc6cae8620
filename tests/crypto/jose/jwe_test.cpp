#include "crypto/jose/jwe.h"

#include <gtest/gtest.h>

#include "base/base64url.h"
#include "tests/crypto/jose/test_keys.h"

namespace hsm::jose {
namespace {

using test::p256_test_key;
using test::rsa_test_key;

// with_header puts another header on a made JWE; its tag then fits no more, but parsing comes first.
std::string with_header(std::string_view header, const std::string& jwe) {
  return to_base64url(bytes_of(header)) + jwe.substr(jwe.find('.'));
}

bool parses_with(std::string_view header, const std::string& jwe) {
  const std::string text = with_header(header, jwe);
  return parse_jwe(text).has_value();
}

struct Made {
  SystemRandom random;
  SecretBytes key{64};
  std::string direct = crypto::make_jwe_dir(key, "hsm_backup", bytes_of("payload"), random);
  std::string rsa = *crypto::make_jwe_rsa(rsa_test_key().pair.get(), "not used", bytes_of("share"), random);
};

TEST(Jwe, OpensBothForms) {
  Made made;
  const auto direct = parse_jwe(made.direct);
  ASSERT_TRUE(direct);
  EXPECT_EQ(direct->algorithm, JweAlgorithm::kDirect);
  EXPECT_EQ(direct->kid, "hsm_backup");
  EXPECT_EQ(text_of(open(*direct, made.key)->reveal()), "payload");
  const auto rsa = parse_jwe(made.rsa);
  ASSERT_TRUE(rsa);
  EXPECT_EQ(rsa->algorithm, JweAlgorithm::kRsaOaep256);
  EXPECT_EQ(text_of(open(*rsa, rsa_test_key().pair.get(), made.random)->reveal()), "share");
}

TEST(Jwe, OneFormDoesNotOpenAsTheOther) {
  Made made;
  EXPECT_EQ(open(*parse_jwe(made.rsa), made.key).error().code, Errc::kBadCiphertext);
  EXPECT_EQ(open(*parse_jwe(made.direct), rsa_test_key().pair.get(), made.random).error().code, Errc::kBadCiphertext);
  EXPECT_EQ(open(*parse_jwe(made.rsa), p256_test_key().pair.get(), made.random).error().code, Errc::kBadCiphertext);
}

TEST(Jwe, TagCoversTheHeaderAsReceived) {
  Made made;
  const std::string text = with_header(R"({"alg": "dir","enc":"A256CBC-HS512","kid":"hsm_backup"})", made.direct);
  const auto same_meaning = parse_jwe(text);
  ASSERT_TRUE(same_meaning);
  EXPECT_EQ(open(*same_meaning, made.key).error().code, Errc::kBadCiphertext);
}

TEST(Jwe, RefusesBadHeaders) {
  Made made;
  for (const char* header : {
           "",
           "{}",
           R"({"alg":"dir"})",
           R"({"enc":"A256CBC-HS512"})",
           R"({"alg":"dir","enc":"A256GCM"})",
           R"({"alg":"dir","enc":"A128CBC-HS256"})",
           R"({"alg":"DIR","enc":"A256CBC-HS512"})",
           R"({"alg":"dir","enc":"A256CBC-HS512","zip":"DEF"})",
           R"({"alg":"dir","enc":"A256CBC-HS512","crit":["x"]})",
           R"({"alg":"dir","alg":"dir","enc":"A256CBC-HS512"})",
           R"({"alg":"dir","enc":"A256CBC-HS512","kid":7})",
           R"({"alg":"A256KW","enc":"A256CBC-HS512"})",
       }) {
    EXPECT_FALSE(parses_with(header, made.direct)) << header;
  }
  for (const char* alg : {"RSA-OAEP", "RSA1_5", "dir"}) {
    const std::string header = std::string(R"({"enc":"A256CBC-HS512","alg":")") + alg + R"("})";
    EXPECT_FALSE(parses_with(header, made.rsa)) << alg;
  }
  EXPECT_FALSE(parses_with(R"({"alg":"RSA-OAEP-256","enc":"A256CBC-HS512"})", made.direct));
}

TEST(Jwe, RefusesBadForms) {
  Made made;
  for (const std::string& text : {std::string(), std::string("...."), made.direct + ".", made.direct + "=",
                                  made.direct.substr(1), std::string(R"({"protected":"e30","ciphertext":"eA"})")}) {
    EXPECT_FALSE(parse_jwe(text)) << text;
  }
}

// A truncated tag must fail, whatever a client does (security-domain.md §5.3).
TEST(Jwe, ShorterTagDoesNotOpen) {
  Made made;
  const std::string shorter = made.direct.substr(0, made.direct.rfind('.') + 1) + to_base64url(Bytes(16));
  EXPECT_FALSE(open(*parse_jwe(shorter), made.key));
  const std::string none = made.direct.substr(0, made.direct.rfind('.') + 1);
  EXPECT_FALSE(open(*parse_jwe(none), made.key));
}

}  // namespace
}  // namespace hsm::jose
