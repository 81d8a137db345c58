#include "code_pages.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "arch/arch.h"
#include "system_error.h"

namespace fencepost {

namespace {

#if defined(__APPLE__)

// Apple silicon keeps pages from being made executable later; a MAP_JIT mapping is both from the
// beginning, and each thread either writes or executes it (Apple, "Porting just-in-time compilers to
// Apple silicon").
void *map_writable(size_t bytes) {
  void *pages =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANON | MAP_JIT, -1, 0);
  if (pages != MAP_FAILED) pthread_jit_write_protect_np(0);
  return pages;
}

int make_executable(void *, size_t) {
  pthread_jit_write_protect_np(1);
  return 0;
}

#else

void *map_writable(size_t bytes) {
  return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int make_executable(void *pages, size_t bytes) { return mprotect(pages, bytes, PROT_READ | PROT_EXEC); }

#endif

}  // namespace

CodePages::CodePages(const std::vector<ThreadRequest> &threads) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<size_t> offsets;
  for (const ThreadRequest &thread : threads) {
    offsets.push_back(bytes_);
    bytes_ += (std::max<size_t>(thread.code.size(), 1) + page - 1) / page * page;
  }

  const std::string what = std::to_string(bytes_) + " bytes of code";
  void *pages = map_writable(bytes_);
  if (pages == MAP_FAILED) throw system_error("map " + what);
  pages_ = static_cast<char *>(pages);

  for (size_t i = 0; i < threads.size(); i++) {
    const std::vector<uint8_t> &code = threads[i].code;
    std::copy(code.begin(), code.end(), pages_ + offsets[i]);
    functions_.push_back(reinterpret_cast<ThreadFunction>(pages_ + offsets[i]));
  }

  if (make_executable(pages_, bytes_) != 0) {
    const int reason = errno;
    munmap(pages_, bytes_);
    throw system_error("make " + what + " executable", reason);
  }
  arch::publish_code(pages_, pages_ + bytes_);
}

CodePages::~CodePages() { munmap(pages_, bytes_); }

void CodePages::let_this_thread_execute() {
#if defined(__APPLE__)
  pthread_jit_write_protect_np(1);
#endif
}

}  // namespace fencepost
