#pragma once

#include <string>
#include <vector>

#include "core/matrix.h"

namespace nc::app
{

/// Named columns of numbers, a row a sample.
struct Table {
    std::vector<std::string> names;
    RowMatrixD values; ///< rows x names
};

/// A text as one field of a CSV line (RFC 4180): quoted where it holds a comma, a quote or a line break.
[[nodiscard]] std::string csvField(const std::string& text);

/// Header and rows; every number reads back exactly.
[[nodiscard]] std::string toCsv(const Table& table);

/// NumPy's .npy, version 1.0: rows x columns float64, C order.
[[nodiscard]] std::string toNpy(const Table& table);

} // namespace nc::app
