#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/training/batch.h"
#include "core/training/recording.h"
#include "core/training/whole_train.h"

namespace nc::training
{

/// A split on its way from the device to (pinned) memory of the host.
struct PendingSplit {
    std::vector<std::pair<std::string, torch::Tensor>> layers; ///< N x d each, penultimate first
    torch::Tensor logits;                                      ///< N x C
    std::vector<std::int64_t> order;                           ///< row order[i] stands at i; empty: all in place
};
struct PendingEpoch {
    std::int64_t epoch = 0;
    torch::Tensor weight, bias; ///< of the classifier; no bias: undefined
    std::vector<PendingSplit> splits;
    std::optional<PendingClasses> wholeTrain; ///< of recording.whole_train
    std::optional<c10::Event> arrived;        ///< of the copies from a GPU
};

/// While it lives the network is in the wanted mode; then its mode and all its buffers are what they were.
class ModeGuard
{
public:
    ModeGuard(torch::nn::Module& module, bool training);
    ~ModeGuard();
    ModeGuard(const ModeGuard&) = delete;
    ModeGuard& operator=(const ModeGuard&) = delete;

private:
    torch::nn::Module& m_module;
    bool m_wasTraining;
    std::vector<torch::Tensor> m_saved;
};

/// After its life the device's generator of random numbers is what it was.
class GeneratorGuard
{
public:
    explicit GeneratorGuard(const torch::Device& device);
    ~GeneratorGuard();
    GeneratorGuard(const GeneratorGuard&) = delete;
    GeneratorGuard& operator=(const GeneratorGuard&) = delete;

private:
    at::Generator m_generator;
    torch::Tensor m_state;
};

/// The fixed pictures that are run through the network at every recorded epoch.
class Recorder
{
public:
    /// `trainPixels`: the pictures of `train`, where they are on the device already, for recording.whole_train.
    Recorder(const TrainConfig& config, const ImageDataSet& data, const SampleSet& train, const SampleSet& test,
             const torch::Device& device, const PixelStore* trainPixels = nullptr);

    [[nodiscard]] const RecordedStatics& statics() const { return m_statics; }

    /// The labels of all recorded rows, split after split, rows x C: what an unconstrained features model trains on.
    [[nodiscard]] torch::Tensor targets(std::int64_t classes) const;

    /// Runs all splits through the network: mixes first, then the network. Leaves its mode, its batch-norm buffers and
    /// the generator of random numbers as they were. `trainingBatch` (of recording.bn_batches, else unused) runs
    /// training batch k through the network, which is in train mode. On a GPU nothing waits for the device. From any
    /// thread in mode eval without recording.bn_batches.
    [[nodiscard]] PendingEpoch record(Network& network, std::int64_t epoch,
                                      const std::function<void(std::int64_t)>& trainingBatch = {}) const;

    /// What record() takes, in seconds of wall time: runs blocks of the first split, which stand for all rows, through
    /// the network for about `seconds`, at least one after a first that is not timed, then so many batches of
    /// recording.bn_batches, and keeps nothing. Leaves the network as record() does.
    [[nodiscard]] double trial(Network& network, double seconds,
                               const std::function<void(std::int64_t)>& trainingBatch = {}) const;

    /// What was recorded, once it has arrived, with the scalars clean_accuracy, nc1 (of the clean split),
    /// test_accuracy, test_loss and those of wholeTrainScalars(). From any thread.
    [[nodiscard]] RecordedEpoch finish(const PendingEpoch& pending) const;

private:
    struct Source {
        MixPlan plan; ///< rows of `pixels`, one entry a row of the split
        PixelStore pixels;
        bool inBatches = false;    ///< the rows stand in batches that belong together, as evenBlocks() cuts them
        std::int64_t firstRow = 0; ///< rows of all splits before
    };
    /// How a split goes through the network: blocks of rows [begin, end) of an order.
    struct Passage {
        std::vector<std::int64_t> order;
        std::vector<std::pair<std::size_t, std::size_t>> blocks;
        bool shuffled = false; ///< else the order is 0, 1, …
    };
    void add(Split split, const LabelledImages& images, const ImageDataSet& data, const torch::Device& device);
    /// Rows that go through the network together; `fixed` rows stand in batches that belong together.
    [[nodiscard]] std::size_t blockRows(bool fixed) const;
    [[nodiscard]] Passage passageOf(std::size_t index) const;
    [[nodiscard]] PendingSplit recordSplit(Network& network, std::size_t index) const;
    [[nodiscard]] Activations recordBlock(Network& network, std::size_t index, const Passage& passage,
                                          std::size_t block) const;
    /// What the network sees of these rows of a split.
    [[nodiscard]] torch::Tensor input(const Source& source, std::span<const std::int64_t> rows) const;
    [[nodiscard]] bool usesBatchStatistics() const { return m_config.recording.mode != "eval"; }
    /// Dropout draws in train mode. Else the generator is left alone: training may use it at the same time.
    [[nodiscard]] std::unique_ptr<GeneratorGuard> keptGenerator() const;

    TrainConfig m_config;
    torch::Device m_device;
    RecordedStatics m_statics;
    std::vector<Source> m_sources;          ///< one a split
    std::optional<WholeTrain> m_wholeTrain; ///< of recording.whole_train
};

} // namespace nc::training
