#include "core/projection_kernel.h"

#include <array>
#include <cmath>
#include <vector>

#include "core/pack.h"

namespace nc::kernel
{
namespace
{

/// y_k = B_k . (h - m) for all k, returns |h - m|^2.
template <int Dims, typename Scalar>
NC_INLINE Scalar projectRow(const Scalar* row, Index dim, const View<Scalar>& view, std::array<Scalar, Dims>& y)
{
    Pack<Scalar> total{}, dots[Dims]{};
    Index i = 0;
    for (; i + lanes<Scalar> <= dim; i += lanes<Scalar>) {
        Pack<Scalar> x, m, b;
        load(x, row + i);
        load(m, view.mean + i);
        x -= m;
        total += x * x;
#pragma GCC unroll 3
        for (int k = 0; k < Dims; ++k) {
            load(b, view.basis + k * dim + i);
            dots[k] += b * x;
        }
    }
    Scalar result = sum<Scalar>(total);
#pragma GCC unroll 3
    for (int k = 0; k < Dims; ++k)
        y[k] = sum<Scalar>(dots[k]);
    for (; i < dim; ++i) {
        const Scalar x = row[i] - view.mean[i];
        result += x * x;
        for (int k = 0; k < Dims; ++k)
            y[k] += view.basis[k * dim + i] * x;
    }
    return result;
}

/// |(h - m) - sum_k y_k B_k|^2: the difference of squares would lose a small remainder in rounding.
template <int Dims, typename Scalar>
NC_INLINE Scalar squaredRemainder(const Scalar* row, Index dim, const View<Scalar>& view,
                                  const std::array<Scalar, Dims>& y)
{
    Pack<Scalar> total{};
    Index i = 0;
    for (; i + lanes<Scalar> <= dim; i += lanes<Scalar>) {
        Pack<Scalar> x, m, b;
        load(x, row + i);
        load(m, view.mean + i);
        x -= m;
#pragma GCC unroll 3
        for (int k = 0; k < Dims; ++k) {
            load(b, view.basis + k * dim + i);
            x -= y[k] * b;
        }
        total += x * x;
    }
    Scalar result = sum<Scalar>(total);
    for (; i < dim; ++i) {
        Scalar x = row[i] - view.mean[i];
        for (int k = 0; k < Dims; ++k)
            x -= y[k] * view.basis[k * dim + i];
        result += x * x;
    }
    return result;
}

template <int Dims, typename Scalar>
NC_INLINE Sums projectFixed(const Rows<Scalar>& rows, const View<Scalar>& view, Scalar* coordinates, Scalar* offView)
{
    Sums sums;
    std::array<Scalar, Dims> y;
    for (Index n = 0; n < rows.count; ++n) {
        const Scalar* row = rows.data + n * rows.dim;
        sums.total += static_cast<double>(projectRow<Dims>(row, rows.dim, view, y));
        offView[n] = std::sqrt(squaredRemainder<Dims>(row, rows.dim, view, y));
        for (int k = 0; k < Dims; ++k) {
            const double inside = static_cast<double>(y[k]);
            sums.inView += inside * inside;
            coordinates[n * Dims + k] = static_cast<Scalar>(inside + view.shift[k]);
        }
    }
    return sums;
}

/// Any number of dimensions: a few basis rows at a time, each taken off what is left of the row.
template <typename Scalar>
NC_INLINE Sums projectAny(const Rows<Scalar>& rows, const View<Scalar>& view, Scalar* coordinates, Scalar* offView)
{
    Sums sums;
    std::vector<Scalar> rest(static_cast<std::size_t>(rows.dim));
    const std::vector<Scalar> zero(rest.size());
    std::array<Scalar, 1> y;
    for (Index n = 0; n < rows.count; ++n) {
        const Scalar* row = rows.data + n * rows.dim;
        for (Index i = 0; i < rows.dim; ++i)
            rest[static_cast<std::size_t>(i)] = row[i] - view.mean[i];
        Scalar total = 0;
        for (Index k = 0; k < view.dims; ++k) {
            const View<Scalar> single{view.basis + k * rows.dim, zero.data(), view.shift + k, 1};
            const Scalar left = projectRow<1>(rest.data(), rows.dim, single, y);
            total = k == 0 ? left : total;
            for (Index i = 0; i < rows.dim; ++i)
                rest[static_cast<std::size_t>(i)] -= y[0] * single.basis[i];
            const double inside = static_cast<double>(y[0]);
            sums.inView += inside * inside;
            coordinates[n * view.dims + k] = static_cast<Scalar>(inside + view.shift[k]);
        }
        sums.total += static_cast<double>(total);
        const View<Scalar> none{view.basis, zero.data(), view.shift, 0};
        offView[n] = std::sqrt(squaredRemainder<0, Scalar>(rest.data(), rows.dim, none, {}));
    }
    return sums;
}

template <typename Scalar>
NC_INLINE Sums projectChosen(const Rows<Scalar>& rows, const View<Scalar>& view, Scalar* coordinates, Scalar* offView)
{
    switch (view.dims) {
    case 1:
        return projectFixed<1>(rows, view, coordinates, offView);
    case 2:
        return projectFixed<2>(rows, view, coordinates, offView);
    case 3:
        return projectFixed<3>(rows, view, coordinates, offView);
    default:
        return projectAny(rows, view, coordinates, offView);
    }
}

NC_EVERY_PROCESSOR Sums projectFloat(const Rows<float>& rows, const View<float>& view, float* coordinates,
                                     float* offView)
{
    return projectChosen(rows, view, coordinates, offView);
}

NC_EVERY_PROCESSOR Sums projectDouble(const Rows<double>& rows, const View<double>& view, double* coordinates,
                                      double* offView)
{
    return projectChosen(rows, view, coordinates, offView);
}

} // namespace

template <>
Sums projectBlock(const Rows<float>& rows, const View<float>& view, float* coordinates, float* offView)
{
    return projectFloat(rows, view, coordinates, offView);
}

template <>
Sums projectBlock(const Rows<double>& rows, const View<double>& view, double* coordinates, double* offView)
{
    return projectDouble(rows, view, coordinates, offView);
}

} // namespace nc::kernel
