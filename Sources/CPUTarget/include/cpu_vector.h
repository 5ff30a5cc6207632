// Operations on 16 numbers that Swift's SIMD types implement lane by lane: the optimizer often merges the lanes
// again, but not in large kernels, which then run at a quarter of the speed. In Clang, each of them is a single
// operation.
#pragma once
#include <stdbool.h>

/// `SIMD16<Float>` in Swift.
typedef float cpu_float16 __attribute__((ext_vector_type(16)));

/// a b + c, rounded once.
static inline __attribute__((always_inline)) cpu_float16
cpu_fused_multiply_add(cpu_float16 a, cpu_float16 b, cpu_float16 c) {
  return __builtin_elementwise_fma(a, b, c);
}

/// x limited to [low, high]; NaN stays NaN.
static inline __attribute__((always_inline)) cpu_float16
cpu_clamp(cpu_float16 x, cpu_float16 low, cpu_float16 high) {
  cpu_float16 raised = x < low ? low : x;
  return raised > high ? high : raised;
}

/// `SIMD16<UInt32>` in Swift.
typedef unsigned cpu_uint16 __attribute__((ext_vector_type(16)));
typedef int cpu_int16 __attribute__((ext_vector_type(16)));
typedef bool cpu_bool16 __attribute__((ext_vector_type(16)));

/// One bit per lane, the first lane in the lowest bit: whether x is at least `least`.
static inline __attribute__((always_inline)) unsigned short
cpu_at_least(cpu_uint16 x, cpu_uint16 least) {
  cpu_bool16 lanes = __builtin_convertvector(x >= least, cpu_bool16);
  unsigned short bits;
  __builtin_memcpy(&bits, &lanes, sizeof bits);
  return bits;
}

/// The lanes of x whose bits are set, 0 in the others.
static inline __attribute__((always_inline)) cpu_float16
cpu_lanes_of(unsigned short bits, cpu_float16 x) {
  cpu_bool16 lanes;
  __builtin_memcpy(&lanes, &bits, sizeof bits);
  cpu_int16 mask = -__builtin_convertvector(lanes, cpu_int16);
  return __builtin_bit_cast(cpu_float16, __builtin_bit_cast(cpu_int16, x) & mask);
}
