#pragma once

#include <optional>
#include <vector>

#include "core/ufm_optimum.h"
#include "viz/scene/scene_model.h"

/// A plane view gets a third axis: its points, and the theory's curves with them, rise to the height of a quantity.
namespace nc::app
{

/// What the curves of a plane view are made of: the optimum of each pair (i, j), i < j in the order of the view's
/// classes, and how many classes there are and are shown.
struct ArmTheory {
    std::vector<ufm::MixOptimum> arm; ///< along every curve, lambda being the share of i
    Index classes = 0, shownClasses = 0;
    double kappa = 1;
};

/// The optimum's value of a quantity: lambda itself, 0 residual, its loss, or its off-view norm
/// (x_i + x_j) sqrt((1/K - 1/C)/kappa) (derived here: the part of x_i w_i + x_j w_j outside span{w_a - w_b}).
[[nodiscard]] double optimalThird(scene::ThirdQuantity quantity, const ufm::MixOptimum& optimum,
                                  const ArmTheory& theory);

/// `values` one for each point of the cloud, finite and not negative. The scene's plane keeps its coordinates. Where
/// the quantity is lambda, each class's same-class optimum becomes an upright line.
void raise(scene::SceneModel& plane, scene::ThirdQuantity quantity, const std::vector<float>& values,
           const std::optional<ArmTheory>& theory);

/// Scenes that are seen together get one scale and one upper end of their third axes; those without one are left alone.
void shareThirdAxis(const std::vector<scene::SceneModel*>& scenes);

} // namespace nc::app
