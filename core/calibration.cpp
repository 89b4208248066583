#include "core/calibration.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace nc::calibration
{
namespace
{

/// Right-closed bins with edges b/bins.
std::size_t binOf(double confidence, int bins)
{
    const double n = bins;
    int bin = std::clamp(static_cast<int>(std::ceil(confidence * n)) - 1, 0, bins - 1);
    // The product above rounds; the edges themselves decide.
    while (bin + 1 < bins && confidence > (bin + 1) / n)
        ++bin;
    while (bin > 0 && confidence <= bin / n)
        --bin;
    return static_cast<std::size_t>(bin);
}

/// The mean negative log-likelihood of softmax(s z) as a function of s = 1/T: its slope and curvature.
struct Slope {
    double first = 0, second = 0;
};

class TemperatureProblem
{
public:
    TemperatureProblem(const RowSource& logits, std::span<const std::int32_t> labels, Index first, Index stride,
                       const TaskControl& control)
        : m_logits(logits)
        , m_labels(labels)
        , m_first(first)
        , m_stride(stride)
        , m_control(control)
    {
    }

    /// slope = mean of E_p[z] - z_y, curvature = mean of Var_p[z].
    [[nodiscard]] Result<Slope> at(double s) const
    {
        Slope sum;
        const auto add = [&](const Eigen::ArrayXd& z, std::int32_t label) {
            const Eigen::ArrayXd weight = (s * (z - z.maxCoeff())).exp();
            const double mean = (weight * z).sum() / weight.sum();
            sum.first += mean - z(label);
            sum.second += (weight * (z - mean).square()).sum() / weight.sum();
        };
        Result<void> done = forEachRow(add);
        return done ? Result<Slope>(sum) : done.error();
    }

    /// Whether some row has a larger logit than its label's, without which the likelihood grows for ever.
    [[nodiscard]] Result<bool> hasFiniteMinimum() const
    {
        bool anyWrong = false;
        Result<void> done = forEachRow(
            [&](const Eigen::ArrayXd& z, std::int32_t label) { anyWrong = anyWrong || z.maxCoeff() > z(label); });
        return done ? Result<bool>(anyWrong) : done.error();
    }

private:
    template <typename Visit>
    Result<void> forEachRow(Visit&& visit) const
    {
        const auto block = [&](Index first, const auto& rows) {
            for (Index n = 0; n < rows.rows(); ++n)
                if (const Index row = first + n; row >= m_first && (row - m_first) % m_stride == 0)
                    visit(rows.row(n).transpose().array().eval(), m_labels[static_cast<std::size_t>(row)]);
        };
        return forEachBlock<double>(m_logits, block, m_control);
    }

    const RowSource& m_logits;
    std::span<const std::int32_t> m_labels;
    Index m_first, m_stride;
    const TaskControl& m_control;
};

} // namespace

Reliability reliability(const std::vector<double>& confidence, const std::vector<char>& correct, int bins)
{
    assert(!confidence.empty() && confidence.size() == correct.size() && bins >= 1);
    Reliability result;
    result.bins.resize(static_cast<std::size_t>(bins));
    for (std::size_t n = 0; n < confidence.size(); ++n) {
        ReliabilityBin& bin = result.bins[binOf(confidence[n], bins)];
        ++bin.count;
        bin.confidence += confidence[n];
        bin.accuracy += correct[n] ? 1 : 0;
    }
    for (ReliabilityBin& bin : result.bins) {
        if (bin.count == 0)
            continue;
        bin.confidence /= static_cast<double>(bin.count);
        bin.accuracy /= static_cast<double>(bin.count);
        const double gap = std::abs(bin.accuracy - bin.confidence);
        result.ece += gap * static_cast<double>(bin.count) / static_cast<double>(confidence.size());
        result.mce = std::max(result.mce, gap);
    }
    return result;
}

Result<std::optional<double>> fitTemperature(const RowSource& logits, std::span<const std::int32_t> labels, Index first,
                                             Index stride, const TaskControl& control)
{
    const TemperatureProblem problem(logits, labels, first, stride, control);
    const Result<bool> finite = problem.hasFiniteMinimum();
    if (!finite)
        return finite.error();
    Result<Slope> slope = problem.at(0);
    if (!slope)
        return slope.error();
    if (!*finite || slope->first >= 0) // convex in s: the minimum is at s <= 0
        return std::optional<double>();

    // Newton kept inside a bracket [low, high] of the root of the slope, which is increasing.
    double low = 0, high = std::numeric_limits<double>::infinity();
    double s = -slope->first / slope->second;
    for (int iteration = 0; iteration < 200; ++iteration) {
        slope = problem.at(s);
        if (!slope)
            return slope.error();
        (slope->first < 0 ? low : high) = s;
        double next = s - slope->first / slope->second;
        if (!(next > low && next < high))
            next = std::isinf(high) ? 2 * s : (low + high) / 2;
        const bool settled = std::abs(next - s) <= 1e-15 * s;
        s = next;
        if (settled)
            break;
    }
    return std::optional<double>(1 / s);
}

std::optional<double> fitTemperature(const RowMatrixD& logits, const std::vector<std::int32_t>& labels)
{
    return *fitTemperature(DoubleRows(logits), labels, 0, 1); // rows in memory can always be read
}

} // namespace nc::calibration
