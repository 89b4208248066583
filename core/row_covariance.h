#pragma once

#include <span>

#include "core/row_source.h"

namespace nc
{

/// Mean and covariance of some rows, in double; two walks.
struct RowCovariance {
    Index count = 0;
    Vector mean;       ///< d
    Matrix covariance; ///< d x d, (1/count) sum (h - mean)(h - mean)^T
};

/// `chosen`: a flag a row, those with 1 count; empty: every row. Errors: those of reading, Interrupted.
[[nodiscard]] Result<RowCovariance> rowCovariance(const RowSource& rows, std::span<const char> chosen,
                                                  const TaskControl& control = {});

} // namespace nc
