// What Swift's Glibc module lacks of Linux's C library: settings of the allocator, and which processors a process may
// run on.
#pragma once
#include <malloc.h>
#include <sys/syscall.h>
#include <unistd.h>

/// How many processors the calling process may run on; 0 where the system doesn't tell. This is the
/// system call itself: the library's function is declared only where _GNU_SOURCE is defined before the first header.
static inline int permitted_processors(void) {
  unsigned char mask[1024];
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int count = 0;
  for (long index = 0; index < bytes; index++) count += __builtin_popcount(mask[index]);
  return count;
}
