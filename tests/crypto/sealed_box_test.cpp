#include "crypto/sealed_box.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "tests/crypto/hex_literal.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::crypto {
namespace {

using test::hex;
using test::secret_hex;

// RFC 7748 §6.1.
TEST(X25519, GivesThePublishedValues) {
  const X25519Key alice(secret_hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  const X25519Key bob(secret_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
  EXPECT_EQ(to_hex(alice.public_key()), "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(to_hex(bob.public_key()), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  const char* const shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  EXPECT_EQ(to_hex(alice.agree(bob.public_key())->reveal()), shared);
  EXPECT_EQ(to_hex(bob.agree(alice.public_key())->reveal()), shared);
}

// Acceptable are low-order points, whose result is zero, and others that are merely odd.
TEST(X25519, Wycheproof) {
  test::for_each_case("x25519_test.json", [](const test::WycheproofCase& c) {
    const X25519Key key(c.secret("private"));
    auto shared = key.agree(c.bytes("public"));
    const Bytes expected = c.bytes("shared");
    if (c.valid()) {
      ASSERT_TRUE(shared);
    }
    EXPECT_EQ(shared.has_value(), expected != Bytes(kX25519Bytes));
    if (shared) {
      EXPECT_EQ(copy_of(shared->reveal()), expected);
    }
  });
}

TEST(SealedBox, OpensForTheReceiverAlone) {
  SystemRandom random;
  const X25519Key receiver(random);
  const X25519Key other(random);
  auto box = seal_box(receiver.public_key(), "join", bytes_of("master secret"), random);
  ASSERT_TRUE(box);
  auto opened = open_box(receiver, "join", *box);
  ASSERT_TRUE(opened);
  EXPECT_EQ(text_of(opened->reveal()), "master secret");
  EXPECT_EQ(open_box(other, "join", *box).error().code, Errc::kBadCiphertext);
  EXPECT_EQ(open_box(receiver, "backup", *box).error().code, Errc::kBadCiphertext);
  EXPECT_NE(*seal_box(receiver.public_key(), "join", bytes_of("master secret"), random), *box);
}

TEST(SealedBox, OpensNothingThatWasChanged) {
  SystemRandom random;
  const X25519Key receiver(random);
  const Bytes box = *seal_box(receiver.public_key(), "join", bytes_of("x"), random);
  for (std::size_t i = 0; i < box.size(); ++i) {
    Bytes changed = box;
    changed[i] ^= 1;
    EXPECT_EQ(open_box(receiver, "join", changed).error().code, Errc::kBadCiphertext);
    EXPECT_FALSE(open_box(receiver, "join", ByteView(box).first(i)));
  }
  Bytes zero = box;
  std::fill_n(zero.begin(), kX25519Bytes, std::uint8_t{0});
  EXPECT_FALSE(open_box(receiver, "join", zero));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(SealedBox, SealsToNoBadKey) {
  SystemRandom random;
  EXPECT_FALSE(seal_box(Bytes(kX25519Bytes), "join", bytes_of("x"), random));
  EXPECT_FALSE(seal_box(Bytes(31, 9), "join", bytes_of("x"), random));
}

}  // namespace
}  // namespace hsm::crypto
