#include "thread_watch.h"

#include <sys/resource.h>

#include "affinity.h"

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

}  // namespace

ThreadWatch::ThreadWatch(int cpu) : cpu_(cpu), switches_before_(involuntary_switches()) {}

void ThreadWatch::look() {
  if (!is_pinned_to(cpu_)) strayed_batches_++;
}

ThreadReport ThreadWatch::report() const {
  return {current_cpu(), strayed_batches_, involuntary_switches() - switches_before_};
}

}  // namespace fencepost
