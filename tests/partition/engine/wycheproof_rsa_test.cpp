// Wycheproof through the engine: RSA with imported private keys and with public ones.
#include <fmt/format.h>

#include "tests/partition/engine/wycheproof_keys.h"

namespace hsm::partition {
namespace {

using enum core::KeyOperation;
using core::Algorithm;
using core::Scheme;
using test::for_each_case;

struct OaepFile {
  int bits;
  const char* sha;
  const char* mgf_sha;
};

class WycheproofOaep : public ::testing::TestWithParam<OaepFile> {};

void expect_refused(const LoadedKey& key, Algorithm algorithm, ByteView ciphertext) {
  const auto opened = perform(key, kDecrypt, algorithm, {.input = ciphertext});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kBadCiphertext);
  EXPECT_EQ(opened.error().message, "the data could not be decrypted");
}

// The API has the two algorithms whose MGF1 has the hash of OAEP itself, SHA-1 or SHA-256.
std::optional<Algorithm> oaep_of(const WycheproofCase& c) {
  if (c.text("sha") == "SHA-1" && c.text("mgfSha") == "SHA-1") return Algorithm::kRsaOaep;
  if (c.text("sha") == "SHA-256" && c.text("mgfSha") == "SHA-256") return Algorithm::kRsaOaep256;
  return std::nullopt;
}

void expect_oaep(Importer& importer, const WycheproofCase& c) {
  const LoadedKey* key = importer.rsa_key(c);
  const int bits = c.number("keySize");
  const bool importable = bits == 2048 || bits == 3072 || bits == 4096;  // of oaep_misc only 70 of 128 groups
  ASSERT_EQ(key != nullptr, importable);
  if (!importable) return;
  const auto mine = oaep_of(c);
  for (const Algorithm algorithm : {Algorithm::kRsaOaep, Algorithm::kRsaOaep256}) {
    const bool ours = mine == algorithm && c.bytes("label").empty();  // the API has no labels
    if (!ours || c.invalid()) {
      expect_refused(*key, algorithm, c.bytes("ct"));
      continue;
    }
    const auto opened = perform(*key, kDecrypt, algorithm, {.input = c.bytes("ct")});
    ASSERT_TRUE(opened);
    EXPECT_EQ(copy_of(opened->output.reveal()), c.bytes("msg"));
  }
}

TEST_P(WycheproofOaep, DecryptsOurTwoAlgorithmsAndNothingElse) {
  Importer importer(2);
  const OaepFile& file = GetParam();
  for_each_case(fmt::format("rsa_oaep_{}_sha{}_mgf1sha{}_test.json", file.bits, file.sha, file.mgf_sha),
                [&importer](const WycheproofCase& c) { expect_oaep(importer, c); });
}

INSTANTIATE_TEST_SUITE_P(Files, WycheproofOaep,
                         ::testing::Values(OaepFile{2048, "1", "1"}, OaepFile{2048, "256", "256"},
                                           OaepFile{3072, "256", "256"}, OaepFile{4096, "256", "256"},
                                           // not ours
                                           OaepFile{2048, "256", "1"}, OaepFile{2048, "384", "1"},
                                           OaepFile{2048, "384", "384"}, OaepFile{2048, "512", "1"},
                                           OaepFile{2048, "512", "512"}, OaepFile{3072, "256", "1"},
                                           OaepFile{3072, "512", "1"}, OaepFile{3072, "512", "512"},
                                           OaepFile{4096, "256", "1"}, OaepFile{4096, "512", "1"},
                                           OaepFile{4096, "512", "512"}),
                         [](const auto& test) {
                           return fmt::format("Rsa{}Sha{}Mgf{}", test.param.bits, test.param.sha, test.param.mgf_sha);
                         });

TEST(WycheproofOaepMisc, DecryptsWhatHasAnImportableKey) {
  Importer importer(2);
  for_each_case("rsa_oaep_misc_test.json", [&importer](const WycheproofCase& c) { expect_oaep(importer, c); });
}

class WycheproofRsaSize : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Bits, WycheproofRsaSize, ::testing::Values(2048, 3072, 4096));

TEST_P(WycheproofRsaSize, Pkcs1DecryptionHasOneAnswerToWhateverIsInvalid) {
  Importer importer(2);
  for_each_case(fmt::format("rsa_pkcs1_{}_test.json", GetParam()), [&importer](const WycheproofCase& c) {
    const LoadedKey* key = importer.rsa_key(c);
    ASSERT_TRUE(key);
    const auto opened = perform(*key, kDecrypt, Algorithm::kRsa15, {.input = c.bytes("ct")});
    if (c.valid()) {
      ASSERT_TRUE(opened);
      EXPECT_EQ(copy_of(opened->output.reveal()), c.bytes("msg"));
    } else if (!opened) {
      expect_refused(*key, Algorithm::kRsa15, c.bytes("ct"));
    } else {  // OpenSSL 3.2 and later answer with random bytes instead
      EXPECT_GE(OPENSSL_version_major() * 100 + OPENSSL_version_minor(), 302U);
      EXPECT_NE(copy_of(opened->output.reveal()), c.bytes("msg"));
    }
  });
}

