#include "crypto/digest.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/hex.h"
#include "crypto/openssl.h"

namespace hsm::crypto {
namespace {

// FIPS 180-4 examples: "abc".
TEST(Digest, GivesThePublishedValues) {
  const auto abc = bytes_of("abc");
  EXPECT_EQ(to_hex(sha1(abc)), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(sha256(abc)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hash(Digest::kSha384, abc)),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(to_hex(sha512(abc)),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Digest, OfPartsIsThatOfTheWhole) {
  EXPECT_EQ(sha256({bytes_of("a"), {}, bytes_of("bc")}), sha256(bytes_of("abc")));
}

TEST(OpensslError, EmptiesTheQueue) {
  EXPECT_EQ(openssl_error(), "");
  EXPECT_EQ(EVP_MD_fetch(nullptr, "no such digest", nullptr), nullptr);
  const auto error = openssl_failed(Errc::kInternal, "it failed");
  EXPECT_NE(error.error().detail, "");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace hsm::crypto
