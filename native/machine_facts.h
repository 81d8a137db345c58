// What the kernel and the CPU tell a process, which files do not. Mirrored in src/run/addon.ts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fencepost {

struct MachineFacts {
  std::vector<int> allowed_cpus;
  size_t page_size_bytes = 0;
  size_t cache_line_bytes = 0;
  std::string pinning_problem;  // why pinning does not hold, or ""
  std::string time_base_name;
  double ticks_per_second = 0;  // 0 where it stands still
  std::string time_base_problem;
  std::string hypervisor_signature;
  std::vector<std::string> code_variants;  // see arch/arch.h
};

// Takes some 20 ms the first time, to measure the time base.
MachineFacts machine_facts();

}  // namespace fencepost
