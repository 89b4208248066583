#pragma once

#include <QStringList>

#include "app/window/timeline_widget.h"

namespace nc::window
{

/// How time is shown and played.
struct TimeChoice {
    double speed = 1; ///< times the usual pace of playing
    bool loop = true;
    TimelineWidget::Axis axis = TimelineWidget::Axis::Log;
    QStringList curves{QStringLiteral("nc1"), QStringLiteral("nc2"), QStringLiteral("nc3"), QStringLiteral("accuracy"),
                       QStringLiteral("ece")}; ///< identities of TimelineWidget::Lane
};

/// From and to the settings file.
[[nodiscard]] TimeChoice readTimeChoice();
void writeTimeChoice(const TimeChoice& choice);

} // namespace nc::window
