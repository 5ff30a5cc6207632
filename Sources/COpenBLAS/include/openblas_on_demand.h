// What Swift sees of OpenBLAS: LAPACK's QR, a product to measure against, and the number of threads. The library is
// loaded when it is first needed: only new recurrent weights ask for it, and loading it takes milliseconds and
// starts threads, which every command would pay for.
#pragma once

/// Loads OpenBLAS on the first call. Returns a null pointer, or why it can't be had; before it has returned a null
/// pointer, no other function here may be called.
const char *blas_load(void);

/// LAPACK's dgeqrf: QR factorisation of a column-major m by n matrix, in place.
void blas_dgeqrf(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
                 const int *lwork, int *info);

/// LAPACK's dorgqr: the matrix Q of a factorisation by dgeqrf, in place.
void blas_dorgqr(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
                 double *work, const int *lwork, int *info);

/// c = a b for row-major n by n matrices.
void blas_sgemm(int n, const float *a, const float *b, float *c);

/// How many threads OpenBLAS may use.
void blas_set_threads(int threads);

/// The kernels that OpenBLAS chose for this CPU.
const char *blas_core_name(void);
