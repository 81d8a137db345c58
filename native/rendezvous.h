// Where threads wait for each other: by spinning on shared memory, or asleep where they share CPUs.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "arch/arch.h"
#include "bell.h"

namespace fencepost {

// So far apart that no two share a cache line, or a pair of lines fetched together, on any of our architectures.
constexpr size_t apart_bytes = 256;

class MeetingPoint {
 public:
  // `crowded`: some threads share a CPU, so that a waiting one must give way at once. Otherwise a waiting
  // thread spins as long as it takes: where it gave way, programs that want its CPU would have it just when
  // the others come.
  MeetingPoint(size_t threads, bool crowded)
      : threads_(threads), crowded_(crowded), arrivals_(std::make_unique<Arrivals[]>(threads)) {}

  // Waits until every thread has come as often as this one. False when the block was aborted.
  bool meet(size_t thread) {
    std::atomic<uint64_t> &mine = arrivals_[thread].count;
    const uint64_t turn = mine.load(std::memory_order_relaxed) + 1;
    mine.store(turn, std::memory_order_release);
    const auto has_come = [&](size_t other) {
      return arrivals_[other].count.load(std::memory_order_acquire) >= turn;
    };
    if (crowded_) {
      // Of the last two to come, one sees that all have.
      std::atomic_thread_fence(std::memory_order_seq_cst);
      size_t here = 0;
      while (here < threads_ && has_come(here)) here++;
      if (here == threads_) bell_.ring();
    }
    for (size_t other = 0; other < threads_; other++) {
      if (!wait_until([&] { return has_come(other); })) return false;
    }
    return true;
  }

  // Spins, or sleeps where it is crowded, until `condition` holds. False when the block was aborted.
  template <typename Condition>
  bool wait_until(const Condition &condition) const {
    for (unsigned polls = 0; !condition(); polls++) {
      if (polls % 64 == 63 && aborted()) return false;
      if (crowded_ && polls == crowded_polls) {
        bell_.sleep_until([&] { return aborted() || condition(); });
      } else {
        arch::pause();
      }
    }
    return true;
  }

  // By a thread that has changed what another may wait for in `wait_until`.
  void tell() const {
    if (crowded_) bell_.ring();
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

  // Before a thread sleeps: others on other CPUs may be about to come.
  static constexpr unsigned crowded_polls = 32;

  const size_t threads_;
  const bool crowded_;
  const std::unique_ptr<Arrivals[]> arrivals_;
  mutable Bell bell_;
  alignas(apart_bytes) std::atomic<bool> aborted_{false};
};

}  // namespace fencepost
