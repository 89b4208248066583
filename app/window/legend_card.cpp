#include "app/window/legend_card.h"

#include <algorithm>

#include <QLinearGradient>
#include <QMouseEvent>
#include <QPainter>

#include "app/text.h"
#include "app/window/ui_theme.h"
#include "viz/scene/point_colours.h"

namespace nc::window
{

namespace
{

constexpr int cardWidth = 184;
constexpr int rowHeight = 20;
constexpr int padding = 10;
constexpr int barHeight = 32;

QString grouped(Index n)
{
    return QString::fromStdString(app::groupedNumber(n));
}

} // namespace

LegendCard::LegendCard(QWidget* parent)
    : QWidget(parent)
{
    setCursor(Qt::PointingHandCursor);
    setToolTip(tr("Click hides or shows, double-click isolates"));
    setAccessibleName(tr("Legend"));
}

void LegendCard::show(const scene::SceneModel& scene, const scene::CloudCounts& counts, const scene::ScreenStyle& style)
{
    m_style = style;
    if (const auto shown = counts.shown(style.filter)) {
        m_shown = *shown;
    } else {
        m_shown = 0;
        for (std::size_t k = 0; k < scene.cloud.labelA.size(); ++k)
            m_shown += style.filter.shows(scene.cloud, k);
    }
    m_colorBy = drawnColorBy(scene.cloud, style.colorBy);
    m_rows.clear();
    using scene::ColorBy;
    const Index different = counts.differentClass();
    const bool ramps = m_colorBy == ColorBy::KindLambda || m_colorBy == ColorBy::Repro;
    if (const auto scale = scene::colourScale(m_colorBy, currentTheme())) {
        m_rows.push_back({RowKind::Title, QString::fromStdString(scale->title.plain())});
        m_rows.push_back({RowKind::Bar, QString()});
        m_rows.push_back({RowKind::Kind, different > 0 ? tr("Same class") : tr("Samples"), counts.sameClass()});
    } else if (ramps || m_colorBy == ColorBy::Kind) {
        m_rows.push_back({RowKind::Kind, tr("Same class"), counts.sameClass()});
        if (ramps)
            m_rows.push_back({RowKind::Bar, QString()});
    } else {
        const bool larger = m_colorBy == ColorBy::Class || m_colorBy == ColorBy::Correct;
        m_rows.push_back({RowKind::Title, different == 0 ? tr("Classes")
                                          : larger       ? tr("Larger share")
                                                         : tr("Same-class mixes")});
        for (std::size_t k = 0; k < scene.classes.size(); ++k)
            m_rows.push_back({RowKind::Class, QString::fromStdString(scene.classes[k].name),
                              counts.sameClass(scene.classes[k].index), static_cast<int>(k), scene.classes[k].index});
    }
    if (different > 0)
        addMixRows(scene, counts);
    if (m_colorBy == ColorBy::Correct)
        m_rows.push_back({RowKind::Wrong, tr("Wrong answer"),
                          std::count(scene.cloud.correct.begin(), scene.cloud.correct.end(), char{0})});
    if (m_compact) // whose names stand at the arrows
        std::erase_if(m_rows, [](const Row& row) { return row.kind == RowKind::Title || row.kind == RowKind::Class; });
    adjustSize();
    QWidget::show();
    update();
}

/// Mixes of two classes, by what tells them apart.
void LegendCard::addMixRows(const scene::SceneModel& scene, const scene::CloudCounts& counts)
{
    using scene::ColorBy;
    const bool byLambda = m_colorBy == ColorBy::ClassLambda;
    const bool classes = byLambda || m_colorBy == ColorBy::Class || m_colorBy == ColorBy::Correct;
    const QString text = byLambda                     ? tr("Different-class mixes, λ")
                         : classes                    ? tr("Different-class mixes")
                         : m_colorBy == ColorBy::Pair ? tr("Mixes of two")
                                                      : tr("Different class");
    m_rows.push_back({RowKind::Kind, text, counts.differentClass(), -1, -1, false});
    if (byLambda || m_colorBy == ColorBy::KindLambda || m_colorBy == ColorBy::Repro)
        m_rows.push_back({RowKind::Bar, QString(), 0, -1, -1, false});
    if (m_colorBy != ColorBy::Pair)
        return;
    for (const scene::CloudCounts::Pair& pair : counts.pairs) {
        const int a = scene.slotOf(pair.low), b = scene.slotOf(pair.high);
        if (a < 0 || b < 0 || a == b)
            continue;
        const auto name = [&](int slot) {
            return QString::fromStdString(scene.classes[static_cast<std::size_t>(slot)].name);
        };
        m_rows.push_back({RowKind::Pair, name(a) + QStringLiteral(", ") + name(b), pair.points, -1, -1, false,
                          scene::pairColour(scene, a, b, currentTheme())});
    }
}

QSize LegendCard::sizeHint() const
{
    int height = 2 * padding;
    for (const Row& row : m_rows)
        height += row.kind == RowKind::Bar ? barHeight : rowHeight;
    return {cardWidth, height};
}

bool LegendCard::isHidden(const Row& row) const
{
    const auto& hidden = m_style.filter.hiddenClasses;
    return row.kind == RowKind::Class  ? std::find(hidden.begin(), hidden.end(), row.classIndex) != hidden.end()
           : row.kind == RowKind::Kind ? (row.same ? m_style.filter.hideSame : m_style.filter.hideDifferent)
                                       : false;
}

void LegendCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    painter.setPen(QPen(toQColor(theme.border), 1));
    painter.setBrush(toQColor(theme.raised));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    double top = padding;
    for (const Row& row : m_rows) {
        paintRow(painter, row, top);
        top += row.kind == RowKind::Bar ? barHeight : rowHeight;
    }
}

