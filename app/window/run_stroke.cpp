#include "app/window/run_stroke.h"

#include <array>

#include "app/window/ui_theme.h"

namespace nc::window
{

QString runLetter(int place)
{
    return QString(QChar(u'A' + place));
}

QPen runPen(int place, double widthPx)
{
    const std::vector<scene::Rgb>& colours = currentTheme().runs;
    const auto at = static_cast<std::size_t>(place);
    QPen pen(toQColor(colours[at % colours.size()]), widthPx);
    // In units of the width. Beyond the colours there are, each comes again with the next dash.
    static const std::array<QList<qreal>, 4> dashes{{{}, {0.1, 2.2}, {4, 2.4}, {4.5, 2, 0.1, 2}}};
    const QList<qreal>& dash = dashes[(at + at / colours.size()) % dashes.size()];
    if (!dash.isEmpty()) {
        pen.setDashPattern(dash);
        pen.setCapStyle(Qt::RoundCap);
    }
    return pen;
}

} // namespace nc::window
