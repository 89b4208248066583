#include "app/trainer/time_plan.h"

#include <algorithm>

#include "core/config/train_plan.h"

namespace nc::trainer
{

TimePlan planTimes(const TrainConfig& config, const training::TrialTimes& times)
{
    const auto passes = static_cast<double>(config.epochs);
    const auto records = static_cast<double>(recordedEpochs(config).size());
    TimePlan plan{times.secondsPerEpoch, 0};
    if (config.budgetSeconds > 0 && times.cpuSecondsPerStep > 0) {
        constexpr double leastPart = 0.25; // docs of budget_seconds
        const double onTheWall = config.budgetSeconds * times.secondsPerStep / times.cpuSecondsPerStep;
        plan.secondsPerPass = std::clamp((onTheWall - records * times.secondsPerRecording) / passes,
                                         leastPart * times.secondsPerEpoch, times.secondsPerEpoch);
    }
    const double waits = std::max(0.0, times.secondsPerRecording - (times.recordsBeside ? plan.secondsPerPass : 0));
    plan.recordingShare = records * waits / (records * waits + passes * plan.secondsPerPass);
    return plan;
}

} // namespace nc::trainer
