// Counts the allocations of this process: calls of the allocator's entry points, which are then forwarded.
#pragma once

#include <stdbool.h>

/// Whether they are counted: not in a program with a sanitizer, which has an allocator of its own.
bool counts_allocations(void);

/// Calls of malloc, calloc, realloc and their aligned variants in all threads since the process started.
long allocation_count(void);

/// Those of the calling thread only.
long allocation_count_of_thread(void);
