#include "app/channel_ridges.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/density_ridge.h"

namespace nc::app
{

namespace
{

constexpr std::size_t leastMixes = 40;  ///< two a step
constexpr std::size_t mostMixes = 5000; ///< of a pair: more move its ridge by less than a line is wide
constexpr int steps = 20;               ///< of lambda; its ends belong to the classes, not to the channel

/// Means of the mixes around each inner step of lambda; rows of steps without mixes are NaN.
RowMatrixD meansByLambda(const RowMatrixD& points, const std::vector<double>& lambda)
{
    RowMatrixD sums = RowMatrixD::Zero(steps - 1, points.cols());
    Vector counts = Vector::Zero(steps - 1);
    for (std::size_t i = 0; i < lambda.size(); ++i)
        if (const auto step = static_cast<Index>(std::lround(lambda[i] * steps)) - 1; step >= 0 && step < steps - 1) {
            sums.row(step) += points.row(static_cast<Index>(i));
            counts[step] += 1;
        }
    return sums.array().colwise() / counts.array();
}

/// Spread around the channel's own course: how far the mixes lie along it must not widen the kernel.
double bandwidthAcross(const RowMatrixD& points, const std::vector<double>& lambda, const RowMatrixD& course)
{
    RowMatrixD across = RowMatrixD::Zero(points.rows(), points.cols());
    for (std::size_t i = 0; i < lambda.size(); ++i)
        if (const auto step = static_cast<Index>(std::lround(lambda[i] * steps)) - 1; step >= 0 && step < steps - 1)
            across.row(static_cast<Index>(i)) = points.row(static_cast<Index>(i)) - course.row(step);
    // The rule counts all mixes, but only about those of one step lie under one kernel.
    return suitableBandwidth(across) * std::pow(steps - 1, 1 / (static_cast<double>(points.cols()) + 4));
}

/// Leaves every n-th, so that no more than mostMixes are left.
void thinOut(std::vector<Index>& members)
{
    const std::size_t step = (members.size() + mostMixes - 1) / mostMixes;
    std::size_t kept = 0;
    for (std::size_t n = 0; n < members.size(); n += step)
        members[kept++] = members[n];
    members.resize(kept);
}

} // namespace

Result<std::vector<ChannelRidge>> channelRidges(const Split& split, std::span<const Index> rows,
                                                const Eigen::Ref<const RowMatrixD>& coordinates,
                                                const TaskControl& control)
{
    std::map<std::pair<Index, Index>, std::vector<Index>> channels;
    for (const Index r : rows)
        if (!split.sameClass(r)) {
            const auto [low, high] = std::minmax<Index>(
                {split.labelA[static_cast<std::size_t>(r)], split.labelB[static_cast<std::size_t>(r)]});
            channels[{low, high}].push_back(r);
        }
    std::vector<ChannelRidge> ridges;
    for (auto& [pair, members] : channels) {
        if (members.size() < leastMixes)
            continue;
        thinOut(members);
        const RowMatrixD points = coordinates(members, Eigen::all);
        std::vector<double> lambda;
        for (const Index r : members) {
            const auto at = static_cast<std::size_t>(r);
            lambda.push_back(split.labelA[at] == pair.first ? split.lambda[at] : 1 - split.lambda[at]);
        }
        const RowMatrixD course = meansByLambda(points, lambda);
        ChannelRidge ridge{pair.first, pair.second, bandwidthAcross(points, lambda, course), {}, {}};
        if (!(ridge.bandwidth > 0)) // all in one place
            continue;
        const Result<RowMatrixD> climbed = densityRidge(points, ridge.bandwidth, course, control);
        if (!climbed)
            return climbed.error();
        std::vector<Index> there;
        for (Index step = 0; step < climbed->rows(); ++step)
            if (climbed->row(step).allFinite()) {
                there.push_back(step);
                ridge.lambda.push_back(static_cast<double>(step + 1) / steps);
            }
        ridge.points = (*climbed)(there, Eigen::all);
        ridges.push_back(std::move(ridge));
    }
    return ridges;
}

} // namespace nc::app
