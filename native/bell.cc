#include "bell.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <climits>
#else
#include <sched.h>
#endif

namespace fencepost {

#if defined(__linux__)

namespace {

// What is waited for may come without a ring: the end of a block that is given up, or a sleeper overlooked.
constexpr timespec nap{0, 1'000'000};

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "the kernel looks at a plain word");

void futex(std::atomic<uint32_t> &word, int act, uint32_t value, const timespec *timeout) {
  syscall(SYS_futex, &word, act, value, timeout, nullptr, 0);
}

}  // namespace

void Bell::ring() {
  rings_.fetch_add(1);
  futex(rings_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr);
}

void Bell::sleep(uint32_t rung) { futex(rings_, FUTEX_WAIT_PRIVATE, rung, &nap); }

#else

void Bell::ring() { rings_.fetch_add(1); }

void Bell::sleep(uint32_t) { sched_yield(); }

#endif

}  // namespace fencepost
