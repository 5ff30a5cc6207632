// Counts the allocations of this process: calls of the allocator's entry points, which are then forwarded.
#pragma once

/// Calls of malloc, calloc, realloc and their aligned variants in all threads since the process started.
long allocation_count(void);

/// Those of the calling thread only.
long allocation_count_of_thread(void);
