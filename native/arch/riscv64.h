// riscv64, from the RISC-V Instruction Set Manual, volume I (unprivileged).
#pragma once

#include <asm/auxvec.h>
#include <sys/auxv.h>
#include <sys/cachectl.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fencepost::arch {

constexpr const char *time_base_name = "time CSR";

// "Zicntr": RDTIME counts ticks of a real-time clock, not of the CPU. They are coarse: some 20 ns to a
// microsecond on current boards; and on a CPU without the register, firmware reads it in a trap.
inline uint64_t read_time_base() {
  uint64_t ticks;
  asm volatile("rdtime %0" : "=r"(ticks));
  return ticks;
}

// Ibid.: the clocks of all harts are synchronised to within one tick. Threads that wait for a time see it
// come within a tick of each other.
inline std::string time_base_problem() { return ""; }

// "Zihintpause": PAUSE, a FENCE of nothing after it, and so a hint on every CPU; assemblers know its name
// only where they are told of the extension.
inline void pause() { asm volatile(".insn i 0x0F, 0, x0, x0, 0x010" ::: "memory"); }

inline void full_fence() { asm volatile("fence rw,rw" ::: "memory"); }
inline void smp_mb() { full_fence(); }

// "Zicbop": PREFETCH.W is an ORI to x0, and so does nothing on CPUs without it; assemblers know its name
// only when told that the extension is there.
inline void prefetch_for_store(const char *at) { asm volatile(".insn i 0x13, 6, x0, %0, 3" ::"r"(at)); }

// "Zicsr", CSR access ordering: the fence holds back a reading of the time CSR as it does input from a device.
inline void settle() { asm volatile("fence rw,irw" ::: "memory"); }

// "Zifencei": FENCE.I works on its own hart alone, so the hart that wrote code executes a FENCE and then has
// all the others execute a FENCE.I; and since a thread may migrate, Linux makes that a system call. It
// interrupts the harts that run this process, for a FENCE.I each, and has every other hart execute one before
// it runs this process again (arch/riscv/mm/cacheflush.c): so no thread of ours, wherever it goes, fetches what
// was there before. The call has been in Linux for as long as the architecture has, and refuses nothing but
// unknown flags, of which there are none here.
inline void publish_code(void *begin, void *end) {
  full_fence();
  __riscv_flush_icache(begin, end, 0);
}

// Ibid.: later fetches see the stores that this hart has seen. After publish_code there is nothing old left to
// fetch; this discards what the hart fetched ahead of hearing that the code is there.
inline void synchronise_instructions() { asm volatile("fence.i" ::: "memory"); }

// User programs cannot ask the CPU. The kernel may tell of the level-1 data cache what the device tree says of
// it: the size of a line in the low 16 bits (arch/riscv/kernel/cacheinfo.c, get_cache_geometry()); 0 where
// it does not know.
inline size_t cache_line_bytes() { return getauxval(AT_L1D_CACHEGEOMETRY) & 0xffff; }

// A guest is told by the SBI, which user programs cannot call.
inline std::string hypervisor_signature() { return ""; }

inline std::vector<std::string> code_variants() { return {}; }

}  // namespace fencepost::arch
