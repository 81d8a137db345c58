// Start times of the groups of a batch, in ticks of the time base: group k starts at a first start
// time plus k periods. Threads agree on the first before a batch and say nothing to each other during
// it; how long a period must be is learnt from the batch before.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "rendezvous.h"

namespace fencepost {

class Timetable {
 public:
  // `lead_ticks`: long enough for a published time to reach every thread before it has come.
  // `start_delay_ticks`: the longest delay that threads add to a start time.
  Timetable(size_t threads, uint64_t lead_ticks, double start_delay_ticks);

  // The batch's first start time, which thread 0 sets. Called by every thread once all have met.
  // Nothing when the block was aborted.
  std::optional<uint64_t> agree(size_t thread, const MeetingPoint &meeting);

  // When group k starts, in a batch that starts at `start`.
  uint64_t start_of(uint64_t start, uint64_t k) const { return start + (k * period_fraction_ >> fraction_bits); }

  // How long a thread's groups took together, in a batch that is over for it.
  void record(size_t thread, uint64_t busy_ticks, uint64_t groups);

  // Makes ready for the next batch. By thread 0, when all have recorded and before they meet again.
  void adapt();

 private:
  // Periods are fractions of ticks: some time bases tick every 100 ns only.
  static constexpr unsigned fraction_bits = 8;

  struct alignas(apart_bytes) Record {
    uint64_t busy_ticks = 0;
    uint64_t groups = 1;
  };

  const size_t threads_;
  const uint64_t lead_ticks_;
  const uint64_t start_delay_fraction_;
  const std::unique_ptr<Record[]> records_;
  uint64_t period_fraction_ = 0;  // 0 in the first batch: each group starts when its thread is ready
  uint64_t last_longest_fraction_ = UINT64_MAX;
  alignas(apart_bytes) std::atomic<uint64_t> start_{0};  // 0 until it is set
};

}  // namespace fencepost
