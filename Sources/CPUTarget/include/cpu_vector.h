// Operations on 16 numbers that Swift's SIMD types implement lane by lane: the optimizer often merges the lanes
// again, but not in large kernels, which then run at a quarter of the speed. In Clang, each of them is a single
// operation.
#pragma once
#include "cpu_target.h"

#include <stdbool.h>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

/// `SIMD16<Float>` in Swift.
typedef float cpu_float16 __attribute__((ext_vector_type(16)));

/// `SIMD16<Double>` in Swift.
typedef double cpu_double16 __attribute__((ext_vector_type(16)));

/// a b + c, rounded once. Without an instruction for it, in double precision, where a b is exact: the sum is rounded twice,
/// which makes a difference once in some hundred million times.
static inline __attribute__((always_inline)) cpu_float16
cpu_fused_multiply_add(cpu_float16 a, cpu_float16 b, cpu_float16 c) {
#if KERNEL_FUSES
  return __builtin_elementwise_fma(a, b, c);
#else
  cpu_double16 product = __builtin_convertvector(a, cpu_double16) * __builtin_convertvector(b, cpu_double16);
  return __builtin_convertvector(product + __builtin_convertvector(c, cpu_double16), cpu_float16);
#endif
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

/// `SIMD64<Int8>`, `SIMD16<UInt8>`, `SIMD16<Int32>` and `SIMD32<Int16>` in Swift.
typedef signed char cpu_bytes64 __attribute__((ext_vector_type(64)));
typedef unsigned char cpu_bytes16 __attribute__((ext_vector_type(16)));
typedef short cpu_short32 __attribute__((ext_vector_type(32)));

/// The integers as floats.
static inline __attribute__((always_inline)) cpu_float16 cpu_floats(cpu_int16 x) {
  return __builtin_convertvector(x, cpu_float16);
}

/// The lowest bytes of the lanes.
static inline __attribute__((always_inline)) cpu_bytes16 cpu_lowest_bytes(cpu_uint16 x) {
  return __builtin_convertvector(x, cpu_bytes16);
}

/// The smaller one of x and `most`.
static inline __attribute__((always_inline)) cpu_uint16 cpu_at_most(cpu_uint16 x, unsigned most) {
  return __builtin_elementwise_min(x, (cpu_uint16)most);
}

/// `value`, but where x is NaN, x.
static inline __attribute__((always_inline)) cpu_float16 cpu_unless_nan(cpu_float16 x, cpu_float16 value) {
  return x == x ? value : x;
}

/// sums[i] + the products of the four weights from number 4 i on with the four unsigned bytes of `inputs`.
static inline __attribute__((always_inline)) cpu_int16
cpu_add_byte_products(cpu_int16 sums, cpu_bytes64 weights, int inputs) {
#if defined(__AVX512VNNI__)
  return __builtin_bit_cast(
      cpu_int16, _mm512_dpbusd_epi32(
                     __builtin_bit_cast(__m512i, sums), __builtin_bit_cast(__m512i, (cpu_int16)inputs),
                     __builtin_bit_cast(__m512i, weights)));
#else
  // The bytes of 16-bit numbers: those in the upper halves, and those in the lower ones.
  cpu_short32 pairs = __builtin_bit_cast(cpu_short32, weights);
  cpu_short32 upper = pairs >> 8, lower = (pairs << 8) >> 8;
  cpu_short32 lower_inputs = __builtin_bit_cast(cpu_short32, (cpu_int16)(inputs & 0x00FF00FF));
  cpu_short32 upper_inputs = __builtin_bit_cast(cpu_short32, (cpu_int16)((int)((unsigned)inputs >> 8) & 0x00FF00FF));
#if defined(__AVX512BW__)
  __m512i low = _mm512_madd_epi16(
      __builtin_bit_cast(__m512i, lower), __builtin_bit_cast(__m512i, lower_inputs));
  __m512i high = _mm512_madd_epi16(
      __builtin_bit_cast(__m512i, upper), __builtin_bit_cast(__m512i, upper_inputs));
  return sums + __builtin_bit_cast(cpu_int16, low) + __builtin_bit_cast(cpu_int16, high);
#else
  typedef int cpu_int32 __attribute__((ext_vector_type(32)));
  cpu_int32 products =
      __builtin_convertvector(lower, cpu_int32) * __builtin_convertvector(lower_inputs, cpu_int32) +
      __builtin_convertvector(upper, cpu_int32) * __builtin_convertvector(upper_inputs, cpu_int32);
  return sums + products.even + products.odd;
#endif
#endif
}

#if defined(__AVX512F__)
/// Whether `cpu_select_lanes` is one instruction.
#define CPU_SELECTS_LANES 1
#else
#define CPU_SELECTS_LANES 0
#endif

/// Lane i of the result: number `numbers[i]` of the 32 lanes of `first` and `second`, by the lowest five bits.
static inline __attribute__((always_inline)) cpu_float16
cpu_select_lanes(cpu_float16 first, cpu_float16 second, cpu_uint16 numbers) {
#if CPU_SELECTS_LANES
  return __builtin_bit_cast(
      cpu_float16, _mm512_permutex2var_ps(
                       __builtin_bit_cast(__m512, first), __builtin_bit_cast(__m512i, numbers),
                       __builtin_bit_cast(__m512, second)));
#else
  cpu_float16 result;
  for (int i = 0; i < 16; i++) result[i] = numbers[i] & 16 ? second[numbers[i] & 15] : first[numbers[i] & 15];
  return result;
#endif
}
