// What every algorithm of core/algorithm.h must do, one gauntlet over the table.
#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>

#include "base/hex.h"
#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using core::Algorithm;
using core::AlgorithmRow;
using core::KeyOperation;
using core::Scheme;

class EveryAlgorithm : public ::testing::TestWithParam<AlgorithmRow> {
 protected:
  const AlgorithmRow& row() const { return GetParam(); }
  bool signs() const { return row().operations.has(KeyOperation::kSign); }
  bool is_one_of(std::initializer_list<Scheme> schemes) const { return std::ranges::count(schemes, row().scheme) > 0; }

  // What may be signed, or encrypted in the first place.
  Bytes input() const { return bytes_of_size(row().input_bytes != 0 ? row().input_bytes : 32); }
  Bytes iv() const { return is_one_of({Scheme::kAesCbc, Scheme::kAesCbcPad}) ? bytes_of_size(16) : Bytes(); }
  bool takes_aad() const { return row().scheme == Scheme::kAesGcm; }

  KeyPtr key_ = key_for(a_spec_for(GetParam()));
};

TEST_P(EveryAlgorithm, VerifiesWhatItSigned) {
  if (!signs()) return;
  const auto reply = perform(*key_, KeyOperation::kSign, row().algorithm, {.input = input()});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_TRUE(verifies(*key_, row().algorithm, input(), reply->output.reveal()));
}

TEST_P(EveryAlgorithm, RefusesAChangedSignatureOrMessage) {
  if (!signs()) return;
  const auto reply = perform(*key_, KeyOperation::kSign, row().algorithm, {.input = input()});
  ASSERT_TRUE(reply);
  const Bytes signature = copy_of(reply->output.reveal());
  for (const std::size_t i : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
    Bytes changed = signature;
    changed[i] ^= 1;
    EXPECT_FALSE(verifies(*key_, row().algorithm, input(), changed)) << i;
    EXPECT_EQ(ERR_peek_error(), 0U);
  }
  Bytes message = input();
  message.back() ^= 1;
  EXPECT_FALSE(verifies(*key_, row().algorithm, message, signature));
}

TEST_P(EveryAlgorithm, RefusesASignatureOfAnotherLength) {
  if (!signs()) return;
  const auto reply = perform(*key_, KeyOperation::kSign, row().algorithm, {.input = input()});
  ASSERT_TRUE(reply);
  const Bytes signature = copy_of(reply->output.reveal());
  Bytes longer = signature;
  longer.push_back(0);
  Bytes with_zero_in_front{0};
  with_zero_in_front.insert(with_zero_in_front.end(), signature.begin(), signature.end());
  for (const Bytes& other : {Bytes(), Bytes(signature.begin(), signature.end() - 1),
                             Bytes(signature.begin(), signature.begin() + static_cast<long>(signature.size() / 2)),
                             longer, with_zero_in_front, Bytes(signature.size(), 0), Bytes(signature.size(), 0xff)}) {
    EXPECT_FALSE(verifies(*key_, row().algorithm, input(), other)) << other.size();
  }
}

TEST_P(EveryAlgorithm, TakesDigestsOfItsOwnSizeOnly) {
  if (!signs() || row().input_bytes == 0) return;
  const std::size_t right = row().input_bytes;
  for (const std::size_t size : {std::size_t{0}, std::size_t{20}, right - 1, right + 1, 2 * right}) {
    for (const auto operation : {KeyOperation::kSign, KeyOperation::kVerify}) {
      const Bytes digest = bytes_of_size(size);
      const auto reply = perform(*key_, operation, row().algorithm, {.input = digest, .signature = digest});
      ASSERT_FALSE(reply) << size;
      EXPECT_EQ(reply.error().code, Errc::kBadParameter);
      EXPECT_NE(reply.error().message.find(row().name), std::string::npos) << reply.error().message;
      EXPECT_NE(reply.error().message.find(fmt::format("{} bytes", right)), std::string::npos) << reply.error().message;
    }
  }
}

