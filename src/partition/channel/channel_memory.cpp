#include "partition/channel/channel_memory.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "base/assert.h"

namespace hsm::partition {
namespace {

// The header is compared byte by byte with what this build would write: the two sides are of one build or do not talk.
struct Header {
  std::uint64_t magic = 0x31'6e'61'68'43'6d'73'48;  // "HsmChan1"
  std::uint32_t links;
  std::uint32_t workers;
  std::uint32_t slot_bytes = kSlotBytes;
  std::uint32_t ring_slots = kRingSlots;
  std::uint64_t total_bytes;
};

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kPageBytes = 4096;
static_assert(sizeof(Header) <= kHeaderBytes);

constexpr std::size_t kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

std::size_t doorbells_at() {
  return kHeaderBytes;
}
std::size_t alarms_at(const ChannelShape& shape) {
  return doorbells_at() + shape.threads() * sizeof(Doorbell);
}
std::size_t controls_at(const ChannelShape& shape) {
  return alarms_at(shape) + shape.links * sizeof(Alarm);
}
std::size_t slots_at(const ChannelShape& shape) {
  const std::size_t end = controls_at(shape) + std::size_t{2} * shape.lanes() * sizeof(RingControl);
  return (end + kPageBytes - 1) / kPageBytes * kPageBytes;
}
std::size_t total_bytes(const ChannelShape& shape) {
  return slots_at(shape) + std::size_t{2} * shape.lanes() * kRingBytes;
}

Header header_of(const ChannelShape& shape) {
  return {.links = shape.links, .workers = shape.workers, .total_bytes = total_bytes(shape)};
}

Result<std::uint8_t*> map(int fd, const ChannelShape& shape) {
  void* base = ::mmap(nullptr, total_bytes(shape), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (base == MAP_FAILED) return fail(Errc::kUnavailable, "cannot map the channel's memory", std::strerror(errno));
  ::madvise(base, total_bytes(shape), MADV_DONTDUMP);
  return static_cast<std::uint8_t*>(base);
}

Fd make_memfd() {
#ifdef MFD_NOEXEC_SEAL  // Linux 6.3
  if (Fd fd(::memfd_create("strongroom-channel", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL)); fd.valid()) {
    return fd;
  }
#endif
  return Fd(::memfd_create("strongroom-channel", MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

}  // namespace

bool valid(const ChannelShape& shape) {
  return shape.links >= 1 && shape.links <= kLinksMax && shape.workers >= 1 && shape.workers <= kWorkersMax;
}

std::vector<std::uint32_t> ChannelShape::lanes_of(std::uint32_t thread) const {
  if (thread == short_thread()) return {short_lane()};
  if (thread == long_thread()) return {long_lane()};
  std::vector<std::uint32_t> all;
  for (std::uint32_t link = 0; link < links; ++link) all.push_back(worker_lane(link, thread));
  return all;
}

Result<std::shared_ptr<ChannelMemory>> ChannelMemory::create(const ChannelShape& shape) {
  HSM_ASSERT(valid(shape));
  Fd memfd = make_memfd();
  if (!memfd.valid() || ::ftruncate(memfd.get(), static_cast<off_t>(total_bytes(shape))) != 0 ||
      ::fcntl(memfd.get(), F_ADD_SEALS, kSeals) != 0) {
    return fail(Errc::kUnavailable, "cannot make the channel's memory", std::strerror(errno));
  }
  HSM_TRY(std::uint8_t* const base, map(memfd.get(), shape));
  new (base) Header(header_of(shape));  // all else begins as zero
  return std::shared_ptr<ChannelMemory>(new ChannelMemory(std::move(memfd), base, shape));
}

Result<std::shared_ptr<ChannelMemory>> ChannelMemory::open(Fd memfd, const ChannelShape& shape) {
  const int seals = ::fcntl(memfd.get(), F_GET_SEALS);
  struct stat status{};
  if (!valid(shape) || seals < 0 || (static_cast<std::size_t>(seals) & kSeals) != kSeals ||
      ::fstat(memfd.get(), &status) != 0 || static_cast<std::size_t>(status.st_size) != total_bytes(shape)) {
    return fail(Errc::kBadParameter, "the channel's memory is not sealed or has another size");
  }
  HSM_TRY(std::uint8_t* const base, map(memfd.get(), shape));
  std::shared_ptr<ChannelMemory> memory(new ChannelMemory(std::move(memfd), base, shape));
  const Header expected = header_of(shape);
  if (std::memcmp(base, &expected, sizeof expected) != 0) {
    return fail(Errc::kBadParameter, "the channel's memory has another shape");
  }
  return memory;
}

ChannelMemory::ChannelMemory(Fd memfd, std::uint8_t* base, const ChannelShape& shape)
    : memfd_(std::move(memfd)), base_(base), shape_(shape) {}

ChannelMemory::~ChannelMemory() {
  ::munmap(base_, total_bytes(shape_));
}

Doorbell& ChannelMemory::doorbell(std::uint32_t thread) const {
  HSM_ASSERT(thread < shape_.threads());
  return reinterpret_cast<Doorbell*>(base_ + doorbells_at())[thread];
}

Alarm& ChannelMemory::alarm(std::uint32_t link) const {
  HSM_ASSERT(link < shape_.links);
  return reinterpret_cast<Alarm*>(base_ + alarms_at(shape_))[link];
}

std::uint32_t ChannelMemory::turns(std::uint32_t thread) const {
  return doorbell(thread).turns.load(std::memory_order_relaxed);
}

bool ChannelMemory::idle(std::uint32_t thread) const {
  const auto no_request = [this](std::uint32_t lane) { return request_reader(lane).empty(); };
  return doorbell(thread).asleep.load() != 0 && std::ranges::all_of(shape_.lanes_of(thread), no_request);
}

// A lane's request ring is ring 2 × lane, its reply ring the next one.

RingWriter ChannelMemory::request_writer(std::uint32_t lane) const {
  return {control(2 * lane), slots(2 * lane)};
}
RingReader ChannelMemory::request_reader(std::uint32_t lane) const {
  return {control(2 * lane), slots(2 * lane)};
}
RingWriter ChannelMemory::reply_writer(std::uint32_t lane) const {
  return {control(2 * lane + 1), slots(2 * lane + 1)};
}
RingReader ChannelMemory::reply_reader(std::uint32_t lane) const {
  return {control(2 * lane + 1), slots(2 * lane + 1)};
}

RingControl& ChannelMemory::control(std::uint32_t ring) const {
  HSM_ASSERT(ring < 2 * shape_.lanes());
  return reinterpret_cast<RingControl*>(base_ + controls_at(shape_))[ring];
}

RingSlots ChannelMemory::slots(std::uint32_t ring) const {
  return RingSlots(base_ + slots_at(shape_) + ring * kRingBytes, kRingBytes);
}

}  // namespace hsm::partition
