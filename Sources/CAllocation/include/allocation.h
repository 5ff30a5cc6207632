// What happens when no memory can be allocated: one prepared line on standard error, unfinished output files are removed,
// and the process ends with exit code 71. Swift would end it with a crash report, and C libraries, each in its own way.
//
// The functions here may be called from any thread; none of them allocates.
#pragma once

#include <stddef.h>

/// Sets the line to print, without its end; it is truncated to a few hundred bytes, and nothing is printed if it is empty.
/// The process ends with `code`.
void allocation_prepare(const char *line, int code);

/// Registers a file that is to be removed if memory runs out.
/// Returns 0, or -1 if there is no room for it; then it is only left behind.
int allocation_register_file(const char *path);

/// Cancels `allocation_register_file`, after the file has been removed or renamed.
void allocation_forget_file(const char *path);

/// Sets a file that is written if memory runs out, atomically: the text `before`, some numbers that are known then, and the
/// text `after`. The numbers are members of a JSON object: `cpu` and `wall` in seconds, `endedAt` in milliseconds since
/// 1970, `peakRSS` in bytes. Nothing is written if `path` is null.
void allocation_prepare_record(const char *path, const char *before, const char *after);

/// From now on, the stacks of threads take 1 MiB of addresses rather than 8.
void allocation_use_small_stacks(void);

/// Treats memory as exhausted before the kernel kills the process: when what the control group uses, without the files
/// that it caches, would exceed its limit.
/// `usage` and `statistics` are paths of the group's files, the first with a number, the second with lines of names and
/// numbers, of which those of `caches` (two names, separated by a space) are subtracted.
void allocation_watch_group(const char *usage, const char *statistics, const char *caches, size_t limit);
