// What Swift sees of OpenBLAS: its thread count, a product to measure against, and LAPACK's QR.
#pragma once
#include <cblas.h>

/// LAPACK: QR factorisation of a column-major m by n matrix, in place.
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
             const int *lwork, int *info);
/// LAPACK: the matrix Q of a factorisation by dgeqrf, in place.
void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
             double *work, const int *lwork, int *info);
