#include "crypto/hmac.h"

#include <gtest/gtest.h>

#include "tests/crypto/hex_literal.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::crypto {
namespace {

using test::hex;
using test::secret_hex;

// RFC 4231 §4.2 (test case 1).
TEST(Hmac, GivesThePublishedValues) {
  const SecretBytes key = secret_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
  const auto message = bytes_of("Hi There");
  EXPECT_EQ(to_hex(hmac(Digest::kSha256, key, message)),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac(Digest::kSha384, key, message)),
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6");
  EXPECT_EQ(to_hex(hmac(Digest::kSha512, key, message)),
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
}

TEST(Hmac, ReadyKeyServesManyMessages) {
  const SecretBytes key = secret_hex("00112233");
  const HmacKey ready(Digest::kSha256, key);
  for (const auto* text : {"one", "two", "", "one"}) {
    EXPECT_EQ(ready.mac(bytes_of(text)), hmac(Digest::kSha256, key, bytes_of(text)));
  }
}

TEST(Hmac, OfPartsIsThatOfTheWhole) {
  const SecretBytes key = secret_hex("00112233");
  const SecretBytes mac = hmac_secret(Digest::kSha512, key, {bytes_of("a"), bytes_of("bc")});
  EXPECT_EQ(copy_of(mac.reveal()), hmac(Digest::kSha512, key, bytes_of("abc")));
}

TEST(Hmac, VerifyRefusesTruncatedAndEmptyTags) {
  const HmacKey key(Digest::kSha256, secret_hex("00"));
  const Bytes tag = key.mac(bytes_of("m"));
  EXPECT_TRUE(key.verify(bytes_of("m"), tag));
  EXPECT_FALSE(key.verify(bytes_of("m"), ByteView(tag).first(16)));
  EXPECT_FALSE(key.verify(bytes_of("m"), {}));
  EXPECT_FALSE(key.verify(bytes_of("n"), tag));
}

TEST(Hmac, TakesAnEmptyKey) {
  EXPECT_EQ(to_hex(hmac(Digest::kSha256, SecretBytes(), {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

// Groups with a truncated tag compare its bytes here; `verify` itself takes full tags only.
void run_wycheproof(std::string_view file, Digest digest) {
  test::for_each_case(file, [digest](const test::WycheproofCase& c) {
    const HmacKey key(digest, c.secret("key"));
    const Bytes tag = c.bytes("tag");
    const Bytes full = key.mac(c.bytes("msg"));
    const bool whole = tag.size() == full.size();
    EXPECT_EQ(key.verify(c.bytes("msg"), tag), whole && c.valid());
    EXPECT_EQ(std::ranges::equal(ByteView(full).first(tag.size()), tag), c.valid());
  });
}

TEST(Hmac, Sha256Wycheproof) {
  run_wycheproof("hmac_sha256_test.json", Digest::kSha256);
}
TEST(Hmac, Sha384Wycheproof) {
  run_wycheproof("hmac_sha384_test.json", Digest::kSha384);
}
TEST(Hmac, Sha512Wycheproof) {
  run_wycheproof("hmac_sha512_test.json", Digest::kSha512);
}

}  // namespace
}  // namespace hsm::crypto
