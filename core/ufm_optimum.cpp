#include "core/ufm_optimum.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include <Eigen/LU>

namespace nc::ufm
{
namespace
{

/// Entries of a label that are equal share one probability.
struct Group {
    double target = 0;
    double count = 0;
};

/// Logit z = beta (t - p) = ln p - c of a group: the difference is exact where beta t is small, the logarithm
/// elsewhere.
double logitOf(double scaledTarget, double omega, double lnBetaAndC)
{
    return scaledTarget < 1 ? scaledTarget - omega : std::log(omega) - lnBetaAndC;
}

/// The normaliser c for which the probabilities add up to 1, that is, the logits to 0 (docs/maths.md, 4.4). Minus the
/// sum of the logits is increasing and convex in c: Newton needs no bracket, from the upper bound -ln C it descends to
/// the root, and from anywhere else it does after a step.
double normaliser(double beta, std::span<const Group> groups, double c)
{
    const double lnBeta = std::log(beta);
    double previous = std::numeric_limits<double>::infinity();
    for (int iteration = 0; iteration < 60; ++iteration) {
        double value = 0, slope = 0;
        for (const auto& [target, count] : groups) {
            const double omega = wrightOmega(lnBeta + beta * target + c);
            value -= count * logitOf(beta * target, omega, lnBeta + c);
            slope += count * omega / (1 + omega);
        }
        const double step = std::abs(value / slope);
        if (step >= previous && iteration > 1) // rounding is all that is left
            break;
        c -= value / slope;
        previous = step;
        if (step <= 1e-8) // the curvature is at most the slope: what is left is at most half of its square
            break;
    }
    return c;
}

/// -ln p, where 1 - p is known better than p.
double surprise(double p, double rest)
{
    return p > 0.5 ? -std::log1p(-rest) : -std::log(p);
}

/// Sum of all probabilities but one, where 1 - p would lose it in rounding; not needed for p <= 1/2.
double sumWithout(const Vector& p, Index k)
{
    return p(k) > 0.5 ? p.head(k).sum() + p.tail(p.size() - k - 1).sum() : 1 - p(k);
}

/// Everything about a mix that follows from its two gaps to a third class, C >= 3.
MixOptimum fromGaps(Index classes, double beta, double lambda, double xi, double xj)
{
    const double n = static_cast<double>(classes);
    MixOptimum point{.lambda = lambda, .xi = xi, .xj = xj};
    const double top = std::max({xi, xj, 0.0});
    const double others = (n - 2) * std::exp(-top);
    const double sum = std::exp(xi - top) + std::exp(xj - top) + others;
    point.pi = std::exp(xi - top) / sum;
    point.pj = std::exp(xj - top) / sum;
    point.pRest = std::exp(-top) / sum;
    const double zRest = -(xi + xj) / n;
    point.norm = std::sqrt(std::max(0.0, xi * xi + xj * xj - (xi + xj) * (xi + xj) / n));
    point.logNormaliser = -(zRest + top + std::log(sum));
    const double rest = others / sum;
    point.crossEntropy = (lambda > 0 ? lambda * surprise(point.pi, point.pj + rest) : 0) +
                         (lambda < 1 ? (1 - lambda) * surprise(point.pj, point.pi + rest) : 0);
    point.objective = point.crossEntropy + point.norm * point.norm / (2 * beta);
    return point;
}

/// C = 2: one gap y = z_i - z_j, and z_j = -z_i.
MixOptimum fromTwoClassGap(double beta, double lambda, double gap)
{
    MixOptimum point{.lambda = lambda, .xi = gap / 2, .xj = -gap / 2};
    point.pi = 1 / (1 + std::exp(-gap));
    point.pj = 1 / (1 + std::exp(gap));
    point.norm = std::abs(gap) / std::sqrt(2.0);
    point.logNormaliser = -(std::abs(gap) / 2 + std::log1p(std::exp(-std::abs(gap))));
    point.crossEntropy = (lambda > 0 ? lambda * surprise(point.pi, point.pj) : 0) +
                         (lambda < 1 ? (1 - lambda) * surprise(point.pj, point.pi) : 0);
    point.objective = point.crossEntropy + point.norm * point.norm / (2 * beta);
    return point;
}

/// ln(omega_a / omega_b). The difference of the omegas is exact where beta is small and the ratio near 1.
double gapOf(double beta, double targetA, double targetB, double omegaA, double omegaB)
{
    return beta < 1 ? beta * (targetA - targetB) - (omegaA - omegaB) : std::log(omegaA / omegaB);
}

/// The optimum of a mix, its normaliser sought from `start`.
MixOptimum optimumFrom(Index classes, double beta, double lambda, double start)
{
    assert(classes >= 2 && beta > 0 && lambda >= 0 && lambda <= 1);
    const std::array<Group, 3> groups{{{lambda, 1}, {1 - lambda, 1}, {0, static_cast<double>(classes - 2)}}};
    const double lnBeta = std::log(beta);
    const double c = normaliser(beta, std::span(groups).first(classes == 2 ? 2 : 3), start);
    const double omegaI = wrightOmega(lnBeta + beta * lambda + c);
    const double omegaJ = wrightOmega(lnBeta + beta * (1 - lambda) + c);
    if (classes == 2)
        return fromTwoClassGap(beta, lambda, gapOf(beta, lambda, 1 - lambda, omegaI, omegaJ));
    const double omegaRest = wrightOmega(lnBeta + c);
    return fromGaps(classes, beta, lambda, gapOf(beta, lambda, 0, omegaI, omegaRest),
                    gapOf(beta, 1 - lambda, 0, omegaJ, omegaRest));
}

/// The point of the curve whose gaps differ by `delta` = x_i - x_j. sigma = x_i + x_j solves sigma D = beta C, the
/// identity of docs/maths.md, 4.3 for the third classes; lambda follows.
MixOptimum atDifference(Index classes, double beta, double delta)
{
    if (classes == 2) {
        const double lambda = 0.5 * (delta / beta + 1 + std::tanh(delta / 2));
        return fromTwoClassGap(beta, std::clamp(lambda, 0.0, 1.0), delta);
    }
    const double n = static_cast<double>(classes);
    // As ln sigma + ln D = ln(beta C), which is increasing in sigma.
    const double lnRight = std::log(beta * n);
    const double half = std::log(2 * std::cosh(delta / 2));
    double sigma = std::abs(delta) + sameClassGap(classes, beta);
    for (int iteration = 0; iteration < 100; ++iteration) {
        const double peak = sigma / 2 + half; // ln(e^{x_i} + e^{x_j})
        const double lnD = std::max(peak, 0.0) +
                           std::log(std::exp(peak - std::max(peak, 0.0)) + (n - 2) * std::exp(-std::max(peak, 0.0)));
        const double share = std::exp(peak - lnD);
        const double step = (std::log(sigma) + lnD - lnRight) / (1 / sigma + share / 2);
        const double next = std::max(sigma - step, sigma / 8);
        const bool settled = std::abs(next - sigma) <= 1e-15 * sigma;
        sigma = next;
        if (settled)
            break;
    }
    const double xi = (sigma + delta) / 2, xj = (sigma - delta) / 2;
    const MixOptimum point = fromGaps(classes, beta, 0.5, xi, xj);
    const double lambda = xi / beta + point.pi - *point.pRest;
    return fromGaps(classes, beta, std::clamp(lambda, 0.0, 1.0), xi, xj);
}

/// Length of the step between two points of the curve, at kappa = 1.
double distance(Index classes, const MixOptimum& a, const MixOptimum& b)
{
    const double di = b.xi - a.xi, dj = b.xj - a.xj;
    const double n = static_cast<double>(classes);
    return std::sqrt(std::max(0.0, di * di + dj * dj - (di + dj) * (di + dj) / n));
}

/// Differences x_i - x_j of `count` points that are evenly spaced along the curve from lambda 0 to 1.
std::vector<double> evenDifferences(Index classes, double beta, Index count)
{
    constexpr Index pieces = 2000; // the polyline's length is right to about 1e-6
    const double end = sameClassGap(classes, beta);
    std::vector<double> deltas, lengths{0};
    MixOptimum before;
    for (Index n = 0; n <= pieces; ++n) {
        deltas.push_back(end * (2 * static_cast<double>(n) / static_cast<double>(pieces) - 1));
        const MixOptimum point = atDifference(classes, beta, deltas.back());
        if (n > 0)
            lengths.push_back(lengths.back() + distance(classes, before, point));
        before = point;
    }
    std::vector<double> result;
    std::size_t piece = 1;
    for (Index n = 0; n < count; ++n) {
        const double wanted = lengths.back() * static_cast<double>(n) / static_cast<double>(count - 1);
        while (piece + 1 < lengths.size() && lengths[piece] < wanted)
            ++piece;
        const double part = (wanted - lengths[piece - 1]) / (lengths[piece] - lengths[piece - 1]);
        result.push_back(std::lerp(deltas[piece - 1], deltas[piece], part));
    }
    return result;
}

/// f(h) = CE(Wh + b, t) + (mu/2)|h|^2 and what Newton needs of it.
struct GeneralState {
    Vector feature, logits, probabilities;
    double objective = 0;

