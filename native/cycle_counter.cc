#include "cycle_counter.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#if defined(__linux__)
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "system_error.h"

namespace fencepost {

#if defined(__linux__)

namespace {

// What the errors of perf_event_open(2) mean for a count of cycles.
std::string explained(int reason) {
  switch (reason) {
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV:
      return "the kernel has no counter of core cycles here, as is usual in virtual machines";
    case EACCES:
    case EPERM:
      return "the kernel does not let this process count core cycles: see /proc/sys/kernel/perf_event_paranoid";
    case ENOSYS:
      return "the kernel was built without performance counters";
    default:
      return std::string("count core cycles: ") + std::strerror(reason);
  }
}

}  // namespace

CycleCounter::CycleCounter() {
  perf_event_attr wanted = {};
  wanted.size = sizeof wanted;
  wanted.type = PERF_TYPE_HARDWARE;
  wanted.config = PERF_COUNT_HW_CPU_CYCLES;
  wanted.exclude_kernel = 1;
  wanted.exclude_hv = 1;
  wanted.pinned = 1;  // all of the time, or not at all
  file_ = static_cast<int>(syscall(SYS_perf_event_open, &wanted, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
  if (file_ < 0) problem_ = explained(errno);
}

CycleCounter::~CycleCounter() {
  if (file_ >= 0) close(file_);
}

uint64_t CycleCounter::read() const {
  uint64_t count = 0;
  const ssize_t got = ::read(file_, &count, sizeof count);
  if (got < 0) throw system_error("read the count of core cycles");
  // Nothing to read: the kernel had to give the counter to someone else.
  if (got != sizeof count) throw std::runtime_error("read the count of core cycles: the kernel took the counter away");
  return count;
}

#else

CycleCounter::CycleCounter() : problem_("core cycles are counted on Linux only") {}
CycleCounter::~CycleCounter() = default;
uint64_t CycleCounter::read() const { throw std::logic_error("read the count of core cycles: there is none"); }

#endif

}  // namespace fencepost
