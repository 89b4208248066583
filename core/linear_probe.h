#pragma once

#include <span>

#include "core/snapshot.h"
#include "core/task_control.h"

namespace nc
{

/// A linear classifier fitted to any layer by regularised least squares, for layers that have none of their own
/// (docs/maths.md, 3.6): W, b minimise (1/N) sum |W h + b - e_label|^2 + rho |W|^2, where rho is `ridge` times the mean
/// variance of a feature, so that the fit turns and scales with the features. Closed form, three walks.
/// Errors: those of reading, a label outside [0, classes), no rows or features that are all equal, Interrupted.
[[nodiscard]] Result<Classifier> fitLinearProbe(const RowSource& rows, std::span<const std::int32_t> labels,
                                                Index classes, double ridge = 1e-3, const TaskControl& control = {});

} // namespace nc
