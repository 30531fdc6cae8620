#include "attestation/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attestation/description.h"
#include "tests/attestation/samples.h"

namespace hsm::attestation {
namespace {

using test::attester;
using test::kNow;
using testing::HasSubstr;

crypto::Certificate root_of(const core::KeyAttestation& attestation) {
  return crypto::Certificate::all_from_pem(attestation.certificates)->back();
}

core::KeyAttestation attested(const KeyFacts& facts) {
  return attester().attest(facts).value();
}

TEST(Verify, AcceptsWhatAnAttesterMade) {
  for (const KeyFacts& facts :
       {test::ec_facts(), test::rsa_facts(), test::oct_facts(), test::okp_facts(core::Curve::kEd25519),
        test::okp_facts(core::Curve::kX25519), test::ml_dsa_facts(44), test::ml_dsa_facts(87)}) {
    const core::KeyAttestation attestation = attested(facts);
    const auto verified = verify(attestation, {.root = root_of(attestation), .key = "my-key"}, kNow);
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->key, key_objects(facts)->key);
  }
}

// Every bit of both blobs counts, signatures included.
TEST(Verify, RefusesEveryChangedBit) {
  const core::KeyAttestation attestation = attested(test::ec_facts());
  for (Bytes core::KeyAttestation::* part : {&core::KeyAttestation::private_key, &core::KeyAttestation::public_key}) {
    for (std::size_t i = 0; i < (attestation.*part).size() * 8; ++i) {
      core::KeyAttestation changed = attestation;
      (changed.*part)[i / 8] ^= static_cast<std::uint8_t>(1U << (i % 8));
      ASSERT_FALSE(verify(changed, {}, kNow)) << "bit " << i;
    }
  }
}

TEST(Verify, RefusesEveryChangedByteOfTheCertificates) {
  const core::KeyAttestation attestation = attested(test::ec_facts());
  const auto chain = *crypto::Certificate::all_from_pem(attestation.certificates);
  const Expectations expected{.root = chain.back(), .key = {}};
  for (std::size_t which = 0; which < 2; ++which) {
    for (std::size_t i = 0; i < chain[which].der().size(); ++i) {
      Bytes der = chain[which].der();
      der[i] ^= 1;
      const auto changed = crypto::Certificate::from_der(der);
      if (!changed) continue;
      core::KeyAttestation other = attestation;
      other.certificates = which == 0 ? changed->pem() + chain[1].pem() : chain[0].pem() + changed->pem();
      ASSERT_FALSE(verify(other, expected, kNow)) << "certificate " << which << ", byte " << i;
    }
  }
}

TEST(Verify, RefusesAnotherDomainsRoot) {
  const core::KeyAttestation attestation = attested(test::ec_facts());
  const Expectations expected{.root = root_of(attester(2).attest(test::ec_facts()).value()), .key = {}};
  const auto verified = verify(attestation, expected, kNow);
  ASSERT_FALSE(verified);
  EXPECT_THAT(verified.error().message, HasSubstr("another root"));
}

TEST(Verify, RefusesAChainThatDoesNotHold) {
  const core::KeyAttestation one = attested(test::ec_facts());
  const core::KeyAttestation two = attester(2).attest(test::ec_facts()).value();
  const auto first = *crypto::Certificate::all_from_pem(one.certificates);
  const auto second = *crypto::Certificate::all_from_pem(two.certificates);
  const std::string chains[] = {"",
                                first[0].pem(),
                                first[1].pem(),
                                first[1].pem() + first[0].pem(),
                                first[0].pem() + second[1].pem(),
                                second[0].pem() + first[1].pem(),
                                first[1].pem() + first[1].pem(),
                                first[0].pem() + first[0].pem(),
                                first[0].pem() + first[1].pem() + first[1].pem()};
  for (const std::string& chain : chains) {
    core::KeyAttestation changed = one;
    changed.certificates = chain;
    EXPECT_FALSE(verify(changed, {}, kNow)) << chain;
  }
}

// Each blob is genuine; only together they would claim what nobody has signed.
TEST(Verify, RefusesBlobsOfTwoKeys) {
  const core::KeyAttestation one = attested(test::ec_facts());
  const auto refused = [&one](const KeyFacts& other) {
    core::KeyAttestation mixed = one;
    mixed.public_key = attested(other).public_key;
    return !verify(mixed, {}, kNow).has_value();
  };
  KeyFacts other = test::ec_facts();
  other.public_key.x[0] ^= 1;
  EXPECT_TRUE(refused(other)) << "another point";
  other = test::ec_facts();
  other.id += "0";
  EXPECT_TRUE(refused(other)) << "another name";
  other = test::ec_facts();
  other.policy.local = false;
  EXPECT_TRUE(refused(other)) << "another origin";
  EXPECT_TRUE(refused(test::rsa_facts())) << "another type";
  EXPECT_TRUE(refused(test::oct_facts())) << "no public key at all";
  EXPECT_TRUE(refused(test::okp_facts(core::Curve::kEd25519))) << "of another family of curves";
  EXPECT_TRUE(refused(test::ml_dsa_facts(44))) << "of ML-DSA";
  EXPECT_FALSE(refused(test::ec_facts()));
}

TEST(Verify, RefusesBlobsInTheWrongPlace) {
  const core::KeyAttestation pair = attested(test::ec_facts());
  core::KeyAttestation changed = pair;
  std::swap(changed.private_key, changed.public_key);
  EXPECT_FALSE(verify(changed, {}, kNow)) << "swapped, as one of the two published descriptions has them";
  changed = pair;
  changed.public_key = pair.private_key;
  EXPECT_FALSE(verify(changed, {}, kNow));
  changed.public_key.clear();
  EXPECT_FALSE(verify(changed, {}, kNow)) << "a private key alone";
  changed = attested(test::oct_facts());
  changed.public_key = changed.private_key;
  EXPECT_FALSE(verify(changed, {}, kNow)) << "a secret key with a public one";
}

TEST(Verify, RefusesABlobOfAnotherDomain) {
  KeyFacts facts = test::ec_facts();
  facts.domain[0] ^= 1;
  EXPECT_FALSE(verify(attested(facts), {}, kNow));
}

TEST(Verify, HoldsTheNameAgainstTheExpectedOne) {
  const core::KeyAttestation attestation = attested(test::ec_facts());
  const auto is = [&attestation](const std::string& key) {
    return verify(attestation, {.root = {}, .key = key}, kNow).has_value();
  };
  EXPECT_TRUE(is("my-key"));
  EXPECT_TRUE(is("MY-KEY"));
  EXPECT_TRUE(is("my-key/0123456789abcdef0123456789abcdef"));
  EXPECT_FALSE(is("my-key/0123456789abcdef0123456789abcde0"));
  EXPECT_FALSE(is("my-key/"));
  EXPECT_FALSE(is("my-ke"));
  EXPECT_FALSE(is("my-key2"));
}

TEST(Description, SaysWhatAnAuditorAsks) {
  KeyFacts facts = test::rsa_facts();
  const auto words = [](const KeyFacts& key) { return describe(*verify(attested(key), {}, kNow)); };
  EXPECT_THAT(words(facts), HasSubstr("RSA, 2048 bits"));
  EXPECT_THAT(words(facts), HasSubstr("generated inside the HSM"));
  EXPECT_THAT(words(facts), HasSubstr("wrap keys, unwrap keys\n"));
  EXPECT_THAT(words(facts), HasSubstr("not in FIPS mode"));
  EXPECT_THAT(words(facts), HasSubstr("never"));
  facts.policy.local = false;
  EXPECT_THAT(words(facts), HasSubstr("imported"));
  EXPECT_THAT(words(test::oct_facts()), HasSubstr("check value 010203"));
  EXPECT_THAT(words(test::ec_facts()), HasSubstr("curve P-256\n"));
  EXPECT_THAT(words(test::okp_facts(core::Curve::kEd25519)), HasSubstr("OKP, curve Ed25519\n"));
  EXPECT_THAT(words(test::okp_facts(core::Curve::kX25519)), HasSubstr("agree on keys"));
  EXPECT_THAT(words(test::ml_dsa_facts(65)), HasSubstr("ML-DSA-65\n"));
  EXPECT_THAT(words(test::ml_dsa_facts(65)), HasSubstr("public key  " + std::string(2 * 1952, '4') + "\n"));
}

}  // namespace
}  // namespace hsm::attestation
