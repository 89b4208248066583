#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace nc::app
{

/// Who draws the view.
enum class Renderer {
    Auto, ///< a GPU where there is one
    Gpu,
    Cpu,
};

/// Opens the window's library and runs it; returns the program's exit code. Environment errors: no display, a display
/// that does not answer, the library is not installed.
[[nodiscard]] Result<int> openWindow(const std::vector<std::string>& paths, Renderer renderer);

} // namespace nc::app
