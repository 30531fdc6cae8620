#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hsm::api {

// WorkerPool runs blocking functions on a few threads, in order of arrival. Its queue is bounded: what does not fit is
// refused at once, which the client sees as 429. Thread-safe.
class WorkerPool {
 public:
  WorkerPool(unsigned threads, std::size_t queue_max);
  ~WorkerPool();  // lets what has begun end; drops what waits
  // submit returns false, and leaves `work` as it is, when the queue is full.
  bool submit(std::move_only_function<void()>& work);

 private:
  void run();
  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<std::move_only_function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hsm::api
