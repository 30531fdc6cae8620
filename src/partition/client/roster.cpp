#include "partition/client/roster.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace hsm::partition {

Result<std::unique_ptr<Roster>> Roster::create(unsigned partitions, ChannelShape shape) {
  std::vector<Fd> bells;
  for (std::uint32_t link = 0; link < shape.links; ++link) {
    bells.emplace_back(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!bells.back().valid()) return fail(Errc::kUnavailable, "cannot make an eventfd", std::strerror(errno));
  }
  return std::unique_ptr<Roster>(new Roster(partitions, shape, std::move(bells)));
}

void Roster::open(unsigned partition, std::shared_ptr<ChannelMemory> memory) {
  {
    const std::lock_guard lock(mutex_);
    open_[partition] = std::move(memory);
    version_.fetch_add(1, std::memory_order_release);
  }
  ring();
}

void Roster::close(unsigned partition) {
  open(partition, nullptr);
}

std::vector<std::shared_ptr<ChannelMemory>> Roster::snapshot() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

void Roster::report_broken(unsigned partition, const ChannelMemory* memory) {
  const std::lock_guard lock(mutex_);
  if (open_[partition].get() == memory) broken_.push_back(partition);
}

std::vector<unsigned> Roster::take_broken() {
  const std::lock_guard lock(mutex_);
  return std::exchange(broken_, {});
}

void Roster::ring() {
  for (const Fd& bell : bells_) ring_event(bell.get());
}

}  // namespace hsm::partition
