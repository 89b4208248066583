#include "app/window/time_choice.h"

#include <algorithm>

#include <QSettings>

namespace nc::window
{

TimeChoice readTimeChoice()
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("time"));
    TimeChoice choice;
    choice.speed = std::clamp(settings.value(QStringLiteral("speed"), choice.speed).toDouble(), 0.25, 8.0);
    choice.loop = settings.value(QStringLiteral("loop"), choice.loop).toBool();
    choice.axis = static_cast<TimelineWidget::Axis>(
        std::clamp(settings.value(QStringLiteral("axis"), static_cast<int>(choice.axis)).toInt(), 0, 2));
    if (settings.contains(QStringLiteral("curves")))
        choice.curves = settings.value(QStringLiteral("curves")).toStringList();
    return choice;
}

void writeTimeChoice(const TimeChoice& choice)
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("time"));
    settings.setValue(QStringLiteral("speed"), choice.speed);
    settings.setValue(QStringLiteral("loop"), choice.loop);
    settings.setValue(QStringLiteral("axis"), static_cast<int>(choice.axis));
    settings.setValue(QStringLiteral("curves"), choice.curves);
}

} // namespace nc::window
