#include "machine_facts.h"

#include <pthread.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#include <exception>
#include <thread>

#include "affinity.h"
#include "arch/arch.h"
#include "time_base.h"

namespace fencepost {

namespace {

size_t cache_line_bytes() {
#if defined(__APPLE__)
  // Asked first: a process may not be allowed to read the processor's own register here.
  int64_t line = 0;
  size_t size = sizeof line;
  if (sysctlbyname("hw.cachelinesize", &line, &size, nullptr, 0) == 0) return static_cast<size_t>(line);
#endif
  const size_t told = arch::cache_line_bytes();
  if (told > 0) return told;
#ifdef _SC_LEVEL1_DCACHE_LINESIZE
  const long configured = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
  if (configured > 0) return static_cast<size_t>(configured);
#endif
  return 0;
}

// Pins a thread to each allowed CPU in turn and looks where it is: some sandboxes accept every
// pinning and hold none.
std::string pinning_problem() {
  std::string problem;
  std::thread prober([&] {
    try {
      for (int cpu : allowed_cpus()) {
        pin(pthread_self(), "a thread", cpu);
        if (is_pinned_to(cpu)) continue;
        problem = "a thread pinned to cpu " + std::to_string(cpu) + " was found on cpu " +
                  std::to_string(current_cpu());
        return;
      }
    } catch (const std::exception &error) {
      problem = error.what();
    }
  });
  prober.join();
  return problem;
}

}  // namespace

MachineFacts machine_facts() {
  MachineFacts facts;
  facts.allowed_cpus = allowed_cpus();
  facts.page_size_bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  facts.cache_line_bytes = cache_line_bytes();
  facts.pinning_problem = pinning_problem();
  facts.time_base_name = arch::time_base_name;
  facts.ticks_per_second = time_base().ticks_per_second;
  facts.time_base_problem = time_base().problem;
  facts.hypervisor_signature = arch::hypervisor_signature();
  facts.code_variants = arch::code_variants();
  return facts;
}

}  // namespace fencepost