TEST_P(EveryAlgorithm, DecryptsWhatItEncrypted) {
  if (signs()) return;
  const Bytes aad = takes_aad() ? bytes_of_size(20) : Bytes();
  for (const auto& [in, out] : {std::pair{KeyOperation::kEncrypt, KeyOperation::kDecrypt},
                                std::pair{KeyOperation::kWrapKey, KeyOperation::kUnwrapKey}}) {
    if (!row().operations.has(in)) continue;
    const auto sealed = perform(*key_, in, row().algorithm, {.input = input(), .iv = iv(), .aad = aad});
    ASSERT_TRUE(sealed) << sealed.error().message;
    EXPECT_FALSE(std::ranges::equal(sealed->output.reveal(), input()));
    const Bytes iv_used = sealed->iv.empty() ? iv() : sealed->iv;
    const auto opened = perform(*key_, out, row().algorithm,
                                {.input = sealed->output.reveal(), .iv = iv_used, .aad = aad, .tag = sealed->tag});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(copy_of(opened->output.reveal()), input());
  }
}

TEST_P(EveryAlgorithm, SaysTheSameWhateverIsWrongWithACiphertext) {
  if (signs() || is_one_of({Scheme::kAesCbc})) return;  // plain CBC has nothing that could be wrong
  const auto in = row().operations.has(KeyOperation::kEncrypt) ? KeyOperation::kEncrypt : KeyOperation::kWrapKey;
  const auto out = in == KeyOperation::kEncrypt ? KeyOperation::kDecrypt : KeyOperation::kUnwrapKey;
  const auto sealed = perform(*key_, in, row().algorithm, {.input = input(), .iv = iv()});
  ASSERT_TRUE(sealed);
  const Bytes iv_used = sealed->iv.empty() ? iv() : sealed->iv;
  const Bytes ciphertext = copy_of(sealed->output.reveal());
  std::size_t refused = 0;
  for (std::size_t i = 0; i < ciphertext.size(); ++i) {
    Bytes changed = ciphertext;
    changed[i] ^= 0x80;
    const auto opened = perform(*key_, out, row().algorithm, {.input = changed, .iv = iv_used, .tag = sealed->tag});
    if (opened) {  // an unauthenticated padding may be right by chance, but the plaintext can't be
      EXPECT_TRUE(is_one_of({Scheme::kAesCbcPad, Scheme::kRsaEncryptPkcs1}));
      EXPECT_FALSE(std::ranges::equal(opened->output.reveal(), input()));
      continue;
    }
    ++refused;
    EXPECT_EQ(opened.error().code, Errc::kBadCiphertext);
    EXPECT_EQ(opened.error().message, "the data could not be decrypted");
    EXPECT_EQ(opened.error().detail, "");
    EXPECT_EQ(ERR_peek_error(), 0U);
  }
  EXPECT_GT(refused + (row().scheme == Scheme::kRsaEncryptPkcs1 ? 1 : 0), 0U);
}

TEST_P(EveryAlgorithm, TakesNoMoreThanTheLimit) {
  const Bytes too_long(core::kOperationInputBytesMax + 8);
  for (const auto& operation : core::kKeyOperations) {
    if (!row().operations.has(operation.operation)) continue;
    const auto reply = perform(*key_, operation.operation, row().algorithm, {.input = too_long, .iv = iv()});
    ASSERT_FALSE(reply) << operation.name;
    EXPECT_EQ(reply.error().code, Errc::kBadParameter);
  }
}

