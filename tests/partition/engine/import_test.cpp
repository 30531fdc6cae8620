#include <algorithm>
#include <functional>

#include "crypto/public_key.h"
#include "partition/engine/openssl/ec_material.h"
#include "tests/partition/engine/wycheproof_keys.h"

namespace hsm::partition {
namespace {

using core::Curve;
using core::KeyOperation;

core::PrivateKey copy_of(const core::PrivateKey& key) {
  return {key.public_key, key.d.clone(),  key.p.clone(),  key.q.clone(),
          key.dp.clone(), key.dq.clone(), key.qi.clone(), key.k.clone()};
}

const core::PrivateKey& good_rsa() {
  static const core::PrivateKey kKey = rsa_members(crypto::generate_rsa(2048)->get());
  return kKey;
}

core::PrivateKey good_ec(Curve curve) {
  const auto pkey = *crypto::generate_ec(curve);
  core::PrivateKey key;
  key.public_key = *crypto::public_members(pkey.get());
  key.d = SecretBytes::copy(number_of(pkey.get(), OSSL_PKEY_PARAM_PRIV_KEY));
  return key;
}

SecretBytes with_zeros_in_front(const SecretBytes& number, std::size_t zeros) {
  SecretBytes longer(number.size() + zeros);
  std::ranges::copy(number.reveal(), longer.writable().subspan(zeros).begin());
  return longer;
}

void flip_last(SecretBytes& number) {
  number.writable().back() ^= 2;  // an odd number stays odd
}

TEST(ImportRsa, SignsWithWhatWasImported) {
  const auto imported = engine().import(kRsa2048, good_rsa());
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->public_key, good_rsa().public_key);
  const auto key = loaded(kRsa2048, *imported);
  const Bytes digest = bytes_of_size(32);
  const auto signature = perform(*key, KeyOperation::kSign, core::Algorithm::kPs256, {.input = digest});
  ASSERT_TRUE(signature);
  const auto half = *engine().load_public(policy_of(kRsa2048), good_rsa().public_key);
  EXPECT_TRUE(verifies(*half, core::Algorithm::kPs256, digest, signature->output.reveal()));
}

TEST(ImportRsa, ToleratesLeadingZeros) {
  core::PrivateKey key = copy_of(good_rsa());
  key.public_key.modulus.insert(key.public_key.modulus.begin(), 0);
  key.public_key.exponent.insert(key.public_key.exponent.begin(), 5, 0);
  for (SecretBytes* number : {&key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qi}) {
    *number = with_zeros_in_front(*number, 3);
  }
  const auto imported = engine().import(kRsa2048, key);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->public_key, good_rsa().public_key);
}

struct BadRsa {
  const char* name;
  std::function<void(core::PrivateKey&)> spoil;
};

TEST(ImportRsa, RefusesMembersThatDoNotBelongTogether) {
  const core::PrivateKey other = rsa_members(crypto::generate_rsa(2048)->get());
  const std::vector<BadRsa> rows{
      {"nothing", [](auto& key) { key = {}; }},
      {"no modulus", [](auto& key) { key.public_key.modulus.clear(); }},
      {"no exponent", [](auto& key) { key.public_key.exponent.clear(); }},
      {"no d", [](auto& key) { key.d = {}; }},
      {"no p", [](auto& key) { key.p = {}; }},
      {"no qi", [](auto& key) { key.qi = {}; }},
      {"zero d", [](auto& key) { key.d = SecretBytes(256); }},
      {"zero p", [](auto& key) { key.p = SecretBytes(128); }},
      {"d of one bit off", [](auto& key) { flip_last(key.d); }},
      {"p of one bit off", [](auto& key) { flip_last(key.p); }},
      {"q of one bit off", [](auto& key) { flip_last(key.q); }},
      {"dp of one bit off", [](auto& key) { flip_last(key.dp); }},
      {"dq of one bit off", [](auto& key) { flip_last(key.dq); }},
      {"qi of one bit off", [](auto& key) { flip_last(key.qi); }},
      {"n of one bit off", [](auto& key) { key.public_key.modulus.back() ^= 2; }},
      {"another e", [](auto& key) { key.public_key.exponent = {3}; }},
      {"an even e", [](auto& key) { key.public_key.exponent = {1, 0, 0}; }},
      {"an e of one", [](auto& key) { key.public_key.exponent = {1}; }},
      {"a huge e", [](auto& key) { key.public_key.exponent = Bytes(9, 0x81); }},
      {"p and q exchanged", [](auto& key) { std::swap(key.p, key.q); }},
      {"p twice", [](auto& key) { key.q = key.p.clone(); }},
      {"a small d", [](auto& key) { key.d = SecretBytes::copy(Bytes(100, 0x77)); }},
      {"a long n", [](auto& key) { key.public_key.modulus.push_back(1); }},
      {"a short n", [](auto& key) { key.public_key.modulus.pop_back(); }},
      {"another key's n", [&other](auto& key) { key.public_key = other.public_key; }},
      {"another key's primes",
       [&other](auto& key) {
         key.p = other.p.clone();
         key.q = other.q.clone();
       }},
      {"p of the size of n", [](auto& key) { key.p = SecretBytes::copy(Bytes(256, 0xff)); }},
  };
  for (const BadRsa& row : rows) {
    core::PrivateKey key = copy_of(good_rsa());
    row.spoil(key);
    const auto imported = engine().import(kRsa2048, key);
    ASSERT_FALSE(imported) << row.name;
    EXPECT_EQ(imported.error().code, Errc::kBadParameter) << row.name;
    EXPECT_NE(imported.error().message, "") << row.name;
  }
}

