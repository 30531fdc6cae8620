#include "partition/client/partition_pool.h"

#include <gtest/gtest.h>

#include <atomic>

#include "partition/channel/domain_codec.h"
#include "partition/channel/key_codec.h"
#include "partition/channel/perform_codec.h"
#include "tests/partition/client/fake_partition.h"

namespace hsm::partition {
namespace {

constexpr ChannelShape kShape{.links = 2, .workers = 1};

core::WrappedKey wrapped_key() {
  return {.id = {1}, .blob = Bytes(90, 1), .public_key = {}};
}

core::GenerateRequest generate(core::KeyType type) {
  if (type == core::KeyType::kOct) return {.policy = {.spec = {type, core::Curve::kNone, 256}}};
  return {.policy = {.spec = {type, core::Curve::kNone, 4096}}};
}

// A partition that answers on a thread of its own, and a pool.
class PartitionPoolTest : public testing::Test {
 protected:
  void run(FakePartition::Behaviour behaviour) {
    fake_ = std::make_unique<FakePartition>(*roster_, 0, std::move(behaviour));
    fake_->open();
    thread_ = std::thread([this] {
      while (!stopping_) {
        if (fake_->step() == 0) std::this_thread::yield();
      }
    });
  }
  ~PartitionPoolTest() override {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  std::unique_ptr<Roster> roster_ = Roster::create(1, kShape).value();
  std::unique_ptr<FakePartition> fake_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
  PartitionPool pool_{*roster_, kShape.blocking_link()};
};

TEST_F(PartitionPoolTest, ManyThreadsGetTheirOwnAnswers) {
  run([](const RequestHeader&, ByteView body) {
    PerformRequest request;
    EXPECT_TRUE(decode_perform(body, request));
    Result<core::CryptoReply> reply;
    reply->output = SecretBytes::copy(request.operations.at(0).input);
    PerformReplyEncoder encoder;
    encoder.add(reply);
    Bytes all;
    for (const ByteView part : encoder.parts()) all.insert(all.end(), part.begin(), part.end());
    return FakePartition::Answer{all};
  });
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([this, i] {
      for (int round = 0; round < 300; ++round) {
        const std::string text = std::to_string(i * 1000 + round);
        core::CryptoRequest request;
        request.key = std::make_shared<core::KeyReference>();
        request.input = bytes_of(text);
        EXPECT_EQ(text_of(pool_.perform(request).value().output.reveal()), text);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST_F(PartitionPoolTest, RsaKeysAreMadeOnTheLongLane) {
  std::vector<MessageType> types;
  run([&types](const RequestHeader& header, ByteView) {
    types.push_back(header.type);
    return FakePartition::Answer{encode(wrapped_key())};
  });
  EXPECT_EQ(pool_.generate(generate(core::KeyType::kRsa)).value().blob, wrapped_key().blob);
  EXPECT_EQ(pool_.generate(generate(core::KeyType::kOct)).value().blob, wrapped_key().blob);
  EXPECT_EQ(types, (std::vector{MessageType::kGenerateRsaKey, MessageType::kGenerateKey}));
}

TEST_F(PartitionPoolTest, OnlySoManyLongJobsWait) {
  std::vector<std::thread> callers;
  std::atomic<unsigned> throttled = 0, done = 0;
  std::atomic<bool> answer = false;
  std::atomic<unsigned> seen = 0;
  run([&seen, &answer](const RequestHeader&, ByteView) {
    ++seen;
    while (!answer) std::this_thread::yield();
    return FakePartition::Answer{encode(wrapped_key())};
  });
  for (unsigned i = 0; i < kLongJobsMax + 3; ++i) {
    callers.emplace_back([this, &throttled, &done] {
      const auto key = pool_.generate(generate(core::KeyType::kRsa));
      if (key) {
        ++done;
      } else if (key.error().code == Errc::kThrottled) {
        ++throttled;
      }
    });
  }
  while (throttled < 3) std::this_thread::yield();
  answer = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, kLongJobsMax);
  EXPECT_EQ(throttled, 3u);
}

TEST_F(PartitionPoolTest, RefusesWhatNoPartitionWouldTake) {
  const Bytes large(core::kOperationInputBytesMax + 1);
  core::CryptoRequest request;
  request.input = large;
  EXPECT_EQ(pool_.perform(request).error().code, Errc::kBadParameter);
  EXPECT_EQ(pool_.random(0).error().code, Errc::kBadParameter);
  EXPECT_EQ(pool_.random(kRandomBytesMax + 1).error().code, Errc::kBadParameter);
  EXPECT_EQ(pool_.sign_checkpoint(Bytes(kCheckpointBytesMax + 1)).error().code, Errc::kBadParameter);
  EXPECT_EQ(pool_.generate({}).error().code, Errc::kBadParameter);
  EXPECT_EQ(pool_.import({}).error().code, Errc::kBadParameter);
  EXPECT_EQ(pool_.export_domain(std::vector<Bytes>(11), 2).error().code, Errc::kBadParameter);
}

}  // namespace
}  // namespace hsm::partition
