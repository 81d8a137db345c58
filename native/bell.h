// Where threads that share CPUs sleep until another has moved on: one that spins keeps the CPU from the
// very thread it waits for, and one that yields gives it to programs that have nothing to do with it.
#pragma once

#include <atomic>
#include <cstdint>

namespace fencepost {

class Bell {
 public:
  // Whether it is worth ringing. Told too late, unless a full fence is between a change and this.
  bool has_sleepers() const { return sleepers_.load(std::memory_order_relaxed) > 0; }

  // By a thread that has changed what sleepers may wait for.
  void ring();

  // Sleeps until `condition` holds, which is looked at when the bell rings, and every now and then.
  template <typename Condition>
  void sleep_until(const Condition &condition) {
    sleepers_.fetch_add(1);
    for (;;) {
      const uint32_t rung = rings_.load();
      // A ring from here on is not missed: `sleep` returns at once.
      if (condition()) break;
      sleep(rung);
    }
    sleepers_.fetch_sub(1);
  }

 private:
  void sleep(uint32_t rung);

  std::atomic<uint32_t> rings_{0};
  std::atomic<uint32_t> sleepers_{0};
};

}  // namespace fencepost
