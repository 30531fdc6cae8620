#include "partition/engine/wrapped_key.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/digest.h"
#include "partition/domain/salted_seal.h"

namespace hsm::partition {
namespace {

class WrappedKey : public ::testing::Test {
 protected:
  WrappedKey() {
    random_.fill(kek_.writable());
    random_.fill(domain_);
    random_.fill(material_.writable());
    policy_.spec = {core::KeyType::kOct, core::Curve::kNone, 256};
    policy_.operations = {core::KeyOperation::kEncrypt, core::KeyOperation::kDecrypt};
    policy_.exportable = true;
    policy_.local = true;
    random_.fill(policy_.release_policy_digest);
  }
  Bytes wrapped() { return wrap(kek_, domain_, policy_, material_, random_); }

  SystemRandom random_;
  SecretBytes kek_{32};
  core::DomainId domain_{};
  SecretBytes material_{32};
  core::KeyPolicy policy_;
};

TEST_F(WrappedKey, ComesBackWithItsPolicy) {
  const auto key = unwrap(kek_, domain_, wrapped());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->policy, policy_);
  EXPECT_TRUE(key->material == material_);
}

TEST_F(WrappedKey, KnowsAnImmutableReleasePolicy) {
  policy_.release_policy_immutable = true;
  EXPECT_EQ(unwrap(kek_, domain_, wrapped())->policy, policy_);
  Bytes changed = wrapped();
  changed[7] = 1;  // the flag taken away
  EXPECT_FALSE(unwrap(kek_, domain_, changed));
}

// Version 1 differed in that byte alone; its keys were sealed with it, and keys sealed today are none of it.
TEST_F(WrappedKey, OfTheFirstVersionIsStillRead) {
  policy_.exportable = false;
  policy_.release_policy_digest = {};
  Bytes head = wrapped();
  head.resize(1 + kWrappedKeyPolicyBytes);
  head[0] = 1;
  Bytes aad(domain_.begin(), domain_.end());
  aad.insert(aad.end(), head.begin(), head.end());
  Bytes old = head;
  append_salted_seal(old, kek_, "strongroom wrapped key 1", aad, material_.reveal(), random_);
  const auto key = unwrap(kek_, domain_, old);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->policy, policy_);
  Bytes today = wrapped();
  today[0] = 1;
  EXPECT_FALSE(unwrap(kek_, domain_, today));
}

TEST_F(WrappedKey, ComesBackForEveryKindOfKey) {
  using enum core::KeyType;
  using enum core::Curve;
  for (const core::KeySpec& spec :
       {core::KeySpec{kRsa, kNone, 2048}, core::KeySpec{kRsa, kNone, 4096}, core::KeySpec{kEc, kP521, 0},
        core::KeySpec{kEc, kP256K, 0}, core::KeySpec{kOct, kNone, 128}}) {
    policy_.spec = spec;
    policy_.operations = core::default_operations(spec);
    policy_.exportable = false;
    policy_.release_policy_digest = {};
    const auto key = unwrap(kek_, domain_, wrapped());
    ASSERT_TRUE(key);
    EXPECT_EQ(key->policy, policy_);
  }
}

TEST_F(WrappedKey, LooksDifferentEachTimeAndHoldsNothingInTheClear) {
  const Bytes blob = wrapped();
  EXPECT_NE(blob, wrapped());
  EXPECT_EQ(blob.size(), kWrappedKeyOverheadBytes + material_.size());
  for (std::size_t at = 0; at + 8 <= material_.size(); ++at) {
    EXPECT_TRUE(std::ranges::search(blob, material_.reveal().subspan(at, 8)).empty()) << at;
  }
}

TEST_F(WrappedKey, KeepsEachFlagApart) {
  for (const bool exportable : {false, true}) {
    for (const bool local : {false, true}) {
      policy_.exportable = exportable;
      policy_.release_policy_digest = {static_cast<std::uint8_t>(exportable ? 1 : 0)};
      policy_.local = local;
      EXPECT_EQ(unwrap(kek_, domain_, wrapped())->policy, policy_);
    }
  }
}

