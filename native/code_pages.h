// Pages that hold the generated functions of one block: written first, then executable, never both.
#pragma once

#include <cstddef>
#include <vector>

#include "run_request.h"

namespace fencepost {

class CodePages {
 public:
  // Copies each thread's code to pages of its own. Throws when the kernel refuses the pages.
  explicit CodePages(const std::vector<ThreadRequest> &threads);
  ~CodePages();
  CodePages(const CodePages &) = delete;
  CodePages &operator=(const CodePages &) = delete;

  ThreadFunction function(size_t thread) const { return functions_[thread]; }

  // By each thread before it calls a function: macOS lets threads execute or write one by one.
  static void let_this_thread_execute();

 private:
  char *pages_ = nullptr;
  size_t bytes_ = 0;
  std::vector<ThreadFunction> functions_;
};

}  // namespace fencepost
