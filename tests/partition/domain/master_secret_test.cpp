#include "partition/domain/master_secret.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/random.h"
#include "tests/crypto/hex_literal.h"

namespace hsm::partition {
namespace {

using test::secret_hex;

// The bytes 00…1f of domain a0…af.
MasterSecret known() {
  Bytes payload{1};
  for (int i = 0; i < 16; ++i) payload.push_back(static_cast<std::uint8_t>(0xa0 + i));
  for (int i = 0; i < 32; ++i) payload.push_back(static_cast<std::uint8_t>(i));
  return *MasterSecret::open_payload(SecretBytes::take(payload));
}

std::vector<SecretBytes> all_keys(const MasterSecret& master) {
  std::vector<SecretBytes> keys;
  keys.push_back(master.key_wrapping_key());
  keys.push_back(master.record_key());
  keys.push_back(master.backup_key());
  keys.push_back(master.audit_seed());
  keys.push_back(master.attestation_seed());
  keys.push_back(master.attestation_root_seed());
  return keys;
}

// Computed with another implementation of HKDF. Should one change, everything sealed before is lost.
TEST(MasterSecret, DerivesTheSameKeysForever) {
  const MasterSecret master = known();
  EXPECT_TRUE(master.key_wrapping_key() ==
              secret_hex("a3c6461b65d46c73cde348f75d1df28a4558cd026f930c01e5fe0958e8e89d4a"));
  EXPECT_TRUE(master.record_key() == secret_hex("8966becb98e4b9179d89565d8388e4247d64ce001792903ed72db2ed90e8c9a9"));
  EXPECT_TRUE(master.backup_key() == secret_hex("42f7c44df0ca0e6a4b2cc8f678c7e66019479f4a88fe5f0f9fe01540c630bbd4"
                                                "a4a11ad9649d8beb4382124e3f69e148c9260b0a3cc1c857745a08cae1f8f877"));
  EXPECT_TRUE(master.audit_seed() == secret_hex("af5781be4036a79c435ea9ebb948de83cff2bf3bdca0f7e529fd0fd991664671"));
  EXPECT_TRUE(master.attestation_seed() ==
              secret_hex("123f222f4317706ef5a37d9b973645d70f04124a5be89824b044232b9151ef32"));
  EXPECT_TRUE(master.attestation_root_seed() ==
              secret_hex("d40cfc300db862e3f6d9a835bc177bb7f3abb6fd11a9cfa58e2ef75490a098da"));
}

TEST(MasterSecret, GivesEachPurposeAKeyOfItsOwn) {
  const auto keys = all_keys(known());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = i + 1; j < keys.size(); ++j) {
      EXPECT_FALSE(std::ranges::equal(keys[i].reveal().first(32), keys[j].reveal().first(32))) << i << " and " << j;
    }
  }
}

TEST(MasterSecret, OfAnotherDomainIdGivesOtherKeys) {
  SecretBytes payload = known().payload();
  payload.writable()[1] ^= 1;
  const auto other = MasterSecret::open_payload(payload);
  ASSERT_TRUE(other);
  const auto keys = all_keys(known());
  const auto others = all_keys(*other);
  for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_FALSE(keys[i] == others[i]) << i;
}

TEST(MasterSecret, IsNewEachTime) {
  SystemRandom random;
  const MasterSecret one = MasterSecret::create(random);
  const MasterSecret two = MasterSecret::create(random);
  EXPECT_NE(one.domain_id(), two.domain_id());
  EXPECT_FALSE(one.key_wrapping_key() == two.key_wrapping_key());
}

TEST(MasterSecret, ComesBackFromItsPayload) {
  SystemRandom random;
  const MasterSecret master = MasterSecret::create(random);
  const auto again = MasterSecret::open_payload(master.payload());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->domain_id(), master.domain_id());
  EXPECT_TRUE(again->key_wrapping_key() == master.key_wrapping_key());
}

TEST(MasterSecret, RefusesAPayloadOfAnotherForm) {
  const SecretBytes good = known().payload();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, good.size() - 1, good.size() + 1}) {
    SecretBytes other(size);
    if (size > 0) other.writable()[0] = 1;
    EXPECT_EQ(MasterSecret::open_payload(other).error().code, Errc::kBadParameter) << size;
  }
  SecretBytes later_version = good.clone();
  later_version.writable()[0] = 2;
  EXPECT_EQ(MasterSecret::open_payload(later_version).error().code, Errc::kBadParameter);
}

}  // namespace
}  // namespace hsm::partition
