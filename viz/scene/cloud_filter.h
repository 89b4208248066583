#pragma once

#include <cstdint>
#include <optional>
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
    [[nodiscard]] bool showsLabels(std::int32_t a, std::int32_t b) const; ///< whatever λ is
};

/// How many points carry which labels: what a filter shows is counted without a walk over the points.
struct CloudCounts {
    struct Pair {
        std::int32_t low = 0, high = 0; ///< class numbers, low <= high
        Index points = 0;
    };
    std::vector<Pair> pairs; ///< each once, ascending

    [[nodiscard]] Index sameClass() const;
    [[nodiscard]] Index sameClass(std::int32_t label) const;
    [[nodiscard]] Index differentClass() const;
    /// Empty where the filter narrows λ: then only a walk can tell.
    [[nodiscard]] std::optional<Index> shown(const CloudFilter& filter) const;
};
[[nodiscard]] CloudCounts countCloud(const Cloud& cloud);

} // namespace nc::scene
