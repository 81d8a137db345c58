#include "thread_watch.h"

#include <sys/resource.h>
#include <time.h>

#include <algorithm>

#include "affinity.h"
#include "clock.h"

namespace fencepost {

namespace {

#ifdef RUSAGE_THREAD
constexpr int counted_for = RUSAGE_THREAD;
#else
constexpr int counted_for = RUSAGE_SELF;  // macOS counts for the process alone: more than the thread's
#endif

uint64_t involuntary_switches() {
  rusage usage;
  return getrusage(counted_for, &usage) == 0 ? static_cast<uint64_t>(usage.ru_nivcsw) : 0;
}

// How long the calling thread has run since it was started. It stands still while the process is stopped.
int64_t ran_ns() {
  timespec ran;
  return clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ran) == 0 ? ran.tv_sec * int64_t{1'000'000'000} + ran.tv_nsec : 0;
}

}  // namespace

ThreadWatch::ThreadWatch(int cpu)
    : cpu_(cpu), switches_before_(involuntary_switches()), began_ns_(now_ns()), ran_before_ns_(ran_ns()) {}

void ThreadWatch::look() {
  if (!is_pinned_to(cpu_)) strayed_batches_++;
}

ThreadReport ThreadWatch::report() const {
  const int64_t ran = ran_ns() - ran_before_ns_;
  const int64_t off = std::max<int64_t>(0, now_ns() - began_ns_ - ran);
  return {current_cpu(), strayed_batches_, involuntary_switches() - switches_before_, static_cast<double>(ran),
          static_cast<double>(off)};
}

}  // namespace fencepost
