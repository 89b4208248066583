#include "app/window/timeline_widget.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "app/text.h"
#include "app/window/run_stroke.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

// Anatomy in pixels, top to bottom.
constexpr double head = 160; // names and values left of the axis
constexpr double rightMargin = 24;
constexpr double rulerHeight = 46;
constexpr double laneHeight = 30;

QString valueText(double value, const TimelineWidget::Lane& lane)
{
    // A share keeps one decimal, so that it does not jump in length while it changes.
    const QString number = lane.unit == QLatin1String("%") && std::isfinite(value)
                               ? QString::number(value * lane.factor, 'f', 1)
                               : QString::fromStdString(app::shortNumber(value * lane.factor));
    return lane.unit.isEmpty() || !std::isfinite(value) ? number : number + QStringLiteral(" ") + lane.unit;
}

/// Scale of a lane: value -> 0 (bottom) … 1 (top).
struct LaneScale {
    double low = 0, high = 1;
    bool logarithmic = false;

    explicit LaneScale(const TimelineWidget::Lane& lane)
    {
        low = std::numeric_limits<double>::infinity();
        high = -low;
        logarithmic = lane.logarithmic;
        take(lane.values);
        for (const TimelineWidget::Lane::Other& other : lane.others)
            take(other.values);
        if (!lane.logarithmic && low > 0)
            low = 0;
        if (!(high > low))
            high = low + 1;
    }
    void take(const std::vector<double>& values)
    {
        for (double value : values) {
            const double v = transformed(value);
            if (std::isfinite(v)) {
                low = std::min(low, v);
                high = std::max(high, v);
            }
        }
    }
    [[nodiscard]] double transformed(double value) const
    {
        return logarithmic ? (value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN()) : value;
    }
    [[nodiscard]] double operator()(double value) const { return (transformed(value) - low) / (high - low); }
};

/// Recorded points joined, a gap where there is no value.
std::vector<QPolygonF> piecesOf(const std::vector<QPointF>& points)
{
    std::vector<QPolygonF> pieces;
    bool open = false;
    for (const QPointF& point : points) {
        const bool there = std::isfinite(point.y());
        if (there && !open)
            pieces.emplace_back();
        if (there)
            pieces.back() << point;
        open = there;
    }
    return pieces;
}

} // namespace

TimelineWidget::TimelineWidget(QWidget* parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Timeline"));
}

void TimelineWidget::setEpochs(std::vector<std::int64_t> epochs, const std::vector<std::int64_t>& others)
{
    m_epochs = std::move(epochs);
    m_axisEpochs.clear();
    std::set_union(m_epochs.begin(), m_epochs.end(), others.begin(), others.end(), std::back_inserter(m_axisEpochs));
    m_loaded.resize(m_epochs.size());
    update();
}

void TimelineWidget::setPlace(int place)
{
    m_place = place;
    update();
}

void TimelineWidget::setLanes(std::vector<Lane> lanes)
{
    const bool resized = lanes.size() != m_lanes.size();
    m_lanes = std::move(lanes);
    if (resized)
        updateGeometry();
    update();
}

void TimelineWidget::setMarks(std::vector<Mark> marks)
{
    m_marks = std::move(marks);
    update();
}

void TimelineWidget::setLoaded(std::vector<bool> loaded)
{
    m_loaded = std::move(loaded);
    update();
}

void TimelineWidget::setAxis(Axis axis)
{
    m_axis = axis;
    update();
}

void TimelineWidget::setCurrent(std::int64_t epoch)
{
    m_current = epoch;
    update();
}

QSize TimelineWidget::sizeHint() const
{
    return {800, static_cast<int>(rulerHeight + laneHeight * static_cast<double>(m_lanes.size())) + 4};
}

QSize TimelineWidget::minimumSizeHint() const
{
    return {320, sizeHint().height()};
}

std::size_t TimelineWidget::indexOf(std::int64_t epoch) const
{
    const auto at = std::lower_bound(m_epochs.begin(), m_epochs.end(), epoch);
    return static_cast<std::size_t>(std::min(at, std::prev(m_epochs.end())) - m_epochs.begin());
}

