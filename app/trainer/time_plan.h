#pragma once

#include "core/config/train_config.h"
#include "core/training/trainer.h"

namespace nc::trainer
{

/// How long a training takes on this machine, by what trial steps took there; on the wall.
struct TimePlan {
    double secondsPerPass = 0; ///< recording left out; with budget_seconds of the part of the pictures that will fit
    double recordingShare = 0; ///< of the whole training, what it waits for recorded epochs
};

/// Where epochs are recorded beside the training, it waits for what takes longer than a pass. A budget is CPU time and
/// counts all of recording; that is taken to keep as many threads busy as a step does.
[[nodiscard]] TimePlan planTimes(const TrainConfig& config, const training::TrialTimes& times);

} // namespace nc::trainer
