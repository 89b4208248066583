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

/// Whether the probe is made of batches as the public reproduction plots them; free features have none.
[[nodiscard]] bool recordsBatches(const TrainConfig& config);

/// Classes as positions in trainedLabels() that the probe holds, ascending. Where batches of the shown classes are
/// recorded these: `recording.view_classes`, else all of up to three, else three drawn by the seed. Otherwise all, or
/// of more than ten the shown ones and others drawn by the seed, ten together.
[[nodiscard]] std::vector<std::int64_t> probedClasses(const TrainConfig& config);

/// The classes shown by default, as positions in trainedLabels(): `recording.view_classes`, or those of the recorded
/// batches; empty: the viewer chooses.
[[nodiscard]] std::vector<std::int64_t> viewClassPositions(const TrainConfig& config);

/// Epochs to record, ascending, always with 0 and the last. Rule where `recording.epochs` is empty: 0 to 10 each, then
/// spaced by a factor 1.1.
[[nodiscard]] std::vector<std::int64_t> recordedEpochs(const TrainConfig& config);

/// Images that a pass goes over, and its steps: a last smaller batch is left out. Fewer where `budget_seconds` is set.
[[nodiscard]] std::int64_t trainingImages(const TrainConfig& config);
[[nodiscard]] std::int64_t stepsPerEpoch(const TrainConfig& config);

/// Rows of all recorded splits together, at most. An unconstrained features model records (and trains) mixes only where
/// it mixes, and no test pictures: it has features of nothing else.
[[nodiscard]] std::int64_t recordedRows(const TrainConfig& config);

/// Learning rate after a fraction 0..1 of the training.
[[nodiscard]] double learningRateAt(const TrainConfig& config, double fraction);

/// Number of probe mixes of each unordered pair of probed classes i <= j, in the order (0,0), (0,1), …, (1,1), …:
/// same-class pairs count twice; 200 (400) a pair where `probe_samples` is 0, else `probe_samples` spread as evenly as
/// possible.
[[nodiscard]] std::vector<std::int64_t> probeCells(const TrainConfig& config);
/// Rows of the probe: of all cells, or of the whole batches of the shown classes.
[[nodiscard]] std::int64_t probeRows(const TrainConfig& config);

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
