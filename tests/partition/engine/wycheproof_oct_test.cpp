// Wycheproof through the engine: AES and HMAC. What is valid there and refused here is said at each place.
#include "tests/partition/engine/wycheproof_keys.h"

namespace hsm::partition {
namespace {

using enum core::KeyOperation;
using core::Algorithm;
using test::for_each_case;

Algorithm sized(Algorithm of_128_bits, int bits) {
  return static_cast<Algorithm>(static_cast<int>(of_128_bits) + (bits - 128) / 64);
}

TEST(WycheproofGcm, DecryptsWhatIsValidAndNothingElse) {
  std::size_t other_ivs = 0;
  const std::size_t ran = for_each_case("aes_gcm_test.json", [&other_ivs](const WycheproofCase& c) {
    const KeyPtr key = oct_key(c.secret("key"));
    ASSERT_TRUE(key);
    const Bytes iv = c.bytes("iv");
    const auto opened = perform(*key, kDecrypt, sized(Algorithm::kA128Gcm, c.number("keySize")),
                                {.input = c.bytes("ct"), .iv = iv, .aad = c.bytes("aad"), .tag = c.bytes("tag")});
    if (iv.size() != core::kGcmIvBytes) {  // the API has IVs of 96 bits only
      ++other_ivs;
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().code, Errc::kBadParameter);
      return;
    }
    ASSERT_EQ(opened.has_value(), c.valid());
    if (opened) {
      EXPECT_EQ(copy_of(opened->output.reveal()), c.bytes("msg"));
    }
    if (!opened) {
      EXPECT_EQ(opened.error().code, Errc::kBadCiphertext);
    }
  });
  if (ran > 0) {
    EXPECT_EQ(other_ivs, 119U);
  }
}

TEST(WycheproofCbcPad, AgreesBothWays) {
  for_each_case("aes_cbc_pkcs5_test.json", [](const WycheproofCase& c) {
    const KeyPtr key = oct_key(c.secret("key"));
    const Algorithm algorithm = sized(Algorithm::kA128CbcPad, c.number("keySize"));
    const auto opened = perform(*key, kDecrypt, algorithm, {.input = c.bytes("ct"), .iv = c.bytes("iv")});
    ASSERT_EQ(opened.has_value(), c.valid());
    if (!c.valid()) return;
    EXPECT_EQ(copy_of(opened->output.reveal()), c.bytes("msg"));
    const auto sealed = perform(*key, kEncrypt, algorithm, {.input = c.bytes("msg"), .iv = c.bytes("iv")});
    ASSERT_TRUE(sealed);
    EXPECT_EQ(copy_of(sealed->output.reveal()), c.bytes("ct"));
  });
}

void expect_wrap(const WycheproofCase& c, Algorithm algorithm, bool valid) {
  const KeyPtr key = oct_key(c.secret("key"));
  const auto opened = perform(*key, kUnwrapKey, algorithm, {.input = c.bytes("ct")});
  ASSERT_EQ(opened.has_value(), valid);
  if (!valid) return;
  EXPECT_EQ(copy_of(opened->output.reveal()), c.bytes("msg"));
  const auto sealed = perform(*key, kWrapKey, algorithm, {.input = c.bytes("msg")});
  ASSERT_TRUE(sealed);
  EXPECT_EQ(copy_of(sealed->output.reveal()), c.bytes("ct"));
}

TEST(WycheproofKw, AgreesBothWaysUnderBothNames) {
  for_each_case("aes_wrap_test.json", [](const WycheproofCase& c) {
    // The three acceptable ones wrap a key of no bytes; RFC 3394 has at least 16.
    expect_wrap(c, sized(Algorithm::kA128Kw, c.number("keySize")), c.valid());
    expect_wrap(c, Algorithm::kAesKeyWrap, c.valid());
  });
}

TEST(WycheproofKwp, AgreesBothWays) {
  for_each_case("aes_kwp_test.json",
                [](const WycheproofCase& c) { expect_wrap(c, Algorithm::kAesKeyWrapPad, c.valid()); });
}

class WycheproofHmac : public ::testing::TestWithParam<core::Algorithm> {};

TEST_P(WycheproofHmac, VerifiesFullTagsOnly) {
  const auto& row = core::row(GetParam());
  const std::string file = "hmac_sha" + std::string(row.name.substr(2)) + "_test.json";
  for_each_case(file, [&row](const WycheproofCase& c) {
    const KeyPtr key = oct_key(c.secret("key"));
    const int bits = c.number("keySize");
    const bool importable = bits == 128 || bits == 192 || bits == 256;  // the API has no other symmetric keys
    ASSERT_EQ(key != nullptr, importable);
    if (!importable) return;
    const bool full = static_cast<std::size_t>(c.number("tagSize")) == 8 * core::digest_bytes(row.digest);
    EXPECT_EQ(verifies(*key, row.algorithm, c.bytes("msg"), c.bytes("tag")), c.valid() && full);
    if (!c.valid() || !full) return;
    const auto mac = perform(*key, kSign, row.algorithm, {.input = c.bytes("msg")});
    ASSERT_TRUE(mac);
    EXPECT_EQ(copy_of(mac->output.reveal()), c.bytes("tag"));
  });
}

INSTANTIATE_TEST_SUITE_P(Sizes, WycheproofHmac,
                         ::testing::Values(Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512));

}  // namespace
}  // namespace hsm::partition
