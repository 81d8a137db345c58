#include "affinity.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "system_error.h"

namespace fencepost {

#if defined(__APPLE__)

// macOS pins no thread: its affinity tags are hints, which Apple silicon refuses. What it has is a
// thread's quality of service, and the highest keeps it off the efficiency cores.

const std::vector<int> &allowed_cpus() {
  static const std::vector<int> cpus = [] {
    std::vector<int> all(static_cast<size_t>(sysconf(_SC_NPROCESSORS_ONLN)));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }();
  return cpus;
}

void pin(pthread_t, const std::string &who, int cpu) {
  if (cpu == any_cpu) return;
  throw std::runtime_error("pin " + who + " to cpu " + std::to_string(cpu) + ": macOS pins no threads");
}

int current_cpu() {
  size_t cpu;
  return pthread_cpu_number_np(&cpu) == 0 ? static_cast<int>(cpu) : any_cpu;
}

bool is_pinned_to(int cpu) { return cpu == any_cpu; }

void prefer_fast_cpus() { pthread_set_qos_class_self_np(QOS_CLASS_USER_INTERACTIVE, 0); }

#else

namespace {

// A mask wide enough for any kernel: Linux allows up to 8192 CPUs.
constexpr int most_cpus = 8192;

struct FreeCpuSet {
  void operator()(cpu_set_t *set) const { CPU_FREE(set); }
};
using CpuSet = std::unique_ptr<cpu_set_t, FreeCpuSet>;

const size_t set_bytes = CPU_ALLOC_SIZE(most_cpus);

CpuSet set_of(const std::vector<int> &cpus) {
  CpuSet set(CPU_ALLOC(most_cpus));
  CPU_ZERO_S(set_bytes, set.get());
  for (int cpu : cpus) CPU_SET_S(cpu, set_bytes, set.get());
  return set;
}

std::vector<int> own_mask() {
  CpuSet set = set_of({});
  if (sched_getaffinity(0, set_bytes, set.get()) != 0) throw system_error("read the allowed cpus");
  std::vector<int> cpus;
  for (int cpu = 0; cpu < most_cpus; cpu++) {
    if (CPU_ISSET_S(cpu, set_bytes, set.get())) cpus.push_back(cpu);
  }
  return cpus;
}

// "0-3,8": as the kernel writes lists of CPUs.
std::string list_of(const std::vector<int> &cpus) {
  std::string text;
  for (size_t first = 0; first < cpus.size();) {
    size_t last = first;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) last++;
    if (!text.empty()) text += ",";
    text += std::to_string(cpus[first]);
    if (last > first) text += "-" + std::to_string(cpus[last]);
    first = last + 1;
  }
  return text;
}

}  // namespace

const std::vector<int> &allowed_cpus() {
  static const std::vector<int> cpus = own_mask();
  return cpus;
}

void pin(pthread_t thread, const std::string &who, int cpu) {
  const std::vector<int> &allowed = allowed_cpus();
  const std::string act =
      cpu == any_cpu ? "unpin " + who : "pin " + who + " to cpu " + std::to_string(cpu);
  if (cpu != any_cpu && std::find(allowed.begin(), allowed.end(), cpu) == allowed.end()) {
    throw std::runtime_error(act + ": this process may use cpus " + list_of(allowed) + " only");
  }
  const CpuSet set = set_of(cpu == any_cpu ? allowed : std::vector<int>{cpu});
  const int refused = pthread_setaffinity_np(thread, set_bytes, set.get());
  if (refused != 0) throw system_error(act, refused);
}

int current_cpu() { return sched_getcpu(); }

bool is_pinned_to(int cpu) {
  if (cpu == any_cpu) return true;
  if (current_cpu() != cpu) return false;
  CpuSet set = set_of({});
  return sched_getaffinity(0, set_bytes, set.get()) == 0 && CPU_ISSET_S(cpu, set_bytes, set.get()) &&
         CPU_COUNT_S(set_bytes, set.get()) == 1;
}

void prefer_fast_cpus() {}

#endif

}  // namespace fencepost
