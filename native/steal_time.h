// Time that a hypervisor gave to somebody else while a CPU had work to do.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace fencepost {

// Of these CPUs together (all that are allowed, where one is `any_cpu`), since the system started, in
// steps of a clock tick: some 10 ms. Nothing where the kernel does not tell.
std::optional<int64_t> steal_ns(const std::vector<int> &cpus);

}  // namespace fencepost
