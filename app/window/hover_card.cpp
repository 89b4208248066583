#include "app/window/hover_card.h"

#include <algorithm>

#include <QPainter>

#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int sheetWidth = 256;
constexpr int padding = 12;
constexpr int clearance = 28; ///< from the point to the card
constexpr int shadow = 12;
constexpr int viewMargin = 12;
constexpr int gap = 8; ///< to what else lies over the view
constexpr double ringRadius = 6;

} // namespace

QRect placeCard(QPoint point, QSize size, const QRect& area, const std::vector<QRect>& others)
{
    const auto inside = [&](QPoint corner) {
        return QPoint(std::clamp(corner.x(), area.left(), std::max(area.left(), area.right() + 1 - size.width())),
                      std::clamp(corner.y(), area.top(), std::max(area.top(), area.bottom() + 1 - size.height())));
    };
    const int middleX = point.x() - size.width() / 2, middleY = point.y() - size.height() / 2;
    // Away from the middle first, where the cloud is.
    const int outwards = point.x() < area.center().x() ? -1 : 1;
    const auto beside = [&](int side) {
        return QPoint(side > 0 ? point.x() + clearance : point.x() - clearance - size.width(), middleY);
    };
    const QPoint wishes[] = {beside(outwards),
                             beside(-outwards),
                             {middleX, point.y() + clearance},
                             {middleX, point.y() - clearance - size.height()}};
    const QRect around(point - QPoint(clearance / 2, clearance / 2), QSize(clearance, clearance));
    const auto covers = [&](const QRect& rect) {
        return std::any_of(others.begin(), others.end(), [&](const QRect& other) { return other.intersects(rect); });
    };
    QRect clear;
    for (const QPoint& wish : wishes) {
        const QRect rect(inside(wish), size);
        std::vector<QPoint> corners{rect.topLeft()}; // and slid up or down past what it would cover
        for (const QRect& other : others)
            if (other.intersects(rect)) {
                corners.push_back(inside({rect.left(), other.top() - gap - size.height()}));
                corners.push_back(inside({rect.left(), other.bottom() + 1 + gap}));
            }
        for (const QPoint& corner : corners) {
            const QRect slid(corner, size);
            if (slid.intersects(around))
                continue;
            if (!covers(slid))
                return slid;
            if (clear.isNull())
                clear = slid;
        }
    }
    if (!clear.isNull())
        return clear;
    // A view hardly larger than the card: the corner away from the point.
    return {inside({point.x() < area.center().x() ? area.right() : area.left(),
                    point.y() < area.center().y() ? area.bottom() : area.top()}),
            size};
}

HoverCard::HoverCard(QWidget* parent)
    : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    setObjectName(QStringLiteral("hoverCard"));
    m_sheet = new SampleSheet(this);
    hide();
}

void HoverCard::showAt(QPoint point, const SampleFacts& facts, bool pinned, const std::vector<QRect>& others)
{
    m_point = point;
    m_pinned = pinned;
    m_sheet->setFacts(facts);
    const QSize size(sheetWidth + 2 * padding, m_sheet->heightForWidth(sheetWidth) + 2 * padding);
    m_card = placeCard(point, size, area(), others);
    layOut();
    show();
    raise();
}

void HoverCard::setFacts(const SampleFacts& facts, bool pinned, const std::vector<QRect>& others)
{
    m_pinned = pinned;
    m_sheet->setFacts(facts);
    const int height = m_sheet->heightForWidth(sheetWidth) + 2 * padding;
    if (height != m_card.height()) {
        m_card.setHeight(height);
        const bool fits =
            area().contains(m_card) &&
            std::none_of(others.begin(), others.end(), [&](const QRect& other) { return other.intersects(m_card); });
        if (!fits)
            m_card = placeCard(m_point, m_card.size(), area(), others);
    }
    layOut();
}

void HoverCard::movePoint(QPoint point, const std::vector<QRect>& others)
{
    if (point == m_point)
        return;
    m_point = point;
    if (m_card.adjusted(-clearance / 2, -clearance / 2, clearance / 2, clearance / 2).contains(point))
        m_card = placeCard(point, m_card.size(), area(), others);
    layOut();
}

QRect HoverCard::area() const
{
    return parentWidget()->rect().adjusted(viewMargin, viewMargin, -viewMargin, -viewMargin);
}

/// The widget reaches over card, shadow, line and ring.
void HoverCard::layOut()
{
    const int ring = static_cast<int>(ringRadius) + 2;
    setGeometry(m_card.adjusted(-shadow, -shadow, shadow, shadow)
                    .united(QRect(m_point - QPoint(ring, ring), QSize(2 * ring, 2 * ring))));
    m_sheet->setGeometry(m_card.adjusted(padding, padding, -padding, -padding).translated(-pos()));
    update();
}

void HoverCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    const QRectF card = QRectF(m_card.translated(-pos())).adjusted(0.5, 0.5, -0.5, -0.5);
    const QPointF point = m_point - pos();

    // From the ring's edge to the nearest place of the card.
    const QPointF end(std::clamp(point.x(), card.left(), card.right()),
                      std::clamp(point.y(), card.top() + 12, card.bottom() - 12));
    QLineF leader(point, end);
    const double length = leader.length();
    if (length > ringRadius) {
        leader.setP1(leader.pointAt(ringRadius / length));
        painter.setPen(QPen(toQColor(theme.canvas), 3));
        painter.drawLine(leader);
        painter.setPen(QPen(toQColor(m_pinned ? theme.accent : theme.text2), 1));
        painter.drawLine(leader);
    }
    if (!m_pinned) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(toQColor(theme.canvas), 3.5));
        painter.drawEllipse(point, ringRadius, ringRadius);
        painter.setPen(QPen(toQColor(theme.text), 1.5));
        painter.drawEllipse(point, ringRadius, ringRadius);
    }

    painter.setPen(Qt::NoPen);
    for (int k = shadow; k > 0; k -= 2) { // 28 % at the edge, fading outwards
        painter.setBrush(QColor(0, 0, 0, 9));
        painter.drawRoundedRect(card.adjusted(-k, -k + 3, k, k - 1), 6 + k, 6 + k);
    }
    painter.setPen(QPen(toQColor(theme.border), 1));
    painter.setBrush(toQColor(theme.raised));
    painter.drawRoundedRect(card, 6, 6);
}

} // namespace nc::window
