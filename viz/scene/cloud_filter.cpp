#include "viz/scene/cloud_filter.h"

#include <algorithm>

namespace nc::scene
{

bool CloudFilter::shows(const Cloud& cloud, std::size_t point) const
{
    const std::int32_t a = cloud.labelA[point];
    const std::int32_t b = cloud.labelB[point];
    if (a == b ? hideSame : hideDifferent)
        return false;
    const float lambda = a <= b ? cloud.lambda[point] : 1 - cloud.lambda[point];
    if (!(lambda >= lambdaLow && lambda <= lambdaHigh))
        return false;
    const auto hidden = [this](std::int32_t label) {
        return std::find(hiddenClasses.begin(), hiddenClasses.end(), label) != hiddenClasses.end();
    };
    return hiddenClasses.empty() || !(hidden(a) || hidden(b));
}

} // namespace nc::scene
