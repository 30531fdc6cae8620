// The partition's threads in this process, without sandbox, so that sanitizers see them: real handlers, the real
// engine, and the client's links at the other end.
#include "partition/process/lane_server.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "partition/client/fast_link.h"
#include "partition/client/partition_pool.h"
#include "partition/engine/openssl/openssl_engine.h"
#include "partition/process/job_handler.h"
#include "partition/process/light_handler.h"

namespace hsm::partition {
namespace {

constexpr ChannelShape kShape{.links = 2, .workers = 2};
constexpr std::array<std::uint8_t, 32> kDigest{4, 5, 6};

core::GenerateRequest ec_key() {
  return {.policy = {.spec = {core::KeyType::kEc, core::Curve::kP256, 0},
                     .operations = {core::KeyOperation::kSign, core::KeyOperation::kVerify}}};
}

core::CryptoRequest sign(const core::WrappedKey& key) {
  core::CryptoRequest request;
  request.key = std::make_shared<const core::KeyReference>(core::KeyReference{key.id, key.blob});
  request.operation = core::KeyOperation::kSign;
  request.algorithm = core::Algorithm::kEs256;
  request.input = kDigest;
  return request;
}

class LaneServers : public testing::Test {
 protected:
  LaneServers() {
    SystemRandom random;
    domain_.open(MasterSecret::create(random));
    const std::vector<int> bells{roster_->bell(0), roster_->bell(1)};
    for (std::uint32_t i = 0; i < kShape.threads(); ++i) {
      if (i < kShape.workers) {
        handlers_.push_back(std::make_unique<LightHandler>(engine_, keys_, domain_));
      } else {
        handlers_.push_back(std::make_unique<JobHandler>(engine_, domain_, authorities_, clock_));
      }
      servers_.push_back(std::make_unique<LaneServer>(*memory_, i, bells, domain_, *handlers_.back()));
      threads_.emplace_back([this, server = servers_.back().get()] { server->run(stop_); });
    }
    roster_->open(0, memory_);
  }
  ~LaneServers() override {
    stop_ = true;
    for (std::uint32_t i = 0; i < kShape.threads(); ++i) memory_->doorbell(i).ring();
    for (std::thread& thread : threads_) thread.join();
  }

  std::unique_ptr<Roster> roster_ = Roster::create(1, kShape).value();
  std::shared_ptr<ChannelMemory> memory_ = ChannelMemory::create(kShape).value();
  DomainHolder domain_;
  OpenSslEngine engine_;
  SystemClock clock_;
  FetchedKeys authorities_{clock_, nullptr};
  KeyCache keys_{4};  // so that keys are dropped
  std::vector<std::unique_ptr<Handler>> handlers_;
  std::vector<std::unique_ptr<LaneServer>> servers_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stop_ = false;
};

TEST_F(LaneServers, ServeManyKeysThroughASmallCache) {
  PartitionPool pool(*roster_, kShape.blocking_link());
  FastLink link(*roster_, 0);
  std::vector<core::CryptoRequest> requests;
  for (int i = 0; i < 12; ++i) requests.push_back(sign(pool.generate(ec_key()).value()));
  std::size_t done = 0, failed = 0;
  for (std::size_t sent = 0; sent < 600 || link.in_flight() != 0;) {
    for (; sent < 600 && link.in_flight() < 40; ++sent) {
      ASSERT_TRUE(sent % 7 == 0 ? link.submit_random(1 + sent, sent) : link.submit(requests[sent % 12], sent));
    }
    link.publish();
    pollfd ready{.fd = link.event_fd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&ready, 1, 60'000), 1);
    link.drain([&done, &failed](std::uint64_t tag, const Result<FastLink::Results>& results) {
      const std::size_t size = tag % 7 == 0 ? 1 + tag : 64;
      const bool good = results && results->size() == 1 && results->front() && results->front()->output.size() == size;
      ++(good ? done : failed);
    });
  }
  EXPECT_EQ(done, 600u);
  EXPECT_EQ(failed, 0u);
  EXPECT_LE(keys_.size(), 4u);
}

TEST_F(LaneServers, OperationsOfOneMessageAreDoneOrRefusedEachForItself) {
  PartitionPool pool(*roster_, kShape.blocking_link());
  FastLink link(*roster_, 0);
  std::vector<core::CryptoRequest> requests(5, sign(pool.generate(ec_key()).value()));
  requests[1].operation = core::KeyOperation::kDecrypt;  // not the key's
  requests[1].algorithm = core::Algorithm::kA256Gcm;
  requests[2].algorithm = core::Algorithm::kHs256;  // of another type
  requests[3].input = ByteView(kDigest).first(31);  // no digest of ES256
  std::vector<Errc> outcome;
  ASSERT_TRUE(link.submit(requests, 0));
  while (link.in_flight() != 0) {
    link.publish();
    pollfd ready{.fd = link.event_fd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&ready, 1, 60'000), 1);
    link.drain([&outcome](std::uint64_t, const Result<FastLink::Results>& results) {
      ASSERT_TRUE(results);
      for (const auto& result : *results) outcome.push_back(result ? Errc::kCount_ : result.error().code);
      EXPECT_EQ(results->front()->output.size(), 64U);
      EXPECT_EQ(results->back()->output.size(), 64U);
    });
  }
  using enum Errc;
  EXPECT_EQ(outcome, (std::vector{kCount_, kForbidden, kBadParameter, kBadParameter, kCount_}));
}

TEST_F(LaneServers, ServeSeveralLinksAtOnce) {
  PartitionPool pool(*roster_, kShape.blocking_link());
  const core::CryptoRequest request = sign(pool.generate(ec_key()).value());
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&pool, &request] {
      for (int round = 0; round < 30; ++round) {
        EXPECT_TRUE(pool.perform(request));
        EXPECT_TRUE(pool.sign_checkpoint(bytes_of("x")));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST_F(LaneServers, CountTheirTurns) {
  const std::uint32_t before = memory_->turns(kShape.short_thread());
  PartitionPool pool(*roster_, kShape.blocking_link());
  ASSERT_TRUE(pool.audit_public_key());
  while (!memory_->idle(kShape.short_thread())) std::this_thread::yield();
  EXPECT_EQ(memory_->turns(kShape.short_thread()), before + 1);
}

}  // namespace
}  // namespace hsm::partition
