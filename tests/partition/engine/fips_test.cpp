// The engine in FIPS mode. A program of its own, since the mode is for the whole process and for good.
#include <openssl/evp.h>

#include "core/approved.h"
#include "crypto/openssl.h"
#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using enum core::KeyOperation;

const Result<Providers>& fips_providers() {
  static const Result<Providers> loaded = load_providers({.fips = true});
  return loaded;
}

// Before any test, since those of key wrap (tests/crypto/key_wrap_test.cpp) run here once more, with the module's.
class InFipsMode : public ::testing::Environment {
  void SetUp() override { (void)fips_providers(); }
};
const auto* const kInFipsMode = ::testing::AddGlobalTestEnvironment(new InFipsMode);

class FipsMode : public ::testing::Test {
 protected:
  void SetUp() override {
    if (usual_module().empty()) GTEST_SKIP() << "NO FIPS PROVIDER HERE: tools/install_fips_provider";
    ASSERT_TRUE(fips_providers()) << fips_providers().error().message << fips_providers().error().detail;
    static OpenSslEngine instance(*fips_providers());
    engine_ = &instance;
  }
  Result<core::CryptoReply> perform(const LoadedKey& key, core::KeyOperation operation, const core::AlgorithmRow& row,
                                    const Given& given) {
    Job job = job_of(key, operation, row.algorithm, given);
    engine_->perform(std::span(&job, 1));
    return std::move(job.result);
  }
  KeyPtr key_for(const core::KeySpec& spec) {
    const auto key = engine_->generate(spec, core::kRsaExponentDefault);
    EXPECT_TRUE(key) << key.error().message;
    return *engine_->load(policy_of(spec), key->material);
  }

  OpenSslEngine* engine_ = nullptr;
};

TEST_F(FipsMode, SaysItsProviderAndVersion) {
  EXPECT_TRUE(engine_->info().fips);
  EXPECT_EQ(engine_->info().provider, "OpenSSL FIPS Provider");
  EXPECT_TRUE(engine_->info().provider_version.starts_with("3.")) << engine_->info().provider_version;
}

TEST_F(FipsMode, WhatTheProcessFetchesComesFromTheFipsProvider) {
  const crypto::Owned<EVP_CIPHER, EVP_CIPHER_free> aes(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  ASSERT_TRUE(aes);
  EXPECT_STREQ(OSSL_PROVIDER_get0_name(EVP_CIPHER_get0_provider(aes.get())), "fips");
  for (const char* name : {"CHACHA20-POLY1305", "CAMELLIA-256-CBC", "DES-CBC"}) {
    EXPECT_EQ(EVP_CIPHER_fetch(nullptr, name, nullptr), nullptr);
  }
}

TEST_F(FipsMode, EveryApprovedAlgorithmWorksAndEveryOtherIsRefused) {
  std::size_t works = 0, refused = 0;
  for (const core::AlgorithmRow& row : core::kAlgorithms) {
    SCOPED_TRACE(std::string(row.name));
    const core::KeySpec spec = a_spec_for(row);
    if (!core::approved(spec)) {
      EXPECT_EQ(engine_->generate(spec, core::kRsaExponentDefault).error().code, Errc::kNotSupported);
      ++refused;
      continue;
    }
    const KeyPtr key = key_for(spec);
    for (const auto& [operation, name] : core::kKeyOperations) {
      if (!row.operations.has(operation)) continue;
      const Bytes input = bytes_of_size(row.input_bytes != 0 ? row.input_bytes : 32);
      const bool cbc = row.scheme == core::Scheme::kAesCbc || row.scheme == core::Scheme::kAesCbcPad;
      const Bytes iv = cbc ? bytes_of_size(16) : Bytes();
      const auto reply = perform(*key, operation, row, {.input = input, .signature = input, .iv = iv});
      if (!core::approved(row, operation)) {
        ASSERT_FALSE(reply) << name;
        EXPECT_EQ(reply.error().code, Errc::kNotSupported) << name;
        ++refused;
      } else if (operation == kSign || operation == kEncrypt || operation == kWrapKey) {
        EXPECT_TRUE(reply) << name << ": " << reply.error().message << reply.error().detail;
        ++works;
      }
    }
  }
  EXPECT_EQ(refused, 1 + 4 + 2 + 1 + 1U);  // P-256K, RSA1_5, RSNULL, EdDSA, X25519
  EXPECT_GT(works, 30U);
}

TEST_F(FipsMode, SmallExponentsAreRefusedWhereverTheyComeFrom) {
  for (const std::uint32_t exponent : {3U, 17U, 65535U}) {
    EXPECT_EQ(engine_->generate(kRsa2048, exponent).error().code, Errc::kNotSupported) << exponent;
  }
  core::PrivateKey members;
  members.public_key.exponent = {0, 0, 3};
  EXPECT_EQ(engine_->import(kRsa2048, members).error().code, Errc::kNotSupported);
}

// What is not approved is not looked into either.
TEST_F(FipsMode, FactsAreThoseOfApprovedKeysAlone) {
  for (const core::KeySpec& spec : {kRsa2048, core::KeySpec{core::KeyType::kEc, core::Curve::kP384, 0},
                                    core::KeySpec{core::KeyType::kOct, core::Curve::kNone, 256},
                                    core::KeySpec{core::KeyType::kAkp, core::Curve::kNone, 44}}) {
    const auto key = engine_->generate(spec, core::kRsaExponentDefault);
    ASSERT_TRUE(key) << key.error().message;
    const auto facts = engine_->facts(spec, key->material);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->public_key, key->public_key);
  }
  SecretBytes older(33);
  older.writable()[0] = 1;
  for (const core::CurveRow& row : core::kOkpCurves) {
    const auto facts = engine_->facts({core::KeyType::kOkp, row.curve, 0}, older);
    ASSERT_FALSE(facts);
    EXPECT_EQ(facts.error().code, Errc::kNotSupported);
  }
}

}  // namespace
}  // namespace hsm::partition
