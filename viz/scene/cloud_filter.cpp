#include "viz/scene/cloud_filter.h"

#include <algorithm>
#include <map>
#include <utility>

namespace nc::scene
{

bool CloudFilter::shows(const Cloud& cloud, std::size_t point) const
{
    const std::int32_t a = cloud.labelA[point];
    const std::int32_t b = cloud.labelB[point];
    const float lambda = a <= b ? cloud.lambda[point] : 1 - cloud.lambda[point];
    return lambda >= lambdaLow && lambda <= lambdaHigh && showsLabels(a, b);
}

bool CloudFilter::showsLabels(std::int32_t a, std::int32_t b) const
{
    if (a == b ? hideSame : hideDifferent)
        return false;
    const auto hidden = [this](std::int32_t label) {
        return std::find(hiddenClasses.begin(), hiddenClasses.end(), label) != hiddenClasses.end();
    };
    return hiddenClasses.empty() || !(hidden(a) || hidden(b));
}

CloudCounts countCloud(const Cloud& cloud)
{
    std::map<std::pair<std::int32_t, std::int32_t>, Index> found;
    for (std::size_t k = 0; k < cloud.labelA.size(); ++k)
        ++found[std::minmax(cloud.labelA[k], cloud.labelB[k])];
    CloudCounts counts;
    for (const auto& [labels, points] : found)
        counts.pairs.push_back({labels.first, labels.second, points});
    return counts;
}

Index CloudCounts::sameClass() const
{
    Index sum = 0;
    for (const Pair& pair : pairs)
        sum += pair.low == pair.high ? pair.points : 0;
    return sum;
}

Index CloudCounts::sameClass(std::int32_t label) const
{
    for (const Pair& pair : pairs)
        if (pair.low == label && pair.high == label)
            return pair.points;
    return 0;
}

Index CloudCounts::differentClass() const
{
    Index sum = 0;
    for (const Pair& pair : pairs)
        sum += pair.low != pair.high ? pair.points : 0;
    return sum;
}

std::optional<Index> CloudCounts::shown(const CloudFilter& filter) const
{
    if (filter.lambdaLow > 0 || filter.lambdaHigh < 1)
        return std::nullopt;
    Index sum = 0;
    for (const Pair& pair : pairs)
        sum += filter.showsLabels(pair.low, pair.high) ? pair.points : 0;
    return sum;
}

} // namespace nc::scene
