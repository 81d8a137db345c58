// The counter that start times and start delays are told in, and its measured rate.
#pragma once

#include <string>

namespace fencepost {

struct TimeBase {
  double ticks_per_second = 0;  // 0 when it stands still
  std::string problem;          // why threads cannot be told start times in it, or ""
};

// Measured once, for some 20 ms, against CLOCK_MONOTONIC_RAW.
const TimeBase &time_base();

}  // namespace fencepost