    GeneralState(const Matrix& weight, const Vector& bias, double mu, const Vector& label, Vector h)
        : feature(std::move(h))
        , logits(weight * feature + bias)
    {
        const double top = logits.maxCoeff();
        probabilities = (logits.array() - top).exp();
        const double sum = probabilities.sum();
        probabilities /= sum;
        objective = top + std::log(sum) - label.dot(logits) + mu / 2 * feature.squaredNorm();
    }
};

} // namespace

double wrightOmega(double u)
{
    // omega + ln omega = u. Two steps of fourth order from a start that is right to a few per cent.
    if (u < -40)
        return std::exp(u); // omega = e^u (1 - e^u + ...)
    double w = 0;
    if (u < -1.3) {
        const double e = std::exp(u);
        w = e * (1 - e * (1 - 1.5 * e));
    } else if (u < 3) {
        const double v = u - 1;
        w = 1 + v * (0.5 + v * (1.0 / 16 - v / 192));
    } else {
        const double lnU = std::log(u);
        w = u - lnU + lnU / u + lnU * (lnU - 2) / (2 * u * u);
    }
    if (u > 1e6)
        return w; // the next term of the series is below rounding
    for (int iteration = 0; iteration < 2; ++iteration) {
        const double rest = u - w - std::log(w);
        const double next = 1 + w;
        const double common = 2 * next * (next + 2 * rest / 3);
        w *= 1 + rest / next * (common - rest) / (common - 2 * rest);
    }
    return w;
}

SoftLabelOptimum optimumForLabel(double beta, const Eigen::Ref<const Vector>& label)
{
    assert(beta > 0 && label.size() >= 2);
    std::vector<double> sorted(label.begin(), label.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<Group> groups;
    for (const double target : sorted) {
        if (groups.empty() || groups.back().target != target)
            groups.push_back({target, 0});
        ++groups.back().count;
    }
    SoftLabelOptimum optimum;
    const double c = normaliser(beta, groups, -std::log(static_cast<double>(label.size())));
    const double lnBeta = std::log(beta);
    optimum.logNormaliser = c;
    optimum.probabilities.resize(label.size());
    optimum.logits.resize(label.size());
    for (Index k = 0; k < label.size(); ++k) {
        const double omega = wrightOmega(lnBeta + beta * label(k) + c);
        optimum.probabilities(k) = omega / beta;
        optimum.logits(k) = logitOf(beta * label(k), omega, lnBeta + c);
    }
    for (Index k = 0; k < label.size(); ++k)
        if (label(k) != 0)
            optimum.crossEntropy += label(k) * surprise(optimum.probabilities(k), sumWithout(optimum.probabilities, k));
    return optimum;
}

MixOptimum mixOptimum(Index classes, double beta, double lambda)
{
    return optimumFrom(classes, beta, lambda, -std::log(static_cast<double>(classes)));
}

MixOptima::MixOptima(Index classes, double beta)
    : m_classes(classes)
    , m_beta(beta)
{
    for (Index k = 0; k <= pieces; ++k) {
        const double root = static_cast<double>(k) / pieces;
        m_normalisers[static_cast<std::size_t>(k)] = mixOptimum(classes, beta, root * root / 2).logNormaliser;
    }
}

MixOptimum MixOptima::at(double lambda) const
{
    const double place = pieces * std::sqrt(2 * std::min(lambda, 1 - lambda));
    const auto piece = static_cast<std::size_t>(std::min<double>(place, pieces - 1));
    const double start = std::lerp(m_normalisers[piece], m_normalisers[piece + 1], place - static_cast<double>(piece));
    return optimumFrom(m_classes, m_beta, lambda, start);
}

MixOptimum mixOptimumSquaredError(Index classes, double beta, double lambda)
{
    const double n = static_cast<double>(classes);
    const double scale = beta / (1 + beta);      // kappa/(kappa + mu): z = scale (t - 1/C)
    const double shift = classes == 2 ? 0.5 : 0; // for two classes the gaps are z_i and z_j themselves
    MixOptimum point{.lambda = lambda, .xi = scale * (lambda - shift), .xj = scale * (1 - lambda - shift)};
    point.pi = point.pj = std::numeric_limits<double>::quiet_NaN();
    point.logNormaliser = point.crossEntropy = point.pi;
    const auto squared = [&](double i, double j, double rest) { return i * i + j * j + (n - 2) * rest * rest; };
    const double zi = scale * (lambda - 1 / n), zj = scale * (1 - lambda - 1 / n), zRest = -scale / n;
    const double norm2 = squared(zi, zj, zRest);
    point.norm = std::sqrt(norm2);
    point.objective = 0.5 * squared(zi - lambda, zj - (1 - lambda), zRest) + norm2 / (2 * beta);
    return point;
}

SquaredErrorOptimum squaredErrorOptimum(double beta, const Eigen::Ref<const Vector>& label)
{
    const Vector z = beta / (1 + beta) * (label.array() - 1 / static_cast<double>(label.size()));
    return {z, 0.5 * (z - label).squaredNorm() + z.squaredNorm() / (2 * beta)};
}

double sameClassGap(Index classes, double beta)
{
    // ln x + ln(e^x + C - 1) = ln(beta C): increasing in x, and Newton in x stays positive after a guarded step.
    const double others = static_cast<double>(classes) - 1;
    const double right = std::log(beta) + std::log(others + 1);
    double x = beta < 1 ? beta : std::max(1.0, std::log(beta));
    for (int iteration = 0; iteration < 100; ++iteration) {
        const double tail = others * std::exp(-x);
        const double step = (std::log(x) + x + std::log1p(tail) - right) / (1 / x + 1 / (1 + tail));
        const double next = std::max(x - step, x / 8);
        const bool settled = std::abs(next - x) <= 1e-15 * x;
        x = next;
        if (settled)
            break;
    }
    return x;
}

double betaFromGap(Index classes, double gap)
{
    const double n = static_cast<double>(classes);
    return gap * (std::exp(gap) + n - 1) / n;
}

std::vector<MixOptimum> mixCurve(Index classes, double beta, Index count, Spacing spacing)
{
    assert(count >= 2);
    std::vector<MixOptimum> curve;
    curve.reserve(static_cast<std::size_t>(count));
    if (spacing == Spacing::Arc) {
        for (const double delta : evenDifferences(classes, beta, count))
            curve.push_back(atDifference(classes, beta, delta));
        curve.front() = mixOptimum(classes, beta, 0);
        curve.back() = mixOptimum(classes, beta, 1);
        return curve;
    }
    const MixOptima optima(classes, beta);
    for (Index n = 0; n < count; ++n)
        curve.push_back(optima.at(static_cast<double>(n) / static_cast<double>(count - 1)));
    return curve;
}

GeneralOptimum optimumForClassifier(const Eigen::Ref<const Matrix>& weight, const Eigen::Ref<const Vector>& bias,
                                    double mu, const Eigen::Ref<const Vector>& label)
{
    const Matrix w = weight;
    const Matrix gram = w * w.transpose();
    GeneralState state(w, bias, mu, label, Vector::Zero(w.cols()));
    double previous = std::numeric_limits<double>::infinity();
    for (int iteration = 0; iteration < 200; ++iteration) {
        const Vector& p = state.probabilities;
        const Vector gradient = w.transpose() * (p - label) + mu * state.feature;
        // (mu I + W^T S W)^-1 g through a C x C system, S = diag p - p p^T.
        const Matrix curvature = Matrix(p.asDiagonal()) - p * p.transpose();
        const Matrix system = mu * Matrix::Identity(w.rows(), w.rows()) + curvature * gram;
        const Vector inner = system.partialPivLu().solve(curvature * (w * gradient));
        const Vector step = (gradient - w.transpose() * inner) / mu;
        const double slope = gradient.dot(step); // of the objective along the step, positive
        const double rounding = 1e-14 * (1 + state.logits.cwiseAbs().maxCoeff() + std::abs(state.objective));
        double damping = 1;
        GeneralState next(w, bias, mu, label, state.feature - step);
        while (damping > 1e-12 && !(next.objective <= state.objective - 1e-4 * damping * slope + rounding)) {
            damping /= 2;
            next = GeneralState(w, bias, mu, label, state.feature - damping * step);
        }
        state = std::move(next);
        // Near the minimum each step is far shorter than the last, until only rounding is left.
        const double length = step.norm(), size = state.feature.norm();
        if (length <= 1e-15 * size || (length < 1e-8 * size && length > previous / 2))
            break;
        previous = length;
    }
    return {state.feature, state.probabilities, state.objective};
}

} // namespace nc::ufm
