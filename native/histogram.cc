#include "histogram.h"

#include <algorithm>
#include <cstring>

namespace fencepost {

namespace {

// notAddressBit in src/run/addon.ts.
constexpr uint64_t not_address_bit = uint64_t{1} << 62;

template <typename Value>
Value load(const char *from) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Shifts `count` values into the keys. False when one does not fit in `bits`.
template <typename Value>
bool pack_numbers(const char *from, size_t stride_bytes, size_t count, unsigned bits, uint32_t *keys) {
  Value all = 0;
  for (size_t i = 0; i < count; i++) {
    const Value value = load<Value>(from + i * stride_bytes);
    all |= value;
    keys[i] = keys[i] << bits | static_cast<uint32_t>(value);
  }
  return all >> bits == 0;
}

uint64_t hash(const int64_t *tuple, size_t width) {
  constexpr uint64_t odd = 0x9e3779b97f4a7c15;
  uint64_t sum = 0;
  for (size_t i = 0; i < width; i++) sum += static_cast<uint64_t>(tuple[i]) * (odd * (2 * i + 1));
  return (sum ^ sum >> 32) * odd >> 20;
}

// Keys of 12 to 16 bits where the columns are few enough.
unsigned bits_for(size_t columns) {
  if (columns == 0 || columns > 16) return 0;
  return columns > 8 ? 1 : static_cast<unsigned>(std::max<size_t>(2, 12 / columns));
}

}  // namespace

size_t TupleCounts::find(const int64_t *tuple) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash(tuple, width_) & mask;
  while (slots_[slot] != 0 &&
         !std::equal(tuple, tuple + width_, tuples_.begin() + (slots_[slot] - 1) * width_)) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

void TupleCounts::add(const int64_t *tuple, uint64_t count) {
  if ((counts_.size() + 1) * 2 > slots_.size()) grow();
  const size_t slot = find(tuple);
  if (slots_[slot] == 0) {
    tuples_.insert(tuples_.end(), tuple, tuple + width_);
    counts_.push_back(0);
    slots_[slot] = counts_.size();
  }
  counts_[slots_[slot] - 1] += count;
}

void TupleCounts::grow() {
  slots_.assign(std::max<size_t>(64, slots_.size() * 2), 0);
  for (size_t i = 0; i < counts_.size(); i++) slots_[find(&tuples_[i * width_])] = i + 1;
}

std::vector<Outcome> TupleCounts::outcomes() const {
  std::vector<Outcome> outcomes(counts_.size());
  for (size_t i = 0; i < counts_.size(); i++) {
    const auto tuple = tuples_.begin() + i * width_;
    outcomes[i].values.assign(tuple, tuple + width_);
    outcomes[i].count = counts_[i];
  }
  return outcomes;
}

Histogram::Histogram(std::vector<Column> columns, CellMemory memory)
    : columns_(std::move(columns)),
      memory_(memory),
      bits_(bits_for(columns_.size())),
      numbered_(columns_.size()),
      is_numbered_(columns_.size()),
      table_(tables << (bits_ * columns_.size())),
      rest_(columns_.size()) {
  // Addresses are never small.
  for (size_t column = 0; column < columns_.size(); column++) is_numbered_[column] = columns_[column].pointer;
}

void Histogram::count(size_t first, size_t end) {
  std::vector<int64_t> tuple(columns_.size());
  for (; first < end; first += chunk) {
    const size_t count = std::min(chunk, end - first);
    uint32_t keys[chunk] = {};
    bool fits = true;
    for (size_t column = 0; column < columns_.size() && fits; column++) {
      fits = pack(column, first, count, keys);
    }
    if (fits) {
      for (size_t i = 0; i < count; i++) table_[keys[i] * tables + i % tables]++;
      continue;
    }
    for (size_t i = first; i < first + count; i++) {
      std::transform(columns_.begin(), columns_.end(), tuple.begin(),
                     [&](const Column &column) { return value(column, i); });
      rest_.add(tuple.data(), 1);
    }
  }
}

// Shifts a column's values into the keys. False when one does not fit.
bool Histogram::pack(size_t column, size_t first, size_t count, uint32_t *keys) {
  if (is_numbered_[column]) return pack_as_numbered(column, first, count, keys);
  const Column &of = columns_[column];
  const char *from = of.first + first * of.stride_bytes;
  const bool fits = of.width_bytes == 4 ? pack_numbers<uint32_t>(from, of.stride_bytes, count, bits_, keys)
                                        : pack_numbers<uint64_t>(from, of.stride_bytes, count, bits_, keys);
  if (!fits) number_from_now_on(column);
  return fits;
}

bool Histogram::pack_as_numbered(size_t column, size_t first, size_t count, uint32_t *keys) {
  std::vector<int64_t> &known = numbered_[column];
  for (size_t i = 0; i < count; i++) {
    const int64_t found = value(columns_[column], first + i);
    const size_t number = std::find(known.begin(), known.end(), found) - known.begin();
    if (number >> bits_ != 0) return false;
    if (number == known.size()) known.push_back(found);
    keys[i] = keys[i] << bits_ | static_cast<uint32_t>(number);
  }
  return true;
}

// What the table holds was counted by value, so it is moved out first.
void Histogram::number_from_now_on(size_t column) {
  TupleCounts counted(columns_.size());
  add_to(counted);
  std::fill(table_.begin(), table_.end(), 0);
  rest_ = std::move(counted);
  is_numbered_[column] = true;
}

// A final value as the reply tells it.
int64_t Histogram::value(const Column &column, size_t iteration) const {
  const char *const from = column.first + iteration * column.stride_bytes;
  if (column.width_bytes == 4) {
    return column.is_signed ? load<int32_t>(from) : static_cast<int64_t>(load<uint32_t>(from));
  }
  if (!column.pointer) return load<int64_t>(from);
  const uint64_t address = load<uint64_t>(from);
  const uint64_t begin = reinterpret_cast<uintptr_t>(memory_.begin);
  const bool in_memory = address - begin < memory_.bytes;
  return static_cast<int64_t>(in_memory ? address - begin - iteration * memory_.spacing_bytes
                                        : address ^ not_address_bit);
}

void Histogram::add_to(TupleCounts &sum) const {
  std::vector<int64_t> tuple(columns_.size());
  for (size_t key = 0; key < table_.size() / tables; key++) {
    uint64_t count = 0;
    for (size_t i = 0; i < tables; i++) count += table_[key * tables + i];
    if (count == 0) continue;
    size_t left = key;
    for (size_t column = columns_.size(); column-- > 0; left >>= bits_) {
      const size_t part = left & ((size_t{1} << bits_) - 1);
      tuple[column] = is_numbered_[column] ? numbered_[column][part] : static_cast<int64_t>(part);
    }
    sum.add(tuple.data(), count);
  }
  for (const Outcome &outcome : rest_.outcomes()) sum.add(outcome.values.data(), outcome.count);
}

}  // namespace fencepost
