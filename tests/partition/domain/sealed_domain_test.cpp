#include "partition/domain/sealed_domain.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace hsm::partition {
namespace {

class SealedDomain : public ::testing::Test {
 protected:
  SealedDomain() { random_.fill(seal_key_.writable()); }

  SystemRandom random_;
  SecretBytes seal_key_{kSealKeyBytes};
  MasterSecret master_ = MasterSecret::create(random_);
};

TEST_F(SealedDomain, OpensWithItsSealKey) {
  const auto sealed = seal_domain(master_, seal_key_, random_);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->size(), kSealedDomainBytes);
  const auto opened = open_sealed_domain(*sealed, seal_key_);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->payload() == master_.payload());
}

TEST_F(SealedDomain, HoldsNothingInTheClear) {
  const auto sealed = seal_domain(master_, seal_key_, random_);
  const SecretBytes payload = master_.payload();
  for (std::size_t at = 1; at + 8 <= payload.size(); ++at) {
    EXPECT_TRUE(std::ranges::search(*sealed, payload.reveal().subspan(at, 8)).empty()) << at;
  }
}

TEST_F(SealedDomain, LooksDifferentEachTime) {
  EXPECT_NE(*seal_domain(master_, seal_key_, random_), *seal_domain(master_, seal_key_, random_));
}

TEST_F(SealedDomain, RefusesEveryChangedByte) {
  const auto sealed = seal_domain(master_, seal_key_, random_);
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    Bytes changed = *sealed;
    changed[i] ^= 0x40;
    EXPECT_EQ(open_sealed_domain(changed, seal_key_).error().code, Errc::kBadCiphertext) << i;
  }
}

TEST_F(SealedDomain, RefusesEveryOtherLength) {
  const auto sealed = seal_domain(master_, seal_key_, random_);
  for (std::size_t size = 0; size < sealed->size(); ++size) {
    EXPECT_EQ(open_sealed_domain(ByteView(*sealed).first(size), seal_key_).error().code, Errc::kBadCiphertext) << size;
  }
  Bytes longer = *sealed;
  longer.push_back(0);
  EXPECT_EQ(open_sealed_domain(longer, seal_key_).error().code, Errc::kBadCiphertext);
}

TEST_F(SealedDomain, RefusesAnotherSealKeyWithTheSameWords) {
  Bytes changed = *seal_domain(master_, seal_key_, random_);
  changed.back() ^= 1;
  SecretBytes other = seal_key_.clone();
  other.writable()[0] ^= 1;
  const auto by_key = open_sealed_domain(*seal_domain(master_, seal_key_, random_), other);
  const auto by_damage = open_sealed_domain(changed, seal_key_);
  EXPECT_EQ(by_key.error().code, Errc::kBadCiphertext);
  EXPECT_EQ(by_key.error().message, by_damage.error().message);
}

TEST_F(SealedDomain, TakesASealKeyOfThirtyTwoBytesOnly) {
  for (const std::size_t size : {0, 16, 31, 33}) {
    EXPECT_EQ(seal_domain(master_, SecretBytes(size), random_).error().code, Errc::kBadParameter) << size;
    EXPECT_EQ(open_sealed_domain(Bytes(kSealedDomainBytes), SecretBytes(size)).error().code, Errc::kBadParameter);
  }
}

}  // namespace
}  // namespace hsm::partition
