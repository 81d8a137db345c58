#include "frontier.h"

#include <algorithm>
#include <cstring>

namespace fencepost {

namespace {

template <typename Value>
uint64_t load(const char *from) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// What a reading says of a choice: fulfilled, or which thread must go on, and to which iteration.
struct Lag {
  size_t *behind;  // nullptr: fulfilled
  size_t next;
};

}  // namespace

// The frontier is an iteration of each thread: none from there on is in a choice yet, and none before
// will be in another. A reading that it does not fulfil tells which thread is behind:
// - what was loaded is newer than what is wanted: later iterations of the reader load nothing older, so
//   that only the writer's iteration in which it is not, or a later one, can be the one;
// - it is older: than what later iterations of the writer store, too, so that only a later iteration of
//   the reader can have seen one of these.
uint64_t count_witnesses(const std::vector<Reading> &readings, const std::vector<Records> &threads,
                         size_t iterations) {
  std::vector<size_t> frontier(threads.size());
  const auto judge = [&](const Reading &reading) -> Lag {
    const Records &of = threads[reading.thread];
    const char *const place = of.first + frontier[reading.thread] * of.record_bytes + reading.offset_bytes;
    const uint64_t loaded = reading.width_bytes == 4 ? load<uint32_t>(place) : load<uint64_t>(place);
    const uint64_t wanted = frontier[reading.writer] * reading.stores + reading.wanted;
    if (loaded > wanted) {
      const uint64_t iterations_behind = (loaded - wanted + reading.stores - 1) / reading.stores;
      return {&frontier[reading.writer], frontier[reading.writer] + iterations_behind};
    }
    if (reading.wanted > 0 && loaded < wanted) return {&frontier[reading.thread], frontier[reading.thread] + 1};
    return {nullptr, 0};
  };
  for (uint64_t witnesses = 0;; witnesses++) {
    for (auto reading = readings.begin(); reading != readings.end();) {
      const Lag lag = judge(*reading);
      if (lag.behind == nullptr) {
        ++reading;
        continue;
      }
      if (lag.next >= iterations) return witnesses;
      *lag.behind = lag.next;
      reading = readings.begin();
    }
    for (size_t &at : frontier) at++;
    if (*std::max_element(frontier.begin(), frontier.end()) == iterations) return witnesses + 1;
  }
}

}  // namespace fencepost
