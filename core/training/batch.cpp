#include "core/training/batch.h"

#include <stdexcept>

#include "core/training/mix_batch.h"

namespace nc::training
{
namespace
{

torch::Tensor onDevice(const std::vector<std::int64_t>& values, const torch::Device& device)
{
    return torch::tensor(values, torch::kInt64).to(device);
}

} // namespace

PixelStore::PixelStore(const LabelledImages& images, std::span<const std::int64_t> rows, float mean, float deviation,
                       const torch::Device& device)
    : m_scale(1 / (255 * deviation))
    , m_shift(-mean / deviation)
{
    const auto count = static_cast<std::int64_t>(rows.size());
    m_pixels = torch::empty({count, images.height, images.width}, torch::kUInt8);
    const std::int64_t bytes = images.height * images.width;
    auto* into = m_pixels.data_ptr<std::uint8_t>();
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::copy_n(images.image(rows[i]), bytes, into + static_cast<std::int64_t>(i) * bytes);
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
    const torch::Tensor first = onDevice(plan.first, device), second = onDevice(plan.second, device);
    const torch::Tensor lambda = torch::tensor(plan.lambda).to(device);
    // One channel: the plain layout is channels-last already, and the convolutions keep what they are given.
    torch::Tensor out =
        torch::empty({first.size(0), 1, m_pixels.size(1), m_pixels.size(2)},
                     torch::TensorOptions(torch::kFloat).device(device), torch::MemoryFormat::ChannelsLast);
    MixBatch batch;
    batch.pixels = m_pixels.data_ptr<std::uint8_t>();
    batch.pixelsPerImage = m_pixels.size(1) * m_pixels.size(2);
    batch.first = first.data_ptr<std::int64_t>();
    batch.second = second.data_ptr<std::int64_t>();
    batch.lambda = lambda.data_ptr<float>();
    batch.count = first.size(0);
    batch.scale = m_scale;
    batch.shift = m_shift;
    batch.out = out.data_ptr<float>();
    if (cpu)
        mixBatchCpu(batch);
#ifdef NC_CUDA_KERNELS
    else if (const std::string why = mixBatchCuda(batch); !why.empty())
        throw std::runtime_error("Cannot mix a batch on the GPU: " + why);
#endif
    return out;
}

torch::Tensor PixelStore::mixedByTorch(const MixPlan& plan) const
{
    const auto device = m_pixels.device();
    const auto gather = [&](const std::vector<std::int64_t>& rows) {
        return m_pixels.index_select(0, onDevice(rows, device)).to(torch::kFloat);
    };
    const torch::Tensor lambda = torch::tensor(plan.lambda).to(device).view({-1, 1, 1});
    const torch::Tensor mix = lambda * gather(plan.first) + (1 - lambda) * gather(plan.second);
    return (mix * m_scale + m_shift).unsqueeze(1).contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor softLabels(const MixPlan& plan, const torch::Tensor& labels, std::int64_t classes)
{
    const auto device = labels.device();
    const auto oneHot = [&](const std::vector<std::int64_t>& rows) {
        return torch::one_hot(labels.index_select(0, onDevice(rows, device)), classes).to(torch::kFloat);
    };
    const torch::Tensor lambda = torch::tensor(plan.lambda).to(device).view({-1, 1});
    return lambda * oneHot(plan.first) + (1 - lambda) * oneHot(plan.second);
}

torch::Tensor softCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets)
{
    return -(targets * torch::log_softmax(logits, 1)).sum(1).mean();
}

torch::Tensor objective(const TrainConfig& config, const Activations& activations, const torch::Tensor& targets)
{
    torch::Tensor loss = config.loss.kind == "mse" ? torch::mse_loss(activations.logits, targets)
                                                   : softCrossEntropy(activations.logits, targets);
    if (config.loss.featurePenalty > 0)
        loss = loss + 0.5 * config.loss.featurePenalty * activations.penultimate.square().sum(1).mean();
    return loss;
}

} // namespace nc::training