// Version 1 had `exportable` where the flags are now, and did not say where a key came from.
TEST_F(WrappedKey, OfTheFirstVersionCountsAsImported) {
  Bytes head = copy_of(ByteView(wrapped()).first(1 + kWrappedKeyPolicyBytes));
  head[0] = 1;
  head[7] = 1;
  Bytes aad(domain_.begin(), domain_.end());
  aad.insert(aad.end(), head.begin(), head.end());
  Bytes blob = head;
  append_salted_seal(blob, kek_, "strongroom wrapped key 1", aad, material_.reveal(), random_);
  const auto key = unwrap(kek_, domain_, blob);
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->policy.exportable);
  EXPECT_FALSE(key->policy.local);
  EXPECT_TRUE(key->material == material_);
  blob[0] = 2;
  EXPECT_FALSE(unwrap(kek_, domain_, blob)) << "the version is bound, too";
}

// Material and policy can't be recombined: the policy is as fixed as the material.
TEST_F(WrappedKey, RefusesEveryChangedBit) {
  const Bytes blob = wrapped();
  for (std::size_t i = 0; i < blob.size() * 8; ++i) {
    Bytes changed = blob;
    changed[i / 8] ^= static_cast<std::uint8_t>(1U << (i % 8));
    const auto key = unwrap(kek_, domain_, changed);
    ASSERT_FALSE(key) << "bit " << i;
    EXPECT_EQ(key.error().code, Errc::kBadCiphertext) << "bit " << i;
  }
}

TEST_F(WrappedKey, RefusesThePolicyOfAnotherKey) {
  Bytes blob = wrapped();
  policy_.operations.add(core::KeyOperation::kWrapKey);
  const Bytes other = wrapped();
  std::copy_n(other.begin(), 1 + kWrappedKeyPolicyBytes, blob.begin());
  EXPECT_FALSE(unwrap(kek_, domain_, blob));
}

TEST_F(WrappedKey, RefusesEveryOtherLength) {
  Bytes blob = wrapped();
  for (std::size_t size = 0; size < blob.size(); ++size) {
    EXPECT_EQ(unwrap(kek_, domain_, ByteView(blob).first(size)).error().code, Errc::kBadCiphertext) << size;
  }
  blob.push_back(0);
  EXPECT_FALSE(unwrap(kek_, domain_, blob));
  EXPECT_FALSE(unwrap(kek_, domain_, Bytes(kWrappedKeyBytesMax + 1, 1)));
}

TEST_F(WrappedKey, RefusesAnotherDomainOrKeyWithTheSameWords) {
  const Bytes blob = wrapped();
  core::DomainId other_domain = domain_;
  other_domain[15] ^= 1;
  SecretBytes other_kek = kek_.clone();
  other_kek.writable()[0] ^= 1;
  const auto by_domain = unwrap(kek_, other_domain, blob);
  const auto by_key = unwrap(other_kek, domain_, blob);
  ASSERT_FALSE(by_domain);
  ASSERT_FALSE(by_key);
  EXPECT_EQ(by_domain.error().code, Errc::kBadCiphertext);
  EXPECT_EQ(by_domain.error().message, by_key.error().message);
}

TEST_F(WrappedKey, IsNamedByItsDigest) {
  const Bytes blob = wrapped();
  const auto digest = crypto::sha256(blob);
  EXPECT_TRUE(std::ranges::equal(key_id(blob), ByteView(digest).first(16)));
  EXPECT_NE(key_id(blob), key_id(wrapped()));
}

using WrappedKeyDeathTest = WrappedKey;

TEST_F(WrappedKeyDeathTest, IsNotMadeOfAPolicyThatCouldNotComeBack) {
  policy_.spec.bits = 512;
  EXPECT_DEATH(wrapped(), "assertion failed");
  policy_.spec = {core::KeyType::kEc, core::Curve::kP256, 0};  // which can't encrypt
  EXPECT_DEATH(wrapped(), "assertion failed");
}

}  // namespace
}  // namespace hsm::partition
