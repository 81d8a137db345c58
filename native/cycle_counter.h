// The core cycles that a thread spends in user mode, where the kernel lets a process count them.
#pragma once

#include <cstdint>
#include <string>

namespace fencepost {

class CycleCounter {
 public:
  // Counts for the thread that makes it, from now on.
  CycleCounter();
  ~CycleCounter();
  CycleCounter(const CycleCounter &) = delete;
  CycleCounter &operator=(const CycleCounter &) = delete;

  // Why there is nothing to read, or "".
  const std::string &problem() const { return problem_; }

  // The count so far. Throws where the counter was taken away.
  uint64_t read() const;

 private:
  int file_ = -1;
  std::string problem_;
};

}  // namespace fencepost
