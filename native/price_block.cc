#include "price_block.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "arch/arch.h"
#include "clock.h"
#include "thread_watch.h"
#include "time_base.h"

namespace fencepost {

std::vector<ThreadRequest> priced_threads(const PriceRequest &request) {
  std::vector<ThreadRequest> threads;
  for (const PricedProgram &program : request.programs) {
    threads.insert(threads.end(), program.threads.begin(), program.threads.end());
  }
  return threads;
}

PriceBlock::PriceBlock(const PriceRequest &request, const CodePages &code, char *cells, std::vector<char *> outs,
                       std::vector<Company> company)
    : request_(request),
      code_(code),
      cells_(cells),
      outs_(std::move(outs)),
      meeting_(std::move(company)),
      states_(request.programs.front().threads.size()) {
  const size_t turns = request.rounds * request.programs.size();
  for (ThreadState &state : states_) {
    state.ticks.resize(turns);
    state.cycles.resize(turns);
  }
}

// A, B, …, B, A, …
size_t PriceBlock::program_of(size_t turn) const {
  const size_t programs = request_.programs.size();
  const size_t place = turn % programs;
  return turn / programs % 2 == 0 ? place : programs - 1 - place;
}

void PriceBlock::run_thread(size_t thread) {
  ThreadState &state = states_[thread];
  ThreadWatch watch(request_.programs.front().threads[thread].cpu);
  CodePages::let_this_thread_execute();
  arch::synchronise_instructions();
  const CycleCounter cycles;
  if (!cycles.problem().empty()) uncounted_ = true;
  state.cycles_problem = cycles.problem();
  if (!meeting_.meet(thread)) return;

  const size_t programs = request_.programs.size();
  const size_t turns = request_.rounds * programs;
  for (size_t turn = 0; turn < turns; turn++) {
    const size_t program = program_of(turn);
    if (!take_turn(thread, program, turn / programs * programs + program, cycles)) break;
    watch.look();
  }
  meeting_.leave();
  state.report = watch.report();
}

// False when the block was aborted.
bool PriceBlock::take_turn(size_t thread, size_t program, size_t sample, const CycleCounter &cycles) {
  ThreadState &state = states_[thread];
  const bool has_time_base = time_base().problem.empty();
  const auto none = [] { return uint64_t{0}; };
  const auto now = [=] { return has_time_base ? arch::read_time_base() : static_cast<uint64_t>(now_ns()); };
  if (!pass(thread, program, none)) return false;
  for (size_t i = 0; i < request_.passes; i++) {
    const std::optional<uint64_t> spent = pass(thread, program, now);
    if (!spent) return false;
    state.ticks[sample] += static_cast<double>(*spent);
  }
  if (uncounted_) return true;
  const std::optional<uint64_t> counted = pass(thread, program, [&] { return cycles.read(); });
  if (counted) state.cycles[sample] = static_cast<double>(*counted);
  return counted.has_value();
}

// What `clock` counts of a thread's function on all cells; nothing when the block was aborted.
template <typename Clock>
std::optional<uint64_t> PriceBlock::pass(size_t thread, size_t program, const Clock &clock) {
  const size_t index = program * threads() + thread;
  const PricedProgram &priced = request_.programs[program];
  const auto function = reinterpret_cast<ThreadFunction>(
      reinterpret_cast<uintptr_t>(code_.function(index)) + priced.entries[thread]);
  const size_t out_bytes = priced.threads[thread].out_bytes;
  initialise(thread, program);
  if (!meeting_.meet(thread)) return std::nullopt;
  uint64_t sum = 0;
  uint64_t status = 0;
  for (size_t first = 0; first < request_.cells && status == 0; first += request_.group) {
    const size_t count = std::min(request_.group, request_.cells - first);
    arch::settle();
    const uint64_t begin = clock();
    status = function(cells_ + first * request_.spacing_bytes, outs_[thread] + first * out_bytes, count);
    arch::settle();
    sum += clock() - begin;
  }
  if (status != 0) {
    int nobody = -1;
    if (stuck_thread_.compare_exchange_strong(nobody, static_cast<int>(thread))) {
      stuck_program_ = static_cast<int>(program);
      stuck_status_ = status;
    }
    abort();
    return std::nullopt;
  }
  if (!meeting_.meet(thread)) return std::nullopt;
  return sum;
}

// The thread's share of the cells.
void PriceBlock::initialise(size_t thread, size_t program) const {
  const size_t first = request_.cells * thread / threads();
  const size_t end = request_.cells * (thread + 1) / threads();
  for (size_t i = first; i < end; i++) {
    char *const cell = cells_ + i * request_.spacing_bytes;
    for (const InitialWrite &write : request_.programs[program].initial) {
      const uint64_t value =
          static_cast<uint64_t>(write.value) + (write.pointer ? reinterpret_cast<uintptr_t>(cell) : 0);
      const uint32_t narrow = static_cast<uint32_t>(value);
      if (write.width_bytes == 4) {
        std::memcpy(cell + write.offset_bytes, &narrow, sizeof narrow);
      } else {
        std::memcpy(cell + write.offset_bytes, &value, sizeof value);
      }
    }
  }
}

PriceReply PriceBlock::reply() const {
  PriceReply reply;
  const size_t samples = states_.front().ticks.size();
  for (size_t sample = 0; sample < samples; sample++) {
    for (const ThreadState &state : states_) reply.ticks.push_back(state.ticks[sample]);
  }
  for (size_t sample = 0; sample < (uncounted_ ? 0 : samples); sample++) {
    for (const ThreadState &state : states_) reply.cycles.push_back(state.cycles[sample]);
  }
  for (const ThreadState &state : states_) {
    reply.threads.push_back(state.report);
    if (reply.cycles_problem.empty()) reply.cycles_problem = state.cycles_problem;
  }
  reply.stuck_program = stuck_program_;
  reply.stuck_thread = stuck_thread_;
  reply.stuck_status = stuck_status_;
  return reply;
}

}  // namespace fencepost
