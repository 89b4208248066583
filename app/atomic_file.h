#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "core/result.h"

namespace nc::app
{

/// Writes a file so that it is there whole or not at all: beside its place, flushed to disk, renamed. An existing file
/// is replaced on success only. Errors (Environment): missing or unwritable folder, disk full.
[[nodiscard]] Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

/// The same for writers that need a path to write to: `write` gets the path beside `path` and is followed by flush and
/// rename.
[[nodiscard]] Result<void> writeFileAtomically(const std::filesystem::path& path,
                                               const std::function<Result<void>(const std::filesystem::path&)>& write);

/// Environment error when `path` could not be written: told before long work, not after it.
[[nodiscard]] Result<void> checkWritable(const std::filesystem::path& path);

/// SIGINT and SIGTERM remove the unfinished file and end the process with 130.
void removeUnfinishedFilesOnInterrupt();

} // namespace nc::app
