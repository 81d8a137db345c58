// Brings the lines of a group's cells into a thread's cache before the group starts.
#pragma once

#include <cstddef>
#include <vector>

#include "run_request.h"

namespace fencepost {

class Preloading {
 public:
  Preloading(const RunRequest &request, const char *cells);

  bool none() const { return kind_ == Preload::none; }

  // Touches what the request initialises or observes of `count` cells from `first` on. Other threads may
  // be using them already: it stores nothing.
  void touch(size_t first, size_t count) const;

 private:
  // Locations that share a line in every cell.
  struct Run {
    size_t first_byte;
    size_t end;
  };

  template <typename Touch>
  void each_line(size_t first, size_t count, const Touch &touch) const;

  const Preload kind_;
  const char *const cells_;
  const size_t spacing_bytes_;
  const size_t line_bytes_;
  std::vector<Run> runs_;
};

}  // namespace fencepost
