// The instruction set for which the kernels were compiled, and whether this CPU supports it. The constants depend on
// the compiler's target options, which are passed through Swift by `-Xcc`, so the blocking is chosen at compile time.
#pragma once

#include <stddef.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#if defined(__AVX512F__)
// 32 registers of 16 floats: 8 rows by 2 panels keeps 16 sums in flight and two weights, with room to spare.
#define KERNEL_TILE_ROWS 8
#define KERNEL_TILE_PANELS 2
#define KERNEL_ISA "avx512"
#elif defined(__AVX2__) && defined(__FMA__)
// 16 registers of 8 floats: 6 rows by 1 panel of 16 (two registers) keeps 12 sums in flight.
#define KERNEL_TILE_ROWS 6
#define KERNEL_TILE_PANELS 1
#define KERNEL_ISA "avx2"
#elif defined(__aarch64__)
// 32 registers of 4 floats: 6 rows by 1 panel of 16 (four registers) keeps 24 sums in flight.
#define KERNEL_TILE_ROWS 6
#define KERNEL_TILE_PANELS 1
#define KERNEL_ISA "neon"
#else
#define KERNEL_TILE_ROWS 2
#define KERNEL_TILE_PANELS 1
#define KERNEL_ISA "baseline"
#endif

/// The name of the first instruction set that the kernels need and this CPU lacks, or a null pointer.
static inline const char *cpu_target_missing(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(__AVX512F__)
  if (!__builtin_cpu_supports("avx512f")) return "AVX-512F";
#endif
#if defined(__AVX512VL__)
  if (!__builtin_cpu_supports("avx512vl")) return "AVX-512VL";
#endif
#if defined(__AVX512BW__)
  if (!__builtin_cpu_supports("avx512bw")) return "AVX-512BW";
#endif
#if defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#if defined(__FMA__)
  if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
#endif
  return 0;
}

/// Hints to the CPU that this is a waiting loop.
static inline void cpu_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Prefetches the cache line at `address` into the L2 cache: the L1 cache is too small to keep it during a step's
/// product.
static inline void cpu_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }

/// Allows the kernel to use large pages for page-aligned memory; has no effect if it doesn't.
static inline void cpu_prefer_large_pages(void *memory, size_t bytes) {
#if defined(MADV_HUGEPAGE)
  madvise(memory, bytes, MADV_HUGEPAGE);
#else
  (void)memory;
  (void)bytes;
#endif
}
