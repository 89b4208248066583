#pragma once

#include <array>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "core/task_control.h"

/// How dense a cloud of projected points is, and the ridge of that density: where a channel of mixes runs
/// (docs/maths.md, 5.6). Points are N x D, D = 2 or 3.
namespace nc
{

/// Density on a regular grid of cells: points a unit of area (volume), its sum over all cells times their size is N.
struct DensityGrid {
    std::array<Index, 3> cells{1, 1, 1}; ///< along x, y, z; one along z for D = 2
    std::array<double, 3> origin{};      ///< centre of cell (0, 0, 0)
    std::array<double, 3> spacing{};     ///< between the centres
    std::vector<double> values;          ///< x fastest

    [[nodiscard]] double at(Index x, Index y, Index z = 0) const
    {
        return values[static_cast<std::size_t>((z * cells[1] + y) * cells[0] + x)];
    }
};

/// Spread of a kernel that suits points: Silverman's rule with the mean standard deviation over the axes.
[[nodiscard]] double suitableBandwidth(const Eigen::Ref<const RowMatrixD>& points);

/// Points smoothed by a Gaussian of standard deviation `bandwidth`, on `cellsAcross` cells along the longest side of
/// their box with three bandwidths of margin. Each point is shared between the cells beside it, so that the density
/// moves with the points. cellsAcross >= 8.
[[nodiscard]] DensityGrid densityOnGrid(const Eigen::Ref<const RowMatrixD>& points, double bandwidth,
                                        Index cellsAcross);

/// The ridge of the Gaussian kernel density of `points`, the centreline of a channel: each start (M x D) climbs across
/// the ridge by subspace-constrained mean shift (Ozertem and Erdogmus 2011) until it stands still. Rows come in the
/// order of the starts; a start that finds no points nearby is NaN. Work: M x N a step, at most 200 steps.
[[nodiscard]] Result<RowMatrixD> densityRidge(const Eigen::Ref<const RowMatrixD>& points, double bandwidth,
                                              const Eigen::Ref<const RowMatrixD>& starts,
                                              const TaskControl& control = {});

} // namespace nc