void LegendCard::paintBar(QPainter& painter, const Row& row, double top) const
{
    const scene::Theme& theme = currentTheme();
    const QRectF area(padding, top, cardWidth - 2 * padding, rowHeight);
    const bool byKind = m_colorBy == scene::ColorBy::KindLambda;
    const bool repro = m_colorBy == scene::ColorBy::Repro;
    const auto scale = scene::colourScale(m_colorBy, theme);
    const scene::Ramp& ramp = scale    ? scale->ramp
                              : byKind ? (row.same ? theme.sameKind : theme.differentKind)
                              : repro  ? (row.same ? theme.reproSame : theme.reproDifferent)
                                       : theme.lambda;
    QLinearGradient gradient(area.left(), 0, area.right(), 0);
    for (int k = 0; k <= 16; ++k)
        gradient.setColorAt(k / 16.0, toQColor(ramp.at(k / 16.0)));
    painter.fillRect(QRectF(area.left(), top + 2, area.width(), 9), gradient);
    painter.setFont(uiFont(11));
    painter.setPen(toQColor(theme.text2));
    QStringList ticks{QStringLiteral("0"), QStringLiteral("0.5"), QStringLiteral("1")};
    if (byKind || repro)
        ticks = {QStringLiteral("½"), QStringLiteral("λ"), QStringLiteral("0, 1")};
    for (int k = 0; scale && k < 3; ++k)
        ticks[k] = QString::fromStdString(scale->ticks[static_cast<std::size_t>(k)]);
    const QRectF below(area.left(), top + 13, area.width(), 15);
    painter.drawText(below, Qt::AlignLeft, ticks[0]);
    painter.drawText(below, Qt::AlignHCenter, ticks[1]);
    painter.drawText(below, Qt::AlignRight, ticks[2]);
}

bool LegendCard::hasSwatch(const Row& row) const
{
    return row.kind == RowKind::Class || row.kind == RowKind::Pair || row.kind == RowKind::Wrong ||
           (row.kind == RowKind::Kind && m_colorBy == scene::ColorBy::Kind);
}

