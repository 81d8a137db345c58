// Where threads wait for each other: by spinning on shared memory, or asleep where they share CPUs.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "arch/arch.h"
#include "bell.h"
#include "clock.h"

namespace fencepost {

// So far apart that no two share a cache line, or a pair of lines fetched together, on any of our architectures.
constexpr size_t apart_bytes = 256;

class MeetingPoint {
 public:
  // `crowded`: some threads share a CPU, so that a waiting one must give way at once.
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
    const auto wake_all_once_here = [&] {
      for (size_t other = 0; other < threads_; other++) {
        if (!has_come(other)) return;
      }
      bell_.ring();
    };
    // Of the last two to come, one sees that all have. Without others' CPUs to share it is not worth the wait
    // for the fence: a sleeper that is overlooked looks by itself after a while.
    if (crowded_) std::atomic_thread_fence(std::memory_order_seq_cst);
    if (bell_.has_sleepers()) wake_all_once_here();
    for (size_t other = 0; other < threads_; other++) {
      if (!wait_until([&] { return has_come(other); })) return false;
    }
    return true;
  }

  // Waits until `condition` holds. It spins, for the others come soon when all have CPUs; and sleeps when they
  // do not: a thread that goes on spinning spends its share of a CPU that others want before the other
  // threads get theirs, and one that yields is away just when they come. False when the block was aborted.
  template <typename Condition>
  bool wait_until(const Condition &condition) const {
    int64_t sleep_ns = 0;
    for (unsigned polls = 0; !condition(); polls++) {
      arch::pause();
      if (polls % 64 != 63) continue;
      if (aborted()) return false;
      const int64_t now = crowded_ ? INT64_MAX : now_ns();
      if (sleep_ns == 0) sleep_ns = now + (crowded_ ? 0 : patience_ns);
      if (now >= sleep_ns) {
        bell_.sleep_until([&] { return aborted() || condition(); });
      }
    }
    return true;
  }

  // By a thread that has changed what another may wait for in `wait_until`.
  void tell() const {
    if (crowded_) std::atomic_thread_fence(std::memory_order_seq_cst);
    if (bell_.has_sleepers()) bell_.ring();
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

  // Longer than others ever take to come that are not kept from running.
  static constexpr int64_t patience_ns = 100'000;

  const size_t threads_;
  const bool crowded_;
  const std::unique_ptr<Arrivals[]> arrivals_;
  mutable Bell bell_;
  alignas(apart_bytes) std::atomic<bool> aborted_{false};
};

}  // namespace fencepost
