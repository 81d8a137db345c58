#include "test_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "system_error.h"

namespace fencepost {

namespace {

constexpr size_t huge_page_bytes = size_t{2} << 20;

size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }

}  // namespace

void TestMemory::reserve(size_t bytes) {
  if (bytes <= bytes_) return;
  release();

  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t unit = bytes >= huge_page_bytes ? huge_page_bytes : page;
  const size_t usable = round_up(bytes, unit);
  const size_t mapped = usable + unit - page;  // room to align the beginning
  const std::string act = "map " + std::to_string(mapped) + " bytes of " + what_;

  void *mapping = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw system_error(act);
  mapping_ = static_cast<char *>(mapping);
  mapping_bytes_ = mapped;
  begin_ = reinterpret_cast<char *>(round_up(reinterpret_cast<uintptr_t>(mapping), unit));
  bytes_ = usable;

#ifdef MADV_HUGEPAGE
  madvise(begin_, bytes_, MADV_HUGEPAGE);  // advice: a kernel without huge pages runs the test all the same
#endif
}

TestMemory::~TestMemory() { release(); }

void TestMemory::release() {
  if (mapping_ != nullptr) munmap(mapping_, mapping_bytes_);
  mapping_ = begin_ = nullptr;
  mapping_bytes_ = bytes_ = 0;
}

}  // namespace fencepost
