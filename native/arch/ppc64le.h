// ppc64le, from the Power ISA v2.07B: book II, the virtual environment architecture.
#pragma once

#include <sys/auxv.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fencepost::arch {

constexpr const char *time_base_name = "TB";

// Book II, "Time Base": one instruction reads all 64 bits.
inline uint64_t read_time_base() {
  uint64_t ticks;
  asm volatile("mftb %0" : "=r"(ticks));
  return ticks;
}

// Linux keeps one time base for all CPUs of a machine: firmware starts them together, and the kernel's own
// clock (arch/powerpc/kernel/time.c) compares their readings as they are.
inline std::string time_base_problem() { return ""; }

// The kernel's cpu_relax() before POWER10: low priority among the threads of the core, then medium again
// (book II, "Program Priority Registers"). Not or 27,27,27, "yield": it is a hint that a core may ignore,
// as POWER9 does (FreeBSD commit 76748087bfd6).
inline void pause() { asm volatile("or 1,1,1; or 2,2,2" ::: "memory"); }

// Book II, "Memory Barrier Instructions": sync with L = 0.
inline void full_fence() { asm volatile("sync" ::: "memory"); }
inline void smp_mb() { full_fence(); }

// Power ISA, book II, "Data Cache Block Touch for Store".
inline void prefetch_for_store(const char *at) { asm volatile("dcbtst 0, %0" ::"r"(at)); }

// Book II, "Memory Barrier Instructions" and "Instruction Synchronize Instruction": what precedes the sync has
// been performed before anything after the isync is begun.
inline void settle() { asm volatile("sync; isync" ::: "memory"); }

// The blocks that dcbst and icbi work on; 16 bytes, less than any, where the kernel does not tell: a step
// shorter than a block meets it more than once, which is slow and right.
inline uintptr_t cache_block_bytes(unsigned long entry) {
  const unsigned long told = getauxval(entry);
  return told > 0 ? told : 16;
}

// Book II, chapter 1, "Instruction Storage" (1.8 in v2.03; later versions number it otherwise). The
// architecture does not keep instruction caches consistent with stores, and gives this sequence to the
// program that modified instructions, for which __builtin___clear_cache emits nothing:
//   dcbst, each block   the new code goes from the data cache to main storage
//   sync                and is there, for every processor, before
//   icbi, each block    every instruction cache drops what it held of the block
//   sync                and has dropped it before anything later is seen by others, such as the word that
//                       tells another thread to run the code
//   isync               this processor discards what it had prefetched
// Another processor's prefetched instructions are its own affair: synchronise_instructions().
inline void publish_code(void *begin, void *end) {
  const uintptr_t first = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t past = reinterpret_cast<uintptr_t>(end);
  const uintptr_t data_block = cache_block_bytes(AT_DCACHEBSIZE);
  for (uintptr_t at = first & ~(data_block - 1); at < past; at += data_block) {
    asm volatile("dcbst 0,%0" ::"r"(at) : "memory");
  }
  asm volatile("sync" ::: "memory");
  const uintptr_t instruction_block = cache_block_bytes(AT_ICACHEBSIZE);
  for (uintptr_t at = first & ~(instruction_block - 1); at < past; at += instruction_block) {
    asm volatile("icbi 0,%0" ::"r"(at) : "memory");
  }
  asm volatile("sync; isync" ::: "memory");
}

// Ibid. and "Instruction Synchronize": once it has seen that the code is there, a processor discards what
// it fetched before.
inline void synchronise_instructions() { asm volatile("isync" ::: "memory"); }

// What the kernel found in the device tree: user programs cannot ask the CPU itself.
inline size_t cache_line_bytes() { return getauxval(AT_DCACHEBSIZE); }

// PowerVM and KVM tell a guest in its device tree, not through the CPU.
inline std::string hypervisor_signature() { return ""; }

inline std::vector<std::string> code_variants() { return {}; }

}  // namespace fencepost::arch
