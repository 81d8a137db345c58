// x86-64, from the Intel 64 and IA-32 Architectures Software Developer's Manual (SDM).
#pragma once

#include <cpuid.h>
#include <x86intrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace fencepost::arch {

constexpr const char *time_base_name = "TSC";

inline uint64_t read_time_base() { return __rdtsc(); }

// SDM volume 3, "Invariant TSC": CPUID.80000007H:EDX[8]. Those of several CPUs may disagree all the same: Linux
// compares them, and offers a TSC no longer that it found wrong (kernel/time/clocksource.c).
inline std::string time_base_problem() {
  unsigned eax, ebx, ecx, edx;
  if (__get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) == 0 || (edx & (1u << 8)) == 0) {
    return "CPUID does not report an invariant time-stamp counter";
  }
  std::ifstream offered("/sys/devices/system/clocksource/clocksource0/available_clocksource");
  if (!offered) return "";
  for (std::string name; offered >> name;) {
    if (name == "tsc") return "";
  }
  return "Linux does not trust the time-stamp counters of these CPUs";
}

inline void pause() { _mm_pause(); }

inline void full_fence() { asm volatile("mfence" ::: "memory"); }

// Linux arch/x86/include/asm/barrier.h: a locked addition of nothing, which is quicker than MFENCE and orders
// all but non-temporal stores.
inline void smp_mb() { asm volatile("lock; addl $0,-4(%%rsp)" ::: "memory", "cc"); }

// SDM volume 2, "PREFETCHW": a hint, and a NOP on 64-bit processors that do not have it.
inline void prefetch_for_store(const char *at) { asm volatile("prefetchw %0" ::"m"(*at)); }

// SDM volume 2, "RDTSC": with MFENCE and LFENCE before it, it is executed when all that precedes it has been
// executed and all stores are globally visible.
inline void settle() { asm volatile("mfence\n\tlfence" ::: "memory"); }

// SDM volume 3, "Self-Modifying Code": stores are seen by this processor's own fetches.
inline void publish_code(void *, void *) {}

// SDM volume 3, "Cross-Modifying Code": a processor executes a serializing instruction before code
// that another one wrote. CPUID is one.
inline void synchronise_instructions() {
  unsigned eax = 0, ebx, ecx = 0, edx;
  asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx)::"memory");
}

// CPUID.01H:EBX[15:8], in units of 8 bytes.
inline size_t cache_line_bytes() {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 ? ((ebx >> 8) & 0xff) * 8 : 0;
}

// CPUID.01H:ECX[31] says that leaf 40000000H holds twelve characters in EBX, ECX, EDX.
inline std::string hypervisor_signature() {
  unsigned eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & (1u << 31)) == 0) return "";
  __cpuid(0x40000000, eax, ebx, ecx, edx);
  const unsigned parts[3] = {ebx, ecx, edx};
  char text[sizeof parts + 1] = {};
  std::memcpy(text, parts, sizeof parts);
  return text;
}

inline std::vector<std::string> code_variants() { return {}; }

}  // namespace fencepost::arch
