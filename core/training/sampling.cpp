#include "core/training/sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/config/network_size.h"
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

SampleSet ofClasses(const SampleSet& from, std::span<const std::int64_t> classes)
{
    SampleSet set;
    for (std::size_t i = 0; i < from.label.size(); ++i)
        if (std::find(classes.begin(), classes.end(), from.label[i]) != classes.end()) {
            set.index.push_back(from.index[i]);
            set.label.push_back(from.label[i]);
        }
    return set;
}

std::vector<std::pair<std::size_t, std::size_t>> evenBlocks(std::size_t rows, std::size_t size)
{
    const std::size_t blocks = (rows + size - 1) / size;
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (std::size_t i = 0; i < blocks; ++i)
        ranges.emplace_back(rows * i / blocks, rows * (i + 1) / blocks);
    return ranges;
}

namespace
{

void describe(const TrainConfig& config, Split& split)
{
    const auto& recording = config.recording;
    split.mode = recording.mode;
    split.batchNorm = recording.mode != "eval" ? "" : recording.bnBatches > 0 ? "re-estimated" : "running";
}

void addMix(Split& split, const SampleSet& train, std::int64_t a, std::int64_t b)
{
    const auto first = static_cast<std::size_t>(a), second = static_cast<std::size_t>(b);
    split.labelA.push_back(train.label[first]);
    split.labelB.push_back(train.label[second]);
    split.sampleA.push_back(train.index[first]);
    split.sampleB.push_back(train.index[second]);
}

double drawLambda(RandomStream& stream)
{
    return static_cast<double>(static_cast<float>(stream.uniform()));
}

/// probeCells() of each pair of classes.
void addPairs(const TrainConfig& config, const SampleSet& train, RandomStream& stream, Split& split)
{
    const auto lists = byClass(train.label, static_cast<std::int64_t>(trainedLabels(config).size()));
    const std::vector<std::int64_t> cells = probeCells(config), classes = probedClasses(config);
    std::size_t cell = 0;
    for (std::size_t i = 0; i < classes.size(); ++i)
        for (std::size_t j = i; j < classes.size(); ++j, ++cell) {
            const auto &first = lists[static_cast<std::size_t>(classes[i])],
                       &second = lists[static_cast<std::size_t>(classes[j])];
            if (first.empty() || second.empty())
                continue;
            const auto draw = [&](const std::vector<std::int64_t>& list) {
                return list[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(list.size())))];
            };
            for (std::int64_t n = 0; n < cells[cell]; ++n) {
                const std::int64_t a = draw(first);
                std::int64_t b = draw(second);
                while (b == a && second.size() > 1)
                    b = draw(second);
                addMix(split, train, a, b);
                split.lambda.push_back(drawLambda(stream));
            }
        }
}

/// Passes over all pictures of the probed classes, mixed within each whole batch.
void addBatches(const TrainConfig& config, const SampleSet& train, RandomStream& stream, Split& split)
{
    const SampleSet pictures = ofClasses(train, probedClasses(config));
    const std::int64_t size = std::min(config.optimiser.batchSize, pictures.count());
    for (std::int64_t loop = 0; loop < config.recording.loops; ++loop) {
        const std::vector<std::int64_t> order = stream.permutation(pictures.count());
        for (std::int64_t begin = 0; begin + size <= pictures.count(); begin += size) {
            const std::vector<std::int64_t> partners = stream.permutation(size);
            for (std::int64_t k = 0; k < size; ++k) {
                addMix(split, pictures, order[static_cast<std::size_t>(begin + k)],
                       order[static_cast<std::size_t>(begin + partners[static_cast<std::size_t>(k)])]);
                split.lambda.push_back(drawLambda(stream));
            }
        }
    }
}

template <typename T>
void reorder(std::vector<T>& values, const std::vector<std::int64_t>& order)
{
    std::vector<T> sorted;
    for (const std::int64_t i : order)
        sorted.push_back(values[static_cast<std::size_t>(i)]);
    values = std::move(sorted);
}

} // namespace

Split drawProbe(const TrainConfig& config, const SampleSet& train)
{
    Split split;
    split.name = "mix";
    split.kind = SplitKind::Mix;
    split.lambdaPer = config.recording.lambdaPer;
    describe(config, split);
    RandomStream stream(config.seed, Purpose::Probe);
    if (recordsBatches(config))
        addBatches(config, train, stream, split);
    else
        addPairs(config, train, stream, split);
    if (split.lambdaPer == "sample")
        return split;
    if (!recordsBatches(config)) {
        const std::vector<std::int64_t> order = stream.permutation(split.rows());
        reorder(split.labelA, order);
        reorder(split.labelB, order);
        reorder(split.sampleA, order);
        reorder(split.sampleB, order);
    }
    const auto size = static_cast<std::size_t>(config.optimiser.batchSize);
    for (const auto& [begin, end] : evenBlocks(split.lambda.size(), size))
        std::fill(split.lambda.begin() + static_cast<std::ptrdiff_t>(begin),
                  split.lambda.begin() + static_cast<std::ptrdiff_t>(end), split.lambda[begin]);
    return split;
}