// A key agreement neither signs nor hides anything; okp_test.cpp has its tests.
std::vector<AlgorithmRow> signatures_and_ciphers() {
  std::vector<AlgorithmRow> rows;
  std::ranges::copy_if(algorithms_here(), std::back_inserter(rows),
                       [](const AlgorithmRow& row) { return row.scheme != Scheme::kEcdh; });
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Table, EveryAlgorithm, ::testing::ValuesIn(signatures_and_ciphers()), [](const auto& test) {
  std::string name(test.param.name);
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

struct LengthRow {
  const char* name;
  KeyOperation operation;
  Algorithm algorithm;
  std::size_t input;
  std::size_t iv = 0;
  std::size_t tag = 0;
  std::size_t aad = 0;
  Errc expected = Errc::kBadParameter;
};

using enum KeyOperation;
using enum Algorithm;

class WrongLength : public ::testing::TestWithParam<LengthRow> {};

TEST_P(WrongLength, IsRefused) {
  const LengthRow& row = GetParam();
  const auto& algorithm = core::row(row.algorithm);
  const auto key = key_for(a_spec_for(algorithm));
  const Bytes input = bytes_of_size(row.input);
  const Bytes iv = bytes_of_size(row.iv);
  const Bytes tag = bytes_of_size(row.tag);
  const Bytes aad = bytes_of_size(row.aad);
  const auto reply = perform(*key, row.operation, row.algorithm, {.input = input, .iv = iv, .aad = aad, .tag = tag});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, row.expected) << reply.error().message;
  EXPECT_NE(reply.error().message, "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongLength,
    ::testing::Values(
        LengthRow{"GcmGivenAnIv", kEncrypt, kA256Gcm, 16, 12}, LengthRow{"GcmShortIv", kDecrypt, kA256Gcm, 16, 11, 16},
        LengthRow{"GcmLongIv", kDecrypt, kA256Gcm, 16, 16, 16}, LengthRow{"GcmNoIv", kDecrypt, kA256Gcm, 16, 0, 16},
        LengthRow{"GcmShortTag", kDecrypt, kA256Gcm, 16, 12, 15},
        LengthRow{"GcmLongTag", kDecrypt, kA256Gcm, 16, 12, 17}, LengthRow{"GcmNoTag", kDecrypt, kA256Gcm, 16, 12, 0},
        LengthRow{"GcmLongAad", kEncrypt, kA256Gcm, 16, 0, 0, core::kAadBytesMax + 1},
        LengthRow{"CbcNoIv", kEncrypt, kA128Cbc, 16}, LengthRow{"CbcShortIv", kEncrypt, kA128Cbc, 16, 12},
        LengthRow{"CbcLongIv", kDecrypt, kA128Cbc, 16, 17}, LengthRow{"CbcNothingIn", kEncrypt, kA128Cbc, 0, 16},
        LengthRow{"CbcNothingOut", kDecrypt, kA128Cbc, 0, 16}, LengthRow{"CbcHalfBlock", kDecrypt, kA128Cbc, 24, 16},
        LengthRow{"CbcPadNoIv", kEncrypt, kA128CbcPad, 16}, LengthRow{"CbcPadNothing", kDecrypt, kA128CbcPad, 0, 16},
        LengthRow{"CbcPadHalfBlock", kDecrypt, kA128CbcPad, 17, 16}, LengthRow{"KwNothing", kWrapKey, kA256Kw, 0},
        LengthRow{"KwOneBlock", kWrapKey, kA256Kw, 8}, LengthRow{"KwOdd", kWrapKey, kA256Kw, 20},
        LengthRow{"KwUnwrapTwoBlocks", kUnwrapKey, kA256Kw, 16}, LengthRow{"KwUnwrapOdd", kUnwrapKey, kA256Kw, 25},
        LengthRow{"KwpNothing", kWrapKey, kAesKeyWrapPad, 0},
        LengthRow{"KwpUnwrapOneBlock", kUnwrapKey, kAesKeyWrapPad, 8},
        LengthRow{"KwpUnwrapOdd", kUnwrapKey, kAesKeyWrapPad, 17},
        LengthRow{"Pkcs1TooLong", kEncrypt, kRsa15, 256 - 10}, LengthRow{"OaepTooLong", kEncrypt, kRsaOaep, 256 - 41},
        LengthRow{"Oaep256TooLong", kWrapKey, kRsaOaep256, 256 - 65}, LengthRow{"RawTooLong", kSign, kRsNull, 256 - 10},
        LengthRow{"RawNothing", kSign, kRsNull, 0},
        LengthRow{"Pkcs1Short", kDecrypt, kRsa15, 255, 0, 0, 0, Errc::kBadCiphertext},
        LengthRow{"Pkcs1Long", kDecrypt, kRsa15, 257, 0, 0, 0, Errc::kBadCiphertext},
        LengthRow{"OaepNothing", kUnwrapKey, kRsaOaep, 0, 0, 0, 0, Errc::kBadCiphertext},
        LengthRow{"OaepLong", kDecrypt, kRsaOaep256, 512, 0, 0, 0, Errc::kBadCiphertext}),
    [](const auto& test) { return test.param.name; });

TEST(Rsa, EncryptsUpToTheLimitOfEachPadding) {
  const auto key = key_for(kRsa2048);
  struct Row {
    Algorithm algorithm;
    std::size_t most;
  };
  for (const auto [algorithm, most] : {Row{kRsa15, 245}, Row{kRsaOaep, 214}, Row{kRsaOaep256, 190}}) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, most}) {
      const Bytes plaintext = bytes_of_size(size);
      const auto sealed = perform(*key, kEncrypt, algorithm, {.input = plaintext});
      ASSERT_TRUE(sealed) << size << ' ' << sealed.error().message;
      EXPECT_EQ(sealed->output.size(), 256U);
      const auto opened = perform(*key, kDecrypt, algorithm, {.input = sealed->output.reveal()});
      ASSERT_TRUE(opened);
      EXPECT_EQ(copy_of(opened->output.reveal()), plaintext);
    }
  }
}

