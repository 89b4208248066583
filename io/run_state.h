#pragma once

#include <filesystem>
#include <string>

#include "core/result.h"

/// run.json: what people, scripts and `ncscope runs` read about a run without HDF5. Private to io.
namespace nc::io
{

/// "running", "finished" or "stopped" of a directory run. Running with a dead process on this host, or not updated for
/// ten minutes elsewhere, counts as stopped; a run without run.json (a foreign one) as finished.
[[nodiscard]] std::string readRunState(const std::filesystem::path& folder);

/// Writes {title, config, state, pid, host, updated}; `configuration` is JSON text or empty.
[[nodiscard]] Result<void> writeRunState(const std::filesystem::path& folder, const std::string& title,
                                         const std::string& configuration, const std::string& state);

/// Now, ISO 8601 in UTC: "2024-05-01T12:00:00Z".
[[nodiscard]] std::string timeStamp();

} // namespace nc::io
