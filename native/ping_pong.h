// How long a cache line takes from one CPU to another and back.
#pragma once

#include <cstddef>

#include "worker_pool.h"

namespace fencepost {

// The median of `round_trips` round trips, in nanoseconds, timed in small groups. Throws when it
// cannot pin, or when the two do not meet within some seconds.
double median_round_trip_ns(WorkerPool &workers, int first_cpu, int second_cpu, size_t round_trips);

}  // namespace fencepost
