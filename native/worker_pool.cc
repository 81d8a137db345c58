#include "worker_pool.h"

#include <algorithm>
#include <string>

#include "affinity.h"
#include "system_error.h"

namespace fencepost {

namespace {

// Time is counted in steps: one in which the process was stopped, or got no CPU, counts as any other.
constexpr std::chrono::milliseconds step{50};

}  // namespace

bool WorkerPool::run(const std::vector<int> &cpus, std::chrono::milliseconds timeout,
                     const std::function<void(size_t)> &work, const std::function<void()> &abort) {
  while (threads_.size() < cpus.size()) {
    const size_t index = threads_.size();
    try {
      threads_.emplace_back([this, index, served = round_] { serve(index, served); });
    } catch (const std::system_error &error) {
      throw system_error("start thread " + std::to_string(index), error.code().value());
    }
  }
  // Every time, though a thread keeps its pinning: someone else may have moved it.
  for (size_t i = 0; i < cpus.size(); i++) {
    pin(threads_[i].native_handle(), "thread " + std::to_string(i), cpus[i]);
  }

  std::unique_lock<std::mutex> lock(mutex_);
  work_ = &work;
  failure_ = nullptr;
  called_ = busy_ = cpus.size();
  round_++;
  wake_.notify_all();

  const auto over = [this] { return busy_ == 0 || failure_ != nullptr; };
  bool in_time = false;
  for (std::chrono::milliseconds left = timeout; !in_time && left.count() > 0; left -= step) {
    in_time = done_.wait_for(lock, std::min(left, step), over);
  }
  if (busy_ > 0) abort();
  done_.wait(lock, [this] { return busy_ == 0; });
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  return !in_time;
}

void WorkerPool::serve(size_t index, uint64_t served) {
  prefer_fast_cpus();
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return ending_ || (round_ != served && index < called_); });
    if (ending_) return;
    served = round_;
    const std::function<void(size_t)> &work = *work_;
    lock.unlock();
    std::exception_ptr failure;
    try {
      work(index);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure != nullptr && failure_ == nullptr) failure_ = failure;
    busy_--;
    if (busy_ == 0 || failure != nullptr) done_.notify_all();
  }
}

WorkerPool::~WorkerPool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread &thread : threads_) thread.join();
}

}  // namespace fencepost
