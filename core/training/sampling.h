#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/config/train_config.h"
#include "core/snapshot.h"
#include "core/training/image_data.h"
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

/// The fixed mixes "mix": probeCells() of each pair of classes, lambda uniform for each (as float32), partners never
/// the same picture where a class has two.
[[nodiscard]] Split drawProbe(const TrainConfig& config, const SampleSet& train);
/// "clean" (of the training set) or "test".
[[nodiscard]] Split cleanSplit(const TrainConfig& config, const SampleSet& samples, const char* origin);

/// The order of a pass: a permutation of 0..samples-1 that depends on seed and epoch alone, cut into batches from its
/// start.
[[nodiscard]] std::vector<std::int64_t> epochOrder(const TrainConfig& config, std::int64_t samples, std::int64_t epoch);

/// What one step mixes: row k is lambda[k] x[first[k]] + (1 - lambda[k]) x[second[k]].
struct MixPlan {
    std::vector<std::int64_t> first, second; ///< rows of the training set
    std::vector<float> lambda;
};
/// Partners are a permutation of the batch; without mixing each is its own partner and lambda is 1.
[[nodiscard]] MixPlan planStep(const TrainConfig& config, std::span<const std::int64_t> batch, std::int64_t epoch,
                               std::int64_t step);

} // namespace nc::training
