// Where threads wait for each other by spinning on shared memory.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "arch/arch.h"

namespace fencepost {

// So far apart that no two share a cache line, or a pair of lines fetched together, on any of our architectures.
constexpr size_t apart_bytes = 256;

class MeetingPoint {
 public:
  // `crowded`: some threads share a CPU, so that a waiting one must give way at once.
  MeetingPoint(size_t threads, bool crowded)
      : threads_(threads),
        patience_(crowded ? 10 : 1000),
        arrivals_(std::make_unique<Arrivals[]>(threads)) {}

  // Waits until every thread has come as often as this one. False when the block was aborted.
  bool meet(size_t thread) {
    std::atomic<uint64_t> &mine = arrivals_[thread].count;
    const uint64_t turn = mine.load(std::memory_order_relaxed) + 1;
    mine.store(turn, std::memory_order_release);
    for (size_t other = 0; other < threads_; other++) {
      const std::atomic<uint64_t> &count = arrivals_[other].count;
      if (!wait_until([&] { return count.load(std::memory_order_acquire) >= turn; })) return false;
    }
    return true;
  }

  // Spins until `condition` holds, then gives way between polls. False when the block was aborted.
  template <typename Condition>
  bool wait_until(const Condition &condition) const {
    for (unsigned polls = 0; !condition(); polls++) {
      if (polls % 64 == 63 && aborted()) return false;
      if (polls < patience_) {
        arch::pause();
      } else {
        sched_yield();
      }
    }
    return true;
  }

  // Ends every wait, now and from now on.
  void abort() { aborted_.store(true, std::memory_order_relaxed); }
  bool aborted() const { return aborted_.load(std::memory_order_relaxed); }

 private:
  // A count for each thread, each on a line of its own: the last thread to come learns that the
  // others have come while they learn of it, so that all leave at about the same time. With one
  // shared count it would leave first.
  struct alignas(apart_bytes) Arrivals {
    std::atomic<uint64_t> count{0};
  };

  const size_t threads_;
  const unsigned patience_;  // polls before it gives way
  const std::unique_ptr<Arrivals[]> arrivals_;
  alignas(apart_bytes) std::atomic<bool> aborted_{false};
};

}  // namespace fencepost
