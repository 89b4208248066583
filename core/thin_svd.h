#pragma once

#include "core/matrix.h"

namespace nc
{

/// A = U S V^T with r = min(rows, cols) columns in U and V; s descending. Compiled once: Eigen's decomposition is the
/// dearest template of the project.
struct ThinSvd {
    Matrix u; ///< rows x r
    Vector s; ///< r
    Matrix v; ///< cols x r
};
[[nodiscard]] ThinSvd thinSvd(const Matrix& matrix);

} // namespace nc
