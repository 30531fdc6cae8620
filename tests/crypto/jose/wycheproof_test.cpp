// The JOSE files of Wycheproof: what they accept and we do not is said in the tables here, with the reason.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "base/base64url.h"
#include "crypto/jose/jwe.h"
#include "crypto/jose/jws.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::jose {
namespace {

namespace json = boost::json;
using core::Algorithm;
using test::WycheproofCase;
using test::WycheproofExceptions;

constexpr Algorithm kAll[] = {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512,
                              Algorithm::kPs256, Algorithm::kPs384, Algorithm::kPs512,
                              Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512};

// Groups of symmetric keys have a private half alone; as public keys are all we verify with, they are given as they are
// and nothing of them may verify.
const json::object& key_of(const WycheproofCase& c) {
  return c.has("public") ? c.object("public") : c.object("private");
}

bool is_symmetric(const WycheproofCase& c) {
  return !c.has("public");
}

// Some cases are in the JSON serialization, which is given to us as it is.
std::string token_text(const WycheproofCase& c, std::string_view name) {
  const json::value& token = c.value(name);
  return token.is_string() ? c.text(name) : json::serialize(token);
}

bool verifies(const WycheproofCase& c) {
  const auto jws = parse_jws(token_text(c, "jws"));
  const json::object& key = key_of(c);
  const std::string set = json::serialize(key.contains("keys") ? key : json::object{{"keys", json::array{key}}});
  const auto keys = JwkSet::parse(set);
  return jws && keys && verify(*jws, *keys, kAll).has_value();
}

void run_jws(std::string_view file, const WycheproofExceptions& refused = {}) {
  test::for_each_case(file, [&refused](const WycheproofCase& c) {
    EXPECT_EQ(verifies(c), c.valid() && !is_symmetric(c) && !refused.contains(c.id()));
  });
}

TEST(JwsWycheproof, Signatures) {
  run_jws("json_web_signature_test.json", {{346, "the key says it is for PS256, the token is PS384 (RFC 7517 §4.4)"},
                                           {347, "the key says it is for ES521, which is no algorithm"},
                                           {350, "as 346"},
                                           {351, "as 347"}});
}

TEST(JwsWycheproof, Keys) {
  run_jws("json_web_key_test.json");
}

TEST(JwsWycheproof, Crypto) {
  test::for_each_case("json_web_crypto_test.json", [](const WycheproofCase& c) {
    if (c.has("jws")) {
      EXPECT_EQ(verifies(c), c.valid() && !is_symmetric(c));
    } else {
      const std::string text = token_text(c, "jwe");
      EXPECT_FALSE(parse_jwe(text)) << "key wrap and ECDH are no algorithms here";
    }
  });
}

Bytes jwk_number(const json::object& jwk, std::string_view name) {
  return *from_base64url(std::string_view(jwk.at(name).as_string()));
}

// The product never reads private JWKs, so the test makes the key itself.
crypto::PkeyPtr rsa_private_key(const json::object& jwk) {
  const std::vector<std::pair<const char*, std::string_view>> members = {
      {OSSL_PKEY_PARAM_RSA_N, "n"},          {OSSL_PKEY_PARAM_RSA_E, "e"},
      {OSSL_PKEY_PARAM_RSA_D, "d"},          {OSSL_PKEY_PARAM_RSA_FACTOR1, "p"},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, "q"},    {OSSL_PKEY_PARAM_RSA_EXPONENT1, "dp"},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, "dq"}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, "qi"}};
  const crypto::ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  std::vector<crypto::BignumPtr> numbers;
  for (const auto& [param, name] : members) {
    if (!jwk.contains(name)) continue;
    const Bytes bytes = jwk_number(jwk, name);
    numbers.emplace_back(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    OSSL_PARAM_BLD_push_BN(builder.get(), param, numbers.back().get());
  }
  const crypto::ParamsPtr params(OSSL_PARAM_BLD_to_param(builder.get()));
  const crypto::PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context.get());
  EXPECT_EQ(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()), 1);
  return crypto::PkeyPtr(key);
}

// Of all the algorithms of the file, RSA-OAEP-256 with A256CBC-HS512 is ours.
TEST(JweWycheproof, OnlyRsaOaep256OpensAndOnlyWhatIsValid) {
  SystemRandom random;
  test::for_each_case("json_web_encryption_test.json", [&random](const WycheproofCase& c) {
    const auto& key = c.object("private");
    const std::string text = token_text(c, "jwe");
    const auto jwe = parse_jwe(text);
    const bool is_rsa = key.at("kty").as_string() == "RSA";
    const auto plaintext = jwe && is_rsa ? open(*jwe, rsa_private_key(key).get(), random) : fail(Errc::kBadCiphertext);
    const bool ours = c.valid() && key.at("alg").as_string() == "RSA-OAEP-256" && c.text("enc") == "A256CBC-HS512";
    ASSERT_EQ(plaintext.has_value(), ours);
    if (!plaintext) return;
    EXPECT_EQ(copy_of(plaintext->reveal()), c.bytes("pt"));
  });
}

}  // namespace
}  // namespace hsm::jose
