// Counts, in what the threads of a perpetual test loaded, choices of an iteration of each thread that
// prove the test's outcome. What a perpetual test is, and why such a choice proves the outcome, is told
// in src/lower/perpetual-form.ts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "run_request.h"

namespace fencepost {

// What one thread loaded in one batch: an out record for each iteration.
struct Records {
  const char *first;
  size_t record_bytes;
};

// The number of choices found, each iteration of each thread in one at most, in time linear in
// `iterations`, which is at least 1. Whatever was loaded, each choice fulfils every reading. Where each
// thread's loads of a location never go backwards, as on coherent hardware, and there are two threads,
// no other way to choose finds more.
uint64_t count_witnesses(const std::vector<Reading> &readings, const std::vector<Records> &threads,
                         size_t iterations);

}  // namespace fencepost
