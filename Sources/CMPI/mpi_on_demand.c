// Loads Open MPI's functions with the dynamic linker, and exchanges data with them. Handles are pointers in Open MPI's
// binary interface, which has been the same since version 1.3; other implementations of MPI have integers.

#include "mpi_on_demand.h"

#include <limits.h>
#include <library_on_demand.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef void *handle;

static struct {
  int (*init)(int *, char ***, int, int *);
  int (*set_error_handler)(handle, handle);
  int (*rank)(handle, int *);
  int (*size)(handle, int *);
  int (*send)(const void *, int, handle, int, int, handle, handle *);
  int (*receive)(void *, int, handle, int, int, handle, handle *);
  int (*test)(handle *, int *, void *);
  int (*finalize)(void);
  int (*abort)(handle, int);
} functions;

static handle world, bytes, errors_return;
static int own_rank, process_count;
static atomic_bool gives_up;

/// The time that an exchange is given after `mpi_give_up`: the others may be about to arrive. A launcher that ends its
/// processes gives them a second.
static const double last_moments = 0.3;

static const char *load(void) {
  const char *problem = NULL;
  // The library's own plugins look for its functions among those that are visible to all.
  void *library = library_open_for_plugins("libmpi.so.40", &problem);
  if (library == NULL) return problem;
  library_find(library, "MPI_Init_thread", &functions.init, &problem);
  library_find(library, "MPI_Comm_set_errhandler", &functions.set_error_handler, &problem);
  library_find(library, "MPI_Comm_rank", &functions.rank, &problem);
  library_find(library, "MPI_Comm_size", &functions.size, &problem);
  library_find(library, "MPI_Isend", &functions.send, &problem);
  library_find(library, "MPI_Irecv", &functions.receive, &problem);
  library_find(library, "MPI_Test", &functions.test, &problem);
  library_find(library, "MPI_Finalize", &functions.finalize, &problem);
  library_find(library, "MPI_Abort", &functions.abort, &problem);
  library_find(library, "ompi_mpi_comm_world", &world, &problem);
  library_find(library, "ompi_mpi_byte", &bytes, &problem);
  library_find(library, "ompi_mpi_errors_return", &errors_return, &problem);
  return problem;
}

const char *mpi_join(int *rank, int *count) {
  enum { funneled = 1 };
  const char *problem = load();
  if (problem != NULL) return problem;
  int provided = 0;
  if (functions.init(NULL, NULL, funneled, &provided) != 0) return "MPI_Init_thread fails";
  functions.set_error_handler(world, errors_return);
  if (functions.rank(world, &own_rank) != 0 || functions.size(world, &process_count) != 0)
    return "MPI_Comm_rank fails";
  *rank = own_rank;
  *count = process_count;
  return NULL;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// A message that is larger than an int can count is sent in several.
static const size_t largest_message = 1 << 30;

static size_t messages_of(size_t size) { return (size + largest_message - 1) / largest_message; }

struct transfer {
  handle request;
  int peer;
};

// Waits until all transfers are done. Returns -1, or the number of a process that doesn't answer.
static int wait_for(struct transfer *transfers, size_t count, double patience) {
  double start = 0, gave_up = 0;
  size_t done = 0;
  for (unsigned long round = 0; done < count; round++) {
    int complete = 0;
    if (functions.test(&transfers[done].request, &complete, NULL) != 0) return transfers[done].peer;
    if (complete) {
      done++;
      continue;
    }
    // A step of a small network takes less than a millisecond, so that others are worth spinning for.
    if (round % 64 != 63) continue;
    double time = now();
    if (start == 0) start = time;
    if (time - start > 0.01) usleep(20); else if (time - start > 0.0002) sched_yield();
    if (gave_up == 0 && atomic_load_explicit(&gives_up, memory_order_relaxed)) gave_up = time;
    if (time - start > patience || (gave_up > 0 && time - gave_up > last_moments)) return transfers[done].peer;
  }
  return -1;
}

int mpi_exchange(const void *outgoing, const size_t *outgoing_starts, const size_t *outgoing_sizes, void *incoming,
                 const size_t *incoming_sizes, double patience) {
  enum { tag = 1 };
  size_t most = 0;
  for (int peer = 0; peer < process_count; peer++)
    most += messages_of(outgoing_sizes[peer]) + messages_of(incoming_sizes[peer]);
  struct transfer *transfers = calloc(most + 1, sizeof *transfers);
  if (transfers == NULL) return own_rank;
  size_t count = 0;
  int failed = -1;
  char *target = incoming;
  for (int peer = 0; peer < process_count && failed < 0; target += incoming_sizes[peer], peer++) {
    const char *source = (const char *)outgoing + outgoing_starts[peer];
    if (peer == own_rank) {
      if (outgoing_sizes[peer] > 0) memcpy(target, source, outgoing_sizes[peer]);
      continue;
    }
    for (size_t start = 0; start < incoming_sizes[peer] && failed < 0; start += largest_message, count++) {
      size_t size = incoming_sizes[peer] - start;
      transfers[count].peer = peer;
      if (functions.receive(target + start, (int)(size < largest_message ? size : largest_message), bytes, peer, tag,
                            world, &transfers[count].request) != 0)
        failed = peer;
    }
    for (size_t start = 0; start < outgoing_sizes[peer] && failed < 0; start += largest_message, count++) {
      size_t size = outgoing_sizes[peer] - start;
      transfers[count].peer = peer;
      if (functions.send(source + start, (int)(size < largest_message ? size : largest_message), bytes, peer, tag, world,
                         &transfers[count].request) != 0)
        failed = peer;
    }
  }
  if (failed < 0) failed = wait_for(transfers, count, patience);
  // After a failure, transfers may go on until the process ends, so that their memory stays.
  if (failed < 0) free(transfers);
  return failed;
}

void mpi_give_up(void) { atomic_store_explicit(&gives_up, true, memory_order_relaxed); }

void mpi_leave(void) { functions.finalize(); }

void mpi_end_all(int code) { functions.abort(world, code); }
