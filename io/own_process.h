#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "core/result.h"

namespace nc::io
{

/// What a process of its own may use before it is ended.
struct ProcessLimits {
    unsigned cpuSeconds = 5;
    std::uint64_t extraBytes = std::uint64_t{768} << 20; ///< of addresses, beyond what this process has
};

/// Runs `work` in a forked process, because HDF5 1.10 may crash, loop or eat all memory over a damaged file, and hands
/// on its result. A process that ends in any of these ways is a data error about `file`. `work` must not need other
/// threads. Where the system cannot fork, it runs here.
[[nodiscard]] Result<void> inOwnProcess(const std::filesystem::path& file, const ProcessLimits& limits,
                                        const std::function<Result<void>()>& work);

/// The same once for each state of the file (inode, length, time of change) that came well through it.
[[nodiscard]] Result<void> onceInOwnProcess(const std::filesystem::path& file,
                                            const std::function<Result<void>()>& work);

} // namespace nc::io
