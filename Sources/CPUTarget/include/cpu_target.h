// The instruction set for which the kernels were compiled. The constants depend on
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

/// Whether the CPU target multiplies and adds with a single rounding in one instruction; without it, that is a function of
/// the C library, which takes a hundred times as long.
#if defined(__FMA__) || defined(__aarch64__)
#define KERNEL_FUSES 1
#else
#define KERNEL_FUSES 0
#endif

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

/// Reserves zeroed memory that begins at a multiple of `alignment`; no page of it is in use before it is written. A null
/// pointer if the process may not have as much.
static inline void *cpu_reserve(size_t bytes, size_t alignment) {
  char *start = mmap(0, bytes + alignment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return 0;
  char *aligned = (char *)(((size_t)start + alignment - 1) / alignment * alignment);
  if (aligned > start) munmap(start, (size_t)(aligned - start));
  size_t rest = (size_t)(start + alignment - aligned);
  if (rest > 0) munmap(aligned + bytes, rest);
  return aligned;
}

/// Returns what `cpu_reserve` has reserved.
static inline void cpu_release(void *memory, size_t bytes) { munmap(memory, bytes); }

/// Allows the kernel to use large pages for page-aligned memory; has no effect if it doesn't.
static inline void cpu_prefer_large_pages(void *memory, size_t bytes) {
#if defined(MADV_HUGEPAGE)
  madvise(memory, bytes, MADV_HUGEPAGE);
#else
  (void)memory;
  (void)bytes;
#endif
}