TEST(Rsa, PaddingsAreNotInterchangeable) {
  const auto key = key_for(kRsa2048);
  const auto sealed = perform(*key, kEncrypt, kRsaOaep, {.input = bytes_of_size(16)});
  ASSERT_TRUE(sealed);
  EXPECT_FALSE(perform(*key, kDecrypt, kRsaOaep256, {.input = sealed->output.reveal()}));
  const Bytes digest = bytes_of_size(32);
  const auto signature = perform(*key, kSign, kRs256, {.input = digest});
  ASSERT_TRUE(signature);
  EXPECT_FALSE(verifies(*key, kPs256, digest, signature->output.reveal()));
  EXPECT_FALSE(verifies(*key, kRsNull, digest, signature->output.reveal()));
}

// reference/keys-api.md §4.4: a 200-byte input came back as 208 bytes with 8 zeros behind.
TEST(Cbc, PadsWithZerosAndReturnsThem) {
  const auto key = key_for(oct(256));
  const Bytes iv = bytes_of_size(16);
  Bytes plaintext = bytes_of_size(200);
  const auto sealed = perform(*key, kEncrypt, kA256Cbc, {.input = plaintext, .iv = iv});
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->output.size(), 208U);
  const auto opened = perform(*key, kDecrypt, kA256Cbc, {.input = sealed->output.reveal(), .iv = iv});
  ASSERT_TRUE(opened);
  plaintext.resize(208, 0);
  EXPECT_EQ(copy_of(opened->output.reveal()), plaintext);
}

TEST(CbcPad, EncryptsNothingAsOneBlock) {
  const auto key = key_for(oct(128));
  const Bytes iv = bytes_of_size(16);
  const auto sealed = perform(*key, kEncrypt, kA128CbcPad, {.input = {}, .iv = iv});
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->output.size(), 16U);
  const auto opened = perform(*key, kDecrypt, kA128CbcPad, {.input = sealed->output.reveal(), .iv = iv});
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->output.empty());
}

TEST(Gcm, RefusesOtherAdditionalData) {
  const auto key = key_for(oct(256));
  const Bytes aad = bytes_of_size(8);
  const auto sealed = perform(*key, kEncrypt, kA256Gcm, {.input = bytes_of_size(10), .aad = aad});
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->iv.size(), 12U);
  EXPECT_EQ(sealed->tag.size(), 16U);
  EXPECT_EQ(sealed->output.size(), 10U);
  const auto opened =
      perform(*key, kDecrypt, kA256Gcm, {.input = sealed->output.reveal(), .iv = sealed->iv, .tag = sealed->tag});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::kBadCiphertext);
}

