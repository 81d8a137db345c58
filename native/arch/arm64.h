// arm64, from the Arm Architecture Reference Manual for A-profile architecture (Arm ARM, DDI 0487).
#pragma once

#if !defined(__APPLE__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fencepost::arch {

constexpr const char *time_base_name = "CNTVCT_EL0";

// Arm ARM, "CNTVCT_EL0, Counter-timer Virtual Count register": it may be read speculatively and out of
// order with other instructions; an ISB before it keeps it behind what precedes it.
inline uint64_t read_time_base() {
  uint64_t ticks;
  asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks)::"memory");
  return ticks;
}

// Arm ARM, "The system counter": one counter, always on and of a fixed frequency, that all PEs see
// alike. The virtual count is less by an offset that a hypervisor keeps the same for all CPUs of a guest.
inline std::string time_base_problem() { return ""; }

// ISB, not YIELD: most cores have no hardware threads and take YIELD for a NOP (Arm ARM, "YIELD"), so
// that a loop of it floods the line it watches with loads. An ISB refetches what follows it, which
// takes some tens of cycles. Generated code spins on YIELD all the same, for there an ISB would order:
// with a load and a branch on it before, it holds back later loads (Arm ARM, "Dependency-ordered-before").
inline void pause() { asm volatile("isb" ::: "memory"); }

inline void full_fence() { asm volatile("dmb ish" ::: "memory"); }
inline void smp_mb() { full_fence(); }

// Arm ARM, "PRFM (immediate)": PSTL1KEEP, prefetch for store into the first-level cache.
inline void prefetch_for_store(const char *at) { asm volatile("prfm pstl1keep, [%0]" ::"r"(at)); }

// Arm ARM, "Data Synchronization Barrier": nothing after it is executed until it completes, which it does when
// all accesses before it have.
inline void settle() { asm volatile("dsb ish" ::: "memory"); }

// Arm ARM, "Synchronization and coherency issues between data and instruction accesses": DC CVAU of
// each data cache line, DSB ISH, IC IVAU of each instruction cache line, DSB ISH, ISB. The compiler's
// runtime does that, and leaves out what CTR_EL0.IDC and CTR_EL0.DIC say is not needed.
inline void publish_code(void *begin, void *end) {
  __builtin___clear_cache(static_cast<char *>(begin), static_cast<char *>(end));
}

// Arm ARM, "Concurrent modification and execution of instructions": once the writer's last DSB has
// completed, each PE that will run the code executes an ISB, since it may hold old instructions.
inline void synchronise_instructions() { asm volatile("isb" ::: "memory"); }

// Arm ARM, "CTR_EL0, Cache Type Register": DminLine, bits 19:16, is the logarithm of the number of
// 4-byte words in the smallest line of all data caches.
inline size_t cache_line_bytes() {
  uint64_t cache_type;
  asm("mrs %0, ctr_el0" : "=r"(cache_type));
  return size_t{4} << ((cache_type >> 16) & 0xf);
}

// No register that EL0 can read tells of a hypervisor.
inline std::string hypervisor_signature() { return ""; }

// Linux Documentation/arch/arm64/elf_hwcaps.rst, HWCAP_ATOMICS: ID_AA64ISAR0_EL1.Atomic says that the
// LSE instructions are there. Every Apple silicon core has them.
inline std::vector<std::string> code_variants() {
#if defined(__APPLE__)
  return {"lse", "llsc"};
#else
  if ((getauxval(AT_HWCAP) & HWCAP_ATOMICS) != 0) return {"lse", "llsc"};
  return {"llsc"};
#endif
}

}  // namespace fencepost::arch
