// Memory that the threads of a test share, or that holds their out records: on huge pages where the
// kernel gives them, and on the node of the thread that first initialises it.
#pragma once

#include <cstddef>
#include <string>

namespace fencepost {

class TestMemory {
 public:
  explicit TestMemory(std::string what) : what_(std::move(what)) {}
  ~TestMemory();
  TestMemory(const TestMemory &) = delete;
  TestMemory &operator=(const TestMemory &) = delete;

  // Makes at least so many bytes available; what is there is kept when it is large enough, else it
  // is replaced by zeroed memory. Throws when the kernel has none.
  void reserve(size_t bytes);

  char *begin() const { return begin_; }

 private:
  void release();

  std::string what_;  // for errors
  char *mapping_ = nullptr;
  size_t mapping_bytes_ = 0;
  char *begin_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace fencepost
