// The one place that chooses an architecture's header. Each defines, in namespace fencepost::arch:
//
//   time_base_name                   what the manual calls the counter that read_time_base reads
//   read_time_base()                 its ticks; may be read early or late by a few instructions
//   time_base_problem()              why its readings cannot be compared between CPUs, or ""
//   pause()                          what a spinning loop should execute
//   full_fence()                     orders everything before it before everything after it
//   smp_mb()                         the kernel's full barrier, for the bench that times it
//   prefetch_for_store(at)           asks for a line so that it can be stored to; stores nothing
//   settle()                         everything before it is done, stores included, when what follows
//                                    begins: put before a reading of the time base that ends a span
//   publish_code(begin, end)         by the thread that wrote code, once it is written
//   synchronise_instructions()       by each thread that is about to run code written by another
//   cache_line_bytes()               read from the CPU, or 0 where the CPU does not tell
//   hypervisor_signature()           what the CPU says of the hypervisor it runs under, or ""
//   code_variants()                  the targets of src/lower/targets.ts, by variant, that the CPU can
//                                    run, best first; none where the architecture has one target
#pragma once

#if defined(__x86_64__)
#include "x86-64.h"
#elif defined(__aarch64__)
#include "arm64.h"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#include "ppc64le.h"
#elif defined(__s390x__)
#include "s390x.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "riscv64.h"
#else
#error "Fencepost's addon knows no such architecture: add native/arch/<architecture>.h and name it here"
#endif
