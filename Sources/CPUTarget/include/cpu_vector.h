// Operations on 16 floats that Swift's SIMD types spell out lane by lane: the optimizer often puts the lanes
// together again, but in a large kernel it gives up, at a quarter of the speed. Clang has each as one operation.
#pragma once

/// `SIMD16<Float>` in Swift.
typedef float cpu_float16 __attribute__((ext_vector_type(16)));

/// a b + c, rounded once.
static inline __attribute__((always_inline)) cpu_float16
cpu_fused_multiply_add(cpu_float16 a, cpu_float16 b, cpu_float16 c) {
  return __builtin_elementwise_fma(a, b, c);
}

/// x, but at least `low` and at most `high`; NaN stays.
static inline __attribute__((always_inline)) cpu_float16
cpu_clamp(cpu_float16 x, cpu_float16 low, cpu_float16 high) {
  cpu_float16 raised = x < low ? low : x;
  return raised > high ? high : raised;
}
