#include "block.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "arch/arch.h"
#include "clock.h"
#include "thread_watch.h"
#include "time_base.h"

namespace fencepost {

namespace {

// Between agreeing on a batch's first start time and that time: some cache-line transfers long.
constexpr double lead_seconds = 2e-6;

// How far a thread may be ahead of another in a free batch: within one group they wait for each other
// most of the time.
constexpr uint64_t groups_apart = 4;

// SplitMix64 (Steele, Lea, Flood, 2014).
uint64_t next_random(uint64_t &state) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Ticks are compared by their difference, which is right across an overflow of the counter.
bool reached(uint64_t now, uint64_t time) { return static_cast<int64_t>(now - time) >= 0; }

template <typename Value>
void fill(char *to, size_t spacing_bytes, size_t count, Value value, Value step) {
  for (size_t i = 0; i < count; i++, value += step) std::memcpy(to + i * spacing_bytes, &value, sizeof value);
}

std::vector<Column> columns_of(const RunRequest &request, const char *cells, const std::vector<char *> &outs) {
  std::vector<Column> columns;
  for (const ObservedValue &observed : request.observed) {
    const bool in_cell = observed.thread < 0;
    columns.push_back({(in_cell ? cells : outs[observed.thread]) + observed.offset_bytes,
                       in_cell ? request.spacing_bytes : request.threads[observed.thread].out_bytes,
                       observed.width_bytes, observed.is_signed, observed.pointer});
  }
  return columns;
}

}  // namespace

Block::Block(const RunRequest &request, const CodePages &code, char *cells, std::vector<char *> outs,
             std::vector<Company> company)
    : request_(request),
      code_(code),
      cells_(cells),
      outs_(std::move(outs)),
      groups_((request.cells + request.group - 1) / request.group),
      preloading_(request, cells),
      start_delay_ticks_(time_base().ticks_per_second * 1e-9 * static_cast<double>(request.start_delay_ns)),
      meeting_(std::move(company)),
      timetable_(request.threads.size(),
                 static_cast<uint64_t>(time_base().ticks_per_second * lead_seconds),
                 start_delay_ticks_),
      progress_(request.threads.size()),
      end_ns_(end_of(request.end_after_ms)) {
  const size_t threads = request.threads.size();
  uint64_t random = request.seed;
  for (size_t i = 0; i < threads; i++) {
    states_.push_back({Histogram(columns_of(request, cells_, outs_),
                                 {cells_, request.memory_bytes, request.spacing_bytes}),
                       {request.cells * i / threads, request.cells * (i + 1) / threads},
                       {},
                       next_random(random)});
  }
}

void Block::run_thread(size_t thread) {
  ThreadState &state = states_[thread];
  ThreadWatch watch(request_.threads[thread].cpu);
  CodePages::let_this_thread_execute();
  arch::synchronise_instructions();
  for (size_t batch = 0; batch < request_.batches; batch++) {
    initialise(state.slice);
    // A thread that is alone waits for nobody, and so would not be told.
    if (meeting_.aborted() || !run_batch(thread, batch)) break;
    state.histogram.count(state.slice.first, state.slice.end);
    watch.look();
  }
  meeting_.leave();
  state.report = watch.report();
}

// Writes the initial values, and zeroes the out records, so that a record that the code did not
// write reads 0.
void Block::initialise(const Slice &slice) const {
  constexpr size_t chunk = 128;  // cells that stay in the first-level cache while all their values are written
  for (size_t first = slice.first; first < slice.end; first += chunk) {
    const size_t count = std::min(chunk, slice.end - first);
    char *const cell = cells_ + first * request_.spacing_bytes;
    for (const InitialWrite &write : request_.initial) {
      char *const to = cell + write.offset_bytes;
      const uint64_t step = write.pointer ? request_.spacing_bytes : 0;
      const uint64_t value =
          static_cast<uint64_t>(write.value) + (write.pointer ? reinterpret_cast<uintptr_t>(cell) : 0);
      if (write.width_bytes == 4) {
        fill<uint32_t>(to, request_.spacing_bytes, count, static_cast<uint32_t>(value), 0);
      } else {
        fill<uint64_t>(to, request_.spacing_bytes, count, value, step);
      }
    }
    for (size_t i = 0; i < outs_.size(); i++) {
      const size_t out_bytes = request_.threads[i].out_bytes;
      std::memset(outs_[i] + first * out_bytes, 0, count * out_bytes);
    }
  }
}

// False when the block was aborted, or is over.
bool Block::run_batch(size_t thread, size_t batch) {
  if (!meeting_.meet(thread) || over_) return false;
  const int64_t begin_ns = now_ns();
  const auto run = [&] {
    switch (request_.rendezvous) {
      case Rendezvous::spin:
        return run_by_meeting(thread);
      case Rendezvous::deadline:
        return run_by_timetable(thread);
      case Rendezvous::free:
        return run_freely(thread, batch);
    }
    return false;
  };
  if (!run()) return false;
  arch::full_fence();  // a non-temporal store is not ordered before the meeting by anything less
  if (!meeting_.meet(thread)) return false;
  const int64_t ended_ns = now_ns();
  states_[thread].run_ns += ended_ns - begin_ns;
  if (thread == 0) {
    timetable_.adapt();
    batches_run_++;
    over_ = ended_ns >= end_ns_;
  }
  return true;
}

// Calls run(group) for each group of a batch, in the order of the request's stride, until one returns false.
// Returns whether all returned true. The loop over a group's iterations is generated code; what happens between
// groups is this, and reads what the request says: some ten nanoseconds, which a group of a single iteration
// pays for each.
template <typename Run>
bool Block::each_group(const Run &run) const {
  const size_t stride = request_.group_stride % groups_;
  size_t group = 0;
  for (size_t visited = 0; visited < groups_; visited++) {
    if (!run(group)) return false;
    group += stride;
    if (group >= groups_) group -= groups_;
  }
  return true;
}

bool Block::run_by_meeting(size_t thread) {
  ThreadState &state = states_[thread];
  return each_group([&](size_t group) {
    preload(group);
    if (!meeting_.meet(thread)) return false;
    if (start_delay_ticks_ > 0) wait_until(arch::read_time_base() + random_delay(state));
    return run_group(thread, group);
  });
}

bool Block::run_by_timetable(size_t thread) {
  ThreadState &state = states_[thread];
  const std::optional<uint64_t> start = timetable_.agree(thread, meeting_);
  if (!start) return false;
  uint64_t busy_ticks = 0;
  uint64_t groups = 0;
  const bool done = each_group([&](size_t group) {
    busy_ticks += preload(group);
    const uint64_t started = wait_until(timetable_.start_of(*start, groups) + random_delay(state));
    if (!run_group(thread, group)) return false;
    busy_ticks += arch::read_time_base() - started;
    groups++;
    return true;
  });
  timetable_.record(thread, busy_ticks, groups);
  return done;
}

bool Block::run_freely(size_t thread, size_t batch) {
  uint64_t position = batch * groups_;
  return each_group([&](size_t group) {
    preload(group);
    return run_group(thread, group) && progress_.advance(thread, ++position, groups_apart, meeting_);
  });
}

// Waits for a time of the time base, unless the block was aborted. Returns when it went on.
uint64_t Block::wait_until(uint64_t time) const {
  uint64_t now;
  do {
    now = arch::read_time_base();
  } while (!reached(now, time) && !meeting_.aborted());
  return now;
}

size_t Block::iterations_of(size_t group) const {
  return std::min(request_.group, request_.cells - group * request_.group);
}

// Groups are of different cells, so that this touches none that another thread uses for an earlier group.
// Returns how many ticks it took.
uint64_t Block::preload(size_t group) const {
  if (preloading_.none()) return 0;
  const uint64_t begun = arch::read_time_base();
  preloading_.touch(group * request_.group, iterations_of(group));
  return arch::read_time_base() - begun;
}

// Runs the thread's function on a group of iterations. False when a lock in it was never released.
bool Block::run_group(size_t thread, size_t group) {
  const size_t first = group * request_.group;
  const uint64_t status =
      code_.function(thread)(cells_ + first * request_.spacing_bytes,
                             outs_[thread] + first * request_.threads[thread].out_bytes, iterations_of(group));
  if (status == 0) return true;
  int nobody = -1;
  if (stuck_thread_.compare_exchange_strong(nobody, static_cast<int>(thread))) stuck_status_ = status;
  abort();
  return false;
}

// In whole ticks, which on some machines are longer than the longest delay: there it is none.
uint64_t Block::random_delay(ThreadState &state) const {
  if (start_delay_ticks_ == 0) return 0;
  const double share = static_cast<double>(next_random(state.random) >> 32) * 0x1p-32;
  return static_cast<uint64_t>(share * start_delay_ticks_);
}

void Block::add_to(TupleCounts &outcomes, RunReply &reply) const {
  for (const ThreadState &state : states_) {
    state.histogram.add_to(outcomes);
    reply.threads.push_back(state.report);
  }
  reply.run_ns = std::max(reply.run_ns, static_cast<double>(states_.front().run_ns));
  if (stuck_thread_ < 0) return;
  reply.stuck_thread = stuck_thread_;
  reply.stuck_status = stuck_status_;
}

}  // namespace fencepost