double TimelineWidget::position(std::int64_t epoch) const
{
    if (m_axisEpochs.size() < 2)
        return 0;
    const double first = static_cast<double>(m_axisEpochs.front()), last = static_cast<double>(m_axisEpochs.back());
    const double e = static_cast<double>(epoch);
    switch (m_axis) {
    case Axis::Linear:
        return (e - first) / (last - first);
    case Axis::Log:
        return std::log1p(e - first) / std::log1p(last - first);
    case Axis::Recorded: {
        const auto at = std::lower_bound(m_axisEpochs.begin(), std::prev(m_axisEpochs.end()), epoch);
        return static_cast<double>(at - m_axisEpochs.begin()) / static_cast<double>(m_axisEpochs.size() - 1);
    }
    }
    return 0;
}

double TimelineWidget::xOf(std::int64_t epoch) const
{
    return head + position(epoch) * (width() - head - rightMargin);
}

std::int64_t TimelineWidget::epochAt(double x) const
{
    if (m_epochs.empty())
        return 0;
    return *std::min_element(m_epochs.begin(), m_epochs.end(), [&](std::int64_t a, std::int64_t b) {
        return std::abs(xOf(a) - x) < std::abs(xOf(b) - x);
    });
}

void TimelineWidget::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const scene::Theme& theme = currentTheme();
    painter.fillRect(rect(), toQColor(theme.panel));
    if (m_epochs.empty())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t k = 0; k < m_lanes.size(); ++k)
        paintLane(painter, m_lanes[k], rulerHeight + laneHeight * static_cast<double>(k));
    paintRuler(painter);
    paintMarks(painter);
    paintHover(painter);
    paintPlayhead(painter);
}

void TimelineWidget::paintRuler(QPainter& painter) const
{
    const scene::Theme& theme = currentTheme();
    painter.setFont(uiFont(11));
    const QFontMetricsF metrics(painter.font());
    double freeFrom = -1e9;
    for (std::size_t k = 0; k < m_epochs.size(); ++k) {
        const double x = std::round(xOf(m_epochs[k])) + 0.5;
        painter.setPen(QPen(toQColor(theme.text3), 1));
        painter.drawLine(QPointF(x, 19), QPointF(x, 25));
        const QString number = QString::number(m_epochs[k]);
        const double half = metrics.horizontalAdvance(number) / 2;
        const bool last = k + 1 == m_epochs.size();
        const double endsFrom =
            xOf(m_epochs.back()) - metrics.horizontalAdvance(QString::number(m_epochs.back())) / 2 - 10;
        if (x - half > freeFrom && (last || x + half < endsFrom)) {
            painter.setPen(toQColor(theme.text2));
            painter.drawText(QPointF(x - half, 14), number);
            freeFrom = x + half + 10;
        }
    }
    // Cache bar: what is recorded, and what of it is in memory.
    painter.fillRect(QRectF(head, 27, width() - head - rightMargin, 2), toQColor(theme.border));
    for (std::size_t k = 0; k < m_epochs.size() && k < m_loaded.size(); ++k) {
        if (!m_loaded[k])
            continue;
        const double from = k == 0 ? xOf(m_epochs[0]) : (xOf(m_epochs[k - 1]) + xOf(m_epochs[k])) / 2;
        const double to = k + 1 == m_epochs.size() ? xOf(m_epochs[k]) : (xOf(m_epochs[k]) + xOf(m_epochs[k + 1])) / 2;
        painter.fillRect(QRectF(from, 27, std::max(2.0, to - from), 2), toQColor(theme.text3));
    }
}

void TimelineWidget::paintMarks(QPainter& painter) const
{
    const scene::Theme& theme = currentTheme();
    painter.setFont(uiFont(11));
    const QFontMetricsF metrics(painter.font());
    double freeFrom = -1e9;
    for (const Mark& mark : m_marks) {
        const double x = std::round(xOf(mark.epoch)) + 0.5;
        const QColor colour = toQColor(mark.kind == MarkKind::Unreadable ? theme.err : theme.warn);
        painter.setPen(QPen(colour, 1, Qt::DotLine));
        painter.drawLine(QPointF(x, 43), QPointF(x, height()));
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        if (mark.kind == MarkKind::LearningRate)
            painter.drawPolygon(QPolygonF{{x - 4, 34}, {x + 4, 34}, {x, 41}});
        else if (mark.kind == MarkKind::TerminalPhase)
            painter.drawPolygon(QPolygonF{{x - 4, 41}, {x + 4, 41}, {x, 34}});
        painter.setPen(QPen(colour, 1.5));
        if (mark.kind == MarkKind::Unreadable) {
            painter.drawLine(QPointF(x - 3, 35), QPointF(x + 3, 41));
            painter.drawLine(QPointF(x - 3, 41), QPointF(x + 3, 35));
        }
        painter.setBrush(Qt::NoBrush);
        const double advance = metrics.horizontalAdvance(mark.text);
        const double left = x + 8 + advance < width() ? x + 8 : x - 8 - advance;
        if (left > freeFrom) {
            painter.drawText(QPointF(left, 42), mark.text);
            freeFrom = left + advance + 6;
        }
    }
}

