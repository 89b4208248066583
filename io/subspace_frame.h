#pragma once

#include <vector>

#include "core/matrix.h"

/// The mathematics of `pack --reduce`. Private to io.
///
/// Let S be a subspace that holds the classifier's rows and all class means, Q an orthonormal basis of it (d x r), and
/// e = h - Q Q^T h the residual of a row. What is recorded of the row is g = (Q^T h, p) with p in the plane, |p| = |e|,
/// and p chosen so that their sum over each class is zero, as that of e is (the class mean lies in S).
///
/// Every figure of docs/maths.md 3 and 5 is a function of (a) products <h, s> with s in S, (b) lengths |h| and |h - s|,
/// (c) means of rows over classes, (d) products within S. With s replaced by (Q^T s, 0), g keeps (a) because e is
/// perpendicular to S, (b) because |h - s|^2 = |Q^T h - Q^T s|^2 + |e|^2, (c) because the mean of g over a class is
/// (Q^T mu_c, 0), and (d) because Q is orthonormal. The traces of scatter matrices are sums of (b); pseudo-inverses of
/// the between-class scatter see S alone.
namespace nc::io
{

/// An orthonormal basis that grows.
class SubspaceFrame
{
public:
    explicit SubspaceFrame(Index dim)
        : m_basis(dim, 0)
    {
    }

    /// Makes the frame span these rows (n x d) as well, to the rounding of doubles. False where it would need more than
    /// `widest` columns; the frame is then as wide as that and of no use.
    [[nodiscard]] bool add(const Eigen::Ref<const Matrix>& rows, Index widest);

    [[nodiscard]] const Matrix& basis() const { return m_basis; } ///< d x r
    [[nodiscard]] Index width() const { return m_basis.cols(); }

private:
    Matrix m_basis;
    double m_scale = 0; ///< length of the longest row so far
};

/// A point in the plane for each length, so that those of one group sum to zero and each is as long as told. Lengths of
/// residuals allow it: the longest is never longer than the others together. Rows of group -1 are (length, 0).
[[nodiscard]] Eigen::Matrix<double, Eigen::Dynamic, 2> balancedInPlane(const Vector& lengths,
                                                                       const std::vector<std::int32_t>& groups);

} // namespace nc::io