Split cleanSplit(const TrainConfig& config, const SampleSet& samples, const char* origin)
{
    Split split;
    split.origin = origin;
    split.name = split.origin == "train" ? "clean" : "test";
    describe(config, split);
    split.labelA = split.labelB = samples.label;
    split.lambda.assign(samples.label.size(), 1.0);
    split.sampleA = split.sampleB = samples.index;
    return split;
}

std::vector<std::int64_t> epochOrder(const TrainConfig& config, std::int64_t samples, std::int64_t epoch)
{
    return RandomStream(config.seed, Purpose::Order, epoch).permutation(samples);
}

namespace
{

/// For each position of the batch the position of its partner.
std::vector<std::int64_t> partnersOf(const TrainConfig& config, const MixContext& context,
                                     std::span<const std::int64_t> batch, RandomStream& stream)
{
    const auto count = static_cast<std::int64_t>(batch.size());
    std::vector<std::int64_t> partners = stream.permutation(count);
    if (config.mixing.partners == "any")
        return partners;
    const auto labelOf = [&](std::int64_t position) {
        return context.labels[static_cast<std::size_t>(batch[static_cast<std::size_t>(position)])];
    };
    const bool same = config.mixing.partners == "same";
    for (std::int64_t k = 0; k < count; ++k) {
        std::vector<std::int64_t> fitting;
        for (std::int64_t other = 0; other < count; ++other)
            if (other != k && (labelOf(other) == labelOf(k)) == same)
                fitting.push_back(other);
        // A batch of one class has no other, a lone picture none of its own: it stays as it is.
        partners[static_cast<std::size_t>(k)] =
            fitting.empty()
                ? k
                : fitting[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(fitting.size())))];
    }
    return partners;
}

/// A rectangle of about (1 - lambda) of the picture around a random centre, cut at the rim (Yun et al. 2019); lambda
/// becomes the share that is left.
MixBox cutBox(std::int64_t side, float& lambda, RandomStream& stream)
{
    const double edge = static_cast<double>(side) * std::sqrt(1 - static_cast<double>(lambda));
    const auto half = static_cast<std::int64_t>(edge / 2);
    const std::int64_t y = stream.below(side), x = stream.below(side);
    const auto clamped = [&](std::int64_t v) {
        return static_cast<std::int16_t>(std::clamp<std::int64_t>(v, 0, side));
    };
    const MixBox box{clamped(y - half), clamped(x - half), clamped(y + half), clamped(x + half)};
    const double area = static_cast<double>(box.bottom - box.top) * (box.right - box.left);
    lambda = static_cast<float>(1 - area / static_cast<double>(side * side));
    return box;
}

std::vector<Placement> placementsOf(const TrainConfig& config, std::int64_t side, std::size_t count,
                                    RandomStream stream)
{
    const auto& data = config.data;
    if (data.augment == "none" && data.cutout == 0)
        return {};
    const auto shift = [&] {
        return static_cast<std::int16_t>(stream.below(2 * data.cropPadding + 1) - data.cropPadding);
    };
    std::vector<Placement> placements(count);
    for (Placement& placement : placements) {
        if (data.augment != "none") {
            placement.down = shift();
            placement.right = shift();
        }
        if (data.augment == "crop-flip")
            placement.mirrored = static_cast<std::int16_t>(stream.below(2));
        if (data.cutout > 0) {
            placement.cutTop = static_cast<std::int16_t>(stream.below(side) - data.cutout / 2);
            placement.cutLeft = static_cast<std::int16_t>(stream.below(side) - data.cutout / 2);
        }
    }
    return placements;
}

/// Weights of three pictures, Dirichlet(alpha, alpha, alpha) by two Beta draws.
void addThird(const TrainConfig& config, std::span<const std::int64_t> batch, RandomStream& stream, MixPlan& plan)
{
    const double alpha = config.mixing.alpha;
    for (const std::int64_t partner : stream.permutation(static_cast<std::int64_t>(batch.size())))
        plan.third.push_back(batch[static_cast<std::size_t>(partner)]);
    for (float& lambda : plan.lambda) {
        const double first = stream.beta(alpha, 2 * alpha);
        lambda = static_cast<float>(first);
        plan.thirdShare.push_back(static_cast<float>((1 - first) * stream.beta(alpha)));
    }
}

} // namespace