void TimelineWidget::paintLane(QPainter& painter, const Lane& lane, double top) const
{
    const scene::Theme& theme = currentTheme();
    const QRectF area(head, top, width() - head - rightMargin, laneHeight);
    painter.fillRect(QRectF(head - 8, top, width() - head + 8, laneHeight), toQColor(theme.canvas));
    painter.fillRect(QRectF(0, top, width(), 1), toQColor(theme.line));

    painter.setFont(uiFont(12));
    painter.setPen(toQColor(theme.text));
    painter.drawText(QRectF(12, top, 80, laneHeight), Qt::AlignVCenter | Qt::AlignLeft, lane.name);
    const std::size_t now = indexOf(m_current);
    const double value = now < lane.values.size() ? lane.values[now] : std::numeric_limits<double>::quiet_NaN();
    painter.setFont(uiFont(12, QFont::Medium));
    painter.drawText(QRectF(60, top, head - 76, laneHeight), Qt::AlignVCenter | Qt::AlignRight, valueText(value, lane));

    const LaneScale scale(lane);
    const auto y = [&](double v) { return area.bottom() - 4 - scale(v) * (laneHeight - 9); };
    if (std::isfinite(lane.chance) && scale(lane.chance) >= 0 && scale(lane.chance) <= 1) {
        painter.setPen(QPen(toQColor(theme.text3), 1, Qt::DashLine));
        painter.drawLine(QPointF(area.left(), y(lane.chance)), QPointF(area.right(), y(lane.chance)));
    }
    paintCurves(painter, lane, area);
    if (std::isfinite(scale.transformed(value))) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(toQColor(theme.accent));
        painter.drawEllipse(QPointF(xOf(m_current), y(value)), 3, 3);
        painter.setBrush(Qt::NoBrush);
    }
}

void TimelineWidget::paintCurves(QPainter& painter, const Lane& lane, const QRectF& area) const
{
    const scene::Theme& theme = currentTheme();
    const LaneScale scale(lane);
    const auto pieces = [&](const std::vector<std::int64_t>& epochs, const std::vector<double>& values) {
        std::vector<QPointF> points;
        for (std::size_t k = 0; k < epochs.size() && k < values.size(); ++k)
            points.emplace_back(xOf(epochs[k]), area.bottom() - 4 - scale(values[k]) * (laneHeight - 9));
        return piecesOf(points);
    };
    for (const Lane::Other& other : lane.others) {
        painter.setPen(runPen(other.place, 1.5));
        for (const QPolygonF& piece : pieces(other.epochs, other.values))
            painter.drawPolyline(piece);
    }
    const std::vector<QPolygonF> own = pieces(m_epochs, lane.values);
    if (m_place < 0) {
        QColor shade = toQColor(theme.text2);
        shade.setAlphaF(0.13F);
        QPainterPath under;
        for (const QPolygonF& piece : own)
            under.addPolygon(QPolygonF(piece)
                             << QPointF(piece.back().x(), area.bottom()) << QPointF(piece.front().x(), area.bottom()));
        painter.setRenderHint(QPainter::Antialiasing, false); // its edge lies under the curve; and it is many spans
        painter.fillPath(under, shade);                       // fewer, for which Qt would wait for threads of its own
        painter.setRenderHint(QPainter::Antialiasing);
    }
    painter.setPen(m_place < 0 ? QPen(toQColor(theme.text2), 1.5) : runPen(m_place, 1.5));
    painter.setBrush(Qt::NoBrush);
    for (const QPolygonF& piece : own)
        painter.drawPolyline(piece);
}

