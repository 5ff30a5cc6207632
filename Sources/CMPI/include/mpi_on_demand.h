// The functions of Open MPI by which several processes train one network. The library is loaded only in a process that a
// launcher has started with others, so that the program runs without it.
#pragma once

#include <stddef.h>

/// Loads Open MPI and joins the processes. Returns null, or the reason why that is impossible. No other function here may
/// be called before it has returned null, and all on the same thread.
const char *mpi_join(int *rank, int *count);

/// Sends `outgoing_sizes[r]` bytes from `outgoing + outgoing_starts[r]` to each process r, and receives
/// `incoming_sizes[r]` bytes from it, to `incoming`, one after another; also from and to itself. All of them must call it,
/// with sizes that fit together.
///
/// Returns -1 when all has arrived; else the number of a process that it was waiting for: after `patience` seconds, or
/// shortly after `mpi_give_up`, or if the connection is broken.
int mpi_exchange(const void *outgoing, const size_t *outgoing_starts, const size_t *outgoing_sizes, void *incoming,
                 const size_t *incoming_sizes, double patience);

/// Makes an exchange that lasts end soon, on any thread.
void mpi_give_up(void);

/// Waits for the others, then leaves them.
void mpi_leave(void);

/// Ends all processes.
void mpi_end_all(int code);
