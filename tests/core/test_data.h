#pragma once

#include <cmath>
#include <initializer_list>
#include <random>
#include <vector>

#include <Eigen/QR>
#include <QTest>

#include "core/snapshot.h"

/// Fails with both numbers unless |actual - expected| <= tolerance; a NaN fails.
#define NC_CLOSE(actual, expected, tolerance)                                                                          \
    do {                                                                                                               \
        const double a_ = (actual), e_ = (expected);                                                                   \
        QVERIFY2(std::abs(a_ - e_) <= (tolerance), qPrintable(QStringLiteral("%1 is %2, expected %3 (difference %4)")  \
                                                                  .arg(QStringLiteral(#actual))                        \
                                                                  .arg(a_, 0, 'g', 17)                                 \
                                                                  .arg(e_, 0, 'g', 17)                                 \
                                                                  .arg(a_ - e_, 0, 'g', 3)));                          \
    } while (false)

/// Small inputs that several core tests share.
namespace nc::test
{

inline Matrix matrixOf(std::initializer_list<std::initializer_list<double>> rows)
{
    Matrix matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows.begin()->size()));
    Index r = 0;
    for (const auto& row : rows) {
        Index c = 0;
        for (const double value : row)
            matrix(r, c++) = value;
        ++r;
    }
    return matrix;
}

inline Vector vectorOf(std::initializer_list<double> values)
{
    Vector vector(static_cast<Index>(values.size()));
    std::copy(values.begin(), values.end(), vector.begin());
    return vector;
}

inline Matrix gaussian(Index rows, Index cols, unsigned seed)
{
    std::mt19937_64 engine(seed);
    std::normal_distribution<double> normal;
    return Matrix::NullaryExpr(rows, cols, [&] { return normal(engine); });
}

/// d x d orthogonal.
inline Matrix rotation(Index dim, unsigned seed)
{
    return Eigen::HouseholderQR<Matrix>(gaussian(dim, dim, seed)).householderQ();
}

/// C x d with W W^T = kappa (I - 11^T/C), in a random orientation. d >= C.
inline Matrix simplexRows(Index classes, Index dim, double kappa, unsigned seed)
{
    const Matrix frame = rotation(dim, seed).leftCols(classes).transpose();
    return std::sqrt(kappa) * (frame.rowwise() - frame.colwise().mean());
}

/// The classifier of docs/maths.md, 3.3: 3 classes, 4 columns.
inline Classifier exampleClassifier()
{
    return {matrixOf({{2, 0, 1, -1}, {-1, 3, 0, 1}, {0, -1, 2, 2}}), vectorOf({0.1, -0.2, 0.3}), true};
}

inline Split cleanSplit(std::vector<std::int32_t> labels)
{
    Split split;
    split.name = "clean";
    split.labelB = labels;
    split.lambda.assign(labels.size(), 1.0);
    split.labelA = std::move(labels);
    return split;
}

inline Split mixSplit(std::vector<std::int32_t> a, std::vector<std::int32_t> b, std::vector<double> lambda)
{
    Split split;
    split.name = "mix";
    split.kind = SplitKind::Mix;
    split.labelA = std::move(a);
    split.labelB = std::move(b);
    split.lambda = std::move(lambda);
    return split;
}

/// Rows that ask for a given number of rows a block.
class BlockedRows final : public RowSource
{
public:
    BlockedRows(RowMatrixD rows, Index rowsPerBlock)
        : m_rows(std::move(rows))
        , m_rowsPerBlock(rowsPerBlock)
    {
    }
    [[nodiscard]] Index rows() const override { return m_rows.rows(); }
    [[nodiscard]] Index dim() const override { return m_rows.dim(); }
    [[nodiscard]] Index rowsPerBlock() const override { return m_rowsPerBlock; }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override { return m_rows.read(first, into); }
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override { return m_rows.read(first, into); }

private:
    DoubleRows m_rows;
    Index m_rowsPerBlock;
};

/// Rows of which none from `firstBad` on can be read.
class FailingRows final : public RowSource
{
public:
    FailingRows(RowMatrixD rows, Index firstBad)
        : m_rows(std::move(rows))
        , m_firstBad(firstBad)
    {
    }
    [[nodiscard]] Index rows() const override { return m_rows.rows(); }
    [[nodiscard]] Index dim() const override { return m_rows.dim(); }
    [[nodiscard]] Index rowsPerBlock() const override { return 2; }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override { return readAny(first, into); }
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override { return readAny(first, into); }

private:
    template <typename Into>
    Result<void> readAny(Index first, Into& into) const
    {
        if (first + into.rows() > m_firstBad)
            return dataError("Cannot read rows: the file ends early");
        return m_rows.read(first, into);
    }
    DoubleRows m_rows;
    Index m_firstBad;
};

} // namespace nc::test
