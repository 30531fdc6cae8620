// Partitions with OpenSSL's FIPS provider: for ML-DSA alone, and in FIPS mode. That it works inside of the sandbox,
// where it can open no file, is what only the real executable shows.
#include <signal.h>

#include <chrono>
#include <thread>

#include "tests/boundary/instance_fixture.h"

namespace hsm {
namespace {

class FipsProvider : public Instance {
 protected:
  void SetUp() override {
    module_ = std::filesystem::path(HSM_SOURCE_DIR) / "build/fips/fips.so";
    if (!std::filesystem::exists(module_)) GTEST_SKIP() << "NO FIPS PROVIDER HERE: tools/install_fips_provider";
    config_.fips_provider = module_.string();
  }
  std::filesystem::path module_;
};

core::GenerateRequest ml_dsa_key(std::uint16_t number) {
  return {.policy = {.spec = {core::KeyType::kAkp, core::Curve::kNone, number},
                     .operations = {core::KeyOperation::kSign, core::KeyOperation::kVerify}}};
}

core::CryptoRequest ml_dsa(const core::WrappedKey& key, ByteView message, ByteView context, ByteView signature = {}) {
  core::CryptoRequest request;
  request.key = reference(key);
  request.operation = signature.empty() ? core::KeyOperation::kSign : core::KeyOperation::kVerify;
  request.algorithm = core::Algorithm::kMlDsa87;
  request.input = message;
  request.aad = context;
  request.signature = signature;
  return request;
}

TEST_F(FipsProvider, ServesMlDsaInsideOfTheSandboxForTheLargestOfEverything) {
  start_new();
  EXPECT_FALSE(supervisor_->engine_info().fips);
  const core::WrappedKey key = partitions().generate(ml_dsa_key(87)).value();
  EXPECT_EQ(key.public_key.pub.size(), 2592U);
  const Bytes message(core::kOperationInputBytesMax, 5), context(core::kMlDsaContextBytesMax, 6);
  const core::CryptoReply made = partitions().perform(ml_dsa(key, message, context)).value();
  EXPECT_EQ(made.output.size(), 4627U);
  EXPECT_TRUE(partitions().perform(ml_dsa(key, message, context, made.output.reveal())).value().verified);
  EXPECT_FALSE(partitions().perform(ml_dsa(key, message, {}, made.output.reveal())).value().verified);
}

TEST_F(FipsProvider, InFipsModeEveryKindOfKeyWorksInsideOfTheSandbox) {
  config_.fips = true;
  start_new();
  EXPECT_TRUE(supervisor_->engine_info().fips);
  EXPECT_EQ(supervisor_->engine_info().provider, "OpenSSL FIPS Provider");
  const core::WrappedKey ec = partitions().generate(ec_key()).value();
  EXPECT_TRUE(partitions().perform(es256(ec)));
  EXPECT_TRUE(partitions().generate(rsa_key(2048)));
  EXPECT_TRUE(partitions().generate(aes_key()));
  EXPECT_TRUE(partitions().generate(ml_dsa_key(44)));
  EXPECT_TRUE(partitions().audit_public_key());
  EXPECT_TRUE(partitions().sign_checkpoint(kDigest));
  core::GenerateRequest koblitz = ec_key();
  koblitz.policy.spec.curve = core::Curve::kP256K;
  EXPECT_EQ(partitions().generate(koblitz).error().code, Errc::kNotSupported);
}

// Its self-tests take a tenth of a second, and clients may wait for one.
TEST_F(FipsProvider, APartitionThatDiesIsBackWithinASecondInFipsMode) {
  config_.fips = true;
  config_.partitions = 1;
  start_new();
  const core::WrappedKey key = partitions().generate(ec_key()).value();
  const pid_t died = supervisor_->pids().front();
  ::kill(died, SIGKILL);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < end) {
    const pid_t now = supervisor_->pids().front();
    if (now != 0 && now != died) break;
    std::this_thread::yield();
  }
  EXPECT_TRUE(partitions().perform(es256(key)));
}

TEST_F(FipsProvider, FipsModeWithoutItDoesNotStart) {
  config_.fips = true;
  config_.fips_provider = (folder_ / "fips.so").string();
  const auto started = control::PartitionSupervisor::start(config_);
  ASSERT_FALSE(started);
  EXPECT_TRUE(started.error().message.contains("FIPS provider can't be loaded")) << started.error().message;
}

}  // namespace
}  // namespace hsm
