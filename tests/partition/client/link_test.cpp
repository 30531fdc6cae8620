#include "partition/client/link.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <map>

#include "partition/channel/perform_codec.h"
#include "tests/partition/client/fake_partition.h"

namespace hsm::partition {
namespace {

constexpr ChannelShape kShape{.links = 2, .workers = 2};

Link::TimePoint test_now;
Link::TimePoint now() {
  return test_now;
}

std::optional<FakePartition::Answer> echo(const RequestHeader&, ByteView body) {
  return FakePartition::Answer{copy_of(body)};
}

bool readable(int fd) {
  pollfd poll{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&poll, 1, 0) == 1;
}

// The first link of two (so: without lanes for jobs) and up to three partitions.
class LinkTest : public testing::Test {
 protected:
  FakePartition& open(unsigned index, FakePartition::Behaviour behaviour = echo) {
    auto& partition = fakes_[index];
    partition = std::make_unique<FakePartition>(*roster_, index, std::move(behaviour));
    partition->open();
    drain();
    return *partition;
  }
  Status submit(std::uint64_t tag, std::uint32_t n = 8) {
    return link_.submit({.type = MessageType::kRandom, .tag = tag, .random_bytes = n});
  }
  void drain() {
    link_.drain([this](const Request& request, Result<ByteView> body) {
      const std::uint64_t tag = request.tag;
      EXPECT_FALSE(answers_.contains(tag)) << "answered twice: " << tag;
      answers_[tag] = body ? Errc::kCount_ : body.error().code;
      return well_formed_;
    });
    link_.publish();
  }
  // answered: Errc::kCount_ stands for success.
  std::optional<Errc> answered(std::uint64_t tag) {
    const auto found = answers_.find(tag);
    return found == answers_.end() ? std::nullopt : std::optional(found->second);
  }

