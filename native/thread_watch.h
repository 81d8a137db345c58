// Where a thread was while it ran a block, how often it was interrupted and how long it
// was off its CPU.
#pragma once

#include <cstdint>

#include "run_request.h"

namespace fencepost {

class ThreadWatch {
 public:
  // By the thread itself, which was pinned to `cpu`, when it begins.
  explicit ThreadWatch(int cpu);

  // After each batch: whether it is still where it belongs.
  void look();

  // What was seen until now.
  ThreadReport report() const;

 private:
  const int cpu_;
  const uint64_t switches_before_;
  const int64_t began_ns_;
  const int64_t ran_before_ns_;
  uint64_t strayed_batches_ = 0;
};

}  // namespace fencepost
