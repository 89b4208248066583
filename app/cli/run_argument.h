#pragma once

#include "app/cli/arguments.h"
#include "app/figure_builder.h"

/// Opening the runs that a command was given.
namespace nc::cli
{

/// What --map and --memory-limit say. Usage errors for words that they do not take.
[[nodiscard]] Result<io::ReadOptions> readOptions(const Arguments& arguments);

/// The run at `path`, read as these options say.
[[nodiscard]] Result<io::RunReader> openReader(const Arguments& arguments, const std::string& path);
[[nodiscard]] Result<app::OpenRun> openRun(const Arguments& arguments, const std::string& path);

} // namespace nc::cli
