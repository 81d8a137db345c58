#include "preload.h"

#include <algorithm>

#include "arch/arch.h"

namespace fencepost {

namespace {

// Where the CPU does not tell. Too short a line costs a second touch, too long a one leaves lines out.
constexpr size_t usual_line_bytes = 64;

size_t line_bytes() {
  const size_t told = arch::cache_line_bytes();
  return told > 0 ? told : usual_line_bytes;
}

}  // namespace

Preloading::Preloading(const RunRequest &request, const char *cells)
    : kind_(request.preload), cells_(cells), spacing_bytes_(request.spacing_bytes), line_bytes_(line_bytes()) {
  std::vector<Run> locations;
  for (const InitialWrite &write : request.initial) {
    locations.push_back({write.offset_bytes, write.offset_bytes + write.width_bytes});
  }
  for (const ObservedValue &observed : request.observed) {
    if (observed.thread >= 0) continue;
    locations.push_back({observed.offset_bytes, observed.offset_bytes + observed.width_bytes});
  }
  std::sort(locations.begin(), locations.end(),
            [](const Run &left, const Run &right) { return left.first_byte < right.first_byte; });
  const size_t near = std::max<size_t>(1, std::min(spacing_bytes_, line_bytes_));
  for (const Run &location : locations) {
    if (!runs_.empty() && location.first_byte / near == runs_.back().first_byte / near) {
      runs_.back().end = std::max(runs_.back().end, location.end);
    } else {
      runs_.push_back(location);
    }
  }
}

// Calls touch(p) for an address in each line of the cells.
template <typename Touch>
void Preloading::each_line(size_t first, size_t count, const Touch &touch) const {
  const size_t step = std::max(spacing_bytes_, line_bytes_);
  for (const Run &run : runs_) {
    const char *const last = cells_ + (first + count - 1) * spacing_bytes_ + run.end - 1;
    for (const char *at = cells_ + first * spacing_bytes_ + run.first_byte; at < last; at += step) touch(at);
    touch(last);
  }
}

void Preloading::touch(size_t first, size_t count) const {
  switch (kind_) {
    case Preload::none:
      return;
    case Preload::read:
      // A load whose value is dropped: it forbids the test's own loads older values at most, and allows
      // them nothing new.
      return each_line(first, count, [](const char *at) { *static_cast<const volatile char *>(at); });
    case Preload::write:
      // A hint, and not an atomic addition of 0: that would bring the line as surely, but is a fence on
      // x86, and stores; this one cannot lose what another thread stores, nor an initial value.
      return each_line(first, count, [](const char *at) { arch::prefetch_for_store(at); });
  }
}

}  // namespace fencepost
