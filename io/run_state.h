#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/result.h"

/// run.json: what people, scripts and `ncscope runs` read about a run without HDF5.
namespace nc::io
{

struct RunState {
    std::string name = "finished"; ///< "running", "finished" or "stopped"
    bool abandoned = false;        ///< it says running, but its process is dead or silent: counts as stopped
    std::int64_t process = 0;      ///< that wrote it last
    bool here = false;             ///< the process is, or was, on this host
};

/// Of a directory run. Running with a dead process on this host, or not updated for ten minutes elsewhere, counts as
/// stopped; a run without run.json (a foreign one) as finished.
[[nodiscard]] RunState readRunState(const std::filesystem::path& folder);

/// Writes {title, config, state, pid, host, updated}; `configuration` is JSON text or empty.
[[nodiscard]] Result<void> writeRunState(const std::filesystem::path& folder, const std::string& title,
                                         const std::string& configuration, const std::string& state);

/// Now, ISO 8601 in UTC: "2024-05-01T12:00:00Z".
[[nodiscard]] std::string timeStamp();

} // namespace nc::io
