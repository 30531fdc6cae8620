#include "crypto/check_value.h"

#include <gtest/gtest.h>

namespace hsm::crypto {
namespace {

// The first bytes of the zero key's encryption of the zero block, FIPS 197 as OpenSSL's command line computes it.
TEST(CheckValue, IsTheBeginningOfAZeroBlockEncrypted) {
  EXPECT_EQ(aes_check_value(SecretBytes(16)), (Bytes{0x66, 0xe9, 0x4b}));
  EXPECT_EQ(aes_check_value(SecretBytes(24)), (Bytes{0xaa, 0xe0, 0x69}));
  EXPECT_EQ(aes_check_value(SecretBytes(32)), (Bytes{0xdc, 0x95, 0xc0}));
}

}  // namespace
}  // namespace hsm::crypto
