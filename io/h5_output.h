#pragma once

#include <filesystem>

#include "io/h5_handle.h"

namespace nc::io::h5 {

/// Creates a file for writing, without locks. HDF5 1.10 crashes when a write fails (a full disk), so a driver of our
/// own stands between it and the file: the first failure is noted in `firstError` (an errno, 0 so far), and from then
/// on HDF5 is told that all is well and nothing is written any more. `firstError` must outlive the handle. Private to
/// io.
[[nodiscard]] H5Handle createFile(const std::filesystem::path& path, int& firstError);

} // namespace nc::io::h5