constexpr const char* kUnbalanced = "its primes have 2/3 and 1/3 of the modulus' bits; FIPS 186-5 §A.1.1 has halves";
const std::map<int, test::WycheproofExceptions> kNotImportable{
    {2048, {{154, kUnbalanced}, {155, kUnbalanced}, {158, kUnbalanced}}},
    {3072, {{156, kUnbalanced}, {157, kUnbalanced}}},
    {4096, {}},
};

TEST_P(WycheproofRsaSize, Pkcs1SigningGivesTheVeryBytes) {
  Importer importer(kAll);
  const auto& not_importable = kNotImportable.at(GetParam());
  for_each_case(fmt::format("rsa_pkcs1_{}_sig_gen_test.json", GetParam()), [&](const WycheproofCase& c) {
    const LoadedKey* key = importer.rsa_key(c);
    ASSERT_EQ(key == nullptr, not_importable.contains(c.id()));
    if (key == nullptr) return;
    const auto hash = hash_named(c.text("sha"));
    if (!hash) {  // the API has no SHA-1 and no SHA-224
      EXPECT_TRUE(c.text("sha") == "SHA-1" || c.text("sha") == "SHA-224") << c.text("sha");
      return;
    }
    const auto signature = perform(*key, kSign, algorithm_of(Scheme::kRsaSignPkcs1, *hash),
                                   {.input = crypto::hash(*hash, c.bytes("msg"))});
    ASSERT_TRUE(signature);
    EXPECT_EQ(copy_of(signature->output.reveal()), c.bytes("sig"));
  });
}

KeyPtr public_rsa_key(const WycheproofCase& c) {
  const auto& members = c.object("publicKey");
  const auto number = [&members](const char* name) {
    Bytes bytes = *from_hex(std::string_view(members.at(name).as_string()));
    if (!bytes.empty() && bytes[0] == 0) bytes.erase(bytes.begin());
    return bytes;
  };
  core::PublicKey key;
  key.modulus = number("modulus");
  key.exponent = number("publicExponent");
  auto half = engine().load_public(policy_of(rsa(c.number("keySize"))), key);
  return half ? *half : nullptr;
}

TEST_P(WycheproofRsaSize, Pkcs1Verification) {
  // Acceptable upstream, refused here: the DigestInfo without NULL parameters (RFC 8017 §9.2 has them; one a file).
  for (const auto& [text, hash] : {std::pair{"256", core::Digest::kSha256}, std::pair{"384", core::Digest::kSha384},
                                   std::pair{"512", core::Digest::kSha512}}) {
    const auto digest = hash;
    for_each_case(fmt::format("rsa_signature_{}_sha{}_test.json", GetParam(), text), [digest](const WycheproofCase& c) {
      const KeyPtr key = public_rsa_key(c);
      ASSERT_TRUE(key);
      const bool good = verifies(*key, algorithm_of(Scheme::kRsaSignPkcs1, digest),
                                 crypto::hash(digest, c.bytes("msg")), c.bytes("sig"));
      if (c.acceptable()) {
        EXPECT_TRUE(c.has_flag("MissingNull"));
      }
      EXPECT_EQ(good, c.valid());
    });
  }
}

class WycheproofPss : public ::testing::TestWithParam<const char*> {};

// A changed signature can be one of our algorithm.
const test::WycheproofExceptions kOursAfterAll{{69, "of 2048_sha256_mgf1_0: its salt was changed to 32 bytes"}};

// PS* have MGF1 of the signature's hash and a salt of its length; every other combination must not verify.
TEST_P(WycheproofPss, VerifiesOurParametersOnly) {
  for_each_case(fmt::format("rsa_pss_{}_test.json", GetParam()), [](const WycheproofCase& c) {
    const KeyPtr key = public_rsa_key(c);
    const int bits = c.number("keySize");
    ASSERT_EQ(key != nullptr, bits == 2048 || bits == 3072 || bits == 4096);
    if (!key) return;
    const auto hash = hash_named(c.text("sha"));
    const bool ours = hash && c.text("mgf") == "MGF1" && c.text("mgfSha") == c.text("sha") &&
                      static_cast<std::size_t>(c.number("sLen")) == core::digest_bytes(*hash);
    const core::Digest digest = hash.value_or(core::Digest::kSha256);
    const bool good =
        verifies(*key, algorithm_of(Scheme::kRsaSignPss, digest), crypto::hash(digest, c.bytes("msg")), c.bytes("sig"));
    const bool by_change = c.number("sLen") == 0 && kOursAfterAll.contains(c.id()) && c.invalid();
    EXPECT_EQ(good, (ours && c.valid()) || by_change);
  });
}

INSTANTIATE_TEST_SUITE_P(Files, WycheproofPss,
                         ::testing::Values("2048_sha256_mgf1_32", "3072_sha256_mgf1_32", "4096_sha256_mgf1_32",
                                           "2048_sha384_mgf1_48", "4096_sha384_mgf1_48", "4096_sha512_mgf1_64",
                                           // negatives
                                           "2048_sha1_mgf1_20", "2048_sha256_mgf1_0", "2048_sha256_mgf1sha1_20",
                                           "4096_sha512_mgf1_32", "misc"));

}  // namespace
}  // namespace hsm::partition
