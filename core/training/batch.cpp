#include "core/training/batch.h"

#include <stdexcept>

#include "core/config/network_size.h"

namespace nc::training
{
namespace
{

torch::Tensor onDevice(const std::vector<std::int64_t>& values, const torch::Device& device)
{
    return torch::tensor(values, torch::kInt64).to(device);
}

/// A vector's bytes in the memory of a device; null where the vector is empty. On the CPU the vector itself, which must
/// outlive it.
template <typename T>
class DeviceArray
{
public:
    DeviceArray(const std::vector<T>& values, const torch::Device& device)
        : m_data(values.empty() ? nullptr : values.data())
    {
        if (values.empty() || device.is_cpu())
            return;
        const auto bytes = static_cast<std::int64_t>(values.size() * sizeof(T));
        m_copy = torch::from_blob(const_cast<T*>(values.data()), {bytes}, torch::kUInt8).to(device);
        m_data = static_cast<const T*>(m_copy.data_ptr());
    }
    [[nodiscard]] const T* data() const { return m_data; }

private:
    torch::Tensor m_copy;
    const T* m_data;
};

/// B x side x side, 1 inside the boxes.
torch::Tensor insideBoxes(const std::vector<MixBox>& boxes, std::int64_t side)
{
    torch::Tensor inside = torch::zeros({static_cast<std::int64_t>(boxes.size()), side, side});
    for (std::size_t k = 0; k < boxes.size(); ++k)
        inside[static_cast<std::int64_t>(k)]
            .slice(0, boxes[k].top, boxes[k].bottom)
            .slice(1, boxes[k].left, boxes[k].right)
            .fill_(1);
    return inside;
}

} // namespace

PixelStore::PixelStore(const TrainConfig& config, const LabelledImages& images, std::span<const std::int64_t> rows,
                       const ImageDataSet& data, const torch::Device& device)
    : m_side(inputSize(config).side)
    , m_cutout(config.data.cutout)
{
    for (std::size_t c = 0; c < m_scale.size(); ++c) {
        const float deviation = data.deviation[c] > 0 ? data.deviation[c] : 1; // of channels that there are none of
        m_scale[c] = 1 / (255 * deviation);
        m_shift[c] = -data.mean[c] / deviation;
    }
    const auto count = static_cast<std::int64_t>(rows.size());
    m_pixels = torch::empty({count, images.height, images.width, images.channels}, torch::kUInt8);
    auto* into = m_pixels.data_ptr<std::uint8_t>();
    for (const std::int64_t row : rows)
        into = std::copy_n(images.image(row), images.imageBytes(), into);
    m_pixels = m_pixels.to(device);
}

torch::Tensor PixelStore::mixed(const MixPlan& plan) const
{
    const bool cpu = m_pixels.device().is_cpu();
#ifndef NC_CUDA_KERNELS
    if (!cpu)
        return mixedByTorch(plan);
#endif
    const auto device = m_pixels.device();
    const bool hidden = plan.hiddenStage >= 0;
    const DeviceArray<std::int64_t> firstRows(plan.first, device),
        secondRows(hidden ? plan.first : plan.second, device), thirdRows(plan.third, device);
    const DeviceArray<float> lambda(plan.lambda, device), thirdShare(plan.thirdShare, device);
    const DeviceArray<MixBox> boxes(plan.boxes, device);
    const DeviceArray<Placement> placeFirst(plan.placements, device), placeSecond(plan.secondPlacements, device);
    MixBatch batch;
    batch.pixels = m_pixels.data_ptr<std::uint8_t>();
    batch.sourceSide = m_pixels.size(1);
    batch.side = m_side;
    batch.channels = m_pixels.size(3);
    batch.first = firstRows.data();
    batch.second = secondRows.data();
    batch.lambda = lambda.data();
    batch.third = thirdRows.data();
    batch.thirdShare = thirdShare.data();
    batch.boxes = boxes.data();
    batch.placeFirst = placeFirst.data();
    batch.placeSecond = hidden ? placeFirst.data() : placeSecond.data();
    batch.cutout = m_cutout;
    batch.count = static_cast<std::int64_t>(plan.first.size());
    std::copy(m_scale.begin(), m_scale.end(), batch.scale);
    std::copy(m_shift.begin(), m_shift.end(), batch.shift);
    torch::Tensor out =
        torch::empty({batch.count, batch.channels, m_side, m_side}, torch::TensorOptions(torch::kFloat).device(device),
                     torch::MemoryFormat::ChannelsLast);
    batch.out = out.data_ptr<float>();
    if (cpu)
        mixBatchCpu(batch);
#ifdef NC_CUDA_KERNELS
    else if (const std::string why = mixBatchCuda(batch); !why.empty())
        throw std::runtime_error("Cannot mix a batch on the GPU: " + why);
#endif
    return out;
}

/// The pictures `rows` as they are placed, B x side x side x channels, as floats from 0 to 255.
torch::Tensor PixelStore::placed(const std::vector<std::int64_t>& rows, const std::vector<Placement>& placements) const
{
    const auto device = m_pixels.device();
    const auto column = [&](auto member) {
        std::vector<std::int64_t> values(rows.size(), 0);
        for (std::size_t k = 0; k < placements.size(); ++k)
            values[k] = placements[k].*member;
        return onDevice(values, device).view({-1, 1});
    };
    const torch::Tensor range = torch::arange(m_side, torch::TensorOptions(torch::kInt64).device(device)).view({1, -1});
    const std::int64_t source = m_pixels.size(1), rim = (m_side - source) / 2;
    const torch::Tensor mirrored = torch::where(column(&Placement::mirrored) != 0, m_side - 1 - range, range);
    const torch::Tensor y = range - column(&Placement::down) - rim, x = mirrored - column(&Placement::right) - rim;
    const auto inside = [&](const torch::Tensor& v) { return (v >= 0).logical_and(v < source); };
    torch::Tensor visible = inside(y).unsqueeze(2).logical_and(inside(x).unsqueeze(1));
    if (m_cutout > 0 && !placements.empty()) {
        const auto cut = [&](const torch::Tensor& start) {
            return (range >= start).logical_and(range < start + m_cutout);
        };
        visible = visible.logical_and(cut(column(&Placement::cutTop))
                                          .unsqueeze(2)
                                          .logical_and(cut(column(&Placement::cutLeft)).unsqueeze(1))
                                          .logical_not());
    }
    const torch::Tensor bytes =
        m_pixels.index({onDevice(rows, device).view({-1, 1, 1}), y.clamp(0, source - 1).unsqueeze(2),
                        x.clamp(0, source - 1).unsqueeze(1)});
    return bytes.to(torch::kFloat) * visible.unsqueeze(3);
}

torch::Tensor PixelStore::mixedByTorch(const MixPlan& plan) const
{
    const auto device = m_pixels.device();
    const auto weights = [&](const std::vector<float>& values) {
        return torch::tensor(values).to(device).view({-1, 1, 1, 1});
    };
    const torch::Tensor first = placed(plan.first, plan.placements);
    torch::Tensor mix = first;
    if (plan.hiddenStage < 0) {
        torch::Tensor lambda = weights(plan.lambda);
        if (!plan.boxes.empty())
            lambda = 1 - insideBoxes(plan.boxes, m_side).to(device).unsqueeze(3);
        const torch::Tensor third = plan.third.empty() ? torch::zeros_like(lambda) : weights(plan.thirdShare);
        mix = lambda * first + (1 - lambda - third) * placed(plan.second, plan.secondPlacements);
        if (!plan.third.empty())
            mix = mix + third * placed(plan.third, plan.placements);
    }
    const std::int64_t channels = m_pixels.size(3);
    const auto perChannel = [&](const std::array<float, 3>& values) {
        return torch::tensor(std::vector<float>(values.begin(), values.begin() + channels)).to(device);
    };
    return (mix * perChannel(m_scale) + perChannel(m_shift))
        .permute({0, 3, 1, 2})
        .contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor softLabels(const MixPlan& plan, const torch::Tensor& labels, std::int64_t classes)
{
    const auto device = labels.device();
    const auto oneHot = [&](const std::vector<std::int64_t>& rows) {
        return torch::one_hot(labels.index_select(0, onDevice(rows, device)), classes).to(torch::kFloat);
    };
    const auto weights = [&](const std::vector<float>& values) {
        return torch::tensor(values).to(device).view({-1, 1});
    };
    const torch::Tensor lambda = weights(plan.lambda);
    if (plan.third.empty())
        return lambda * oneHot(plan.first) + (1 - lambda) * oneHot(plan.second);
    const torch::Tensor third = weights(plan.thirdShare);
    return lambda * oneHot(plan.first) + (1 - lambda - third) * oneHot(plan.second) + third * oneHot(plan.third);
}

torch::Tensor softCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets)
{
    return -(targets * torch::log_softmax(logits, 1)).sum(1).mean();
}

torch::Tensor focalLoss(const torch::Tensor& logits, const torch::Tensor& targets, double gamma)
{
    const torch::Tensor logP = torch::log_softmax(logits, 1);
    return -(targets * (1 - logP.exp()).pow(gamma) * logP).sum(1).mean();
}

torch::Tensor objective(const TrainConfig& config, const Activations& activations, const torch::Tensor& targets)
{
    const auto& options = config.loss;
    // The loss is always taken in single precision, also where the network computes in less.
    const torch::Tensor logits = activations.logits.to(torch::kFloat);
    torch::Tensor wanted = targets;
    if (options.labelSmoothing > 0)
        wanted = (1 - options.labelSmoothing) * targets + options.labelSmoothing / static_cast<double>(targets.size(1));
    torch::Tensor loss = options.kind == "mse"     ? torch::mse_loss(logits, wanted)
                         : options.kind == "focal" ? focalLoss(logits, wanted, options.focalGamma)
                                                   : softCrossEntropy(logits, wanted);
    if (options.featurePenalty > 0)
        loss = loss + 0.5 * options.featurePenalty * activations.penultimate.to(torch::kFloat).square().sum(1).mean();
    return loss;
}

} // namespace nc::training
