// How far each thread of a batch has come, for threads that do not meet while they run.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "rendezvous.h"

namespace fencepost {

class Progress {
 public:
  explicit Progress(size_t threads) : threads_(threads), positions_(std::make_unique<Position[]>(threads)) {}

  // By a thread that has come as far as `position`, which counts all groups of the block. When
  // another is more than `drift` behind, waits until that one has come as far as this one is now: a
  // nudge that brings them close together. False when the block was aborted.
  bool advance(size_t thread, uint64_t position, uint64_t drift, const MeetingPoint &meeting) {
    positions_[thread].groups.store(position, std::memory_order_release);
    meeting.tell(thread);
    for (size_t other = 0; other < threads_; other++) {
      const std::atomic<uint64_t> &theirs = positions_[other].groups;
      const auto reached = [&](uint64_t mark) { return theirs.load(std::memory_order_acquire) >= mark; };
      if (reached(position - std::min(position, drift))) continue;
      if (!meeting.wait_until(thread, [&] { return reached(position); })) return false;
    }
    return true;
  }

 private:
  // On a line of its own, so that a thread that moves on disturbs only those that look.
  struct alignas(apart_bytes) Position {
    std::atomic<uint64_t> groups{0};
  };

  const size_t threads_;
  const std::unique_ptr<Position[]> positions_;
};

}  // namespace fencepost
