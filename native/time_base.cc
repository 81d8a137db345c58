#include "time_base.h"

#include <time.h>

#include <cstdint>

#include "arch/arch.h"

namespace fencepost {

namespace {

constexpr int64_t measured_ns = 20'000'000;

int64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

TimeBase measure() {
  TimeBase result;
  result.problem = arch::time_base_problem();
  const int64_t first_ns = now_ns();
  const uint64_t first = arch::read_time_base();
  int64_t last_ns;
  while ((last_ns = now_ns()) - first_ns < measured_ns) arch::pause();
  const uint64_t last = arch::read_time_base();
  if (last <= first) {
    result.problem = std::string(arch::time_base_name) + " stands still";
    return result;
  }
  result.ticks_per_second = static_cast<double>(last - first) * 1e9 / static_cast<double>(last_ns - first_ns);
  return result;
}

}  // namespace

const TimeBase &time_base() {
  static const TimeBase measured = measure();
  return measured;
}

}  // namespace fencepost
