// Threads that run the work of one block after another. They are kept: starting and pinning a thread
// costs milliseconds, a block lasts tens of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fencepost {

class WorkerPool {
 public:
  WorkerPool() = default;
  ~WorkerPool();
  WorkerPool(const WorkerPool &) = delete;
  WorkerPool &operator=(const WorkerPool &) = delete;

  // Calls work(0), work(1), … at the same time, each on a thread of its own pinned to cpus[i] (or to
  // none, `any_cpu`), and returns when all have returned. When one throws, or `timeout` has passed,
  // it calls `abort`, after which every call of `work` must return soon. While the process is stopped no
  // time passes. Returns whether time was up; throws when a thread cannot be had or pinned, and what
  // `work` threw.
  bool run(const std::vector<int> &cpus, std::chrono::milliseconds timeout,
           const std::function<void(size_t)> &work, const std::function<void()> &abort);

 private:
  void serve(size_t index, uint64_t served);

  std::deque<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  uint64_t round_ = 0;  // one call of run() each
  size_t called_ = 0;   // how many threads take part in this round
  size_t busy_ = 0;     // how many of them have not returned
  bool ending_ = false;
  const std::function<void(size_t)> *work_ = nullptr;
  std::exception_ptr failure_;
};

}  // namespace fencepost
