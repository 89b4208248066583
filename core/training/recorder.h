#pragma once

#include "core/training/batch.h"
#include "core/training/recording.h"

namespace nc::training
{

/// The fixed pictures that are run through the network at every recorded epoch.
class Recorder
{
public:
    Recorder(const TrainConfig& config, const ImageDataSet& data, const SampleSet& train, const SampleSet& test,
             const torch::Device& device);

    [[nodiscard]] const RecordedStatics& statics() const { return m_statics; }

    /// Features and logits of every split, the classifier, and the scalars clean_accuracy, nc1 (of the clean split),
    /// test_accuracy, test_loss. Mixes first, then runs the network. Leaves the network's mode and its batch-norm
    /// buffers as they were.
    [[nodiscard]] RecordedEpoch record(Network& network, std::int64_t epoch) const;

private:
    struct Source {
        MixPlan plan; ///< rows of `pixels`, one entry a row of the split
        PixelStore pixels;
    };
    void add(Split split, const LabelledImages& images, const ImageDataSet& data, const torch::Device& device);
    [[nodiscard]] RecordedSplit recordSplit(Network& network, std::size_t index) const;

    TrainConfig m_config;
    RecordedStatics m_statics;
    std::vector<Source> m_sources; ///< one a split
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

} // namespace nc::training
