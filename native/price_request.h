// What the addon is asked to time and what it answers: plain data, as in run_request.h. Mirrored in
// src/run/addon.ts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "run_request.h"

namespace fencepost {

// Functions that run at the same time, one a thread, and the cells that they start from.
struct PricedProgram {
  std::vector<ThreadRequest> threads;
  std::vector<size_t> entries;  // by thread: where in its code the function begins
  std::vector<InitialWrite> initial;
};

// Programs with equally many threads, on the same CPUs, take turns: forwards in even rounds, backwards in
// odd ones. In a turn a program makes one pass over the cells that is not timed, and then those that are;
// before each pass the cells are given their initial values, by the threads that will use them.
struct PriceRequest {
  std::vector<PricedProgram> programs;
  size_t memory_bytes = 0;
  size_t spacing_bytes = 0;
  size_t cells = 0;   // iterations in a pass
  size_t group = 0;   // of them, those between two readings of the clock
  size_t passes = 0;  // timed ones in a turn
  size_t rounds = 0;
  uint64_t timeout_ms = 0;
};

struct PriceReply {
  // Round after round, program after program, thread after thread: what the timed passes of a turn took,
  // from nothing of it begun to everything of it done.
  std::vector<double> ticks;
  std::vector<double> cycles;   // likewise, of the core in user mode, in a pass of its own; or empty
  std::string cycles_problem;   // why the kernel counts no cycles, or ""
  std::vector<ThreadReport> threads;
  int stuck_program = -1;
  int stuck_thread = -1;
  uint64_t stuck_status = 0;  // what that thread's function returned
  bool timed_out = false;
};

}  // namespace fencepost
