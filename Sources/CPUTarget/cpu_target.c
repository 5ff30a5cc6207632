// Ends the program, with a message, on a CPU that lacks an instruction set for which it was compiled. This must happen
// before any other code runs: the linker merges functions that several modules have in common, so that even a command
// without kernels may contain such instructions.

#include "cpu_target.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
// These functions must not contain what they look for.
#define ON_EVERY_CPU __attribute__((target("arch=x86-64")))

/// The name of the first instruction set that the program needs and this CPU lacks, or a null pointer.
ON_EVERY_CPU static const char *missing_instructions(void) {
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
#if defined(__AVX512VNNI__)
  if (!__builtin_cpu_supports("avx512vnni")) return "AVX-512VNNI";
#endif
#if defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#if defined(__FMA__)
  if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
#if defined(__SSE4_2__)
  if (!__builtin_cpu_supports("sse4.2")) return "SSE4.2";
#endif
#if defined(__POPCNT__)
  if (!__builtin_cpu_supports("popcnt")) return "POPCNT";
#endif
  return 0;
}

/// A CPU that has less than this build needs.
#if defined(__AVX__)
#define OLDER_CPU "x86-64-v2"
#else
#define OLDER_CPU "x86-64"
#endif

/// Runs before `main`; glibc hands over the arguments.
ON_EVERY_CPU __attribute__((constructor)) static void check_cpu(int count, char **arguments) {
  const char *missing = missing_instructions();
  if (!missing) return;
  const char *path = count > 0 && arguments[0] ? arguments[0] : "rnnpipe";
  const char *slash = strrchr(path, '/');
  fprintf(stderr, "%s: this CPU lacks %s, which this build of rnnpipe needs (build it here, or with RNN_CPU=%s)\n",
          slash ? slash + 1 : path, missing, OLDER_CPU);
  _exit(69);
}
#endif
