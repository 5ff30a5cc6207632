// How often this process has asked for memory: the allocator's entry points, counted, then passed on.
#pragma once

/// Calls of malloc, calloc, realloc and their aligned kin since the process began, in all threads.
long allocation_count(void);

/// Those of the calling thread alone.
long allocation_count_of_thread(void);