  std::unique_ptr<Roster> roster_ = Roster::create(3, kShape).value();
  std::map<unsigned, std::unique_ptr<FakePartition>> fakes_;
  std::map<std::uint64_t, Errc> answers_;
  bool well_formed_ = true;
  Link link_{*roster_, 0, now};
};

TEST_F(LinkTest, EveryRequestIsAnsweredOnce) {
  for (unsigned i = 0; i < 3; ++i) open(i);
  std::uint64_t tag = 0, thrown_back = 0;
  for (int turn = 0; turn < 200; ++turn) {
    for (int i = 0; i < turn; ++i) {
      if (submit(tag, 1 + tag % kRandomBytesMax)) {
        ++tag;
      } else {
        ++thrown_back;
      }
    }
    link_.publish();
    for (auto& [index, fake] : fakes_) fake->step();
    drain();
  }
  EXPECT_EQ(answers_.size(), tag);
  EXPECT_EQ(thrown_back, 0u);
  EXPECT_EQ(link_.in_flight(), 0u);
}

TEST_F(LinkTest, NothingIsSentBeforePublish) {
  FakePartition& partition = open(0);
  ASSERT_TRUE(submit(1));
  EXPECT_EQ(partition.step(), 0u);
  link_.publish();
  EXPECT_EQ(partition.step(), 1u);
}

TEST_F(LinkTest, AReplyMakesTheEventDescriptorReadable) {
  FakePartition& partition = open(0);
  EXPECT_FALSE(readable(link_.event_fd()));
  ASSERT_TRUE(submit(1));
  link_.publish();
  EXPECT_FALSE(readable(link_.event_fd()));
  partition.step();
  EXPECT_TRUE(readable(link_.event_fd()));
  drain();
  EXPECT_FALSE(readable(link_.event_fd()));
}

TEST_F(LinkTest, AReplyThatCameBeforePublishIsNotOverlooked) {
  FakePartition& partition = open(0);
  ASSERT_TRUE(submit(1));
  link_.publish();
  link_.drain([](auto&&, auto&&) { return true; });  // awake: the partition rings no bell now
  partition.step();
  link_.publish();
  EXPECT_TRUE(readable(link_.event_fd()));
}

TEST_F(LinkTest, LightRequestsGatherAndThenSpillOver) {
  for (unsigned i = 0; i < 3; ++i) open(i);
  for (std::uint64_t tag = 0; tag < kSpillCost; ++tag) ASSERT_TRUE(submit(tag));
  link_.publish();
  EXPECT_EQ(fakes_[0]->step(), kSpillCost);
  for (std::uint64_t tag = kSpillCost; tag < 3 * kSpillCost; ++tag) ASSERT_TRUE(submit(tag));
  link_.publish();
  EXPECT_EQ(fakes_[1]->step(), kSpillCost);
  EXPECT_EQ(fakes_[2]->step(), kSpillCost);
}

TEST_F(LinkTest, ADeadPartitionsRequestsMoveToAnother) {
  FakePartition& first = open(0);
  ASSERT_TRUE(submit(1));
  ASSERT_TRUE(submit(2));
  link_.publish();
  FakePartition& second = open(1);
  first.die();
  EXPECT_TRUE(readable(link_.event_fd())) << "the supervisor's word";
  drain();
  EXPECT_EQ(second.step(), 2u);
  drain();
  EXPECT_EQ(answered(1), Errc::kCount_);
  EXPECT_EQ(answered(2), Errc::kCount_);
}

TEST_F(LinkTest, AReplyFromBeforeADeathCounts) {
  FakePartition& first = open(0);
  FakePartition& second = open(1);
  ASSERT_TRUE(submit(1));
  link_.publish();
  first.step();
  first.die();
  drain();
  EXPECT_EQ(answered(1), Errc::kCount_);
  EXPECT_EQ(second.step(), 0u);
}

TEST_F(LinkTest, ARestartedPartitionIsANewOne) {
  open(0);
  ASSERT_TRUE(submit(1));
  link_.publish();
  FakePartition& restarted = open(0);
  EXPECT_EQ(restarted.step(), 1u);
  drain();
  EXPECT_EQ(answered(1), Errc::kCount_);
}

TEST_F(LinkTest, ARequestThatKillsPartitionsIsGivenUp) {
  const auto swallow = [](const RequestHeader&, ByteView) -> std::optional<FakePartition::Answer> { return {}; };
  open(0, swallow);
  ASSERT_TRUE(submit(1));
  link_.publish();
  unsigned deaths = 0;
  for (; !answered(1) && deaths < 10; ++deaths) open(0, swallow);
  EXPECT_EQ(deaths, kAttemptsMax);
  EXPECT_EQ(answered(1), Errc::kUnavailable);
}

TEST_F(LinkTest, WithoutPartitionRequestsWait) {
  ASSERT_TRUE(submit(1));
  drain();
  EXPECT_FALSE(answered(1));
  FakePartition& partition = open(0);
  partition.step();
  drain();
  EXPECT_EQ(answered(1), Errc::kCount_);
}

TEST_F(LinkTest, WithoutPartitionRequestsWaitNotForever) {
  ASSERT_TRUE(submit(1));
  test_now += kNoPartitionWait;
  drain();
  EXPECT_EQ(answered(1), Errc::kUnavailable);
}

TEST_F(LinkTest, WithoutPartitionOnlySoManyWait) {
  for (std::uint64_t tag = 0; tag < kWaitingMax; ++tag) ASSERT_TRUE(submit(tag));
  EXPECT_EQ(submit(kWaitingMax).error().code, Errc::kThrottled);
}

TEST_F(LinkTest, FullRingsThrottleAndRecover) {
  FakePartition& partition = open(0);
  std::uint64_t tag = 0;
  while (submit(tag)) ASSERT_LT(++tag, 10'000u);
  EXPECT_EQ(submit(tag).error().code, Errc::kThrottled);
  EXPECT_EQ(tag, kShape.workers * kRingSlots);
  link_.publish();
  EXPECT_EQ(partition.step(), tag);
  drain();
  EXPECT_EQ(answers_.size(), tag);
  EXPECT_TRUE(submit(tag));
}

TEST_F(LinkTest, RepliesAlwaysHaveRoom) {
  // Requests of one slot, replies of three: were room for the replies not kept, the partition would have to wait.
  const auto large = [](const RequestHeader&, ByteView) { return FakePartition::Answer{Bytes(kRandomBytesMax)}; };
  FakePartition& partition = open(0, large);
  std::uint64_t tag = 0;
  while (submit(tag, kRandomBytesMax)) ASSERT_LT(++tag, 10'000u);
  link_.publish();
  partition.step();
  drain();
  EXPECT_EQ(answers_.size(), tag);
}

TEST_F(LinkTest, AKeyThatIsNotLoadedIsSentAlong) {
  std::vector<std::size_t> wrapped_sizes;
  const auto partition_without_keys = [&wrapped_sizes](const RequestHeader&, ByteView body) {
    PerformRequest request;
    EXPECT_TRUE(decode_perform(body, request));
    wrapped_sizes.push_back(request.wrapped.size());
    if (request.wrapped.empty()) return FakePartition::Answer{{}, static_cast<std::uint8_t>(Errc::kKeyNotLoaded) + 1};
    return FakePartition::Answer{};
  };
  FakePartition& partition = open(0, partition_without_keys);
  core::CryptoRequest request;
  request.key = std::make_shared<core::KeyReference>(core::KeyReference{{}, Bytes(100)});
  ASSERT_TRUE(link_.submit({.type = MessageType::kPerform, .tag = 1, .perform = {&request, 1}}));
  for (int turn = 0; turn < 2; ++turn) {
    link_.publish();
    partition.step();
    drain();
  }
  EXPECT_EQ(wrapped_sizes, (std::vector<std::size_t>{0, 100}));
  EXPECT_EQ(answered(1), Errc::kCount_);
}

TEST_F(LinkTest, AKeyIsSentAlongOnlyOnce) {
  const auto never_content = [](const RequestHeader&, ByteView) {
    return FakePartition::Answer{{}, static_cast<std::uint8_t>(Errc::kKeyNotLoaded) + 1};
  };
  FakePartition& partition = open(0, never_content);
  core::CryptoRequest request;
  request.key = std::make_shared<core::KeyReference>();
  ASSERT_TRUE(link_.submit({.type = MessageType::kPerform, .tag = 1, .perform = {&request, 1}}));
  for (int turn = 0; turn < 3; ++turn) {
    link_.publish();
    partition.step();
    drain();
  }
  EXPECT_EQ(answered(1), Errc::kInternal);
}

TEST_F(LinkTest, WhatIsForOnePartitionGoesToNoOther) {
  FakePartition& first = open(0);
  FakePartition& second = open(1);
  for (std::uint64_t tag = 0; tag < 20; ++tag) {
    ASSERT_TRUE(link_.submit({.type = MessageType::kRandom, .tag = tag, .random_bytes = 8, .only = 1}));
  }
  link_.publish();
  EXPECT_EQ(first.step(), 0u);
  EXPECT_EQ(second.step(), 20u);
  drain();
  second.die();
  ASSERT_TRUE(link_.submit({.type = MessageType::kRandom, .tag = 20, .random_bytes = 8, .only = 1}));
  drain();
  EXPECT_EQ(first.step(), 0u) << "rather none than another";
  EXPECT_EQ(answered(20), std::nullopt);
  FakePartition& again = open(1);
  EXPECT_EQ(again.step(), 1u);
  drain();
  EXPECT_EQ(answered(20), Errc::kCount_);
}

TEST_F(LinkTest, KnowsWhereARequestWouldGo) {
  EXPECT_EQ(link_.likely_partition(MessageType::kRandom), kAnyPartition);
  open(2);
  EXPECT_EQ(link_.likely_partition(MessageType::kRandom), 2);
}

TEST_F(LinkTest, ErrorsArriveWithTheirMessage) {
  FakePartition& partition = open(0, [](const RequestHeader&, ByteView) {
    return FakePartition::Answer{copy_of(bytes_of("not so")), static_cast<std::uint8_t>(Errc::kForbidden) + 1};
  });
  ASSERT_TRUE(submit(1));
  link_.publish();
  partition.step();
  Result<ByteView> got;
  std::string message;
  link_.drain([&message](auto&&, Result<ByteView> body) {
    EXPECT_EQ(body.error().code, Errc::kForbidden);
    message = body.error().message;
    return true;
  });
  EXPECT_EQ(message, "not so");
}

TEST_F(LinkTest, RepliesThatNoPartitionSendsAreReported) {
  const struct {
    const char* name;
    ReplyHeader reply;
    std::uint32_t lane;
  } cases[] = {
      {"an id never given", {.id = 5}, 0},
      {"an id from earlier", {.id = 0}, 0},
      {"an error that is none", {.error = static_cast<std::uint8_t>(Errc::kCount_) + 1, .id = 1ULL << 32}, 0},
  };
  for (const auto& test : cases) {
    FakePartition& partition = open(0);
    Link link(*roster_, 0, now);
    link.drain([](auto&&, auto&&) { return true; });
    ASSERT_TRUE(link.submit({.type = MessageType::kRandom, .tag = 1, .random_bytes = 8}));
    RingWriter ring = partition.memory()->reply_writer(test.lane);
    FakePartition::reply(ring, test.reply, {});
    ring.publish();
    link.drain([](auto&&, auto&&) -> bool { throw std::logic_error("not a reply"); });
    EXPECT_EQ(roster_->take_broken(), std::vector<unsigned>{0}) << test.name;
  }
}

TEST_F(LinkTest, ABodyThatIsMalformedIsReported) {
  FakePartition& partition = open(0);
  ASSERT_TRUE(submit(1));
  link_.publish();
  partition.step();
  well_formed_ = false;
  drain();
  EXPECT_EQ(roster_->take_broken(), std::vector<unsigned>{0});
}

TEST_F(LinkTest, ABrokenPartitionGetsNoMoreRequests) {
  FakePartition& broken = open(0);
  FakePartition& good = open(1);
  broken.memory()->reply_writer(0);
  ASSERT_TRUE(submit(1));
  link_.publish();
  RingWriter ring = broken.memory()->reply_writer(0);
  FakePartition::reply(ring, {.id = 99}, {});
  ring.publish();
  drain();
  ASSERT_TRUE(submit(2));
  link_.publish();
  EXPECT_EQ(good.step(), 1u);
}

TEST_F(LinkTest, TheHandlerMaySubmit) {
  FakePartition& partition = open(0);
  ASSERT_TRUE(submit(1));
  link_.publish();
  partition.step();
  link_.drain([this](const Request& request, auto&&) {
    for (std::uint64_t i = 0; i < 100; ++i) EXPECT_TRUE(submit(request.tag * 1000 + i));
    return true;
  });
  link_.publish();
  EXPECT_EQ(partition.step(), 100u);
}

}  // namespace
}  // namespace hsm::partition
