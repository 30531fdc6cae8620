// What the pool does when a partition lacks the keys of an attestation authority.
#include <gtest/gtest.h>

#include <array>
#include <atomic>

#include "partition/channel/authority_codec.h"
#include "partition/channel/release_codec.h"
#include "partition/client/partition_pool.h"
#include "tests/partition/client/fake_partition.h"

namespace hsm::partition {
namespace {

constexpr ChannelShape kShape{.links = 1, .workers = 1};
constexpr const char* kIssuer = "https://authority.example";

// SilentHost takes everything and closes.
class SilentHost final : public core::Dialer {
 public:
  std::atomic<int> dialled = 0;
  Result<std::unique_ptr<core::Connection>> connect(const std::string&, std::uint16_t, Deadline) override {
    ++dialled;
    return std::make_unique<Silence>();
  }

 private:
  struct Silence final : core::Connection {
    Status send(ByteView) override { return {}; }
    Result<Bytes> receive(std::size_t) override { return Bytes(); }
  };
};

core::ReleaseRequest release() {
  return {.key = {{}, Bytes(100)}, .policy = "{}", .token = "a.b.c"};
}

// Two partitions that lack an authority's keys until a fetch of their own is done, and a pool.
class MissingKeys : public testing::Test {
 protected:
  struct State {
    bool learns = true;
    bool has_keys = false;
    std::vector<MessageType> seen;
  };
  void run(core::Dialer* dialer) {
    for (unsigned i = 0; i < states_.size(); ++i) {
      fakes_.push_back(std::make_unique<FakePartition>(
          *roster_, i,
          [state = &states_[i]](const RequestHeader& header, ByteView body) { return answer(*state, header, body); }));
      fakes_.back()->open();
    }
    pool_ = std::make_unique<PartitionPool>(*roster_, kShape.blocking_link(), dialer);
    thread_ = std::thread([this] {
      while (!stopping_) {
        if (fakes_[0]->step() + fakes_[1]->step() == 0) std::this_thread::yield();
      }
    });
    EXPECT_TRUE(pool_->audit_public_key());  // the pool knows its partitions now
  }
  ~MissingKeys() override {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  static FakePartition::Answer answer(State& state, const RequestHeader& header, ByteView body) {
    if (header.type == MessageType::kAuditPublicKey) return {Bytes(32)};
    state.seen.push_back(header.type);
    if (header.type == MessageType::kBeginAuthorityFetch) {
      EXPECT_EQ(text_of(body), kIssuer);
      return {encode(CarryStep{.session = 1, .next = CarryNext::kConnect, .host = "a", .port = 443})};
    }
    if (header.type == MessageType::kCarryAuthorityBytes) {
      state.has_keys = state.learns;
      return {encode(CarryStep{.session = 1, .next = CarryNext::kDone})};
    }
    if (state.has_keys) return {encode(core::ReleasedKey{.encryption_key_id = "k", .ciphertext = Bytes(9)})};
    return {copy_of(bytes_of(kIssuer)), static_cast<std::uint8_t>(Errc::kAuthorityKeysMissing) + 1};
  }

  std::unique_ptr<Roster> roster_ = Roster::create(2, kShape).value();
  std::array<State, 2> states_;
  std::vector<std::unique_ptr<FakePartition>> fakes_;
  SilentHost host_;
  std::unique_ptr<PartitionPool> pool_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

TEST_F(MissingKeys, AreFetchedByThePartitionThatLacksThem) {
  run(&host_);
  EXPECT_EQ(pool_->release(release()).value().encryption_key_id, "k");
  pool_->stop();
  const auto& [first, second] = states_;
  EXPECT_TRUE(first.seen.empty() != second.seen.empty()) << "one of them alone has worked";
  using enum MessageType;
  EXPECT_EQ(first.seen.empty() ? second.seen : first.seen,
            (std::vector{kRelease, kRelease, kBeginAuthorityFetch, kCarryAuthorityBytes, kRelease}));
}

TEST_F(MissingKeys, AreFetchedOnceByEach) {
  run(&host_);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(pool_->release(release()));
  EXPECT_EQ(host_.dialled, 2);
}

TEST_F(MissingKeys, AreFetchedOnceForManyThatWait) {
  run(&host_);
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([this] { EXPECT_TRUE(pool_->release(release())); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_LE(host_.dialled, 2);
}

TEST_F(MissingKeys, ThatDoNotComeAreUnavailable) {
  states_[0].learns = states_[1].learns = false;
  run(&host_);
  EXPECT_EQ(pool_->release(release()).error().code, Errc::kUnavailable);
  EXPECT_EQ(host_.dialled, 1);
}

TEST_F(MissingKeys, WithoutADialerAreUnavailable) {
  run(nullptr);
  EXPECT_EQ(pool_->release(release()).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace hsm::partition
