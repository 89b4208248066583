#pragma once

#include "core/matrix.h"

/// The inner loop of project(), private to core. Sums run over a fixed number of lanes without fused multiply-add, so
/// that every processor gives the same bits; wider vectors are picked at run time.
namespace nc::kernel
{

template <typename Scalar>
struct Rows {
    const Scalar* data; ///< count x dim, row-major
    Index count, dim;
};

template <typename Scalar>
struct View {
    const Scalar* basis; ///< B, dims x dim, row-major
    const Scalar* mean;  ///< m, dim
    const double* shift; ///< B m, dims
    Index dims;
};

/// Sums over the rows of |B(h-m)|^2 and |h-m|^2.
struct Sums {
    double inView = 0, total = 0;
};

/// Writes B h (count x dims) and |(h-m) - B^T B (h-m)| (count).
template <typename Scalar>
Sums projectBlock(const Rows<Scalar>& rows, const View<Scalar>& view, Scalar* coordinates, Scalar* offView);

template <>
Sums projectBlock(const Rows<float>& rows, const View<float>& view, float* coordinates, float* offView);
template <>
Sums projectBlock(const Rows<double>& rows, const View<double>& view, double* coordinates, double* offView);

} // namespace nc::kernel
