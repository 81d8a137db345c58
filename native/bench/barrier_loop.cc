// What a full barrier costs, measured by nothing of Fencepost: a program of its own, compiled by the
// machine's compiler, timed over whole loops by the system's clock. `npm run bench:price` builds it, runs
// it by turns with `fencepost cost` and compares the two.
//
//   barrier_loop CPU
//
// prints two numbers: nanoseconds that a barrier adds to an iteration of an empty loop, and to one that
// stores to one location and loads from another.
#include <sched.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "../arch/arch.h"

namespace {

// What reading the clock takes is in both of the loops that are compared.
constexpr int sweeps = 8;
constexpr int cells = 384;

struct alignas(64) Cell {
  volatile int x;
  alignas(8) volatile int y;
};

Cell memory[cells];
volatile uint64_t loaded[cells];

// What a loop takes depends on where its code lies: it is timed in all these places, this far apart.
constexpr int places = 16;
constexpr int nops_apart = 4;

template <int place>
inline void lie_at() {
  asm volatile(".p2align 6\n\t.rept %c0\n\tnop\n\t.endr" ::"i"(place * nops_apart));
}

template <bool with_barrier, int place>
__attribute__((noinline)) void empty_loop() {
  lie_at<place>();
  for (int i = 0; i < cells; i++) {
    if (with_barrier) fencepost::arch::smp_mb();
    asm volatile("" ::: "memory");  // so that the loop without it is a loop
  }
}

template <bool with_barrier, int place>
__attribute__((noinline)) void store_and_load_loop() {
  lie_at<place>();
  for (int i = 0; i < cells; i++) {
    memory[i].x = 1;
    if (with_barrier) fencepost::arch::smp_mb();
    loaded[i] = static_cast<uint64_t>(memory[i].y);
  }
}

using Loop = void (*)();
using Loops = std::array<Loop, places>;

template <bool with_barrier, int... place>
constexpr Loops empty_loops(std::integer_sequence<int, place...>) {
  return {empty_loop<with_barrier, place>...};
}

template <bool with_barrier, int... place>
constexpr Loops store_and_load_loops(std::integer_sequence<int, place...>) {
  return {store_and_load_loop<with_barrier, place>...};
}

// Of one sweep. The cells are stored to before it, as litmus runs do.
double ns_per_iteration(Loop loop) {
  for (Cell &cell : memory) cell.x = cell.y = 0;
  fencepost::arch::settle();
  const auto begin = std::chrono::steady_clock::now();
  loop();
  fencepost::arch::settle();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  return took.count() / cells;
}

// Sweep by sweep, A B B A: on some CPUs (Zen 5) locked instructions take up to a sixth longer each where
// there is little else for a while, and stay so.
double difference(Loop with, Loop without) {
  ns_per_iteration(with);  // to warm them
  ns_per_iteration(without);
  double sum = 0;
  for (int sweep = 0; sweep < sweeps; sweep++) {
    sum += ns_per_iteration(with);
    sum -= ns_per_iteration(without);
    sum -= ns_per_iteration(without);
    sum += ns_per_iteration(with);
  }
  return sum / (2 * sweeps);
}

// Over all pairs of places.
double median_difference(const Loops &with, const Loops &without) {
  std::vector<double> differences;
  for (Loop one : with) {
    for (Loop other : without) differences.push_back(difference(one, other));
  }
  std::sort(differences.begin(), differences.end());
  return differences[differences.size() / 2];
}

}  // namespace

int main(int, char **arguments) {
  cpu_set_t cpu;
  CPU_ZERO(&cpu);
  CPU_SET(std::atoi(arguments[1]), &cpu);
  if (sched_setaffinity(0, sizeof cpu, &cpu) != 0) {
    std::perror("pin to the cpu");
    return 1;
  }
  const std::make_integer_sequence<int, places> all;
  const double empty = median_difference(empty_loops<true>(all), empty_loops<false>(all));
  const double store_and_load = median_difference(store_and_load_loops<true>(all), store_and_load_loops<false>(all));
  std::printf("%.4f %.4f\n", empty, store_and_load);
}
