#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"

namespace nc::io
{

/// An HDF5 file with one float64 dataset a column, whole or not at all. `values` rows x names; names are unique.
[[nodiscard]] Result<void> writeColumns(const std::filesystem::path& path, const std::vector<std::string>& names,
                                        const RowMatrixD& values);

} // namespace nc::io
