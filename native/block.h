// One block: its threads initialise cells, run the test's functions on them and count what they
// left, batch after batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "code_pages.h"
#include "histogram.h"
#include "preload.h"
#include "progress.h"
#include "rendezvous.h"
#include "run_request.h"
#include "timetable.h"

namespace fencepost {

class Block {
 public:
  // `cells` holds request.memory_bytes, `outs[i]` thread i's out records, out_bytes × cells.
  Block(const RunRequest &request, const CodePages &code, char *cells, std::vector<char *> outs,
        std::vector<Company> company);

  // One thread's part. All threads' parts must run at the same time.
  void run_thread(size_t thread);

  // Makes every run_thread return soon.
  void abort() { meeting_.abort(); }

  // How many iterations were run in whole batches, once every run_thread has returned.
  uint64_t iterations() const { return batches_run_ * request_.cells; }

  // Adds what was counted, once every run_thread has returned.
  void add_to(TupleCounts &outcomes, RunReply &reply) const;

 private:
  // The cells that a thread initialises and counts. It runs its function on all of them.
  struct Slice {
    size_t first;
    size_t end;
  };

  struct alignas(apart_bytes) ThreadState {
    Histogram histogram;
    Slice slice;
    ThreadReport report;
    uint64_t random;
    int64_t run_ns = 0;
  };

  void initialise(const Slice &slice) const;
  bool run_batch(size_t thread, size_t batch);
  bool run_by_meeting(size_t thread);
  bool run_by_timetable(size_t thread);
  bool run_freely(size_t thread, size_t batch);
  template <typename Run>
  bool each_group(const Run &run) const;
  bool run_group(size_t thread, size_t group);
  uint64_t preload(size_t group) const;
  size_t iterations_of(size_t group) const;
  uint64_t wait_until(uint64_t time) const;
  uint64_t random_delay(ThreadState &state) const;

  const RunRequest &request_;
  const CodePages &code_;
  char *const cells_;
  const std::vector<char *> outs_;
  const size_t groups_;  // in a batch
  const Preloading preloading_;
  const double start_delay_ticks_;
  MeetingPoint meeting_;
  Timetable timetable_;
  Progress progress_;
  std::deque<ThreadState> states_;
  const int64_t end_ns_;
  // By thread 0 after a batch, when all have met behind it and before they meet again.
  size_t batches_run_ = 0;
  bool over_ = false;
  std::atomic<int> stuck_thread_{-1};
  uint64_t stuck_status_ = 0;
};

}  // namespace fencepost
