// Runs generated functions for the tests of src/lower, on this machine or under an emulator: reads a
// request a line from stdin, answers a line to stdout, all numbers in text, so that a host of another
// byte order can talk to it.
//
//   first:    "<address of the memory, hex>"
//   request:  "<iterations> <out bytes> <code, hex> <memory, hex>"
//   answer:   "<status> <memory, hex> <out, hex>"
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { area_bytes = 1 << 16, line_bytes = 6 * area_bytes };

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
  for (size_t i = 0; i < count; i++) printf("%02x", bytes[i]);
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

int main(void) {
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
    size_t out_bytes;
    *memory_hex = '\0';
    if (sscanf(line, "%llu %zu %s %s", &iterations, &out_bytes, code_hex, memory_hex) < 3 || out_bytes > area_bytes) {
      fputs("malformed request\n", stderr);
      return 1;
    }
    if (mprotect(code, area_bytes, PROT_READ | PROT_WRITE) != 0) fail("mprotect");
    size_t code_bytes = from_hex(code_hex, code);
    synchronise(code, code_bytes);
    if (mprotect(code, area_bytes, PROT_READ | PROT_EXEC) != 0) fail("mprotect");
    size_t memory_bytes = from_hex(memory_hex, memory);
    memset(out, 0xa5, out_bytes);
    uint64_t status = ((thread_function)(uintptr_t)code)(memory, out, iterations);
    printf("%llu ", (unsigned long long)status);
    print_hex(memory, memory_bytes);
    putchar(' ');
    print_hex(out, out_bytes);
    putchar('\n');
    fflush(stdout);
  }
  return 0;
}
