#pragma once

#include <cstdint>
#include <vector>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// Which points of a cloud are drawn.
struct CloudFilter {
    float lambdaLow = 0, lambdaHigh = 1; ///< both included; λ as coloured: of the lower class index in a mix of two
    std::vector<std::int32_t> hiddenClasses; ///< class numbers; hides every point with a share of one of them
    bool hideSame = false, hideDifferent = false;
    bool operator==(const CloudFilter&) const = default;

    [[nodiscard]] bool shows(const Cloud& cloud, std::size_t point) const;
};

} // namespace nc::scene
