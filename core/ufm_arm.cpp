#include "core/ufm_arm.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/beta_distribution.h"

namespace nc::ufm
{

namespace
{

/// How much squared error shrinks: kappa/(kappa + mu).
double shrink(double beta)
{
    return beta / (1 + beta);
}

/// sigma = x_i + x_j of the place whose gaps differ by `delta`, C >= 3: (sigma + beta eps) D = beta C, from the third
/// classes (docs/maths.md, 4.6), as ln(sigma + beta eps) + ln D = ln(beta C), which is increasing in sigma.
double sumOfGaps(const ArmSetting& setting, double delta, double start)
{
    const double n = static_cast<double>(setting.classes);
    const double right = std::log(setting.beta * n), shift = setting.beta * setting.smoothing;
    const double half = std::log(2 * std::cosh(delta / 2));
    double sigma = start;
    for (int iteration = 0; iteration < 100; ++iteration) {
        const double peak = sigma / 2 + half; // ln(e^{x_i} + e^{x_j})
        const double top = std::max(peak, 0.0);
        const double lnD = top + std::log(std::exp(peak - top) + (n - 2) * std::exp(-top));
        const double step = (std::log(sigma + shift) + lnD - right) / (1 / (sigma + shift) + std::exp(peak - lnD) / 2);
        const double next = std::max(sigma - step, sigma / 8);
        const bool settled = std::abs(next - sigma) <= 1e-15 * sigma;
        sigma = next;
        if (settled)
            break;
    }
    return sigma;
}

/// Cross-entropy, C >= 3.
ArmPoint crossEntropyPoint(const ArmSetting& setting, double delta, double reach)
{
    const double beta = setting.beta, n = static_cast<double>(setting.classes);
    const double sigma = sumOfGaps(setting, delta, std::abs(delta) + reach);
    ArmPoint point{delta, 0, (sigma + delta) / 2, (sigma - delta) / 2, 0};
    const double top = std::max({point.xi, point.xj, 0.0});
    const double ei = std::exp(point.xi - top), ej = std::exp(point.xj - top), er = std::exp(-top);
    const double sum = ei + ej + (n - 2) * er;
    const double pi = ei / sum, pj = ej / sum, q = er / sum;
    const double kept = 1 - setting.smoothing;
    point.lambda = std::clamp((point.xi / beta + pi - q) / kept, 0.0, 1.0);
    // Derivatives by delta; that of sigma from its equation.
    const double dSigma = -(pi - pj) / 2 / (1 / (sigma + beta * setting.smoothing) + (pi + pj) / 2);
    const double dxi = (dSigma + 1) / 2, dxj = (dSigma - 1) / 2;
    const double mean = pi * dxi + pj * dxj;
    point.lambdaSlope = (dxi / beta + pi * (dxi - mean) + q * mean) / kept;
    return point;
}

} // namespace

Vector mixLabel(const ArmSetting& setting, double lambda)
{
    const double kept = 1 - setting.smoothing;
    Vector label = Vector::Constant(setting.classes, setting.smoothing / static_cast<double>(setting.classes));
    label(0) += kept * lambda;
    label(1) += kept * (1 - lambda);
    return label;
}

MixOptimum armOptimum(const ArmSetting& setting, double lambda)
{
    assert(setting.classes >= 2 && setting.beta > 0 && setting.smoothing >= 0 && setting.smoothing < 1);
    const bool squared = setting.loss == Loss::SquaredError;
    if (setting.smoothing == 0)
        return squared ? mixOptimumSquaredError(setting.classes, setting.beta, lambda)
                       : mixOptimum(setting.classes, setting.beta, lambda);
    const Vector label = mixLabel(setting, lambda);
    const bool third = setting.classes > 2;
    MixOptimum point{.lambda = lambda};
    const auto takeLogits = [&](const Vector& z) {
        point.xi = third ? z(0) - z(2) : z(0);
        point.xj = third ? z(1) - z(2) : z(1);
        point.norm = z.norm();
    };
    if (squared) {
        const SquaredErrorOptimum optimum = squaredErrorOptimum(setting.beta, label);
        takeLogits(optimum.logits);
        point.objective = optimum.objective;
        point.pi = point.pj = point.crossEntropy = point.logNormaliser = std::numeric_limits<double>::quiet_NaN();
        return point;
    }
    const SoftLabelOptimum optimum = optimumForLabel(setting.beta, label);
    takeLogits(optimum.logits);
    point.pi = optimum.probabilities(0);
    point.pj = optimum.probabilities(1);
    if (third)
        point.pRest = optimum.probabilities(2);
    point.crossEntropy = optimum.crossEntropy;
    point.logNormaliser = optimum.logNormaliser;
    point.objective = optimum.crossEntropy + point.norm * point.norm / (2 * setting.beta);
    return point;
}

bool Balance::holds() const
{
    return std::abs(residual()) <= 1e-9 * (1 + std::abs(target));
}

std::vector<Balance> armBalance(const ArmSetting& setting, const MixOptimum& optimum)
{
    const double beta = setting.beta, kept = 1 - setting.smoothing;
    const bool squared = setting.loss == Loss::SquaredError;
    const double weight = squared ? 1 : beta;
    if (setting.classes == 2) {
        const double y = optimum.xi - optimum.xj;
        return {{y, squared ? y / beta : beta * std::tanh(y / 2), weight * kept * (2 * optimum.lambda - 1)}};
    }
    const double largest = std::max({optimum.xi, optimum.xj, 0.0});
    const double d = std::exp(optimum.xi - largest) + std::exp(optimum.xj - largest) +
                     static_cast<double>(setting.classes - 2) * std::exp(-largest);
    const auto pull = [&](double x) {
        return squared ? x / beta : beta * (std::exp(x - largest) - std::exp(-largest)) / d;
    };
    return {{optimum.xi, pull(optimum.xi), weight * kept * optimum.lambda},
            {optimum.xj, pull(optimum.xj), weight * kept * (1 - optimum.lambda)}};
}

double lengthInView(double xi, double xj, Index shown)
{
    const double sum = xi + xj;
    return std::sqrt(std::max(0.0, xi * xi + xj * xj - sum * sum / static_cast<double>(shown)));
}

double chordRatio(Index classes)
{
    const double n = static_cast<double>(classes);
    return std::sqrt((n - 2) / (2 * (n - 1)));
}

double leastLoss(const ArmSetting& setting, double lambda)
{
    if (setting.loss == Loss::SquaredError)
        return 0.5 / static_cast<double>(setting.classes);
    double entropy = 0;
    for (const double t : mixLabel(setting, lambda))
        if (t > 0)
            entropy -= t * std::log(t);
    return entropy;
}

Arm::Arm(const ArmSetting& setting)
    : m_setting(setting)
{
    const MixOptimum end = armOptimum(setting, 1);
    m_reach = end.xi - end.xj;
}

ArmPoint Arm::at(double delta) const
{
    const double kept = 1 - m_setting.smoothing, beta = m_setting.beta;
    const bool two = m_setting.classes == 2;
    if (m_setting.loss == Loss::SquaredError) {
        const double whole = kept * shrink(beta), sigma = two ? 0 : whole;
        return {delta, std::clamp((delta / whole + 1) / 2, 0.0, 1.0), (sigma + delta) / 2, (sigma - delta) / 2,
                0.5 / whole};
    }
    if (two) {
        const double bent = std::tanh(delta / 2);
        return {delta, std::clamp((1 + (delta / beta + bent) / kept) / 2, 0.0, 1.0), delta / 2, -delta / 2,
                (1 / beta + (1 - bent * bent) / 2) / (2 * kept)};
    }
    return crossEntropyPoint(m_setting, delta, m_reach);
}

std::vector<ArmPoint> Arm::even(Index count) const
{
    assert(count >= 2);
    constexpr Index pieces = 200;
    std::vector<ArmPoint> fine;
    std::vector<double> lengths{0};
    for (Index n = 0; n <= pieces; ++n) {
        fine.push_back(at(m_reach * (2 * static_cast<double>(n) / pieces - 1)));
        if (n == 0)
            continue;
        const ArmPoint& a = fine[fine.size() - 2];
        const ArmPoint& b = fine.back();
        lengths.push_back(lengths.back() + lengthInView(b.xi - a.xi, b.xj - a.xj, m_setting.classes));
    }
    std::vector<ArmPoint> points{fine.front()};
    std::size_t piece = 1;
    for (Index n = 1; n + 1 < count; ++n) {
        const double wanted = lengths.back() * static_cast<double>(n) / static_cast<double>(count - 1);
        while (piece + 1 < lengths.size() && lengths[piece] < wanted)
            ++piece;
        const double part = (wanted - lengths[piece - 1]) / (lengths[piece] - lengths[piece - 1]);
        points.push_back(at(std::lerp(fine[piece - 1].delta, fine[piece].delta, part)));
    }
    points.push_back(fine.back());
    return points;
}

std::vector<double> Arm::shares(double alpha, Index bins) const
{
    std::vector<double> shares;
    double below = 0;
    for (Index k = 1; k <= bins; ++k) {
        const double edge = m_reach * (2 * static_cast<double>(k) / static_cast<double>(bins) - 1);
        const double upTo = k == bins ? 1 : beta::cumulative(alpha, at(edge).lambda);
        shares.push_back(upTo - below);
        below = upTo;
    }
    return shares;
}

double Arm::densityAt(double alpha, const ArmPoint& point) const
{
    return beta::density(alpha, point.lambda) * point.lambdaSlope;
}

} // namespace nc::ufm
