#include "partition/channel/ring.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <thread>
#include <vector>

namespace hsm::partition {
namespace {

// A ring in plain memory with both its ends.
struct TestRing {
  std::unique_ptr<RingControl> control = std::make_unique<RingControl>();
  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(kRingBytes);
  RingSlots slots{memory.data(), kRingBytes};
  RingWriter writer{*control, slots};
  RingReader reader{*control, slots};
  std::vector<std::uint8_t> body = std::vector<std::uint8_t>(kBodyBytesMax);

  WriteResult write(std::uint64_t id, ByteView bytes) {
    const ByteView parts[] = {bytes.first(bytes.size() / 3), bytes.subspan(bytes.size() / 3)};
    return writer.write(RequestHeader{.type = MessageType::kPerform, .id = id}, parts);
  }
};

Bytes pattern(std::size_t size, std::uint64_t seed) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(seed * 31 + i * 7 + 1);
  return bytes;
}

// Sizes that lie on and around the borders of slots, besides any.
std::size_t random_size(std::mt19937& random) {
  const std::size_t slots = std::uniform_int_distribution<std::size_t>(0, kMessageSlotsMax)(random);
  const std::size_t border = std::min(slots * kSlotBytes, kBodyBytesMax);
  const std::size_t less = std::uniform_int_distribution<std::size_t>(0, 20)(random);
  return border > less ? border - less : border;
}

TEST(Ring, NothingIsSeenBeforePublish) {
  TestRing ring;
  RequestHeader header;
  ASSERT_EQ(ring.write(1, pattern(10, 1)), WriteResult::kWritten);
  EXPECT_EQ(ring.reader.read(header, ring.body), ReadResult::kEmpty);
  EXPECT_TRUE(ring.reader.empty());
  EXPECT_TRUE(ring.writer.publish());
  EXPECT_FALSE(ring.writer.publish());
  EXPECT_FALSE(ring.reader.empty());
  EXPECT_EQ(ring.reader.read(header, ring.body), ReadResult::kMessage);
  EXPECT_EQ(header.id, 1u);
}

TEST(Ring, CarriesMessagesOfAnySizeInOrder) {
  TestRing ring;
  std::mt19937 random(7);
  std::deque<std::pair<std::uint64_t, std::size_t>> expected;
  std::uint64_t next = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t size = random_size(random);
    if (random() % 2 == 0 && ring.write(next, pattern(size, next)) == WriteResult::kWritten) {
      expected.emplace_back(next++, size);
      ring.writer.publish();
    }
    RequestHeader header;
    if (random() % 2 == 0) {
      const ReadResult result = ring.reader.read(header, ring.body);
      ASSERT_EQ(result, expected.empty() ? ReadResult::kEmpty : ReadResult::kMessage);
      if (result == ReadResult::kEmpty) continue;
      ASSERT_EQ(header.id, expected.front().first);
      ASSERT_EQ(header.body_bytes, expected.front().second);
      ASSERT_EQ(Bytes(ring.body.begin(), ring.body.begin() + header.body_bytes), pattern(header.body_bytes, header.id));
      expected.pop_front();
      ring.reader.release();
    }
  }
  EXPECT_GT(next, 5'000u);
}

TEST(Ring, IsFullWithoutLosingAnything) {
  TestRing ring;
  const Bytes large = pattern(kBodyBytesMax, 1);
  for (std::size_t i = 0; i < kRingSlots / kMessageSlotsMax; ++i) {
    EXPECT_EQ(ring.write(i, large), WriteResult::kWritten);
  }
  EXPECT_EQ(ring.write(99, {}), WriteResult::kFull);
  ring.writer.publish();
  RequestHeader header;
  ASSERT_EQ(ring.reader.read(header, ring.body), ReadResult::kMessage);
  EXPECT_EQ(ring.write(99, {}), WriteResult::kFull) << "slots come back at release";
  ring.reader.release();
  EXPECT_EQ(ring.write(99, large), WriteResult::kWritten);
}

TEST(Ring, WipesWhatWasRead) {
  TestRing ring;
  for (std::uint64_t i = 0; i < 100; ++i) {  // beyond the end of the ring
    ASSERT_EQ(ring.write(0, Bytes(5'000, 0xA5)), WriteResult::kWritten);
    ring.writer.publish();
    RequestHeader header;
    ASSERT_EQ(ring.reader.read(header, ring.body), ReadResult::kMessage);
    ring.reader.release();
  }
  EXPECT_EQ(std::ranges::count(ring.memory, 0xA5), 0);
}

TEST(Ring, RefusesCountersAndHeadersThatCannotBe) {
  struct Case {
    const char* name;
    std::uint32_t head;
    RequestHeader header;
  };
  const Case cases[] = {
      {"head beyond the ring", kRingSlots + 1, {.body_bytes = 1}},
      {"head behind the tail", 0xFFFF'FFFF, {.body_bytes = 1}},
      {"body too large", 64, {.body_bytes = kBodyBytesMax + 1}},
      {"body of 4 GiB", 64, {.body_bytes = 0xFFFF'FFFF}},
      {"body larger than what was published", 2, {.body_bytes = 2 * kSlotBytes}},
      {"padding not zero", 1, {.body_bytes = 1, .zero = {0, 1, 0}}},
  };
  for (const Case& test : cases) {
    TestRing ring;
    std::memcpy(ring.memory.data(), &test.header, sizeof test.header);
    ring.control->head.store(test.head);
    RequestHeader header;
    EXPECT_EQ(ring.reader.read(header, ring.body), ReadResult::kBroken) << test.name;
  }
}

TEST(Ring, WriterRefusesATailThatCannotBe) {
  TestRing ring;
  ring.control->tail.store(1);
  EXPECT_EQ(ring.write(1, {}), WriteResult::kBroken);
}

TEST(Ring, TwoThreadsSeeTheSame) {
  TestRing ring;
  constexpr std::uint64_t kMessages = 30'000;
  std::thread producer([&ring] {
    std::mt19937 random(3);
    for (std::uint64_t id = 0; id < kMessages; ++id) {
      const Bytes bytes = pattern(random() % (id % 64 == 0 ? kBodyBytesMax : 300), id);
      while (ring.write(id, bytes) == WriteResult::kFull) {
        ring.writer.publish();
        std::this_thread::yield();
      }
      if (random() % 4 == 0) ring.writer.publish();
    }
    ring.writer.publish();
  });
  for (std::uint64_t id = 0; id < kMessages;) {
    RequestHeader header;
    const ReadResult result = ring.reader.read(header, ring.body);
    ASSERT_NE(result, ReadResult::kBroken);
    if (result == ReadResult::kEmpty) {
      ring.reader.release();
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(header.id, id);
    ASSERT_EQ(Bytes(ring.body.begin(), ring.body.begin() + header.body_bytes), pattern(header.body_bytes, id));
    ++id;
    if (id % 8 == 0) ring.reader.release();
  }
  producer.join();
}

}  // namespace
}  // namespace hsm::partition
