// What Swift's Glibc module lacks: settings of the allocator, the processors on which a process may run, and the end of
// a process whose coverage is measured.
#pragma once
#include <malloc.h>
#include <sys/syscall.h>
#include <unistd.h>

/// The number of processors on which the calling process may run; 0 if unknown. This is the system call itself: the
/// library's function is declared only if _GNU_SOURCE is defined before the first header.
static inline int permitted_processors(void) {
  unsigned char mask[1024];
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int count = 0;
  for (long index = 0; index < bytes; index++) count += __builtin_popcount(mask[index]);
  return count;
}

/// Part of the program only if it was built for `make coverage`.
int __llvm_profile_write_file(void) __attribute__((weak));

/// Ends the process at once, as _exit does, without the handlers of exit, one of which would write the lines that ran.
static inline _Noreturn void end_process(int code) {
  if (__llvm_profile_write_file) __llvm_profile_write_file();
  _exit(code);
}
