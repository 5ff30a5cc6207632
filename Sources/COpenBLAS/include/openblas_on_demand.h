// The interface of OpenBLAS for Swift: LAPACK's QR, a product as a benchmark reference, and the number of threads.
// The library is loaded on first use: it is needed only for new recurrent weights, and loading it takes milliseconds
// and starts threads, which would slow down every command.
#pragma once

/// Loads OpenBLAS on the first call. Returns null, or the reason why it can't be loaded. No other function here may
/// be called before it has returned null.
const char *blas_load(void);

/// LAPACK's dgeqrf: QR factorization of a column-major m by n matrix, in place.
void blas_dgeqrf(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
                 const int *lwork, int *info);

/// LAPACK's dorgqr: the matrix Q of a factorization by dgeqrf, in place.
void blas_dorgqr(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
                 double *work, const int *lwork, int *info);

/// c = a b for row-major n by n matrices.
void blas_sgemm(int n, const float *a, const float *b, float *c);

/// The number of threads that OpenBLAS may use.
void blas_set_threads(int threads);

/// The kernels that OpenBLAS selected for this CPU.
const char *blas_core_name(void);
