#include "ping_pong.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "rendezvous.h"

namespace fencepost {

namespace {

constexpr size_t group = 16;  // round trips between two readings of the clock
constexpr std::chrono::seconds patience{10};

}  // namespace

double median_round_trip_ns(WorkerPool &workers, int first_cpu, int second_cpu, size_t round_trips) {
  const std::string what =
      "ping-pong between cpu " + std::to_string(first_cpu) + " and cpu " + std::to_string(second_cpu);
  if (first_cpu == second_cpu) throw std::invalid_argument(what + ": these are one cpu");

  const size_t groups = std::max<size_t>(1, round_trips / group);
  std::vector<double> samples;
  samples.reserve(groups);
  alignas(apart_bytes) std::atomic<uint64_t> ball{0};
  alignas(apart_bytes) MeetingPoint meeting({Company::alone, Company::alone});

  // The first thread makes the ball odd, the second makes it even again.
  const auto play = [&](size_t thread) {
    uint64_t next = thread;
    const auto hit = [&] {
      if (!meeting.wait_until(thread, [&] { return ball.load(std::memory_order_acquire) == next; })) return false;
      ball.store(next + 1, std::memory_order_release);
      next += 2;
      return true;
    };
    if (!meeting.meet(thread)) return;
    for (size_t i = 0; i < groups; i++) {
      const auto begin = std::chrono::steady_clock::now();
      for (size_t j = 0; j < group; j++) {
        if (!hit()) return;
      }
      const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
      if (thread == 0) samples.push_back(took.count() / group);
    }
  };
  if (workers.run({first_cpu, second_cpu}, patience, play, [&] { meeting.abort(); })) {
    throw std::runtime_error(what + ": not done within " + std::to_string(patience.count()) + " s");
  }
  std::nth_element(samples.begin(), samples.begin() + samples.size() / 2, samples.end());
  return samples[samples.size() / 2];
}

}  // namespace fencepost
