// A CRT result computed wrongly gives the key away: gcd(s^e - m, n) is a prime. Nothing wrong may leave.
#include <algorithm>

#include "partition/engine/openssl/rsa_key.h"
#include "partition/engine/openssl/rsa_material.h"
#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using core::Algorithm;
using core::KeyOperation;

// faulty_key is the key with one of its numbers damaged in memory, as a fault would; the checks of load are passed by.
KeyPtr faulty_key(std::initializer_list<RsaNumber> damaged) {
  auto material = RsaMaterial::read(material_for(kRsa2048).material, kRsa2048.bits);
  for (const RsaNumber number : damaged) material->writable(number)[10] ^= 4;
  return std::make_shared<const RsaKey>(policy_of(kRsa2048), *material->key_pair(), true);
}

class RsaFault : public ::testing::TestWithParam<RsaNumber> {
 protected:
  KeyPtr good_ = key_for(kRsa2048);
  KeyPtr faulty_ = faulty_key({GetParam()});
};

TEST_P(RsaFault, NeverGivesAWrongSignature) {
  for (const Algorithm algorithm : {Algorithm::kRs256, Algorithm::kPs512, Algorithm::kRsNull}) {
    const auto& row = core::row(algorithm);
    const Bytes digest = bytes_of_size(row.input_bytes == 0 ? 32 : row.input_bytes);
    for (int i = 0; i < 3; ++i) {
      const auto reply = perform(*faulty_, KeyOperation::kSign, algorithm, {.input = digest});
      if (reply) {
        EXPECT_TRUE(verifies(*good_, algorithm, digest, reply->output.reveal())) << row.name;
      }
    }
  }
}

TEST_P(RsaFault, NeverGivesAWrongPlaintext) {
  const Bytes plaintext = bytes_of_size(32);
  for (const Algorithm algorithm : {Algorithm::kRsa15, Algorithm::kRsaOaep, Algorithm::kRsaOaep256}) {
    const auto sealed = perform(*good_, KeyOperation::kEncrypt, algorithm, {.input = plaintext});
    ASSERT_TRUE(sealed);
    const auto opened = perform(*faulty_, KeyOperation::kDecrypt, algorithm, {.input = sealed->output.reveal()});
    if (opened) {
      EXPECT_EQ(copy_of(opened->output.reveal()), plaintext);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(CrtNumbers, RsaFault, ::testing::Values(RsaNumber::kDp, RsaNumber::kDq, RsaNumber::kQi),
                         [](const auto& test) {
                           return std::string(kRsaNumbers[static_cast<std::size_t>(test.param)].name);
                         });

// A damage that the second computation has too can't be healed; a key that comes with one is not loaded at all.
TEST(RsaLoad, RefusesDamagedMaterial) {
  struct Row {
    const char* name;
    std::vector<RsaNumber> damaged;
  };
  for (const Row& row : {Row{"d and dp", {RsaNumber::kD, RsaNumber::kDp}}, Row{"n", {RsaNumber::kN}},
                         Row{"p", {RsaNumber::kP, RsaNumber::kD}}}) {
    auto material = RsaMaterial::read(material_for(kRsa2048).material, kRsa2048.bits);
    for (const RsaNumber number : row.damaged) material->writable(number)[10] ^= 4;
    EXPECT_FALSE(engine().load(policy_of(kRsa2048), std::move(*material).take())) << row.name;
  }
}

TEST(RsaLoad, RefusesMaterialOfAnotherForm) {
  const SecretBytes& good = material_for(kRsa2048).material;
  EXPECT_TRUE(engine().load(policy_of(kRsa2048), good));
  SecretBytes other_version = good.clone();
  other_version.writable()[0] = 9;
  EXPECT_FALSE(engine().load(policy_of(kRsa2048), other_version));
  SecretBytes shorter = good.clone();
  shorter.shrink(good.size() - 1);
  EXPECT_FALSE(engine().load(policy_of(kRsa2048), shorter));
  auto as_3072 = policy_of(kRsa2048);
  as_3072.spec.bits = 3072;
  EXPECT_FALSE(engine().load(as_3072, good));
  EXPECT_FALSE(engine().load(policy_of(kRsa2048), SecretBytes()));
}

}  // namespace
}  // namespace hsm::partition
