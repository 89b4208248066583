#pragma once

#include "core/matrix.h"

/// Inner loops over rows of float or double, private to core: all sums in double over a fixed number of lanes, so that
/// neither the processor nor the grouping of rows changes a bit.
namespace nc::kernel
{

/// sums += row, `dim` values.
void addRow(const float* row, Index dim, double* sums);
void addRow(const double* row, Index dim, double* sums);

/// deviation = row - mean; returns |row - mean|^2.
double deviate(const float* row, const double* mean, Index dim, double* deviation);
double deviate(const double* row, const double* mean, Index dim, double* deviation);

/// |row|^2.
double squaredLength(const float* row, Index dim);
double squaredLength(const double* row, Index dim);

/// out(n, k) = rows(n) . vectors(k): `rows` count x dim, `vectors` vectorCount x dim, `out` count x vectorCount, all
/// row-major. The rows should fit in the processor's cache.
void products(const float* rows, Index count, Index dim, const double* vectors, Index vectorCount, double* out);
void products(const double* rows, Index count, Index dim, const double* vectors, Index vectorCount, double* out);

/// The same of matrices.
template <typename Block>
void products(const Block& rows, const RowMatrixD& vectors, RowMatrixD& out)
{
    out.resize(rows.rows(), vectors.rows());
    products(rows.data(), rows.rows(), rows.cols(), vectors.data(), vectors.rows(), out.data());
}

} // namespace nc::kernel
