// Where threads wait for each other: by spinning on shared memory, or asleep where they share CPUs.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "arch/arch.h"
#include "bell.h"
#include "clock.h"

namespace fencepost {

// So far apart that no two share a cache line, or a pair of lines fetched together, on any of our architectures.
constexpr size_t apart_bytes = 256;

// Where a thread is among threads of which some share CPUs.
enum class Company {
  alone,      // it has a CPU of its own
  all_here,   // it shares its CPU, and no other is shared
  elsewhere,  // it shares its CPU, and others share another
};

class MeetingPoint {
 public:
  explicit MeetingPoint(std::vector<Company> company)
      : threads_(company.size()), company_(std::move(company)), arrivals_(std::make_unique<Arrivals[]>(threads_)) {
    for (const Company each : company_) some_share_ |= each != Company::alone;
  }

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
    if (is_heard(thread)) wake_all_once_here();
    for (size_t other = 0; other < threads_; other++) {
      if (!wait_until(thread, [&] { return has_come(other); })) return false;
    }
    return true;
  }

  // Waits until `condition` holds. It spins, for the others come soon, and is then there at once; and sleeps where
  // it shares its CPU: a thread that goes on spinning spends its share of a CPU that others want before the
  // other threads get theirs, and one that yields is away just when they come. False when the block was aborted.
  template <typename Condition>
  bool wait_until(size_t thread, const Condition &condition) const {
    const bool crowded = company_[thread] != Company::alone;
    int64_t sleep_ns = 0;
    for (unsigned polls = 0; !condition(); polls++) {
      arch::pause();
      if (polls % 64 != 63) continue;
      if (aborted()) return false;
      const int64_t now = crowded ? INT64_MAX : now_ns();
      if (sleep_ns == 0) sleep_ns = now + (crowded ? 0 : patience_ns);
      if (now >= sleep_ns) {
        if (crowded && bell_.has_sleepers()) bell_.ring();
        bell_.sleep_until([&] { return aborted() || condition(); });
      }
    }
    return true;
  }

  // By a thread that has changed what another may wait for in `wait_until`.
  void tell(size_t thread) const {
    if (is_heard(thread)) bell_.ring();
  }

  // By a thread that will wait no more.
  void leave() const {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (bell_.has_sleepers()) bell_.ring();
  }

  // Ends every wait, now and from now on.
  void abort() { aborted_.store(true, std::memory_order_relaxed); }
  bool aborted() const { return aborted_.load(std::memory_order_relaxed); }

 private:
  // Whether a sleeper might go on now if a thread rang. Those that share its CPU cannot, and waking them takes so
  // long that threads with CPUs of their own would be far ahead: it rings for them when it goes to sleep.
  bool is_heard(size_t thread) const {
    if (company_[thread] == Company::all_here) return false;
    // Of the last two to come, one sees that all have. Without shared CPUs it is not worth the wait for the
    // fence: a sleeper that is overlooked looks by itself after a while.
    if (some_share_) std::atomic_thread_fence(std::memory_order_seq_cst);
    return bell_.has_sleepers();
  }

  // A count for each thread, each on a line of its own: the last thread to come learns that the
  // others have come while they learn of it, so that all leave at about the same time. With one
  // shared count it would leave first.
  struct alignas(apart_bytes) Arrivals {
    std::atomic<uint64_t> count{0};
  };

  // Longer than others ever take to come that are not kept from running.
  static constexpr int64_t patience_ns = 100'000;

  const size_t threads_;
  const std::vector<Company> company_;
  bool some_share_ = false;
  const std::unique_ptr<Arrivals[]> arrivals_;
  mutable Bell bell_;
  alignas(apart_bytes) std::atomic<bool> aborted_{false};
};

}  // namespace fencepost
