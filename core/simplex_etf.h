#pragma once

#include "core/matrix.h"

namespace nc::etf
{

/// Helmert frame A, (K-1) x K, orthonormal rows all orthogonal to the ones vector; A e_k are the vertices of a regular
/// simplex of edge sqrt(2) (docs/maths.md, 3.1). K >= 2.
[[nodiscard]] Matrix helmert(Index classes);

/// K-gon frame, 2 x K, sqrt(2/K) [cos(2 pi k/K); sin(2 pi k/K)]. K >= 3.
[[nodiscard]] Matrix kgon(Index classes);

/// || G/|G|_F - (I - 11^T/C)/sqrt(C-1) ||_F for a C x C Gram (or cross-Gram) matrix; 0 for an exact simplex ETF.
[[nodiscard]] double error(const Matrix& gram);

/// Rows minus their mean row: P W.
[[nodiscard]] Matrix centredRows(const Eigen::Ref<const Matrix>& rows);

/// Singular values at most this times the largest count as zero: recorded classifiers are float32.
inline constexpr double rankTolerance = 1e-6;

/// Partial polar factor Q = U V^T (K x d) of the centred rows, the nearest exact simplex ETF direction frame; with the
/// singular values and the relative misfit |M/|M|_F - Q/|Q|_F|_F. `rank` counts s > rankTolerance s_1; Q is meaningful
/// for rank K-1.
struct PolarFit {
    Matrix frame;          ///< Q, K x d; zero for rank 0
    Vector singularValues; ///< of the centred rows, descending, min(K, d)
    Index rank = 0;
    double misfit = 0;
};
[[nodiscard]] PolarFit fit(const Eigen::Ref<const Matrix>& rows);

/// kappa = |Wc|_F^2/(C-1): W W^T = kappa (I - 11^T/C) for an exact ETF.
[[nodiscard]] double kappa(const Eigen::Ref<const Matrix>& weight);

} // namespace nc::etf
