#pragma once

#include <vector>

#include "app/run_session.h"
#include "app/window/timeline_widget.h"

/// What the timeline shows of a run, from what was measured so far.
namespace nc::window
{

/// NC1 to NC4, accuracy and expected calibration error of the first clean split, NC1 and accuracy of the whole training
/// set as recorded, the recorded loss and the theory gap of the mixes; no lane where nothing was measured once all is.
[[nodiscard]] std::vector<TimelineWidget::Lane> lanesOf(const app::RunSession& session);

/// Unreadable epochs, drops of a stepped learning rate (a smooth schedule has none), and the start of the terminal
/// phase (docs/maths.md, 5).
[[nodiscard]] std::vector<TimelineWidget::Mark> marksOf(const app::RunSession& session);

} // namespace nc::window
