#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

/// Files that are there whole or not at all.
namespace nc::io
{

/// `write` fills "PATH.part" and closes it; then it is flushed to disk, renamed to PATH and the folder flushed. Where
/// anything fails the .part is removed and PATH is as before. Errors of the system are of kind Environment.
[[nodiscard]] Result<void> writeAtomically(const std::filesystem::path& path,
                                           const std::function<Result<void>(const std::filesystem::path& part)>& write);
[[nodiscard]] Result<void> writeAtomically(const std::filesystem::path& path, std::string_view bytes);

/// Removes the file that is being written, if any. Safe in a signal handler; for a process that ends.
void removeUnfinishedFile() noexcept;

/// Environment error about `path` with the system's reason (errno).
[[nodiscard]] Error cannotWrite(const std::filesystem::path& path, int code);

/// Flushes a folder's entries to disk.
[[nodiscard]] Result<void> flushFolder(const std::filesystem::path& folder);

} // namespace nc::io
