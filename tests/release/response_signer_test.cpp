#include "release/response_signer.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/json/array.hpp>
#include <filesystem>
#include <fstream>

#include "base/base64url.h"
#include "base/private_file.h"
#include "crypto/certificate_issuing.h"
#include "crypto/jose/jws.h"
#include "crypto/key_pair.h"
#include "tests/identity/token_maker.h"

namespace hsm::release {
namespace {

using identity::testing::ec_key;
using identity::testing::kNow;
using identity::testing::rsa_key;

class Signer : public testing::Test {
 protected:
  Signer() {
    std::string name = (std::filesystem::temp_directory_path() / "signer-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Signer() override { std::filesystem::remove_all(folder_); }

  static crypto::Certificate certificate_of(EVP_PKEY* key) {
    SystemRandom random;
    return crypto::make_self_signed({.kind = crypto::CertificateKind::kServer,
                                     .common_name = "hsm.example",
                                     .dns_names = {"hsm.example"},
                                     .not_before = kNow,
                                     .not_after = kNow + std::chrono::hours(1)},
                                    key, random)
        .value();
  }
  std::string chain_file(std::initializer_list<crypto::Certificate> chain) {
    const std::string path = folder_ / "chain.pem";
    std::ofstream file(path);
    for (const crypto::Certificate& certificate : chain) file << certificate.pem();
    return path;
  }
  std::string key_file(EVP_PKEY* key) {
    const std::string path = folder_ / "key.pem";
    EXPECT_TRUE(replace_private_file(path, crypto::private_key_to_pem(key)));
    return path;
  }

  std::filesystem::path folder_;
};

// reference/byok-release-attestation.md §3.6
TEST_F(Signer, SignsWithTheWholeChainInTheHeader) {
  const crypto::Certificate leaf = certificate_of(rsa_key()), issuer = certificate_of(ec_key());
  const auto signer = ResponseSigner::load(chain_file({leaf, issuer}), key_file(rsa_key())).value();

  const auto jws = jose::parse_jws(signer->sign(R"({"a":1})").value()).value();

  EXPECT_EQ(text_of(jws.payload), R"({"a":1})");
  EXPECT_EQ(jws.algorithm, core::Algorithm::kRs256);
  EXPECT_EQ(jws.header.size(), 4u);
  EXPECT_EQ(jws.kid, to_base64url(leaf.sha256_thumbprint()));
  EXPECT_EQ(jws.header.at("x5t#S256").as_string(), jws.kid);
  const auto& x5c = jws.header.at("x5c").as_array();
  ASSERT_EQ(x5c.size(), 2u);
  EXPECT_EQ(x5c[0].as_string(), to_base64(leaf.der()));
  EXPECT_EQ(x5c[1].as_string(), to_base64(issuer.der()));
  const auto algorithms = {core::Algorithm::kRs256};
  EXPECT_TRUE(jose::verify(jws, jose::parse_jwk(identity::testing::jwk(rsa_key(), jws.kid)).value(), algorithms));
}

TEST_F(Signer, NeedsAnRsaCertificateAndItsOwnKey) {
  const std::string rsa_chain = chain_file({certificate_of(rsa_key())});
  EXPECT_EQ(ResponseSigner::load(rsa_chain, key_file(rsa_key(1))).error().code, Errc::kBadParameter);
  EXPECT_EQ(ResponseSigner::load(rsa_chain, folder_ / "absent").error().code, Errc::kUnavailable);
  EXPECT_EQ(ResponseSigner::load(folder_ / "absent", key_file(rsa_key())).error().code, Errc::kUnavailable);
  EXPECT_EQ(ResponseSigner::load(chain_file({certificate_of(ec_key())}), key_file(ec_key())).error().code,
            Errc::kBadParameter);
}

TEST_F(Signer, AKeyThatOthersMayReadIsRefused) {
  const std::string chain = chain_file({certificate_of(rsa_key())}), key = key_file(rsa_key());
  std::filesystem::permissions(key, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  EXPECT_EQ(ResponseSigner::load(chain, key).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace hsm::release
