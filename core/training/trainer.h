#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "core/config/train_config.h"
#include "core/training/communicator.h"
#include "core/training/image_data.h"
#include "core/training/recording.h"

namespace nc::training
{

struct BatchProgress {
    std::int64_t epoch = 0, step = 0, steps = 0; ///< step of steps of this pass, both from 1
    double loss = 0;
    double imagesPerSecond = 0;
};
struct EpochProgress {
    std::int64_t epoch = 0;
    std::string file;                      ///< what the sink returned; empty where the epoch was not recorded
    std::map<std::string, double> scalars; ///< as recorded; without the clean ones where not recorded
};

/// What a running training is connected to. Everything is called from the thread of Trainer::run(), onEpoch between
/// steps.
struct TrainHooks {
    std::function<void(const BatchProgress&)> onBatch; ///< at most five times a second
    std::function<void(const EpochProgress&)> onEpoch; ///< after the epoch is safe
    std::stop_token stop;                              ///< finish the step, write a checkpoint, return Stopped
    std::atomic<bool>* snapshot = nullptr;             ///< when set: record the next epoch too, then it is cleared
};

enum class Outcome { Completed, Stopped };

/// What trial steps took on this machine.
struct TrialTimes {
    std::int64_t steps = 0;         ///< that were timed
    double secondsPerStep = 0;      ///< on the wall
    double cpuSecondsPerStep = 0;   ///< of all threads
    double secondsPerEpoch = 0;     ///< of a pass on the wall, its recording left out
    double secondsPerRecording = 0; ///< on the wall for a recorded epoch
    bool recordsBeside = false;     ///< on cores of their own, while training goes on
};

/// Trains as the configuration says. No LibTorch in this header; what LibTorch throws comes back as an error
/// (Environment), which for want of memory says what to make smaller.
class Trainer
{
public:
    /// Draws samples and probe, makes the network. `config` must have no configProblems(). `data` is copied as far as
    /// needed. Errors: no such CUDA device (Environment), a class without pictures (Data).
    /// With a `group` of several processes, which must outlive the trainer, every process creates and runs one: each
    /// step's batch is shared among them, and the root alone records, saves and reports. Then also: a batch that cannot
    /// be shared evenly (Usage).
    [[nodiscard]] static Result<Trainer> create(const TrainConfig& config, const ImageDataSet& data,
                                                Communicator* group = nullptr);
    Trainer(Trainer&&) noexcept;
    Trainer& operator=(Trainer&&) noexcept;
    ~Trainer();

    /// What goes into the static part of the run.
    [[nodiscard]] const RecordedStatics& statics() const;
    [[nodiscard]] const std::string& device() const; ///< "cpu" or "cuda:0"

    /// Goes on from a checkpoint; where there is no such file the training starts at the beginning.
    [[nodiscard]] Result<void> resume(const std::filesystem::path& checkpoint);

    /// Trains to the end or until stopped, from epoch 0, which is recorded before the first step. The sink is called
    /// from another thread, so that training does not wait for it; after every epoch that is safe its checkpoint is
    /// written. Errors: those of the sink, an unwritable checkpoint, a loss that is not finite (Data). Together; a stop
    /// asked of one process stops all.
    [[nodiscard]] Result<Outcome> run(SnapshotSink& sink, const std::filesystem::path& checkpoint,
                                      const TrainHooks& hooks);

    /// Takes steps for about `seconds`, at least one, and times them after a warm-up; then recorded rows for a quarter
    /// of that. The steps change the weights and leave nothing else behind: train with another Trainer.
    [[nodiscard]] Result<TrialTimes> trial(double seconds);

    /// Records an epoch of weights that come from elsewhere (a safetensors file of this network, by PyTorch's names).
    /// Errors: those of reading and of the sink.
    [[nodiscard]] Result<std::string> recordWeights(const std::filesystem::path& file, std::int64_t epoch,
                                                    SnapshotSink& sink);

    /// The bytes of a safetensors file with the present weights.
    [[nodiscard]] std::string weights() const;

private:
    struct Impl;
    explicit Trainer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Whether a safetensors file of weights has a bias in its last linear layer. Errors: those of reading.
[[nodiscard]] Result<bool> weightsHaveClassifierBias(const std::filesystem::path& file);

/// "LibTorch 2.11.0", CUDA, cuDNN and the visible GPUs, one a line.
[[nodiscard]] std::string engineVersions();

} // namespace nc::training
