#include "control/ticker.h"

#include <utility>

namespace hsm::control {

Ticker::Ticker(std::chrono::milliseconds interval, Work work)
    : interval_(interval), work_(std::move(work)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Ticker::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    work_(stop);
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, interval_, [] { return false; });
  }
}

}  // namespace hsm::control
