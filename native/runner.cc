#include "runner.h"

#include <chrono>
#include <set>
#include <stdexcept>
#include <string>

#include "affinity.h"
#include "block.h"
#include "code_pages.h"
#include "ping_pong.h"
#include "time_base.h"

namespace fencepost {

namespace {

void require(bool holds, const std::string &what) {
  if (!holds) throw std::invalid_argument("run request: " + what);
}

// TypeScript fills requests in; a mistake there must not become a store to a wild address here.
void check(const RunRequest &request) {
  const size_t threads = request.threads.size();
  require(threads > 0, "no threads");
  require(request.cells > 0 && request.batches > 0 && request.group > 0, "cells, batches and group must be at least 1");
  require(request.timeout_ms > 0, "timeout_ms must be at least 1");
  require(request.start_delay_ticks < uint64_t{1} << 32, "start_delay_ticks must be below 2^32");
  for (const ThreadRequest &thread : request.threads) require(!thread.code.empty(), "a thread without code");

  const auto fits = [&](size_t offset, unsigned width, size_t stride, size_t bytes) {
    return (width == 4 || width == 8) && stride <= bytes && offset <= bytes &&
           (stride == 0 || request.cells - 1 <= bytes / stride) &&
           (request.cells - 1) * stride + width <= bytes - offset;
  };
  const auto in_cell = [&](size_t offset, unsigned width) {
    return fits(offset, width, request.spacing_bytes, request.memory_bytes);
  };
  for (const InitialWrite &write : request.initial) {
    require(in_cell(write.offset_bytes, write.width_bytes), "an initial value lies outside the test memory");
    require(!write.pointer || write.width_bytes == 8, "a pointer is 8 bytes wide");
  }
  for (const ObservedValue &observed : request.observed) {
    require(observed.thread < static_cast<int>(threads), "an observed value of a thread that does not exist");
    require(!observed.pointer || observed.width_bytes == 8, "a pointer is 8 bytes wide");
    if (observed.thread < 0) {
      require(in_cell(observed.offset_bytes, observed.width_bytes), "an observed value lies outside the test memory");
    } else {
      const size_t out_bytes = request.threads[observed.thread].out_bytes;
      require(fits(observed.offset_bytes, observed.width_bytes, out_bytes, out_bytes * request.cells),
              "an observed value lies outside its thread's out records");
    }
  }
}

// Whether some of the threads must share a CPU.
bool is_crowded(const std::vector<int> &cpus) {
  std::multiset<int> pinned(cpus.begin(), cpus.end());
  pinned.erase(any_cpu);
  for (int cpu : pinned) {
    if (pinned.count(cpu) > 1) return true;
  }
  return cpus.size() > allowed_cpus().size();
}

}  // namespace

RunReply Runner::run(const RunRequest &request) {
  check(request);
  if (request.rendezvous == Rendezvous::deadline && !time_base().problem.empty()) {
    throw std::runtime_error("start threads at a deadline: " + time_base().problem);
  }
  std::lock_guard<std::mutex> turn(turn_);

  std::vector<int> cpus;
  std::vector<char *> outs;
  cells_.reserve(request.memory_bytes);
  while (outs_.size() < request.threads.size()) outs_.emplace_back("out records");
  for (size_t i = 0; i < request.threads.size(); i++) {
    cpus.push_back(request.threads[i].cpu);
    outs_[i].reserve(request.threads[i].out_bytes * request.cells);
    outs.push_back(outs_[i].begin());
  }
  const CodePages code(request.threads);
  Block block(request, code, cells_.begin(), outs, is_crowded(cpus));

  const auto begin = std::chrono::steady_clock::now();
  const bool timed_out = workers_.run(
      cpus, std::chrono::milliseconds(request.timeout_ms), [&](size_t thread) { block.run_thread(thread); },
      [&] { block.abort(); });
  const std::chrono::duration<double, std::nano> wall = std::chrono::steady_clock::now() - begin;

  RunReply reply = block.reply();
  reply.wall_ns = wall.count();
  reply.timed_out = timed_out;
  const bool whole = !timed_out && reply.stuck_thread < 0;
  if (whole && reply.iterations != request.cells * request.batches) {
    throw std::logic_error("count outcomes: " + std::to_string(reply.iterations) + " instead of " +
                           std::to_string(request.cells * request.batches));
  }
  return reply;
}

double Runner::ping_pong(int first_cpu, int second_cpu, size_t round_trips) {
  std::lock_guard<std::mutex> turn(turn_);
  return median_round_trip_ns(workers_, first_cpu, second_cpu, round_trips);
}

}  // namespace fencepost
