#include "code_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "arch/arch.h"
#include "system_error.h"

namespace fencepost {

CodePages::CodePages(const std::vector<ThreadRequest> &threads) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<size_t> offsets;
  for (const ThreadRequest &thread : threads) {
    offsets.push_back(bytes_);
    bytes_ += (std::max<size_t>(thread.code.size(), 1) + page - 1) / page * page;
  }

  const std::string what = std::to_string(bytes_) + " bytes of code";
  void *pages = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw system_error("map " + what);
  pages_ = static_cast<char *>(pages);

  for (size_t i = 0; i < threads.size(); i++) {
    const std::vector<uint8_t> &code = threads[i].code;
    std::copy(code.begin(), code.end(), pages_ + offsets[i]);
    functions_.push_back(reinterpret_cast<ThreadFunction>(pages_ + offsets[i]));
  }

  if (mprotect(pages_, bytes_, PROT_READ | PROT_EXEC) != 0) {
    const int reason = errno;
    munmap(pages_, bytes_);
    throw system_error("make " + what + " executable", reason);
  }
  arch::publish_code(pages_, pages_ + bytes_);
}

CodePages::~CodePages() { munmap(pages_, bytes_); }

}  // namespace fencepost
