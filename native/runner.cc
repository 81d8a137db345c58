#include "runner.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>

#include "affinity.h"
#include "block.h"
#include "clock.h"
#include "code_pages.h"
#include "perpetual_block.h"
#include "ping_pong.h"
#include "price_block.h"
#include "steal_time.h"
#include "stress.h"
#include "time_base.h"

namespace fencepost {

namespace {

// Values of a perpetual test are compared as numbers of 31 bits.
constexpr uint64_t most_value = (uint64_t{1} << 31) - 1;

void require(bool holds, const std::string &what) {
  if (!holds) throw std::invalid_argument("run request: " + what);
}

void check_threads(const std::vector<ThreadRequest> &threads) {
  require(!threads.empty(), "no threads");
  for (const ThreadRequest &thread : threads) require(!thread.code.empty(), "a thread without code");
}

constexpr uint64_t most_ms = 86'400'000;

void check_times(uint64_t timeout_ms, uint64_t end_after_ms) {
  require(timeout_ms > 0, "timeout_ms must be at least 1");
  require(end_after_ms <= most_ms, "end_after_ms is longer than a day");
}

// A page at least, so that there is something to go round in.
constexpr size_t least_stress_bytes = 4096;

void check_stress(const StressRequest &stress) {
  if (stress.cpus.empty()) return;
  require(stress.bytes >= least_stress_bytes, "stress over less than 4096 bytes");
  for (int cpu : stress.cpus) require(cpu != any_cpu, "stress on no cpu in particular");
}

// TypeScript fills requests in; a mistake there must not become a store to a wild address here.
void check(const RunRequest &request) {
  const size_t threads = request.threads.size();
  check_threads(request.threads);
  require(request.cells > 0 && request.batches > 0 && request.group > 0, "cells, batches and group must be at least 1");
  const size_t groups = (request.cells - 1) / request.group + 1;
  require(std::gcd(request.group_stride % groups, groups) == 1, "group_stride leaves groups out");
  check_stress(request.stress);
  check_times(request.timeout_ms, request.end_after_ms);
  require(request.start_delay_ns < uint64_t{1} << 32, "start_delay_ns must be below 2^32");
  for (const std::vector<int> &cpus : request.copies) require(cpus.size() == threads, "a copy needs a cpu for each thread");

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

void check(const PerpetualRequest &request) {
  check_threads(request.threads);
  require(request.iterations > 0 && request.batches > 0, "iterations and batches must be at least 1");
  require(request.memory_bytes > 0, "a perpetual test needs its cell");
  check_stress(request.stress);
  check_times(request.timeout_ms, request.end_after_ms);
  for (const Reading &reading : request.readings) {
    require(reading.thread < request.threads.size() && reading.writer < request.threads.size(),
            "a reading of a thread that does not exist");
    require(reading.width_bytes == 4 || reading.width_bytes == 8, "a reading is 4 or 8 bytes wide");
    const size_t out_bytes = request.threads[reading.thread].out_bytes;
    require(reading.width_bytes <= out_bytes && reading.offset_bytes <= out_bytes - reading.width_bytes,
            "a reading lies outside its thread's out records");
    require(reading.stores > 0 && reading.wanted <= reading.stores, "a reading of a store that does not exist");
    require(request.iterations <= most_value / reading.stores, "more iterations than values can tell apart");
  }
}

void check(const PriceRequest &request) {
  require(!request.programs.empty(), "no programs");
  require(request.cells > 0 && request.group > 0 && request.passes > 0 && request.rounds > 0,
          "cells, group, passes and rounds must be at least 1");
  require(request.memory_bytes > 0 && request.spacing_bytes <= request.memory_bytes / request.cells,
          "the cells lie outside the test memory");
  require(request.timeout_ms > 0, "timeout_ms must be at least 1");
  const size_t last = (request.cells - 1) * request.spacing_bytes;
  for (const PricedProgram &program : request.programs) {
    check_threads(program.threads);
    require(program.threads.size() == request.programs.front().threads.size(), "programs with unequal threads");
    require(program.entries.size() == program.threads.size(), "a thread without an entry");
    for (size_t i = 0; i < program.threads.size(); i++) {
      require(program.entries[i] < program.threads[i].code.size(), "an entry behind the code");
    }
    for (const InitialWrite &write : program.initial) {
      require((write.width_bytes == 4 || write.width_bytes == 8) &&
                  write.offset_bytes <= request.memory_bytes - last &&
                  write.width_bytes <= request.memory_bytes - last - write.offset_bytes,
              "an initial value lies outside the test memory");
    }
  }
}

// Threads that each have room for the out records of any program.
std::vector<ThreadRequest> widest_outs(const PriceRequest &request) {
  std::vector<ThreadRequest> widest(request.programs.front().threads.size());
  for (const PricedProgram &program : request.programs) {
    for (size_t i = 0; i < widest.size(); i++) {
      widest[i].out_bytes = std::max(widest[i].out_bytes, program.threads[i].out_bytes);
    }
  }
  return widest;
}

std::vector<int> cpus_of(const std::vector<ThreadRequest> &threads) {
  std::vector<int> cpus;
  for (const ThreadRequest &thread : threads) cpus.push_back(thread.cpu);
  return cpus;
}

// Of each thread of a block, where `cpus` are those of all threads, copies' included.
std::vector<Company> company_of(const std::vector<ThreadRequest> &threads, const std::vector<int> &cpus) {
  const auto is_shared = [&](int cpu) { return std::count(cpus.begin(), cpus.end(), cpu) > 1; };
  const Company unpinned = cpus.size() > allowed_cpus().size() ? Company::elsewhere : Company::alone;
  std::vector<Company> company;
  for (const ThreadRequest &thread : threads) {
    const auto is_elsewhere = [&](int cpu) { return cpu != thread.cpu && is_shared(cpu); };
    if (thread.cpu == any_cpu) {
      company.push_back(unpinned);
    } else if (!is_shared(thread.cpu)) {
      company.push_back(Company::alone);
    } else {
      const bool elsewhere = std::any_of(cpus.begin(), cpus.end(), is_elsewhere);
      company.push_back(elsewhere ? Company::elsewhere : Company::all_here);
    }
  }
  return company;
}

// Two threads in turn on one CPU are not what was asked for, and neither is a test that stress slows down so.
void check_apart(const std::vector<int> &cpus, const std::vector<int> &stress_cpus) {
  for (int cpu : stress_cpus) {
    require(std::find(cpus.begin(), cpus.end(), cpu) == cpus.end(),
            "stress on cpu " + std::to_string(cpu) + ", which runs a thread of the test");
  }
}

struct Ending {
  double wall_ns;
  double steal_ns;
  bool timed_out;
};

// Runs the threads of some blocks, which have equally many, to their end, with stress beside them.
template <typename AnyBlock>
Ending work_off(WorkerPool &workers, const std::vector<int> &cpus, uint64_t timeout_ms, std::deque<AnyBlock> &blocks,
                const StressRequest &beside = {}, char *stressed = nullptr) {
  const size_t threads = cpus.size() / blocks.size();
  std::vector<int> all = cpus;
  all.insert(all.end(), beside.cpus.begin(), beside.cpus.end());
  Stress stress(stressed, beside.bytes);
  std::atomic<size_t> running{cpus.size()};
  const std::optional<int64_t> stolen_before = steal_ns(cpus);
  const int64_t begin_ns = now_ns();
  const bool timed_out = workers.run(
      all, std::chrono::milliseconds(timeout_ms),
      [&](size_t worker) {
        if (worker >= cpus.size()) return stress.run_thread(worker - cpus.size());
        blocks[worker / threads].run_thread(worker % threads);
        if (running.fetch_sub(1) == 1) stress.stop();
      },
      [&] {
        for (AnyBlock &block : blocks) block.abort();
        stress.stop();
      });
  const double wall_ns = static_cast<double>(now_ns() - begin_ns);
  const std::optional<int64_t> stolen = steal_ns(cpus);
  return {wall_ns, stolen && stolen_before ? static_cast<double>(*stolen - *stolen_before) : -1, timed_out};
}

// The request as each copy has it: on its CPUs, and with random delays of its own.
std::vector<RunRequest> by_copy(const RunRequest &request) {
  std::vector<RunRequest> copies{request};
  for (const std::vector<int> &cpus : request.copies) {
    RunRequest copy = request;
    for (size_t i = 0; i < cpus.size(); i++) copy.threads[i].cpu = cpus[i];
    copy.seed += copies.size();
    copies.push_back(std::move(copy));
  }
  return copies;
}

void check_total(uint64_t counted, uint64_t asked) {
  if (counted == asked) return;
  throw std::logic_error("count outcomes: " + std::to_string(counted) + " instead of " + std::to_string(asked));
}

}  // namespace

RunReply Runner::run(const RunRequest &request) {
  check(request);
  if (request.rendezvous == Rendezvous::deadline && !time_base().problem.empty()) {
    throw std::runtime_error("start threads at a deadline: " + time_base().problem);
  }
  std::lock_guard<std::mutex> turn(turn_);

  const CodePages code(request.threads);
  const std::vector<RunRequest> copies = by_copy(request);
  std::vector<int> cpus;
  for (const RunRequest &copy : copies) {
    for (int cpu : cpus_of(copy.threads)) cpus.push_back(cpu);
  }
  reserve_stress(cpus, request.stress);
  std::deque<Block> blocks;
  for (size_t i = 0; i < copies.size(); i++) {
    blocks.emplace_back(copies[i], code, reserve_cells(i, request.memory_bytes),
                        reserve_outs(i, request.threads, request.cells), company_of(copies[i].threads, cpus));
  }
  const Ending ending = work_off(workers_, cpus, request.timeout_ms, blocks, request.stress, stressed_.begin());

  RunReply reply;
  TupleCounts sum(request.observed.size());
  uint64_t asked = 0;
  for (const Block &block : blocks) {
    block.add_to(sum, reply);
    asked += block.iterations();
  }
  reply.outcomes = sum.outcomes();
  for (const Outcome &outcome : reply.outcomes) reply.iterations += outcome.count;
  reply.wall_ns = ending.wall_ns;
  reply.steal_ns = ending.steal_ns;
  reply.timed_out = ending.timed_out;
  if (!ending.timed_out && reply.stuck_thread < 0) {
    check_total(reply.iterations, asked);
  }
  return reply;
}

PerpetualReply Runner::run(const PerpetualRequest &request) {
  check(request);
  std::lock_guard<std::mutex> turn(turn_);

  const CodePages code(request.threads);
  const std::vector<int> cpus = cpus_of(request.threads);
  reserve_stress(cpus, request.stress);
  std::deque<PerpetualBlock> blocks;
  blocks.emplace_back(request, code, reserve_cells(0, request.memory_bytes),
                      reserve_outs(0, request.threads, request.iterations * request.threads.size()),
                      company_of(request.threads, cpus));
  const Ending ending = work_off(workers_, cpus, request.timeout_ms, blocks, request.stress, stressed_.begin());

  PerpetualReply reply = blocks.front().reply();
  reply.wall_ns = ending.wall_ns;
  reply.steal_ns = ending.steal_ns;
  reply.timed_out = ending.timed_out;
  if (!ending.timed_out) check_total(reply.iterations, blocks.front().iterations());
  return reply;
}

PriceReply Runner::run(const PriceRequest &request) {
  check(request);
  std::lock_guard<std::mutex> turn(turn_);

  const CodePages code(priced_threads(request));
  const std::vector<int> cpus = cpus_of(request.programs.front().threads);
  std::deque<PriceBlock> blocks;
  blocks.emplace_back(request, code, reserve_cells(0, request.memory_bytes),
                      reserve_outs(0, widest_outs(request), request.cells),
                      company_of(request.programs.front().threads, cpus));
  const Ending ending = work_off(workers_, cpus, request.timeout_ms, blocks);

  PriceReply reply = blocks.front().reply();
  reply.timed_out = ending.timed_out;
  return reply;
}

// Memory for stress beside a test on these CPUs, which it must not share.
void Runner::reserve_stress(const std::vector<int> &cpus, const StressRequest &stress) {
  if (stress.cpus.empty()) return;
  check_apart(cpus, stress.cpus);
  stressed_.reserve(stress.bytes);
}

char *Runner::reserve_cells(size_t copy, size_t bytes) {
  while (cells_.size() <= copy) cells_.emplace_back("test memory");
  cells_[copy].reserve(bytes);
  return cells_[copy].begin();
}

// Room for so many out records of each thread.
std::vector<char *> Runner::reserve_outs(size_t copy, const std::vector<ThreadRequest> &threads, size_t records) {
  std::vector<char *> outs;
  for (size_t i = 0; i < threads.size(); i++) {
    const size_t place = copy * threads.size() + i;
    while (outs_.size() <= place) outs_.emplace_back("out records");
    outs_[place].reserve(threads[i].out_bytes * records);
    outs.push_back(outs_[place].begin());
  }
  return outs;
}

double Runner::ping_pong(int first_cpu, int second_cpu, size_t round_trips) {
  std::lock_guard<std::mutex> turn(turn_);
  return median_round_trip_ns(workers_, first_cpu, second_cpu, round_trips);
}

}  // namespace fencepost
