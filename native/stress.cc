#include "stress.h"

#include <cstdint>

namespace fencepost {

namespace {

constexpr size_t step_bytes = 64;
constexpr size_t steps_between_looks = 64;

}  // namespace

void Stress::run_thread(size_t thread) const {
  const size_t steps = bytes_ / step_bytes;
  // Threads begin in different places, or they would go round on each other's heels.
  size_t at = steps * (thread % 4) / 4;
  uint64_t sum = thread;
  while (!stopped_.load(std::memory_order_relaxed)) {
    for (size_t i = 0; i < steps_between_looks; i++) {
      // Atomic, for others use the same words; relaxed, for nothing hangs on their order.
      uint64_t *const word = reinterpret_cast<uint64_t *>(memory_ + at * step_bytes);
      sum += __atomic_load_n(word, __ATOMIC_RELAXED);
      __atomic_store_n(word, sum, __ATOMIC_RELAXED);
      if (++at == steps) at = 0;
    }
  }
}

}  // namespace fencepost
