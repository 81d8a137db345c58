// s390x, from the z/Architecture Principles of Operation (PoP, SA22-7832).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fencepost::arch {

constexpr const char *time_base_name = "TOD clock";

// PoP chapter 7, "STORE CLOCK FAST": as STORE CLOCK, but without serialisation, and two readings may be
// equal. Bit 51 counts microseconds, so a tick is 2^-12 of one: 4.096 GHz, though a CPU may step by many.
inline uint64_t read_time_base() {
  uint64_t ticks;
  asm volatile("stckf %0" : "=Q"(ticks)::"cc");
  return ticks;
}

// PoP chapter 4, "TOD Clock": the CPUs of a configuration have one, or several in step. A hypervisor
// gives all CPUs of a guest the same difference to it.
inline std::string time_base_problem() { return ""; }

// The kernel's cpu_relax() is a compiler barrier too: no instruction tells a CPU that its program spins,
// and DIAGNOSE, with which a kernel gives up its CPU to the hypervisor, is privileged.
inline void pause() { asm volatile("" ::: "memory"); }

// PoP chapter 7, "BRANCH ON CONDITION": BCR 14,0 serialises, with the fast-BCR-serialization facility
// that came with the z196. The kernel's smp_mb().
inline void full_fence() { asm volatile("bcr 14,0" ::: "memory"); }
inline void smp_mb() { full_fence(); }

// Principles of Operation, "PREFETCH DATA": code 2, for store access.
inline void prefetch_for_store(const char *at) { asm volatile("pfd 2,0(%0)" ::"a"(at)); }

// Ibid.: a serialising operation completes all earlier accesses before anything later is done.
inline void settle() { asm volatile("bcr 15,0" ::: "memory"); }

// PoP chapter 5, "Sequence of Storage References": instructions are fetched from the same storage as
// operands, which other CPUs see stored to in order, so code is there before the word that tells of it.
// A CPU's own fetches see its own stores. There is no instruction to flush a cache with.
inline void publish_code(void *, void *) {}

// PoP chapter 5, "Instruction Fetching": instructions may be fetched long before they are executed, and
// another CPU's store need not change such a copy; a serialising operation discards all copies. This one
// is BCR 15,0, which every machine has, and which also synchronises checkpoints.
inline void synchronise_instructions() { asm volatile("bcr 15,0" ::: "memory"); }

// PoP chapter 7, "EXTRACT CPU ATTRIBUTE": the address asks for the line size (1 in bits 56-59) of the first
// level's (0 in bits 60-62) data cache (0 in bit 63); all ones where the CPU does not tell.
inline size_t cache_line_bytes() {
  uint64_t bytes;
  asm("ecag %0,%%r0,0x10" : "=d"(bytes));
  return bytes == ~uint64_t{0} ? 0 : static_cast<size_t>(bytes);
}

// STORE SYSTEM INFORMATION is privileged; the kernel shows what it tells in /proc/sysinfo.
inline std::string hypervisor_signature() { return ""; }

inline std::vector<std::string> code_variants() { return {}; }

}  // namespace fencepost::arch
