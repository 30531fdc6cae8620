#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace hsm::control {

// Ticker calls a function on a thread of its own: at once, then again whenever `interval` has passed since the last
// call ended, until it is destroyed. Destruction waits for a call that runs; the call's stop token says so.
class Ticker {
 public:
  using Work = std::function<void(const std::stop_token&)>;
  Ticker(std::chrono::milliseconds interval, Work work);
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void run(const std::stop_token& stop);

  const std::chrono::milliseconds interval_;
  const Work work_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace hsm::control
