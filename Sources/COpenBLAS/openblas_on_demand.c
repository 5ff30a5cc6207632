// Loads OpenBLAS's functions with the dynamic linker.

#include "openblas_on_demand.h"

#include <library_on_demand.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

static struct {
  void (*dgeqrf)(const int *, const int *, double *, const int *, double *, double *, const int *, int *);
  void (*dorgqr)(const int *, const int *, const int *, double *, const int *, const double *, double *,
                 const int *, int *);
  void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
  void (*set_threads)(int);
  char *(*core_name)(void);
} functions;

static const char *problem;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  // When it is loaded, OpenBLAS starts a thread for each processor, which spins for a while and competes with the
  // work; this limits it to one thread. As the process's first setenv, it doesn't change memory that other threads
  // may read.
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = library_open("libopenblas.so.0", &problem);
  if (library == NULL) return;
  library_find(library, "dgeqrf_", &functions.dgeqrf, &problem);
  library_find(library, "dorgqr_", &functions.dorgqr, &problem);
  library_find(library, "cblas_sgemm", &functions.sgemm, &problem);
  library_find(library, "openblas_set_num_threads", &functions.set_threads, &problem);
  library_find(library, "openblas_get_corename", &functions.core_name, &problem);
}

const char *blas_load(void) {
  pthread_once(&once, load);
  return problem;
}

void blas_dgeqrf(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
                 const int *lwork, int *info) {
  functions.dgeqrf(m, n, a, lda, tau, work, lwork, info);
}

void blas_dorgqr(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
                 double *work, const int *lwork, int *info) {
  functions.dorgqr(m, n, k, a, lda, tau, work, lwork, info);
}

void blas_sgemm(int n, const float *a, const float *b, float *c) {
  enum { row_major = 101, not_transposed = 111 };
  functions.sgemm(row_major, not_transposed, not_transposed, n, n, n, 1, a, n, b, n, 0, c, n);
}

void blas_set_threads(int threads) { functions.set_threads(threads); }

const char *blas_core_name(void) { return functions.core_name(); }
