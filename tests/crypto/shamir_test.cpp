#include "crypto/shamir.h"

#include <gtest/gtest.h>

#include <bit>

#include "tests/crypto/hex_literal.h"
#include "tests/crypto/scripted_random.h"

namespace hsm::crypto {
namespace {

using test::ScriptedRandom;
using test::secret_hex;

// coefficients are drawn byte by byte of the secret, a_1 first, two bytes each.
ScriptedRandom drawing(std::initializer_list<unsigned> coefficients) {
  Bytes script;
  for (const unsigned a : coefficients) {
    script.push_back(static_cast<std::uint8_t>(a & 0xff));
    script.push_back(static_cast<std::uint8_t>(a >> 8));
  }
  return ScriptedRandom(script);
}

std::vector<SecretBytes> subset(const std::vector<SecretBytes>& shares, std::uint32_t chosen) {
  std::vector<SecretBytes> out;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (chosen >> i & 1) out.push_back(shares[i].clone());
  }
  return out;
}

void expect_shares(const std::vector<SecretBytes>& shares, std::initializer_list<const char*> expected) {
  ASSERT_EQ(shares.size(), expected.size());
  std::size_t i = 0;
  for (const char* text : expected) EXPECT_EQ(to_hex(shares[i++].reveal()), text);
}

// reference/security-domain.md §9, both tables.
TEST(Shamir, GivesThePublishedSharesOfTwoOutOfThree) {
  ScriptedRandom random = drawing({5, 256, 1, 128});
  auto shares = split_secret(secret_hex("0041ff10"), 2, 3, random);
  ASSERT_TRUE(shares);
  EXPECT_TRUE(random.used_up());
  expect_shares(*shares, {"0502400200039002", "0a043f0400040f04", "0f063e0601068f06"});
  for (const std::uint32_t two : {0b011U, 0b101U, 0b110U}) {
    auto secret = combine_shares(subset(*shares, two));
    ASSERT_TRUE(secret);
    EXPECT_EQ(to_hex(secret->reveal()), "0041ff10");
  }
}

TEST(Shamir, GivesThePublishedSharesOfThreeOutOfFive) {
  ScriptedRandom random = drawing({3, 7, 200, 100, 256, 256, 1, 0});
  auto shares = split_secret(secret_hex("0041ff10"), 3, 5, random);
  ASSERT_TRUE(shares);
  expect_shares(*shares,
                {"0a026c02fd021102", "22045e04f9041204", "48061706f3061306", "7c089808eb081408", "be0ae00ae10a150a"});
  const SecretBytes any_order[] = {(*shares)[4].clone(), (*shares)[0].clone(), (*shares)[2].clone()};
  auto secret = combine_shares(any_order);
  ASSERT_TRUE(secret);
  EXPECT_EQ(to_hex(secret->reveal()), "0041ff10");
}

TEST(Shamir, DrawsAgainWhatIsNoFieldElement) {
  ScriptedRandom random = drawing({257, 511, 5, 300, 256, 1, 128});
  auto shares = split_secret(secret_hex("0041ff10"), 2, 3, random);
  ASSERT_TRUE(shares);
  EXPECT_TRUE(random.used_up());
  EXPECT_EQ(to_hex((*shares)[0].reveal()), "0502400200039002");
}

// The file's quorums: every M-subset opens, no (M-1)-subset does.
TEST(Shamir, AnyQuorumOpensAndFewerDoNot) {
  SystemRandom random;
  SecretBytes secret(32);
  random.fill(secret.writable());
  for (const auto& [n, m] : {std::pair{3U, 2U}, {5U, 3U}, {10U, 10U}, {10U, 2U}, {10U, 5U}}) {
    auto shares = split_secret(secret, m, n, random);
    ASSERT_TRUE(shares);
    for (std::uint32_t chosen = 1; chosen < 1U << n; ++chosen) {
      const auto count = static_cast<unsigned>(std::popcount(chosen));
      if (count != m && count != m - 1) continue;
      auto opened = combine_shares(subset(*shares, chosen));
      EXPECT_EQ(opened && *opened == secret, count == m) << n << " " << m << " " << chosen;
    }
  }
}

TEST(Shamir, EachByteHasCoefficientsOfItsOwn) {
  SystemRandom random;
  auto shares = split_secret(SecretBytes(64), 2, 2, random);
  ASSERT_TRUE(shares);
  const auto share = (*shares)[0].reveal();
  bool all_equal = true;
  for (std::size_t i = 2; i < share.size(); i += 2) all_equal &= share[i] == share[0];
  EXPECT_FALSE(all_equal) << "one polynomial for all bytes would show which bytes of the secret are equal";
}

TEST(Shamir, RefusesImpossibleSharings) {
  SystemRandom random;
  EXPECT_FALSE(split_secret(SecretBytes(4), 1, 3, random));
  EXPECT_FALSE(split_secret(SecretBytes(4), 4, 3, random));
  EXPECT_FALSE(split_secret(SecretBytes(4), 2, kSharesMax + 1, random));
  EXPECT_FALSE(split_secret(SecretBytes(), 2, 3, random));
}

TEST(Shamir, RefusesDamagedShares) {
  const auto refused = [](std::initializer_list<const char*> shares) {
    std::vector<SecretBytes> all;
    for (const char* text : shares) all.push_back(secret_hex(text));
    return !combine_shares(all);
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({""}));
  EXPECT_TRUE(refused({"0502400200039002", "0502400200039002"})) << "the same share twice";
  EXPECT_TRUE(refused({"0502400200039002", "0a043f0400"})) << "different lengths";
  EXPECT_TRUE(refused({"050240", "0a043f"})) << "half a word";
  EXPECT_TRUE(refused({"0502400400039002", "0a043f0400040f04"})) << "two x in one share";
  EXPECT_TRUE(refused({"0500400000009000", "0a043f0400040f04"})) << "x = 0";
  EXPECT_TRUE(refused({"0503", "0a04"})) << "a value of 257 and more";
  EXPECT_TRUE(refused({"fffe", "0a04"})) << "x = 127";
}

// From byte 0 = 5 at x = 1 and 254 at x = 2: s = 2 * 5 - 254 = -244 = 13; with 255 and 254: 2 * 255 - 254 = 256.
TEST(Shamir, RefusesAResultThatIsNoByte) {
  const SecretBytes fits[] = {secret_hex("0502"), secret_hex("fe04")};
  auto secret = combine_shares(fits);
  ASSERT_TRUE(secret);
  EXPECT_EQ(to_hex(secret->reveal()), "0d");
  const SecretBytes too_large[] = {secret_hex("ff02"), secret_hex("fe04")};
  EXPECT_FALSE(combine_shares(too_large));
}

}  // namespace
}  // namespace hsm::crypto
