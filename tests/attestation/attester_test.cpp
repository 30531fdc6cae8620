#include "attestation/attester.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/certificate_chain.h"
#include "crypto/certificate_issuing.h"
#include "tests/attestation/samples.h"

namespace hsm::attestation {
namespace {

using crypto::Certificate;
using test::attester;

// What someone has pinned must be found again by every later version of the program.
TEST(Attester, MakesTheSameChainForEver) {
  const std::vector<Certificate> chain = *Certificate::all_from_pem(attester().certificates());
  ASSERT_EQ(chain.size(), 2u);
  EXPECT_EQ(attester().certificates(), attester().certificates());
  EXPECT_EQ(to_hex(chain[1].sha256_thumbprint()), "02db5e48a5c67d407bf93269c55a84b88916a7f16d6b6dd7a1b3c8d9785b3ae7");
  EXPECT_EQ(to_hex(chain[0].sha256_thumbprint()), "0d7ae6488bf0f0e861bd2789617066736428870de3a9115557cec9302693b749");
}

TEST(Attester, HasAChainOfItsOwnForEachDomainAndSecret) {
  core::DomainId other = test::kDomain;
  other[0] ^= 1;
  EXPECT_NE(attester(1).certificates(), attester(2).certificates());
  EXPECT_NE(attester(1).certificates(), attester(1, other).certificates());
}

TEST(Attester, HasACertificateThatItsRootIssuedAndThatNeverExpires) {
  const std::vector<Certificate> chain = *Certificate::all_from_pem(attester().certificates());
  EXPECT_EQ(chain[1].common_name(), "Strongroom d00102030405060708090a0b0c0d0e0f attestation root");
  EXPECT_EQ(chain[0].common_name(), "Strongroom d00102030405060708090a0b0c0d0e0f attester");
  for (const Certificate& certificate : chain) EXPECT_EQ(certificate.not_after(), crypto::kNoExpiry);
  EXPECT_TRUE(crypto::check_issued(chain[0], chain[1], test::kNow));
  EXPECT_TRUE(crypto::check_issued(chain[0], chain[1], crypto::kNoExpiry - std::chrono::seconds(1)));
  EXPECT_FALSE(crypto::check_issued(chain[0], chain[1], chain[0].not_before() - std::chrono::seconds(1)));
  EXPECT_FALSE(crypto::check_issued(chain[1], chain[0], test::kNow));
}

TEST(Attester, SignsTheSameWordsTheSameWay) {
  const core::KeyAttestation one = attester().attest(test::ec_facts()).value();
  const core::KeyAttestation two = attester().attest(test::ec_facts()).value();
  EXPECT_EQ(one.private_key, two.private_key);
  EXPECT_EQ(one.public_key, two.public_key);
  EXPECT_TRUE(attester().attest(test::oct_facts()).value().public_key.empty());
}

}  // namespace
}  // namespace hsm::attestation