void LegendCard::paintSwatch(QPainter& painter, const Row& row, QPointF centre) const
{
    const scene::Theme& theme = currentTheme();
    const scene::Rgb colour = row.kind == RowKind::Class  ? theme.classColour(row.slot)
                              : row.kind == RowKind::Pair ? row.colour
                              : row.kind == RowKind::Kind ? scene::kindColour(row.same, theme)
                                                          : theme.border;
    painter.setBrush(toQColor(isHidden(row) ? theme.border : colour));
    if (row.kind == RowKind::Wrong) {
        painter.setPen(QPen(toQColor(theme.ink), 1.5));
        painter.drawEllipse(centre, 4.25, 4.25);
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.drawEllipse(centre, 5, 5);
}

void LegendCard::paintRow(QPainter& painter, const Row& row, double top) const
{
    if (row.kind == RowKind::Bar) {
        paintBar(painter, row, top);
        return;
    }
    const scene::Theme& theme = currentTheme();
    const QRectF area(padding, top, cardWidth - 2 * padding, rowHeight);
    double left = area.left();
    const bool swatch = hasSwatch(row);
    if (swatch) {
        paintSwatch(painter, row, {left + 5, area.center().y()});
        left += 18;
    }
    painter.setFont(uiFont(swatch ? 12 : 11));
    painter.setPen(toQColor(isHidden(row) ? theme.text3 : swatch ? theme.text : theme.text2));
    const QString number = row.kind == RowKind::Title ? QString() : grouped(row.count);
    const double numberWidth = painter.fontMetrics().horizontalAdvance(number);
    const QRectF textArea(left, area.top(), area.right() - left - numberWidth - 8, rowHeight);
    painter.drawText(textArea, Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(row.text, Qt::ElideRight, static_cast<int>(textArea.width())));
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignRight, number);
}

int LegendCard::rowAt(int y) const
{
    int top = padding;
    for (std::size_t k = 0; k < m_rows.size(); ++k) {
        const int height = m_rows[k].kind == RowKind::Bar ? barHeight : rowHeight;
        if (y >= top && y < top + height)
            return static_cast<int>(k);
        top += height;
    }
    return -1;
}

void LegendCard::toggle(const Row& row)
{
    scene::CloudFilter filter = m_style.filter;
    if (row.kind == RowKind::Kind) {
        bool& hide = row.same ? filter.hideSame : filter.hideDifferent;
        hide = !hide;
    } else if (row.kind == RowKind::Class) {
        if (std::erase(filter.hiddenClasses, row.classIndex) == 0)
            filter.hiddenClasses.push_back(row.classIndex);
    } else {
        return;
    }
    m_beforeClick = m_style.filter;
    Q_EMIT filterChosen(filter, false);
}

void LegendCard::mousePressEvent(QMouseEvent* event)
{
    if (const int at = rowAt(event->position().toPoint().y()); at >= 0 && event->button() == Qt::LeftButton)
        toggle(m_rows[static_cast<std::size_t>(at)]);
}

void LegendCard::mouseDoubleClickEvent(QMouseEvent* event)
{
    const int at = rowAt(event->position().toPoint().y());
    if (at < 0)
        return;
    if (m_rows[static_cast<std::size_t>(at)].kind != RowKind::Class) {
        toggle(m_rows[static_cast<std::size_t>(at)]); // two quick clicks
        return;
    }
    // The click that came first hid or showed the class; this counts from what was before it.
    scene::CloudFilter filter = m_beforeClick;
    std::vector<std::int32_t> others;
    for (const Row& row : m_rows)
        if (row.kind == RowKind::Class && row.classIndex != m_rows[static_cast<std::size_t>(at)].classIndex)
            others.push_back(row.classIndex);
    const bool isolated =
        std::is_permutation(others.begin(), others.end(), filter.hiddenClasses.begin(), filter.hiddenClasses.end());
    filter.hiddenClasses = isolated ? std::vector<std::int32_t>() : others;
    Q_EMIT filterChosen(filter, true);
}

} // namespace nc::window
