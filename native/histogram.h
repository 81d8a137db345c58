// Counts outcomes: how often each tuple of final values was seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "run_request.h"

namespace fencepost {

// Exact counts of tuples of any values.
class TupleCounts {
 public:
  explicit TupleCounts(size_t width) : width_(width) {}

  void add(const int64_t *tuple, uint64_t count);
  std::vector<Outcome> outcomes() const;

 private:
  size_t find(const int64_t *tuple) const;
  void grow();

  size_t width_;
  std::vector<int64_t> tuples_;   // width_ values each
  std::vector<uint64_t> counts_;  // of each tuple
  std::vector<size_t> slots_;     // hash table, open addressing: 0, or a tuple's index + 1
};

// Where to find one observed value of every iteration.
struct Column {
  const char *first;    // of iteration 0
  size_t stride_bytes;  // from one iteration to the next
  unsigned width_bytes;
  bool is_signed;
  bool pointer;
};

// The cells that addresses are told relative to.
struct CellMemory {
  const char *begin;
  size_t bytes;
  size_t spacing_bytes;
};

// One thread's counts. Values are packed, column by column over a chunk of iterations, into keys of a
// direct table: small ones as they are, others as their number among the column's distinct values.
// A chunk with a value that still does not fit is counted tuple by tuple.
class Histogram {
 public:
  Histogram(std::vector<Column> columns, CellMemory memory);

  // Counts iterations [first, end).
  void count(size_t first, size_t end);

  // Adds what was counted.
  void add_to(TupleCounts &sum) const;

 private:
  static constexpr size_t chunk = 256;
  // Neighbours count in tables of their own, so that equal outcomes do not wait for each other.
  static constexpr size_t tables = 4;

  bool pack(size_t column, size_t first, size_t count, uint32_t *keys);
  bool pack_as_numbered(size_t column, size_t first, size_t count, uint32_t *keys);
  void number_from_now_on(size_t column);
  int64_t value(const Column &column, size_t iteration) const;

  const std::vector<Column> columns_;
  const CellMemory memory_;
  const unsigned bits_;  // of a key, for each column; 0 when there are too many
  // Of each column whose values are told by number: its distinct values.
  std::vector<std::vector<int64_t>> numbered_;
  std::vector<bool> is_numbered_;
  std::vector<uint64_t> table_;
  TupleCounts rest_;
};

}  // namespace fencepost
