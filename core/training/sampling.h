#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/config/train_config.h"
#include "core/snapshot.h"
#include "core/training/image_data.h"
#include "core/training/mix_batch.h"
#include "core/training/random_stream.h"

/// Which pictures are trained on and recorded: all of it follows from configuration and seed alone.
namespace nc::training
{

/// Pictures by their index in the data set, ascending, with their class as a position among the trained classes.
struct SampleSet {
    std::vector<std::int64_t> index;
    std::vector<std::int32_t> label;
    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(index.size()); }
};

/// `count` pictures with equal shares of the classes as far as there are enough of each; all where count is 0 or too
/// many.
[[nodiscard]] SampleSet drawSamples(std::span<const std::uint8_t> labels, std::span<const std::int64_t> classes,
                                    std::int64_t count, RandomStream stream);

/// The same from a set drawn before: the clean train split is part of what was trained on.
[[nodiscard]] SampleSet drawSamples(const SampleSet& from, std::int64_t classes, std::int64_t count,
                                    RandomStream stream);

/// Thins the classes as data.imbalance says, and draws labels anew as data.label_noise says.
[[nodiscard]] SampleSet disturbed(const TrainConfig& config, SampleSet samples);

/// Of these classes only.
[[nodiscard]] SampleSet ofClasses(const SampleSet& from, std::span<const std::int64_t> classes);

/// The fixed mixes "mix", lambda uniform (as float32) for each or for each batch of them: probeCells() of each pair of
/// probed classes, partners never the same picture where a class has two, in random order where lambda is drawn for
/// batches; or (recordsBatches()) recording.loops passes over the pictures of the probed classes in random order, in
/// whole batches whose pictures are each other's partners. Batches are those of evenBlocks().
[[nodiscard]] Split drawProbe(const TrainConfig& config, const SampleSet& train);
/// "clean" (of the training set) or "test".
[[nodiscard]] Split cleanSplit(const TrainConfig& config, const SampleSet& samples, const char* origin);

/// Ranges of as few blocks of at most `size` rows as possible, of nearly the same size, so that batch statistics never
/// come from a handful of pictures.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> evenBlocks(std::size_t rows, std::size_t size);

/// A fixed draw of the training augmentation for the rows of a recorded split; empty where there is none.
[[nodiscard]] std::vector<Placement> recordedPlacements(const TrainConfig& config, std::size_t rows);

/// The order of a pass: a permutation of 0..samples-1 that depends on seed and epoch alone, cut into batches from its
/// start.
[[nodiscard]] std::vector<std::int64_t> epochOrder(const TrainConfig& config, std::int64_t samples, std::int64_t epoch);

/// What one step mixes: row k is lambda[k] x[first[k]] + (1 - lambda[k]) x[second[k]], its label the same mix.
struct MixPlan {
    std::vector<std::int64_t> first, second; ///< rows of the training set
    std::vector<float> lambda;
    std::vector<std::int64_t> partner; ///< second[k] as a position in this batch; empty: not one of the batch

    std::vector<std::int64_t> third;   ///< mixup of three; empty: none
    std::vector<float> thirdShare;     ///< of the third; the second has 1 - lambda - thirdShare
    std::vector<MixBox> boxes;         ///< CutMix: the pictures are cut, lambda is the share of the first; empty: none
    std::int64_t hiddenStage = -1;     ///< >= 0: the output of this stage is mixed, not the pictures
    std::vector<Placement> placements; ///< of each position of the batch; empty: no augmentation
    std::vector<Placement> secondPlacements; ///< a partner lies as it does at its own place in the batch
};

/// Sizes that mixing needs to know.
struct MixContext {
    std::span<const std::int32_t> labels; ///< of the training set's rows, for partners of the same or other class
    std::int64_t side = 28;               ///< of the network's pictures
    std::int64_t stages = 0;              ///< of the network
};

/// Partners are a permutation of the batch (or of each class of it); without mixing each is its own partner and lambda
/// is 1.
[[nodiscard]] MixPlan planStep(const TrainConfig& config, const MixContext& context,
                               std::span<const std::int64_t> batch, std::int64_t epoch, std::int64_t step);

/// Rows [begin, end) of a plan that mixes pictures, for one of several processes that share a batch.
[[nodiscard]] MixPlan rowsOf(const MixPlan& plan, std::int64_t begin, std::int64_t end);

} // namespace nc::training
