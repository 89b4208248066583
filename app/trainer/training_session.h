#pragma once

#include "app/trainer/command_listener.h"
#include "app/trainer/options.h"

namespace nc::trainer
{

/// One line of the protocol, a JSON object, to stdout at once.
void sendLine(const std::string& json);
/// The error as a protocol line, with the keys of `--json`.
void sendError(const Error& error);

/// Trains (or goes on training) into options.output and tells about it on stdout and stderr. Returns the exit code.
[[nodiscard]] Result<int> runTraining(const Options& options, CommandListener& commands);

/// Makes a run of weights that were trained elsewhere, an epoch a file. Returns the exit code.
[[nodiscard]] Result<int> recordRun(const Options& options);

} // namespace nc::trainer
