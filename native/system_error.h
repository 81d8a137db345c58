// Errors that name the act, the object and the kernel's reason: "pin thread 1 to cpu 5: Invalid argument".
#pragma once

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace fencepost {

inline std::runtime_error system_error(const std::string &act, int reason = errno) {
  return std::runtime_error(act + ": " + std::strerror(reason));
}

}  // namespace fencepost
