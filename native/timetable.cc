#include "timetable.h"

#include <algorithm>

#include "arch/arch.h"

namespace fencepost {

Timetable::Timetable(size_t threads, uint64_t lead_ticks, double start_delay_ticks)
    : threads_(threads),
      lead_ticks_(lead_ticks),
      start_delay_fraction_(static_cast<uint64_t>(start_delay_ticks * (1 << fraction_bits))),
      records_(std::make_unique<Record[]>(threads)) {}

std::optional<uint64_t> Timetable::agree(size_t thread, const MeetingPoint &meeting) {
  if (thread == 0) {
    start_.store(arch::read_time_base() + lead_ticks_, std::memory_order_release);
    meeting.tell(thread);
  }
  uint64_t start = 0;
  const auto is_set = [&] { return (start = start_.load(std::memory_order_acquire)) != 0; };
  return meeting.wait_until(thread, is_set) ? std::optional(start) : std::nullopt;
}

void Timetable::record(size_t thread, uint64_t busy_ticks, uint64_t groups) {
  records_[thread].busy_ticks = busy_ticks;
  records_[thread].groups = groups;
}

void Timetable::adapt() {
  start_.store(0, std::memory_order_relaxed);
  uint64_t longest = 0;
  for (size_t i = 0; i < threads_; i++) {
    longest = std::max(longest, (records_[i].busy_ticks << fraction_bits) / records_[i].groups);
  }
  // The shorter of the last two: a thread that was preempted once does not slow the next batch down.
  const uint64_t usual = std::min(longest, last_longest_fraction_);
  last_longest_fraction_ = longest;
  period_fraction_ = usual + usual / 16 + start_delay_fraction_;
}

}  // namespace fencepost
