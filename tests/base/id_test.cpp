#include "base/id.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/guid.h"
#include "base/hex.h"

namespace hsm {
namespace {

TEST(Guid, IsThirtySixCharactersWithDashes) {
  EXPECT_TRUE(Guid::parse("21dbd100-6940-42c2-9190-5d6cb909625b"));
  EXPECT_TRUE(Guid::parse("21DBD100-6940-42C2-9190-5D6CB909625B"));
  for (const char* bad : {"", "21dbd100", "21dbd100-6940-42c2-9190-5d6cb909625g",
                          "21dbd10006940-42c2-9190-5d6cb909625b", "{21dbd100-6940-42c2-9190-5d6cb909625b}"}) {
    EXPECT_FALSE(Guid::parse(bad)) << bad;
  }
}

TEST(Guid, NewOnesAreVersionFour) {
  class Zeros final : public Random {
   public:
    void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, std::uint8_t{0}); }
  } zeros;
  EXPECT_EQ(new_guid(zeros).text(), "00000000-0000-4000-8000-000000000000");
}

TEST(Hex, RoundTripsAndRefusesTheRest) {
  EXPECT_EQ(to_hex(*from_hex("00ffA0")), "00ffa0");
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0x"));
}

}  // namespace
}  // namespace hsm
