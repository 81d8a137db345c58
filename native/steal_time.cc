#include "steal_time.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "affinity.h"

namespace fencepost {

// proc(5), /proc/stat: "cpu3 user nice system idle iowait irq softirq steal …", in clock ticks.
std::optional<int64_t> steal_ns(const std::vector<int> &cpus) {
  const bool any = std::find(cpus.begin(), cpus.end(), any_cpu) != cpus.end();
  const std::vector<int> &meant = any ? allowed_cpus() : cpus;
  const std::set<int> wanted(meant.begin(), meant.end());
  std::ifstream stat("/proc/stat");
  int64_t ticks = 0;
  size_t found = 0;
  for (std::string line; std::getline(stat, line) && line.rfind("cpu", 0) == 0;) {
    std::istringstream words(line.substr(3));
    int cpu;
    int64_t steal;
    if (line[3] == ' ' || !(words >> cpu) || wanted.count(cpu) == 0) continue;
    for (int column = 0; column < 8; column++) words >> steal;
    if (!words) return std::nullopt;
    ticks += steal;
    found++;
  }
  if (found < wanted.size()) return std::nullopt;
  return ticks * (int64_t{1'000'000'000} / sysconf(_SC_CLK_TCK));
}

}  // namespace fencepost
