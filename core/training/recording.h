#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/snapshot.h"

/// What a training leaves behind, as values: core/training knows no files of runs. No LibTorch here.
namespace nc::training
{

/// Pictures of a split, N x side x side x channels bytes, a mix as the mixed picture.
struct Thumbnails {
    Index count = 0, side = 0, channels = 1;
    std::vector<std::uint8_t> bytes;
};

/// The parts of a run that never change: the same pictures and lambda at every epoch.
struct RecordedStatics {
    std::vector<Split> splits;
    std::map<std::string, Thumbnails> thumbnails; ///< by split; empty where none are wanted
};

struct RecordedSplit {
    std::string name;
    RowMatrixF features;                                    ///< N x d, penultimate
    RowMatrixF logits;                                      ///< N x C
    std::vector<std::pair<std::string, RowMatrixF>> layers; ///< earlier ones, N x d_layer; empty unless wanted
};

struct RecordedEpoch {
    std::int64_t epoch = 0, step = 0;
    double seconds = 0; ///< of training since the start, stops left out
    Classifier classifier;
    std::vector<RecordedSplit> splits;
    std::map<std::string, double> scalars; ///< train_loss, train_accuracy, test_accuracy, learning_rate, …
};

/// Where recorded epochs go; io's run writer is plugged in by app/trainer.
class SnapshotSink
{
public:
    virtual ~SnapshotSink() = default;
    /// Called from one thread, which is not that of the training. Returns the name under which the epoch can be found,
    /// e.g. "epochs/000012.h5", once it is safe.
    [[nodiscard]] virtual Result<std::string> writeEpoch(const RecordedEpoch& epoch) = 0;
};

} // namespace nc::training