TEST(Gcm, EncryptsNothingAndTheLargestInput) {
  const auto key = key_for(oct(192));
  for (const std::size_t size : {std::size_t{0}, core::kOperationInputBytesMax}) {
    const Bytes plaintext = bytes_of_size(size);
    const auto sealed = perform(*key, kEncrypt, kA192Gcm, {.input = plaintext});
    ASSERT_TRUE(sealed);
    const auto opened =
        perform(*key, kDecrypt, kA192Gcm, {.input = sealed->output.reveal(), .iv = sealed->iv, .tag = sealed->tag});
    ASSERT_TRUE(opened);
    EXPECT_EQ(copy_of(opened->output.reveal()), plaintext);
  }
}

TEST(PublicHalf, VerifiesAndEncryptsButDoesNothingElse) {
  for (const Algorithm algorithm : {kRs256, kPs384, kRsNull, kEs256, kEs384, kEs512, kEs256K}) {
    const auto& row = core::row(algorithm);
    const auto spec = a_spec_for(row);
    const auto whole = key_for(spec);
    const auto half = engine().load_public(policy_of(spec), material_for(spec).public_key);
    ASSERT_TRUE(half) << row.name;
    const Bytes digest = bytes_of_size(row.input_bytes == 0 ? 20 : row.input_bytes);
    const auto signature = perform(*whole, kSign, algorithm, {.input = digest});
    ASSERT_TRUE(signature);
    EXPECT_TRUE(verifies(**half, algorithm, digest, signature->output.reveal())) << row.name;
    EXPECT_EQ(perform(**half, kSign, algorithm, {.input = digest}).error().code, Errc::kBadParameter) << row.name;
  }
  const auto half = *engine().load_public(policy_of(kRsa2048), material_for(kRsa2048).public_key);
  const auto sealed = perform(*half, kEncrypt, kRsaOaep256, {.input = bytes_of_size(32)});
  ASSERT_TRUE(sealed);
  EXPECT_TRUE(perform(*key_for(kRsa2048), kDecrypt, kRsaOaep256, {.input = sealed->output.reveal()}));
  EXPECT_EQ(perform(*half, kDecrypt, kRsaOaep256, {.input = sealed->output.reveal()}).error().code,
            Errc::kBadParameter);
  EXPECT_FALSE(engine().load_public(policy_of(oct(256)), {}));
}

// A batch of mixed jobs, some of them wrong, gives what each gives alone.
TEST(Batch, IsTheSameAsOneByOne) {
  const auto rsa = key_for(kRsa2048);
  const auto p256 = key_for(ec(core::Curve::kP256));
  const auto k1 = key_for(ec(core::Curve::kP256K));
  const auto aes = key_for(oct(256));
  const Bytes digest = bytes_of_size(32);
  const Bytes iv = bytes_of_size(16);
  const auto make_jobs = [&] {
    std::vector<Job> jobs;
    jobs.push_back(job_of(*rsa, kSign, kRs256, {.input = digest}));
    jobs.push_back(job_of(*p256, kSign, kEs256, {.input = ByteView(digest).first(31)}));  // wrong
    jobs.push_back(job_of(*k1, kSign, kEs256K, {.input = digest}));
    jobs.push_back(job_of(*aes, kEncrypt, kA256Cbc, {.input = digest, .iv = iv}));
    jobs.push_back(job_of(*aes, kUnwrapKey, kA256Kw, {.input = digest}));  // wrong
    jobs.push_back(job_of(*aes, kSign, kHs512, {.input = digest}));
    jobs.push_back(job_of(*rsa, kSign, kRs256, {.input = digest}));
    jobs.push_back(job_of(*aes, kWrapKey, kAesKeyWrapPad, {.input = digest}));
    return jobs;
  };
  std::vector<Job> batch = make_jobs();
  std::vector<Job> alone = make_jobs();
  engine().perform(batch);
  for (Job& job : alone) engine().perform(std::span(&job, 1));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    ASSERT_EQ(batch[i].result.has_value(), alone[i].result.has_value()) << i;
    if (batch[i].result) {
      EXPECT_TRUE(batch[i].result->output == alone[i].result->output) << i;
    } else {
      EXPECT_EQ(batch[i].result.error().message, alone[i].result.error().message) << i;
    }
  }
  engine().perform({});  // nothing to do is fine
}

}  // namespace
}  // namespace hsm::partition
