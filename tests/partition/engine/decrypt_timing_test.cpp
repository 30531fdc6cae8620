// How long a refused decryption takes must not tell what was wrong inside: from "is the padding good?" alone, asked
// often enough, any ciphertext can be read (Bleichenbacher for PKCS#1 v1.5, Manger for OAEP).
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "partition/engine/openssl/rsa_material.h"
#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using core::Algorithm;
constexpr std::size_t kModulusBytes = 256;

// raw_encrypt is m^e mod n: the ciphertext whose decryption is exactly `encoded`, well padded or not.
Bytes raw_encrypt(ByteView encoded) {
  auto material = RsaMaterial::read(material_for(kRsa2048).material, kRsa2048.bits);
  const crypto::PkeyPtr key = *material->key_pair();
  const crypto::PkeyContextPtr context(EVP_PKEY_CTX_new(key.get(), nullptr));
  Bytes ciphertext(kModulusBytes);
  std::size_t size = ciphertext.size();
  if (EVP_PKEY_encrypt_init(context.get()) != 1 || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1 ||
      EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, encoded.data(), encoded.size()) != 1) {
    throw std::runtime_error("no raw RSA");
  }
  return ciphertext;
}

// A good PKCS#1 v1.5 block (RFC 8017 §7.2.1) that ends with 16 bytes of message, changed at one place.
Bytes block_with(std::size_t at, std::uint8_t value) {
  Bytes block(kModulusBytes, 0x5a);
  block[0] = 0;
  block[1] = 2;
  block[kModulusBytes - 17] = 0;
  block[at] = value;
  return block;
}

double seconds_of(const LoadedKey& key, Algorithm algorithm, const Bytes& ciphertext) {
  timespec from{}, to{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
  const auto opened = perform(key, core::KeyOperation::kDecrypt, algorithm, {.input = ciphertext});
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
  EXPECT_FALSE(opened.has_value());
  return static_cast<double>(to.tv_sec - from.tv_sec) + 1e-9 * static_cast<double>(to.tv_nsec - from.tv_nsec);
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

// alike compares how long the two kinds take, in turns, so that a machine that slows down does so for both. A
// difference that is really there shows in every round; one that a neighbour made does not.
bool alike(Algorithm algorithm, const Bytes& one, const Bytes& other) {
  constexpr int kRounds = 6, kEach = 200;
  constexpr double kDifferenceMax = 0.01;  // of the whole: 5 µs
  const KeyPtr key = key_for(kRsa2048);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> first, second;
    for (int i = 0; i < kEach; ++i) {
      first.push_back(seconds_of(*key, algorithm, one));
      second.push_back(seconds_of(*key, algorithm, other));
    }
    const double a = median(first), b = median(second);
    if (std::abs(a - b) <= kDifferenceMax * std::max(a, b)) return true;
  }
  return false;
}

TEST(DecryptTiming, DoesNotTellWhatIsWrongWithAPkcs1Padding) {
  const Bytes no_leading_zero = raw_encrypt(block_with(0, 1));
  EXPECT_TRUE(alike(Algorithm::kRsa15, no_leading_zero, raw_encrypt(block_with(1, 1)))) << "block type";
  EXPECT_TRUE(alike(Algorithm::kRsa15, no_leading_zero, raw_encrypt(block_with(kModulusBytes - 17, 9))))
      << "no separator";
  EXPECT_TRUE(alike(Algorithm::kRsa15, no_leading_zero, raw_encrypt(block_with(5, 0)))) << "padding too short";
}

TEST(DecryptTiming, DoesNotTellWhatIsWrongWithAnOaepPadding) {
  Bytes small(kModulusBytes, 0x5a), large(kModulusBytes, 0x5a);
  small[0] = 0;  // the label's hash is wrong, Manger's other case
  large[0] = 1;
  for (const Algorithm algorithm : {Algorithm::kRsaOaep, Algorithm::kRsaOaep256}) {
    EXPECT_TRUE(alike(algorithm, raw_encrypt(small), raw_encrypt(large))) << core::row(algorithm).name;
  }
}

TEST(DecryptTiming, IsMeasuredByATestThatSeesADifference) {
  const Bytes whole = raw_encrypt(block_with(1, 1));
  EXPECT_FALSE(alike(Algorithm::kRsa15, whole, Bytes(kModulusBytes - 1, 1)));  // refused before any arithmetic
}

}  // namespace
}  // namespace hsm::partition
