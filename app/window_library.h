#pragma once

#include <string>
#include <vector>

#include "io/run_reader.h"

namespace nc::app
{

/// Who draws the view.
enum class Renderer {
    Auto, ///< a GPU where there is one
    Gpu,
    Cpu,
};

struct WindowOptions {
    Renderer renderer = Renderer::Auto;
    io::ReadOptions read{}; ///< of the runs that are named, the mapping; of all, the memory limit
};

/// Opens the window's library and runs it; returns the program's exit code. Environment errors: no display, a display
/// that does not answer, the library is not installed.
[[nodiscard]] Result<int> openWindow(const std::vector<std::string>& paths, const WindowOptions& options);

} // namespace nc::app
