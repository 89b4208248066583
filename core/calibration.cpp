#include "core/calibration.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/row_walk.h"
#include "core/softmax_kernel.h"

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

/// The negative log-likelihood of softmax(s z) as a function of s = 1/T, summed: its slope and curvature, and whether
/// some row has a larger logit than its label's, without which the likelihood grows for ever.
struct Slope {
    double first = 0, second = 0;
    bool anyWrong = false;

    /// `z` has `count` logits.
    void add(const double* z, Index count, std::int32_t label, double s)
    {
        const kernel::SoftmaxRow row = kernel::softmaxRow(z, count, s);
        first += row.mean + (row.largest - z[label]);
        second += row.variance;
        anyWrong = anyWrong || row.largest > z[label];
    }
    void add(const Slope& other)
    {
        first += other.first;
        second += other.second;
        anyWrong = anyWrong || other.anyWrong;
    }
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

    /// slope = sum of E_p[z] - z_y, curvature = sum of Var_p[z].
    [[nodiscard]] Result<Slope> at(double s) const
    {
        const Stretches cut(m_logits.rows());
        std::vector<Slope> parts(static_cast<std::size_t>(cut.count()));
        const auto visit = [&](Index stretch, Index first, const auto& block) {
            Slope& part = parts[static_cast<std::size_t>(stretch)];
            for (Index n = 0; n < block.rows(); ++n)
                if (const Index row = first + n; row >= m_first && (row - m_first) % m_stride == 0)
                    part.add(block.row(n).data(), block.cols(), m_labels[static_cast<std::size_t>(row)], s);
        };
        if (Result<void> done = walkStretches<double>(m_logits, cut, visit, m_control); !done)
            return done.error();
        for (std::size_t part = 1; part < parts.size(); ++part)
            parts[0].add(parts[part]);
        return parts[0];
    }

private:
    const RowSource& m_logits;
    std::span<const std::int32_t> m_labels;
    Index m_first, m_stride;
    const TaskControl& m_control;
};

/// The rows first, first + stride, … in memory.
Result<DoubleRows> gather(const RowSource& logits, Index first, Index stride, Index count, const TaskControl& control)
{
    RowMatrixD rows(count, logits.dim());
    const auto visit = [&](Index, Index begin, const auto& block) {
        for (Index n = 0; n < block.rows(); ++n)
            if (const Index row = begin + n; row >= first && (row - first) % stride == 0)
                rows.row((row - first) / stride) = block.row(n);
    };
    if (Result<void> done = walkStretches<double>(logits, Stretches(logits.rows()), visit, control); !done)
        return done.error();
    return DoubleRows(std::move(rows));
}

/// Newton kept inside a bracket [low, high] of the root of the slope, which is increasing.
Result<std::optional<double>> minimise(const TemperatureProblem& problem)
{
    Result<Slope> slope = problem.at(0);
    if (!slope)
        return slope.error();
    if (!slope->anyWrong || slope->first >= 0) // convex in s: the minimum is at s <= 0
        return std::optional<double>();
    double low = 0, high = std::numeric_limits<double>::infinity();
    double s = -slope->first / slope->second;
    for (int iteration = 0; iteration < 200; ++iteration) {
        slope = problem.at(s);
        if (!slope)
            return slope.error();
        (slope->first < 0 ? low : high) = s;
        const double step = slope->first / slope->second;
        if (std::abs(step) <= 1e-9 * s) { // what is left is of the order of its square
            s -= step;
            break;
        }
        s -= step;
        if (!(s > low && s < high))
            s = std::isinf(high) ? 2 * low : (low + high) / 2;
    }
    return std::optional<double>(1 / s);
}

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
    constexpr Index most = Index{1} << 25; // doubles that are kept, 256 MB
    const Index count = std::max<Index>(0, (logits.rows() - first + stride - 1) / stride);
    if (count > most / std::max<Index>(1, logits.dim()))
        return minimise(TemperatureProblem(logits, labels, first, stride, control));
    const Result<DoubleRows> rows = gather(logits, first, stride, count, control);
    if (!rows)
        return rows.error();
    std::vector<std::int32_t> own;
    for (Index n = 0; n < count; ++n)
        own.push_back(labels[static_cast<std::size_t>(first + n * stride)]);
    return minimise(TemperatureProblem(*rows, own, 0, 1, control));
}

std::optional<double> fitTemperature(const RowMatrixD& logits, const std::vector<std::int32_t>& labels)
{
    return *fitTemperature(DoubleRows(logits), labels, 0, 1); // rows in memory can always be read
}

} // namespace nc::calibration
