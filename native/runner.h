// Runs blocks of work, one after another, on threads and memory that it keeps between them.
#pragma once

#include <deque>
#include <mutex>

#include "price_request.h"
#include "run_request.h"
#include "test_memory.h"
#include "worker_pool.h"

namespace fencepost {

class Runner {
 public:
  // Runs one block; a second caller waits for its turn. Throws std::exception with a sentence that
  // names the act when the request cannot be carried out.
  RunReply run(const RunRequest &request);

  PerpetualReply run(const PerpetualRequest &request);
  PriceReply run(const PriceRequest &request);

  // Median nanoseconds for a cache line to go from one CPU to the other and back.
  double ping_pong(int first_cpu, int second_cpu, size_t round_trips);

 private:
  void reserve_stress(const std::vector<int> &cpus, const StressRequest &stress);
  char *reserve_cells(size_t copy, size_t bytes);
  std::vector<char *> reserve_outs(size_t copy, const std::vector<ThreadRequest> &threads, size_t records);

  std::mutex turn_;
  WorkerPool workers_;
  std::deque<TestMemory> cells_;  // by copy
  std::deque<TestMemory> outs_;   // by copy and thread
  TestMemory stressed_{"stress memory"};
};

}  // namespace fencepost