std::vector<Placement> recordedPlacements(const TrainConfig& config, std::size_t rows)
{
    // Steps are drawn from epoch 1 on.
    return placementsOf(config, inputSize(config).side, rows,
                        RandomStream(config.seed, Purpose::Augmentation, 0, static_cast<std::int64_t>(rows)));
}

MixPlan planStep(const TrainConfig& config, const MixContext& context, std::span<const std::int64_t> batch,
                 std::int64_t epoch, std::int64_t step)
{
    MixPlan plan;
    plan.first.assign(batch.begin(), batch.end());
    plan.placements =
        placementsOf(config, context.side, batch.size(), RandomStream(config.seed, Purpose::Augmentation, epoch, step));
    if (!config.mixes()) {
        plan.second = plan.first;
        plan.secondPlacements = plan.placements;
        plan.lambda.assign(batch.size(), 1.0F);
        return plan;
    }
    RandomStream stream(config.seed, Purpose::Mixing, epoch, step);
    plan.partner = partnersOf(config, context, batch, stream);
    for (const std::int64_t partner : plan.partner) {
        plan.second.push_back(batch[static_cast<std::size_t>(partner)]);
        if (!plan.placements.empty())
            plan.secondPlacements.push_back(plan.placements[static_cast<std::size_t>(partner)]);
    }
    const bool perSample = config.mixing.lambdaPer == "sample";
    for (std::size_t k = 0; k < batch.size(); ++k)
        plan.lambda.push_back(k == 0 || perSample ? static_cast<float>(stream.beta(config.mixing.alpha))
                                                  : plan.lambda[0]);
    const std::string& kind = config.mixing.kind;
    if (kind == "mixup-of-three")
        addThird(config, batch, stream, plan);
    else if (kind == "manifold-mixup")
        plan.hiddenStage = stream.below(context.stages); // the pictures or any stage but the last
    else if (kind == "cutmix")
        for (std::size_t k = 0; k < batch.size(); ++k) {
            float lambda = plan.lambda[k];
            plan.boxes.push_back(k == 0 || perSample ? cutBox(context.side, lambda, stream) : plan.boxes[0]);
            plan.lambda[k] = k == 0 || perSample ? lambda : plan.lambda[0];
        }
    return plan;
}

MixPlan rowsOf(const MixPlan& plan, std::int64_t begin, std::int64_t end)
{
    const auto part = [&](const auto& list) {
        return list.empty() ? list : std::decay_t<decltype(list)>(list.begin() + begin, list.begin() + end);
    };
    MixPlan rows;
    rows.first = part(plan.first);
    rows.second = part(plan.second);
    rows.lambda = part(plan.lambda);
    rows.third = part(plan.third);
    rows.thirdShare = part(plan.thirdShare);
    rows.boxes = part(plan.boxes);
    rows.placements = part(plan.placements);
    rows.secondPlacements = part(plan.secondPlacements);
    return rows;
}

SampleSet disturbed(const TrainConfig& config, SampleSet samples)
{
    const auto& data = config.data;
    const auto classes = static_cast<std::int64_t>(trainedLabels(config).size());
    if (data.imbalance != "none" && data.imbalanceRatio > 1) {
        const auto lists = byClass(samples.label, classes);
        RandomStream stream(config.seed, Purpose::Imbalance);
        std::vector<std::int64_t> kept;
        for (std::int64_t c = 0; c < classes; ++c) {
            const auto& list = lists[static_cast<std::size_t>(c)];
            const double place = data.imbalance == "step" ? (2 * c >= classes ? 1.0 : 0.0)
                                                          : static_cast<double>(c) / static_cast<double>(classes - 1);
            const auto wanted = std::max<std::int64_t>(
                1, std::llround(static_cast<double>(list.size()) * std::pow(data.imbalanceRatio, -place)));
            const auto order = stream.permutation(static_cast<std::int64_t>(list.size()));
            for (std::int64_t i = 0; i < std::min<std::int64_t>(wanted, std::ssize(list)); ++i)
                kept.push_back(list[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]);
        }
        std::sort(kept.begin(), kept.end());
        SampleSet thinned;
        for (const std::int64_t i : kept) {
            thinned.index.push_back(samples.index[static_cast<std::size_t>(i)]);
            thinned.label.push_back(samples.label[static_cast<std::size_t>(i)]);
        }
        samples = std::move(thinned);
    }
    if (data.labelNoise > 0) {
        RandomStream stream(config.seed, Purpose::LabelNoise);
        for (std::int32_t& label : samples.label)
            if (stream.uniform() < data.labelNoise)
                label = static_cast<std::int32_t>(stream.below(classes));
    }
    return samples;
}

} // namespace nc::training
