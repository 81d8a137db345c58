// Which CPUs threads may use, and where they are.
#pragma once

#include <pthread.h>

#include <string>
#include <vector>

namespace fencepost {

constexpr int any_cpu = -1;

// The CPUs this process was given when it started: its affinity mask, which the cpuset has cut down.
const std::vector<int> &allowed_cpus();

// Pins a thread to one CPU, or gives it all allowed ones for `any_cpu`. `who` names it in the error
// that is thrown when the CPU is not allowed or the kernel refuses.
void pin(pthread_t thread, const std::string &who, int cpu);

int current_cpu();

// By a thread that is about to run tests. Where threads cannot be pinned it asks for the machine's fast
// CPUs; elsewhere it does nothing, for pinning decides.
void prefer_fast_cpus();

// Whether the calling thread is on that CPU and may run on no other; true for `any_cpu`.
bool is_pinned_to(int cpu);

}  // namespace fencepost
