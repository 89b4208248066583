#include "core/row_kernel.h"

#include "core/pack.h"

namespace nc::kernel
{
namespace
{

constexpr Index width = lanes<double>;

template <typename Scalar>
NC_INLINE void addAny(const Scalar* row, Index dim, double* sums)
{
    Index i = 0;
    for (; i + width <= dim; i += width) {
        Pack<double> x, total;
        loadExact(x, row + i);
        load(total, static_cast<const double*>(sums + i));
        store(sums + i, total + x);
    }
    for (; i < dim; ++i)
        sums[i] += static_cast<double>(row[i]);
}

template <typename Scalar>
NC_INLINE double deviateAny(const Scalar* row, const double* mean, Index dim, double* deviation)
{
    Pack<double> total{};
    Index i = 0;
    for (; i + width <= dim; i += width) {
        Pack<double> x, m;
        loadExact(x, row + i);
        load(m, mean + i);
        x -= m;
        total += x * x;
        store(deviation + i, x);
    }
    double result = sum<double>(total);
    for (; i < dim; ++i) {
        deviation[i] = static_cast<double>(row[i]) - mean[i];
        result += deviation[i] * deviation[i];
    }
    return result;
}

template <typename Scalar>
NC_INLINE double squaredLengthAny(const Scalar* row, Index dim)
{
    Pack<double> total{};
    Index i = 0;
    for (; i + width <= dim; i += width) {
        Pack<double> x;
        loadExact(x, row + i);
        total += x * x;
    }
    double result = sum<double>(total);
    for (; i < dim; ++i)
        result += static_cast<double>(row[i]) * static_cast<double>(row[i]);
    return result;
}

/// R rows against K vectors, whose sums all stay in registers.
template <int R, int K, typename Scalar>
NC_INLINE void tile(const Scalar* rows, Index dim, const double* vectors, double* out, Index outStride)
{
    Pack<double> sums[R][K]{};
    Index i = 0;
    for (; i + width <= dim; i += width) {
        Pack<double> v[K], x;
#pragma GCC unroll 3
        for (int k = 0; k < K; ++k)
            load(v[k], vectors + k * dim + i);
#pragma GCC unroll 4
        for (int r = 0; r < R; ++r) {
            loadExact(x, rows + r * dim + i);
#pragma GCC unroll 3
            for (int k = 0; k < K; ++k)
                sums[r][k] += x * v[k];
        }
    }
    for (int r = 0; r < R; ++r)
        for (int k = 0; k < K; ++k) {
            double result = sum<double>(sums[r][k]);
            for (Index rest = i; rest < dim; ++rest)
                result += static_cast<double>(rows[r * dim + rest]) * vectors[k * dim + rest];
            out[r * outStride + k] = result;
        }
}

template <int K, typename Scalar>
NC_INLINE void allRows(const Scalar* rows, Index count, Index dim, const double* vectors, double* out, Index outStride)
{
    Index n = 0;
    for (; n + 4 <= count; n += 4)
        tile<4, K>(rows + n * dim, dim, vectors, out + n * outStride, outStride);
    for (; n < count; ++n)
        tile<1, K>(rows + n * dim, dim, vectors, out + n * outStride, outStride);
}

template <typename Scalar>
NC_INLINE void productsAny(const Scalar* rows, Index count, Index dim, const double* vectors, Index vectorCount,
                           double* out)
{
    Index k = 0;
    for (; vectorCount - k >= 3 && vectorCount - k != 4; k += 3)
        allRows<3>(rows, count, dim, vectors + k * dim, out + k, vectorCount);
    for (; vectorCount - k >= 2; k += 2) // four as two and two: a single one waits for memory
        allRows<2>(rows, count, dim, vectors + k * dim, out + k, vectorCount);
    if (k < vectorCount)
        allRows<1>(rows, count, dim, vectors + k * dim, out + k, vectorCount);
}

// Functions compiled for several processors cannot be overloaded through their declarations in a header.
NC_EVERY_PROCESSOR void addFloats(const float* row, Index dim, double* sums)
{
    addAny(row, dim, sums);
}
NC_EVERY_PROCESSOR void addDoubles(const double* row, Index dim, double* sums)
{
    addAny(row, dim, sums);
}
NC_EVERY_PROCESSOR double deviateFloats(const float* row, const double* mean, Index dim, double* deviation)
{
    return deviateAny(row, mean, dim, deviation);
}
NC_EVERY_PROCESSOR double deviateDoubles(const double* row, const double* mean, Index dim, double* deviation)
{
    return deviateAny(row, mean, dim, deviation);
}
NC_EVERY_PROCESSOR double squaredLengthOfFloats(const float* row, Index dim)
{
    return squaredLengthAny(row, dim);
}
NC_EVERY_PROCESSOR double squaredLengthOfDoubles(const double* row, Index dim)
{
    return squaredLengthAny(row, dim);
}
NC_EVERY_PROCESSOR void productsOfFloats(const float* rows, Index count, Index dim, const double* vectors,
                                         Index vectorCount, double* out)
{
    productsAny(rows, count, dim, vectors, vectorCount, out);
}
NC_EVERY_PROCESSOR void productsOfDoubles(const double* rows, Index count, Index dim, const double* vectors,
                                          Index vectorCount, double* out)
{
    productsAny(rows, count, dim, vectors, vectorCount, out);
}

} // namespace

void addRow(const float* row, Index dim, double* sums)
{
    addFloats(row, dim, sums);
}
void addRow(const double* row, Index dim, double* sums)
{
    addDoubles(row, dim, sums);
}
double deviate(const float* row, const double* mean, Index dim, double* deviation)
{
    return deviateFloats(row, mean, dim, deviation);
}
double deviate(const double* row, const double* mean, Index dim, double* deviation)
{
    return deviateDoubles(row, mean, dim, deviation);
}
double squaredLength(const float* row, Index dim)
{
    return squaredLengthOfFloats(row, dim);
}
double squaredLength(const double* row, Index dim)
{
    return squaredLengthOfDoubles(row, dim);
}
void products(const float* rows, Index count, Index dim, const double* vectors, Index vectorCount, double* out)
{
    productsOfFloats(rows, count, dim, vectors, vectorCount, out);
}
void products(const double* rows, Index count, Index dim, const double* vectors, Index vectorCount, double* out)
{
    productsOfDoubles(rows, count, dim, vectors, vectorCount, out);
}

} // namespace nc::kernel
