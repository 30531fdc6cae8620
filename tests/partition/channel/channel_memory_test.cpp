#include "partition/channel/channel_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

namespace hsm::partition {
namespace {

constexpr ChannelShape kShape{.links = 3, .workers = 2};

std::shared_ptr<ChannelMemory> created() {
  return ChannelMemory::create(kShape).value();
}

Fd copy_of_fd(const ChannelMemory& memory) {
  return Fd(::fcntl(memory.fd(), F_DUPFD_CLOEXEC, 0));
}

TEST(ChannelMemory, BothSidesSeeTheSameRings) {
  const auto front_end = created();
  const auto partition = ChannelMemory::open(copy_of_fd(*front_end), kShape).value();
  std::vector<std::uint8_t> body(kBodyBytesMax);
  for (std::uint32_t lane = 0; lane < kShape.lanes(); ++lane) {
    RingWriter writer = front_end->request_writer(lane);
    const ByteView parts[] = {bytes_of("hello")};
    ASSERT_EQ(writer.write(RequestHeader{.type = MessageType::kRandom, .id = lane}, parts), WriteResult::kWritten);
    writer.publish();
  }
  for (std::uint32_t lane = 0; lane < kShape.lanes(); ++lane) {
    RingReader reader = partition->request_reader(lane);
    RequestHeader header;
    ASSERT_EQ(reader.read(header, body), ReadResult::kMessage);
    EXPECT_EQ(header.id, lane);
    EXPECT_TRUE(partition->reply_reader(lane).empty());
  }
}

TEST(ChannelMemory, LanesAreDistinct) {
  EXPECT_EQ(kShape.worker_lane(2, 1), 5u);
  EXPECT_EQ(kShape.short_lane(), 6u);
  EXPECT_EQ(kShape.long_lane(), 7u);
  EXPECT_EQ(kShape.lanes(), 8u);
}

TEST(ChannelMemory, RefusesAnotherShape) {
  const auto memory = created();
  EXPECT_FALSE(ChannelMemory::open(copy_of_fd(*memory), {.links = 2, .workers = 2}));
  EXPECT_FALSE(ChannelMemory::open(copy_of_fd(*memory), {.links = 2, .workers = 3})) << "as many lanes, other layout";
  EXPECT_FALSE(ChannelMemory::open(copy_of_fd(*memory), {.links = 0, .workers = 2}));
  EXPECT_FALSE(ChannelMemory::open(copy_of_fd(*memory), {.links = 3, .workers = kWorkersMax + 1}));
}

TEST(ChannelMemory, RefusesMemoryThatCouldShrink) {
  // A shrunken file would end the partition with SIGBUS at a moment of the front end's choice.
  const auto memory = created();
  Fd unsealed(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(unsealed.get(), ::lseek(memory->fd(), 0, SEEK_END)), 0);
  EXPECT_FALSE(ChannelMemory::open(std::move(unsealed), kShape));
  EXPECT_NE(::ftruncate(memory->fd(), 4096), 0);
}

}  // namespace
}  // namespace hsm::partition
