#include "core/training/whole_train.h"

#include <algorithm>
#include <stdexcept>

#include "core/collapse_metrics.h"
#include "core/training/class_sums.h"
#include "core/training/host_copy.h"

namespace nc::training
{
namespace
{

/// These pictures as they are.
MixPlan unmixed(std::span<const std::int64_t> rows)
{
    MixPlan plan;
    plan.first.assign(rows.begin(), rows.end());
    plan.second = plan.first;
    plan.lambda.assign(rows.size(), 1.0F);
    return plan;
}

/// Rows classified right and the sum of -log p of the label, in double.
torch::Tensor scoreOf(const torch::Tensor& logits, const torch::Tensor& labels)
{
    const torch::Tensor right = logits.argmax(1).eq(labels).sum().to(torch::kDouble);
    const torch::Tensor logP = torch::log_softmax(logits.to(torch::kDouble), 1);
    return torch::stack({right, -logP.gather(1, labels.view({-1, 1})).sum()});
}

torch::Tensor labelsOn(const torch::Device& device, std::span<const std::int64_t> labels)
{
    return torch::tensor(std::vector<std::int64_t>(labels.begin(), labels.end()), torch::kInt64).to(device);
}

} // namespace

FeatureSums::FeatureSums(std::int64_t classes, const torch::Device& device)
    : m_device(device)
    , m_seen(static_cast<std::size_t>(classes), false)
    , m_counts(torch::zeros({classes}, torch::TensorOptions(torch::kInt64).device(device)))
{
}

void FeatureSums::add(const torch::Tensor& features, std::span<const std::int64_t> labels)
{
    const torch::NoGradGuard noGradient;
    const torch::Tensor rows = features.to(torch::kFloat).contiguous();
    if (!m_sums.defined()) {
        const auto options = torch::TensorOptions(torch::kDouble).device(m_device);
        m_sums = torch::zeros({std::ssize(m_seen), rows.size(1)}, options);
        m_squares = torch::zeros_like(m_sums);
        m_centres = torch::zeros_like(m_sums, options.dtype(torch::kFloat));
    }
    for (std::size_t n = 0; n < labels.size(); ++n)
        if (const auto label = static_cast<std::size_t>(labels[n]); !m_seen[label]) {
            m_seen[label] = true;
            m_centres[labels[n]].copy_(rows[static_cast<std::int64_t>(n)]);
        }
    const torch::Tensor ownLabels = labelsOn(m_device, labels);
#ifndef NC_CUDA_KERNELS
    if (!m_device.is_cpu())
        return addClassSumsByTorch(rows, ownLabels, m_centres, m_counts, m_sums, m_squares);
#endif
    const LabelledRows block{rows.data_ptr<float>(),
                             ownLabels.data_ptr<std::int64_t>(),
                             m_centres.data_ptr<float>(),
                             rows.size(0),
                             rows.size(1),
                             m_sums.size(0),
                             m_counts.data_ptr<std::int64_t>(),
                             m_sums.data_ptr<double>(),
                             m_squares.data_ptr<double>()};
    if (m_device.is_cpu())
        addClassSumsCpu(block);
#ifdef NC_CUDA_KERNELS
    else if (const std::string why = addClassSumsCuda(block); !why.empty())
        throw std::runtime_error("Cannot sum features on the GPU: " + why);
#endif
}

/// C x 1, the divisor of the sums: no division by zero for a class without rows, whose sums are zero.
torch::Tensor FeatureSums::rowsOrOne() const
{
    return m_counts.clamp_min(1).to(torch::kDouble).view({-1, 1});
}

torch::Tensor FeatureSums::means() const
{
    return m_centres.to(torch::kDouble) + m_sums / rowsOrOne();
}

torch::Tensor FeatureSums::squaredDeviation() const
{
    const torch::Tensor n = rowsOrOne();
    return ((m_squares - m_sums.square() / n) / n).sum(1).clamp_min(0);
}

void addClassSumsByTorch(const torch::Tensor& features, const torch::Tensor& labels, const torch::Tensor& centres,
                         const torch::Tensor& counts, const torch::Tensor& sums, const torch::Tensor& squares)
{
    // A product with the labels as columns of ones: index_add_ would add by atomics, in any order.
    const torch::Tensor members = torch::one_hot(labels, counts.size(0));
    const torch::Tensor columns = members.to(torch::kDouble).t();
    const torch::Tensor x = features.to(torch::kDouble) - centres.index_select(0, labels).to(torch::kDouble);
    counts.add_(members.sum(0));
    sums.add_(columns.matmul(x));
    squares.add_(columns.matmul(x.square()));
}

WholeTrain::WholeTrain(const TrainConfig& config, PixelStore pixels, std::span<const std::int32_t> labels)
    : m_pixels(std::move(pixels))
    , m_order(labels.size())
    , m_classes(*std::max_element(labels.begin(), labels.end()) + 1)
{
    std::iota(m_order.begin(), m_order.end(), std::int64_t{0});
    // With batch statistics each batch must hold all classes.
    if (config.recording.mode != "eval")
        m_order = RandomStream(config.seed, RandomStream::Purpose::Recording, -1).permutation(std::ssize(labels));
    for (const std::int64_t row : m_order)
        m_labels.push_back(labels[static_cast<std::size_t>(row)]);
}

PendingClasses WholeTrain::record(Network& network, std::size_t blockRows) const
{
    const torch::Device device = m_pixels.device();
    FeatureSums sums(m_classes, device);
    torch::Tensor score = torch::zeros({2}, torch::TensorOptions(torch::kDouble).device(device));
    for (const auto& [begin, end] : evenBlocks(m_order.size(), blockRows)) {
        const auto labels = std::span(m_labels).subspan(begin, end - begin);
        const Activations activations =
            network.forwardFeatures(m_pixels.mixed(unmixed(std::span(m_order).subspan(begin, end - begin))));
        sums.add(activations.penultimate, labels);
        score += scoreOf(activations.logits, labelsOn(device, labels));
    }
    return {onHost(sums.counts()), onHost(sums.means()), onHost(sums.squaredDeviation()), onHost(score)};
}

std::map<std::string, double> wholeTrainScalars(const PendingClasses& arrived, const Classifier& classifier)
{
    const auto* counts = arrived.counts.data_ptr<std::int64_t>();
    const Index classes = arrived.means.size(0);
    const ClassStatistics stats = classStatisticsOf(
        {counts, counts + classes},
        Eigen::Map<const RowMatrixD>(arrived.means.data_ptr<double>(), classes, arrived.means.size(1)),
        Eigen::Map<const Vector>(arrived.squaredDeviation.data_ptr<double>(), classes));
    const auto* score = arrived.score.data_ptr<double>();
    const auto rows = static_cast<double>(stats.samples);
    std::map<std::string, double> scalars{{"whole_train_accuracy", score[0] / rows},
                                          {"whole_train_loss", score[1] / rows}};
    const MetricEntry entry = measureMeans(stats, &classifier);
    for (const std::string_view metric : metricNames())
        if (entry[metric].available()) {
            std::string name = "whole_train_" + std::string(metric);
            std::replace(name.begin(), name.end(), '.', '_');
            scalars[name] = entry[metric].value;
        }
    return scalars;
}

} // namespace nc::training
