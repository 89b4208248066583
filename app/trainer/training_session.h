#pragma once

#include "app/trainer/command_listener.h"
#include "app/trainer/options.h"
#include "core/training/trainer.h"

namespace nc::trainer
{

/// One line of the protocol, a JSON object, to stdout at once.
void sendLine(const std::string& json);
/// The error as a protocol line, with the keys of `--json`.
void sendError(const Error& error);

/// With its data loaded, and with --resume the weights of the checkpoint where there is one to go on from.
[[nodiscard]] Result<training::Trainer> makeTrainer(const Options& options, const TrainConfig& config,
                                                    training::Communicator* group = nullptr);

/// Trains (or goes on training) into options.output and tells about it on stdout and stderr; of several processes the
/// root does so and the others compute with it. Returns the exit code.
[[nodiscard]] Result<int> runTraining(const Options& options, CommandListener& commands, training::Communicator& group);

/// Makes a run of weights that were trained elsewhere, an epoch a file. Returns the exit code.
[[nodiscard]] Result<int> recordRun(const Options& options);

} // namespace nc::trainer