TEST(ImportRsa, TakesTheSizeThatWasSaidOnly) {
  EXPECT_FALSE(engine().import(rsa(3072), good_rsa()));
  EXPECT_FALSE(engine().import(rsa(4096), good_rsa()));
  EXPECT_FALSE(engine().import(rsa(1024), good_rsa()));
}

class ImportEc : public ::testing::TestWithParam<Curve> {};
INSTANTIATE_TEST_SUITE_P(Curves, ImportEc, ::testing::Values(Curve::kP256, Curve::kP384, Curve::kP521, Curve::kP256K));

core::Algorithm ecdsa_of(Curve curve) {
  return std::ranges::find_if(core::kAlgorithms, [curve](const auto& row) { return row.curve == curve; })->algorithm;
}

TEST_P(ImportEc, SignsWithWhatWasImported) {
  const core::PrivateKey given = good_ec(GetParam());
  const auto imported = engine().import(ec(GetParam()), given);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->public_key, given.public_key);
  const auto key = loaded(ec(GetParam()), *imported);
  const auto& row = core::row(ecdsa_of(GetParam()));
  const Bytes digest = bytes_of_size(row.input_bytes);
  const auto signature = perform(*key, KeyOperation::kSign, row.algorithm, {.input = digest});
  ASSERT_TRUE(signature);
  const auto half = *engine().load_public(policy_of(ec(GetParam())), given.public_key);
  EXPECT_TRUE(verifies(*half, row.algorithm, digest, signature->output.reveal()));
}

TEST_P(ImportEc, ToleratesLeadingZerosAndMissingOnes) {
  core::PrivateKey key = good_ec(GetParam());
  key.public_key.x.insert(key.public_key.x.begin(), 0);
  key.d = with_zeros_in_front(key.d, 2);
  EXPECT_TRUE(engine().import(ec(GetParam()), key));
}

TEST_P(ImportEc, RefusesWhatDoesNotBelongTogether) {
  const Curve curve = GetParam();
  const std::size_t width = core::row(curve).coordinate_bytes;
  const core::PrivateKey other = good_ec(curve);
  const std::vector<BadRsa> rows{
      {"nothing", [](auto& key) { key = {}; }},
      {"no d", [](auto& key) { key.d = {}; }},
      {"no x", [](auto& key) { key.public_key.x.clear(); }},
      {"no y", [](auto& key) { key.public_key.y.clear(); }},
      {"zero d", [width](auto& key) { key.d = SecretBytes(width); }},
      {"d above the order", [width](auto& key) { key.d = SecretBytes::copy(Bytes(width, 0xff)); }},
      {"d too long", [width](auto& key) { key.d = SecretBytes::copy(Bytes(width + 1, 1)); }},
      {"another d", [&other](auto& key) { key.d = other.d.clone(); }},
      {"another point", [&other](auto& key) { key.public_key = other.public_key; }},
      {"x of one bit off", [](auto& key) { key.public_key.x.back() ^= 1; }},
      {"y of one bit off", [](auto& key) { key.public_key.y.back() ^= 1; }},
      {"x and y exchanged", [](auto& key) { std::swap(key.public_key.x, key.public_key.y); }},
      {"the point at infinity",
       [width](auto& key) {
         key.public_key.x = Bytes(width);
         key.public_key.y = Bytes(width);
       }},
      {"coordinates above the field",
       [width](auto& key) {
         key.public_key.x = Bytes(width, 0xff);
         key.public_key.y = Bytes(width, 0xff);
       }},
      {"x too long", [](auto& key) { key.public_key.x.push_back(0); }},
  };
  for (const BadRsa& row : rows) {
    core::PrivateKey key = copy_of(other);
    key = good_ec(curve);
    row.spoil(key);
    const auto imported = engine().import(ec(curve), key);
    ASSERT_FALSE(imported) << row.name;
    EXPECT_EQ(imported.error().code, Errc::kBadParameter) << row.name;
  }
}

TEST_P(ImportEc, RefusesAKeyOfAnotherCurve) {
  const core::PrivateKey key = good_ec(GetParam());
  for (const Curve other : {Curve::kP256, Curve::kP384, Curve::kP521, Curve::kP256K}) {
    EXPECT_EQ(engine().import(ec(other), key).has_value(), other == GetParam());
  }
}

TEST(ImportOct, TakesTheSizeThatWasSaidOnly) {
  for (const std::size_t size : {0, 8, 15, 16, 17, 24, 31, 32, 33, 64}) {
    core::PrivateKey key;
    key.k = SecretBytes::copy(bytes_of_size(size));
    for (const std::size_t bits : {128, 192, 256}) {
      const auto imported = engine().import(oct(bits), key);
      EXPECT_EQ(imported.has_value(), size * 8 == bits) << size << " for " << bits;
      if (imported) {
        EXPECT_TRUE(imported->material == key.k);
      } else {
        EXPECT_EQ(imported.error().code, Errc::kBadParameter);
      }
    }
  }
}

}  // namespace
}  // namespace hsm::partition
