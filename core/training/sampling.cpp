#include "core/training/sampling.h"

#include <algorithm>
#include <numeric>

#include "core/config/train_plan.h"

namespace nc::training
{
namespace
{

using Purpose = RandomStream::Purpose;

/// Positions of each class.
std::vector<std::vector<std::int64_t>> byClass(std::span<const std::int32_t> labels, std::int64_t classes)
{
    std::vector<std::vector<std::int64_t>> lists(static_cast<std::size_t>(classes));
    for (std::size_t i = 0; i < labels.size(); ++i)
        lists[static_cast<std::size_t>(labels[i])].push_back(static_cast<std::int64_t>(i));
    return lists;
}

} // namespace

SampleSet drawSamples(const SampleSet& from, std::int64_t classes, std::int64_t count, RandomStream stream)
{
    if (count <= 0 || count >= from.count())
        return from;
    auto lists = byClass(from.label, classes);
    for (auto& list : lists) {
        std::vector<std::int64_t> shuffled;
        for (const std::int64_t i : stream.permutation(static_cast<std::int64_t>(list.size())))
            shuffled.push_back(list[static_cast<std::size_t>(i)]);
        list = std::move(shuffled);
    }
    // One of each class in turn, until there are enough: shares differ by one at most while every class lasts.
    std::vector<std::int64_t> chosen;
    for (std::size_t round = 0; static_cast<std::int64_t>(chosen.size()) < count; ++round)
        for (const auto& list : lists)
            if (round < list.size() && static_cast<std::int64_t>(chosen.size()) < count)
                chosen.push_back(list[round]);
    std::sort(chosen.begin(), chosen.end());
    SampleSet set;
    for (const std::int64_t i : chosen) {
        set.index.push_back(from.index[static_cast<std::size_t>(i)]);
        set.label.push_back(from.label[static_cast<std::size_t>(i)]);
    }
    return set;
}

SampleSet drawSamples(std::span<const std::uint8_t> labels, std::span<const std::int64_t> classes, std::int64_t count,
                      RandomStream stream)
{
    SampleSet all;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto found = std::find(classes.begin(), classes.end(), labels[i]);
        if (found == classes.end())
            continue;
        all.index.push_back(static_cast<std::int64_t>(i));
        all.label.push_back(static_cast<std::int32_t>(found - classes.begin()));
    }
    return drawSamples(all, static_cast<std::int64_t>(classes.size()), count, stream);
}

Split drawProbe(const TrainConfig& config, const SampleSet& train)
{
    Split split;
    split.name = "mix";
    split.kind = SplitKind::Mix;
    split.mode = config.recording.mode;
    split.lambdaPer = "sample";
    split.batchNorm = config.recording.mode == "eval" ? "running" : "";
    const auto classes = static_cast<std::int64_t>(trainedLabels(config).size());
    const auto lists = byClass(train.label, classes);
    const std::vector<std::int64_t> cells = probeCells(config);
    RandomStream stream(config.seed, Purpose::Probe);
    std::size_t cell = 0;
    for (std::size_t i = 0; i < lists.size(); ++i)
        for (std::size_t j = i; j < lists.size(); ++j, ++cell) {
            if (lists[i].empty() || lists[j].empty())
                continue;
            const auto draw = [&](const std::vector<std::int64_t>& list) {
                return list[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(list.size())))];
            };
            for (std::int64_t n = 0; n < cells[cell]; ++n) {
                const std::int64_t a = draw(lists[i]);
                std::int64_t b = draw(lists[j]);
                while (b == a && lists[j].size() > 1)
                    b = draw(lists[j]);
                split.labelA.push_back(static_cast<std::int32_t>(i));
                split.labelB.push_back(static_cast<std::int32_t>(j));
                split.sampleA.push_back(train.index[static_cast<std::size_t>(a)]);
                split.sampleB.push_back(train.index[static_cast<std::size_t>(b)]);
                split.lambda.push_back(static_cast<double>(static_cast<float>(stream.uniform())));
            }
        }
    return split;
}

Split cleanSplit(const TrainConfig& config, const SampleSet& samples, const char* origin)
{
    Split split;
    split.origin = origin;
    split.name = split.origin == "train" ? "clean" : "test";
    split.mode = config.recording.mode;
    split.batchNorm = config.recording.mode == "eval" ? "running" : "";
    split.labelA = split.labelB = samples.label;
    split.lambda.assign(samples.label.size(), 1.0);
    split.sampleA = split.sampleB = samples.index;
    return split;
}

std::vector<std::int64_t> epochOrder(const TrainConfig& config, std::int64_t samples, std::int64_t epoch)
{
    return RandomStream(config.seed, Purpose::Order, epoch).permutation(samples);
}

MixPlan planStep(const TrainConfig& config, std::span<const std::int64_t> batch, std::int64_t epoch, std::int64_t step)
{
    MixPlan plan;
    plan.first.assign(batch.begin(), batch.end());
    if (!config.mixes()) {
        plan.second = plan.first;
        plan.lambda.assign(batch.size(), 1.0F);
        return plan;
    }
    RandomStream stream(config.seed, Purpose::Mixing, epoch, step);
    for (const std::int64_t partner : stream.permutation(static_cast<std::int64_t>(batch.size())))
        plan.second.push_back(batch[static_cast<std::size_t>(partner)]);
    const bool perSample = config.mixing.lambdaPer == "sample";
    for (std::size_t k = 0; k < batch.size(); ++k)
        plan.lambda.push_back(k == 0 || perSample ? static_cast<float>(stream.beta(config.mixing.alpha))
                                                  : plan.lambda[0]);
    return plan;
}

} // namespace nc::training
