#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/train_config.h"

/// What follows from a configuration before anything runs.
namespace nc
{

/// Labels of the data set that are trained on, ascending in the order of `data.classes`; all when that is empty.
[[nodiscard]] std::vector<std::int64_t> trainedLabels(const TrainConfig& config);
[[nodiscard]] std::vector<std::string> trainedClassNames(const TrainConfig& config);

/// `recording.view_classes` as positions in trainedLabels(); empty where none are configured.
[[nodiscard]] std::vector<std::int64_t> viewClassPositions(const TrainConfig& config);

/// Epochs to record, ascending, always with 0 and the last. Rule where `recording.epochs` is empty: 0 to 10 each, then
/// spaced by a factor 1.1.
[[nodiscard]] std::vector<std::int64_t> recordedEpochs(const TrainConfig& config);

/// Images that a pass goes over, and its steps: a last smaller batch is left out. Fewer where `budget_seconds` is set.
[[nodiscard]] std::int64_t trainingImages(const TrainConfig& config);
[[nodiscard]] std::int64_t stepsPerEpoch(const TrainConfig& config);

/// Learning rate after a fraction 0..1 of the training.
[[nodiscard]] double learningRateAt(const TrainConfig& config, double fraction);

/// Number of probe mixes of each unordered pair of classes i <= j, in the order (0,0), (0,1), …, (1,1), …: same-class
/// pairs count twice; 200 (400) a pair where `probe_samples` is 0, else `probe_samples` spread as evenly as possible.
[[nodiscard]] std::vector<std::int64_t> probeCells(const TrainConfig& config);

/// "FashionMNIST, 4 classes, mixup" where no title is configured.
[[nodiscard]] std::string displayTitle(const TrainConfig& config);
/// The attribute feature_layer of a run: "linear 16, no ReLU".
[[nodiscard]] std::string featureLayerText(const TrainConfig& config);

/// Rough needs of a training, for `--dry-run`.
struct MemoryEstimate {
    std::int64_t dataBytes = 0;       ///< pixels on the device
    std::int64_t parameters = 0;      ///< trainable numbers (count)
    std::int64_t stateBytes = 0;      ///< weights, gradients, momentum
    std::int64_t activationBytes = 0; ///< one batch, forward and backward
    std::int64_t recordingBytes = 0;  ///< one recorded epoch in memory
    std::int64_t runBytes = 0;        ///< the whole run on disk
    [[nodiscard]] std::int64_t memoryBytes() const { return dataBytes + stateBytes + activationBytes + recordingBytes; }
};
[[nodiscard]] MemoryEstimate estimateMemory(const TrainConfig& config);

} // namespace nc
