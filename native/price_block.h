// A block that times functions: each program's threads alone on their CPUs, or all of them at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "code_pages.h"
#include "cycle_counter.h"
#include "price_request.h"
#include "rendezvous.h"

namespace fencepost {

// The functions of a price request, one after another: program after program, thread after thread.
std::vector<ThreadRequest> priced_threads(const PriceRequest &request);

class PriceBlock {
 public:
  // `code` holds priced_threads(request), `cells` request.memory_bytes, `outs[i]` the out records of thread
  // i of any program.
  PriceBlock(const PriceRequest &request, const CodePages &code, char *cells, std::vector<char *> outs,
             std::vector<Company> company);

  // One thread's part. All threads' parts must run at the same time.
  void run_thread(size_t thread);

  // Makes every run_thread return soon.
  void abort() { meeting_.abort(); }

  // What was timed, once every run_thread has returned.
  PriceReply reply() const;

 private:
  struct alignas(apart_bytes) ThreadState {
    std::vector<double> ticks;   // round after round, program after program
    std::vector<double> cycles;  // likewise, if no thread was uncounted
    std::string cycles_problem;
    ThreadReport report;
  };

  size_t threads() const { return states_.size(); }
  size_t program_of(size_t turn) const;
  bool take_turn(size_t thread, size_t program, size_t sample, const CycleCounter &cycles);
  template <typename Clock>
  std::optional<uint64_t> pass(size_t thread, size_t program, const Clock &clock);
  void initialise(size_t thread, size_t program) const;

  const PriceRequest &request_;
  const CodePages &code_;
  char *const cells_;
  const std::vector<char *> outs_;
  MeetingPoint meeting_;
  std::deque<ThreadState> states_;
  std::atomic<bool> uncounted_{false};  // some thread has no counter of cycles
  std::atomic<int> stuck_thread_{-1};
  int stuck_program_ = -1;
  uint64_t stuck_status_ = 0;
};

}  // namespace fencepost