void TimelineWidget::paintPlayhead(QPainter& painter) const
{
    const scene::Theme& theme = currentTheme();
    const double x = std::round(xOf(m_current)) + 0.5;
    painter.setPen(QPen(toQColor(theme.accent), 1.5));
    painter.drawLine(QPointF(x, 18), QPointF(x, height()));
    painter.setFont(uiFont(11, QFont::DemiBold));
    const QString number = QString::number(m_current);
    const double w = QFontMetricsF(painter.font()).horizontalAdvance(number) + 12;
    const QRectF flag(std::clamp(x - w / 2, 0.0, width() - w), 1, w, 17);
    painter.setPen(Qt::NoPen);
    painter.setBrush(toQColor(theme.fill));
    painter.drawRoundedRect(flag, 3, 3);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(Qt::white);
    painter.drawText(flag, Qt::AlignCenter, number);
}

void TimelineWidget::paintHover(QPainter& painter) const
{
    if (m_hoverX < head - 8)
        return;
    const std::int64_t epoch = epochAt(m_hoverX);
    if (epoch == m_current)
        return;
    const scene::Theme& theme = currentTheme();
    const double x = std::round(xOf(epoch)) + 0.5;
    painter.setPen(QPen(toQColor(theme.text3), 1));
    painter.drawLine(QPointF(x, 18), QPointF(x, height()));
    const QStringList lines = readingAt(m_hoverX);
    painter.setFont(uiFont(11));
    const QFontMetricsF metrics(painter.font());
    double widest = 0;
    for (const QString& line : lines)
        widest = std::max(widest, metrics.horizontalAdvance(line));
    QRectF card(x + 8, 22, widest + 16, 15.0 * static_cast<double>(lines.size()) + 8);
    if (card.right() > width() - 2)
        card.moveRight(x - 8);
    painter.setPen(QPen(toQColor(theme.border), 1));
    painter.setBrush(toQColor(theme.raised));
    painter.drawRoundedRect(card, 6, 6);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(toQColor(theme.text));
    for (qsizetype k = 0; k < lines.size(); ++k)
        painter.drawText(QRectF(card.left() + 8, card.top() + 4 + 15.0 * static_cast<double>(k), widest, 15),
                         Qt::AlignVCenter | Qt::AlignLeft, lines[k]);
}

QStringList TimelineWidget::readingAt(double x) const
{
    if (m_epochs.empty())
        return {};
    const std::int64_t epoch = epochAt(x);
    QStringList lines{tr("epoch %1").arg(epoch)};
    const std::size_t at = indexOf(epoch);
    for (const Lane& lane : m_lanes)
        if (at < lane.values.size())
            lines << lane.name + QStringLiteral("  ") + valueText(lane.values[at], lane);
    return lines;
}

const TimelineWidget::Mark* TimelineWidget::markAt(QPointF place) const
{
    if (place.y() < 30 || place.y() > rulerHeight)
        return nullptr;
    const Mark* best = nullptr;
    for (const Mark& mark : m_marks) {
        const double off = place.x() - xOf(mark.epoch);
        if (off > -7 && off < 60 && (!best || off < place.x() - xOf(best->epoch) || off <= 7))
            best = &mark;
    }
    return best;
}

bool TimelineWidget::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const double y = help->pos().y();
    const auto lane = static_cast<std::size_t>(std::max(0.0, (y - rulerHeight) / laneHeight));
    QString text;
    if (const Mark* mark = markAt(help->pos()))
        text = mark->tip;
    else if (help->pos().x() < head && y > rulerHeight && lane < m_lanes.size())
        text = m_lanes[lane].tip;
    QToolTip::showText(help->globalPos(), text, this);
    return true;
}

void TimelineWidget::choose(double x)
{
    if (m_epochs.empty())
        return;
    const std::int64_t epoch = epochAt(x);
    if (epoch == m_current)
        return;
    setCurrent(epoch);
    Q_EMIT epochChosen(epoch);
}

void TimelineWidget::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        choose(event->position().x());
}

void TimelineWidget::mouseMoveEvent(QMouseEvent* event)
{
    m_hoverX = event->position().x();
    if (event->buttons() & Qt::LeftButton)
        choose(m_hoverX);
    update();
}

void TimelineWidget::leaveEvent(QEvent*)
{
    m_hoverX = -1;
    update();
}

} // namespace nc::window
