#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace nc::app
{

/// Writes an output file so that it is there whole or not at all (io/atomic_file.h). An existing file is replaced on
/// success only. Errors (Environment): missing or unwritable folder, disk full.
[[nodiscard]] Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

/// Environment error when `path` could not be written: told before long work, not after it.
[[nodiscard]] Result<void> checkWritable(const std::filesystem::path& path);

/// SIGINT and SIGTERM remove the unfinished file and end the process with 130.
void removeUnfinishedFilesOnInterrupt();

} // namespace nc::app
