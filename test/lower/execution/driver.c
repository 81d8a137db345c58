// Runs generated functions for the tests of src/lower, on this machine or under an emulator: reads a
// request a line from stdin, answers a line to stdout, all numbers in text, so that a host of another
// byte order can talk to it.
//
//   first:    "<address of the memory, hex>"
//   request:  "<threads> <iterations> <out bytes> <code, hex> <memory, hex>"
//   answer:   "<status> <memory, hex> <out, hex>"
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { area_bytes = 1 << 16, line_bytes = 6 * area_bytes, most_threads = 4 };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static unsigned char *map_area(void) {
  void *area = mmap(NULL, area_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (area == MAP_FAILED) fail("mmap");
  return area;
}

static unsigned char digit(char hex) { return hex <= '9' ? hex - '0' : hex - 'a' + 10; }

static size_t from_hex(const char *hex, unsigned char *bytes) {
  size_t count = strlen(hex) / 2;
  if (count > area_bytes) {
    fputs("the request is larger than the area for it\n", stderr);
    exit(1);
  }
  for (size_t i = 0; i < count; i++) bytes[i] = digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]);
  return count;
}

static void print_hex(const unsigned char *bytes, size_t count) {
  // Not printf: there are tens of thousands of bytes, and an emulator makes each call slow.
  for (size_t i = 0; i < count; i++) {
    putchar_unlocked("0123456789abcdef"[bytes[i] >> 4]);
    putchar_unlocked("0123456789abcdef"[bytes[i] & 15]);
  }
}

// The data and instruction caches see the new code.
static void synchronise(unsigned char *code, size_t count) {
#if defined(__powerpc64__)
  // gcc's builtin emits nothing here. Power ISA book II, 1.8 "Instruction storage": dcbst; sync; icbi; sync; isync.
  const size_t least_line_bytes = 32;
  for (size_t i = 0; i < count; i += least_line_bytes) __asm__ volatile("dcbst 0,%0" : : "r"(code + i) : "memory");
  __asm__ volatile("sync" : : : "memory");
  for (size_t i = 0; i < count; i += least_line_bytes) __asm__ volatile("icbi 0,%0" : : "r"(code + i) : "memory");
  __asm__ volatile("sync; isync" : : : "memory");
#else
  __builtin___clear_cache((char *)code, (char *)code + count);
#endif
}

typedef uint64_t (*thread_function)(void *cell, void *out, uint64_t iterations);

// One call of the generated function, which starts when all threads have come to `start`.
struct call {
  thread_function function;
  void *memory;
  void *out;
  uint64_t iterations;
  pthread_barrier_t *start;
  uint64_t status;
};

static void *perform(void *argument) {
  struct call *call = argument;
  pthread_barrier_wait(call->start);
  call->status = call->function(call->memory, call->out, call->iterations);
  return NULL;
}

// Calls the function on so many threads at once, on the same memory, each with an out area of its own in turn.
// Returns the first status that is not 0.
static uint64_t perform_all(struct call call, size_t threads, size_t out_bytes) {
  struct call calls[most_threads];
  pthread_t others[most_threads];
  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, threads);
  for (size_t i = 0; i < threads; i++) {
    calls[i] = call;
    calls[i].out = (unsigned char *)call.out + i * out_bytes;
    calls[i].start = &start;
  }
  for (size_t i = 1; i < threads; i++) {
    if (pthread_create(&others[i], NULL, perform, &calls[i]) != 0) fail("pthread_create");
  }
  perform(&calls[0]);
  uint64_t status = calls[0].status;
  for (size_t i = 1; i < threads; i++) {
    pthread_join(others[i], NULL);
    if (status == 0) status = calls[i].status;
  }
  pthread_barrier_destroy(&start);
  return status;
}

static void *return_at_once(void *argument) { return argument; }

// qemu emulates a process of one thread in a way that real runs never meet (on arm64 `yield` takes 700 ns
// there, and an atomic instruction is a load and a store): once there was a second thread it is as they are.
static void become_multithreaded(void) {
  pthread_t other;
  if (pthread_create(&other, NULL, return_at_once, NULL) != 0) fail("pthread_create");
  pthread_join(other, NULL);
}

int main(void) {
  become_multithreaded();
  unsigned char *code = map_area();
  unsigned char *memory = map_area();
  unsigned char *out = map_area();
  char *line = malloc(line_bytes);
  char *code_hex = malloc(line_bytes);
  char *memory_hex = malloc(line_bytes);
  printf("%llx\n", (unsigned long long)(uintptr_t)memory);
  fflush(stdout);
  while (fgets(line, line_bytes, stdin) != NULL) {
    unsigned long long iterations;
    size_t threads, out_bytes;
    *memory_hex = '\0';
    if (sscanf(line, "%zu %llu %zu %s %s", &threads, &iterations, &out_bytes, code_hex, memory_hex) < 4 ||
        threads < 1 || threads > most_threads || threads * out_bytes > area_bytes) {
      fputs("malformed request\n", stderr);
      return 1;
    }
    if (mprotect(code, area_bytes, PROT_READ | PROT_WRITE) != 0) fail("mprotect");
    size_t code_bytes = from_hex(code_hex, code);
    synchronise(code, code_bytes);
    if (mprotect(code, area_bytes, PROT_READ | PROT_EXEC) != 0) fail("mprotect");
    size_t memory_bytes = from_hex(memory_hex, memory);
    memset(out, 0xa5, threads * out_bytes);
    const struct call call = {
        .function = (thread_function)(uintptr_t)code, .memory = memory, .out = out, .iterations = iterations};
    uint64_t status = perform_all(call, threads, out_bytes);
    printf("%llu ", (unsigned long long)status);
    print_hex(memory, memory_bytes);
    putchar(' ');
    print_hex(out, threads * out_bytes);
    putchar('\n');
    fflush(stdout);
  }
  return 0;
}
