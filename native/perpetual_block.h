// A block of a perpetual test: its threads repeat their functions on one cell, without any rendezvous
// but at the beginning of a batch, and then count what they saw.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "code_pages.h"
#include "rendezvous.h"
#include "run_request.h"

namespace fencepost {

class PerpetualBlock {
 public:
  // `cell` holds request.memory_bytes, `outs[i]` thread i's out records of as many batches as there are
  // threads: so many run before each thread counts one.
  PerpetualBlock(const PerpetualRequest &request, const CodePages &code, char *cell, std::vector<char *> outs,
                 std::vector<Company> company);

  // One thread's part. All threads' parts must run at the same time.
  void run_thread(size_t thread);

  // Makes every run_thread return soon.
  void abort() { meeting_.abort(); }

  // How many iterations were run in whole batches, once every run_thread has returned.
  uint64_t iterations() const { return batches_run_ * request_.iterations; }

  // What was counted, once every run_thread has returned.
  PerpetualReply reply() const;

 private:
  struct alignas(apart_bytes) ThreadState {
    ThreadReport report;
    uint64_t witnesses = 0;
    uint64_t counted_batches = 0;
    int64_t run_ns = 0;
  };

  size_t run_batches(size_t thread, size_t batches);
  bool run_batch(size_t thread, size_t place);
  uint64_t count_batch(size_t place) const;
  char *records(size_t thread, size_t place) const;

  const PerpetualRequest &request_;
  const CodePages &code_;
  char *const cell_;
  const std::vector<char *> outs_;
  MeetingPoint meeting_;
  std::deque<ThreadState> states_;
  const int64_t end_ns_;
  // By thread 0 after a batch, when all have met behind it and before they meet again.
  size_t batches_run_ = 0;
  bool over_ = false;
};

}  // namespace fencepost
