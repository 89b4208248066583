#pragma once

#include <span>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "core/snapshot.h"
#include "core/task_control.h"

namespace nc::app
{

/// The centreline of the channel that the mixes of two classes form in a view (docs/maths.md, 5.6).
struct ChannelRidge {
    Index lower = 0, upper = 0; ///< classes, lower < upper
    double bandwidth = 0;       ///< of the density whose ridge it is
    std::vector<double> lambda; ///< share of the lower class where the climb began: 0.05, 0.10 … 0.95
    RowMatrixD points;          ///< lambda.size() x D
};

/// Of every pair with forty mixes or more among `rows`, in order; `coordinates` of all rows of the split, N x D, D = 2
/// or
/// 3. Of more than 5,000 mixes of a pair every second, third, … is taken. A climb begins at the mean of the mixes
/// around its lambda; where there are none the centreline has a gap.
[[nodiscard]] Result<std::vector<ChannelRidge>> channelRidges(const Split& split, std::span<const Index> rows,
                                                              const Eigen::Ref<const RowMatrixD>& coordinates,
                                                              const TaskControl& control = {});

} // namespace nc::app
