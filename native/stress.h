// Keeps caches, store buffers and the interconnect busy beside a block, on memory that no test uses.
#pragma once

#include <atomic>
#include <cstddef>

#include "rendezvous.h"

namespace fencepost {

class Stress {
 public:
  // `memory` holds `bytes`, which all its threads share, so that lines also move between them.
  Stress(char *memory, size_t bytes) : memory_(memory), bytes_(bytes) {}

  // One thread's part: loads and stores until `stop`.
  void run_thread(size_t thread) const;

  void stop() { stopped_.store(true, std::memory_order_relaxed); }

 private:
  char *const memory_;
  const size_t bytes_;
  alignas(apart_bytes) std::atomic<bool> stopped_{false};
};

}  // namespace fencepost
