// What the addon is asked to do and what it answers: plain data, filled and read on the JavaScript
// thread by addon.cc, worked on by everything else. Mirrored in src/run/addon.ts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fencepost {

// uint64_t run(void *cell, void *out, uint64_t iterations): 0, or which lock's bounded spin gave up.
using ThreadFunction = uint64_t (*)(void *cell, void *out, uint64_t iterations);

struct ThreadRequest {
  std::vector<uint8_t> code;
  int cpu = -1;  // -1: wherever the kernel puts it
  size_t out_bytes = 0;  // per iteration
};

// An initial value, written to every cell before each batch.
struct InitialWrite {
  size_t offset_bytes = 0;
  unsigned width_bytes = 4;
  int64_t value = 0;
  bool pointer = false;  // value is an offset from the cell's own address
};

// A final value, read from every cell after each batch.
struct ObservedValue {
  int thread = -1;  // -1: from the cell, else from that thread's out record
  size_t offset_bytes = 0;
  unsigned width_bytes = 4;
  bool is_signed = true;
  bool pointer = false;  // report it relative to the cell's address
};

// How the threads of a batch keep together. Each runs generated code for `group` iterations at a time.
//   spin      They wait for each other before each group. Works everywhere, and brings long bodies
//             (critical sections) together; a thread learns that the others have come some hundred
//             cycles late, so that short bodies overlap in a part of the group only.
//   deadline  A group starts at a time that was agreed on before the batch: the closest start, and no
//             line goes from one CPU to the other between groups. Needs a time base that all CPUs share.
//   free      They do not meet after the batch has begun: each sweeps the cells, looks after each group
//             how far the others are, and waits for one that is groups behind. The least overhead, and
//             distances between threads of all sizes; but where they settle down is the machine's choice.
enum class Rendezvous { spin, deadline, free };

// What each thread does with the cells of a group before the group's rendezvous. It decides whether a
// test's accesses hit the cache, and so which of them are slow enough to be overtaken.
//   none   Nothing: cells are where the batch before left them.
//   read   Loads from them.
//   write  Asks for them as for a store.
enum class Preload { none, read, write };

// Threads of their own that load and store over other memory while the block runs.
struct StressRequest {
  std::vector<int> cpus;  // a thread on each; none that runs a thread of the test
  size_t bytes = 0;       // of the memory, which they share
};

struct RunRequest {
  std::vector<ThreadRequest> threads;
  std::vector<InitialWrite> initial;
  std::vector<ObservedValue> observed;
  size_t memory_bytes = 0;
  size_t spacing_bytes = 0;
  size_t cells = 0;  // iterations in a batch
  size_t batches = 0;
  size_t group = 1;  // iterations between two rendezvous, or between two looks at each other
  // Groups are visited in the order 0, s, 2s, …, modulo their number, with which s has no common divisor.
  size_t group_stride = 1;
  Preload preload = Preload::none;
  Rendezvous rendezvous = Rendezvous::spin;
  uint64_t start_delay_ns = 0;  // each thread waits a random time below this after a rendezvous; not in `free`
  uint64_t seed = 0;
  uint64_t timeout_ms = 0;  // give up on the block after this long
  // Run no further batches after this long, for their number was chosen when more CPU time could be had;
  // 0: run all.
  uint64_t end_after_ms = 0;
  // The CPUs of further copies, thread by thread: they run at the same time, each on memory of its own.
  std::vector<std::vector<int>> copies;
  StressRequest stress;
};

struct Outcome {
  std::vector<int64_t> values;  // one per observed value
  uint64_t count = 0;
};

struct ThreadReport {
  int cpu = -1;  // where it was last seen
  uint64_t strayed_batches = 0;  // batches after which it was not on the CPU it was pinned to
  uint64_t involuntary_switches = 0;
  double ran_ns = 0;      // on a CPU, for this block
  double off_cpu_ns = 0;  // between the beginning and the end of its part, while it did not run
};

struct RunReply {
  std::vector<Outcome> outcomes;  // of all copies
  std::vector<ThreadReport> threads;  // copy after copy
  uint64_t iterations = 0;  // of all copies
  // Threads between the first rendezvous and the last iteration of each batch, summed; of the copy
  // that took longest.
  double run_ns = 0;
  double wall_ns = 0;  // the whole block: initialising, running, counting
  double steal_ns = -1;  // what a hypervisor took from the CPUs meanwhile, in steps of some 10 ms; -1: not known
  int stuck_thread = -1;
  uint64_t stuck_status = 0;  // what that thread's function returned
  bool timed_out = false;
};

// What the condition of a perpetual test wants of one load (src/lower/perpetual-form.ts).
struct Reading {
  size_t thread = 0;
  size_t offset_bytes = 0;  // of its value in the thread's out record
  unsigned width_bytes = 4;
  size_t writer = 0;    // the thread that stores to the location
  uint64_t stores = 1;  // of one of its iterations to the location
  uint64_t wanted = 0;  // which of them was read, from 1 on, or 0: something older than all of them
};

// Perpetual: threads that meet before a batch and never in it, on one cell. The most iterations and
// relaxed outcomes by far, but only of tests that have such a form, and with the outcome of interest
// counted alone.
struct PerpetualRequest {
  std::vector<ThreadRequest> threads;
  std::vector<Reading> readings;
  size_t memory_bytes = 0;  // of the cell: zeroed before each batch
  size_t iterations = 0;    // in a batch
  size_t batches = 0;
  uint64_t timeout_ms = 0;
  uint64_t end_after_ms = 0;  // as in RunRequest
  StressRequest stress;
};

struct PerpetualReply {
  uint64_t witnesses = 0;
  std::vector<ThreadReport> threads;
  uint64_t iterations = 0;
  double run_ns = 0;   // threads between the beginning and the end of each batch, summed
  double wall_ns = 0;  // the whole block: running and counting
  double steal_ns = -1;  // as in RunReply
  bool timed_out = false;
};

}  // namespace fencepost
