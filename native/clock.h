#pragma once

#include <chrono>
#include <cstdint>

namespace fencepost {

inline int64_t now_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// By now_ns(), when so many milliseconds will have passed, less than 2^40; 0: never.
inline int64_t end_of(uint64_t after_ms) {
  return after_ms == 0 ? INT64_MAX : now_ns() + static_cast<int64_t>(after_ms) * 1'000'000;
}

}  // namespace fencepost
