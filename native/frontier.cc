#include "frontier.h"

#include <algorithm>
#include <cstring>

namespace fencepost {

namespace {

// A reading is looked at no further than this beyond where another may break off.
constexpr size_t most_steps = 32;

template <typename Value>
uint64_t load(const char *from) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// How many of the reader's records from `record` on hold what is wanted when the writer goes on with the
// reader: `wanted` first, and `stores` more with each iteration.
template <typename Value>
size_t fulfilled(const Reading &reading, const char *record, size_t record_bytes, uint64_t wanted, size_t most) {
  const bool exactly = reading.wanted > 0;
  for (size_t i = 0; i < most; i++, wanted += reading.stores) {
    const uint64_t loaded = load<Value>(record + i * record_bytes + reading.offset_bytes);
    if (loaded > wanted || (exactly && loaded < wanted)) return i;
  }
  return most;
}

// An iteration of each thread: none from there on is in a choice yet, and none before will be in another.
class Frontier {
 public:
  Frontier(const std::vector<Records> &threads, size_t iterations)
      : threads_(threads), iterations_(iterations), at_(threads.size()) {}

  // How often all threads can still go on together.
  size_t steps_left() const { return iterations_ - *std::max_element(at_.begin(), at_.end()); }

  // How many steps from here on, up to `most`, fulfil a reading without a break.
  size_t steps(const Reading &reading, size_t most) const {
    const size_t record_bytes = threads_[reading.thread].record_bytes;
    return reading.width_bytes == 4
               ? fulfilled<uint32_t>(reading, record(reading), record_bytes, wanted(reading), most)
               : fulfilled<uint64_t>(reading, record(reading), record_bytes, wanted(reading), most);
  }

  void go_on(size_t steps) {
    for (size_t &at : at_) at += steps;
  }

  // Moves the thread that is behind, where a reading is not fulfilled:
  // - what was loaded is newer than what is wanted: later iterations of the reader load nothing older, so
  //   that only the writer's iteration in which it is not, or a later one, can be the one;
  // - it is older: than what later iterations of the writer store, too, so that only a later iteration of
  //   the reader can have seen one of these.
  void catch_up(const Reading &reading) {
    const char *const place = record(reading) + reading.offset_bytes;
    const uint64_t loaded = reading.width_bytes == 4 ? load<uint32_t>(place) : load<uint64_t>(place);
    if (loaded < wanted(reading)) {
      at_[reading.thread]++;
      return;
    }
    const uint64_t behind = (loaded - wanted(reading) + reading.stores - 1) / reading.stores;
    at_[reading.writer] = std::min<uint64_t>(iterations_, at_[reading.writer] + behind);
  }

 private:
  const char *record(const Reading &reading) const {
    const Records &of = threads_[reading.thread];
    return of.first + at_[reading.thread] * of.record_bytes;
  }

  // The value of the store that is wanted of the writer's iteration, or the newest of all earlier ones.
  uint64_t wanted(const Reading &reading) const { return at_[reading.writer] * reading.stores + reading.wanted; }

  const std::vector<Records> &threads_;
  const size_t iterations_;
  std::vector<size_t> at_;
};

}  // namespace

uint64_t count_witnesses(const std::vector<Reading> &readings, const std::vector<Records> &threads,
                         size_t iterations) {
  Frontier frontier(threads, iterations);
  uint64_t witnesses = 0;
  for (size_t left; (left = frontier.steps_left()) > 0;) {
    size_t found = std::min(left, most_steps);
    const auto broken = std::find_if(readings.begin(), readings.end(), [&](const Reading &reading) {
      found = frontier.steps(reading, found);
      return found == 0;
    });
    if (broken != readings.end()) {
      frontier.catch_up(*broken);
    } else {
      frontier.go_on(found);
      witnesses += found;
    }
  }
  return witnesses;
}

}  // namespace fencepost
