#include "app/window/view_header.h"

#include <algorithm>

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include "app/window/icons.h"
#include "app/window/run_stroke.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int headerHeight = 32, margin = 8, letterSide = 16, lineWidth = 26, glyph = 16;
constexpr int narrowBelow = 560; ///< the chains go, what is cut is struck out

Icon iconOf(Link link)
{
    switch (link) {
    case Link::Camera:
        return Icon::Camera;
    case Link::Epoch:
        return Icon::Clock;
    case Link::Selection:
        return Icon::Select;
    case Link::Request:
        break;
    }
    return Icon::Basis;
}

QString tipOf(Link link, bool on)
{
    switch (link) {
    case Link::Camera:
        return on ? ViewHeader::tr("Camera linked: turns, shifts and zooms with the other linked views")
                  : ViewHeader::tr("Camera cut: this view turns alone");
    case Link::Epoch:
        return on ? ViewHeader::tr("Epoch linked: shows the epoch of the other linked views, or its nearest before")
                  : ViewHeader::tr("Epoch cut: this view stays at its own epoch");
    case Link::Selection:
        return on ? ViewHeader::tr("Selection linked: the sample that is pinned in one view is pinned in all")
                  : ViewHeader::tr("Selection cut: this view pins its own sample");
    case Link::Request:
        break;
    }
    return on ? ViewHeader::tr("Basis linked: classes, shape, basis and colours as in the other linked views")
              : ViewHeader::tr("Basis cut: this view has its own classes, shape, basis and colours");
}

/// What is linked, and a chain, whole or broken.
class LinkButton : public QAbstractButton
{
public:
    LinkButton(Link link, QWidget* parent)
        : QAbstractButton(parent)
        , m_link(link)
    {
        setCheckable(true);
        setChecked(true);
        setFocusPolicy(Qt::TabFocus);
        setObjectName(QStringLiteral("link.") + linkName(link));
        setNarrow(false);
        connect(this, &QAbstractButton::toggled, this, [this] { tell(); });
        tell();
    }
    void setNarrow(bool narrow)
    {
        m_narrow = narrow;
        setFixedSize(narrow ? 24 : 44, 24);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const scene::Theme& theme = currentTheme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(hasFocus() ? QPen(toQColor(theme.accent), 2) : QPen(Qt::NoPen));
        painter.setBrush(isChecked()    ? QBrush(toQColor(underMouse() ? theme.hover : theme.tint))
                         : underMouse() ? QBrush(toQColor(theme.hover))
                                        : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
        const IconTone tone = isChecked() ? IconTone::Accent : IconTone::Warn;
        const int top = (height() - glyph) / 2;
        window::icon(iconOf(m_link), tone).paint(&painter, QRect(4, top, glyph, glyph));
        if (!m_narrow) {
            window::icon(isChecked() ? Icon::Link : Icon::Unlink, tone).paint(&painter, QRect(24, top, glyph, glyph));
        } else if (!isChecked()) {
            painter.setPen(QPen(toQColor(theme.warn), 1.5, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(QPointF(4, 4), QPointF(20, 20));
        }
    }
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    void tell()
    {
        setToolTip(tipOf(m_link, isChecked()));
        setAccessibleName(ViewHeader::tr("Link %1").arg(linkName(m_link)));
    }

    Link m_link;
    bool m_narrow = false;
};

} // namespace

QString linkName(Link link)
{
    switch (link) {
    case Link::Camera:
        return ViewHeader::tr("camera");
    case Link::Epoch:
        return ViewHeader::tr("epoch");
    case Link::Selection:
        return ViewHeader::tr("selection");
    case Link::Request:
        break;
    }
    return ViewHeader::tr("basis");
}

ViewHeader::ViewHeader(QWidget* parent)
    : QWidget(parent)
{
    setFixedHeight(headerHeight);
    setAttribute(Qt::WA_OpaquePaintEvent);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(margin, 2, margin - 2, 0);
    row->setSpacing(4);
    row->addStretch(1);
    for (const Link link : allLinks) {
        auto* button = new LinkButton(link, this);
        m_links[static_cast<std::size_t>(link)] = button;
        connect(button, &QAbstractButton::clicked, this, [this, link](bool on) { Q_EMIT linkChosen(link, on); });
        row->addWidget(button);
    }
    auto* close = new QToolButton(this);
    close->setObjectName(QStringLiteral("closeView"));
    close->setIcon(icon(Icon::Close));
    close->setIconSize(QSize(glyph, glyph));
    close->setFixedSize(24, 24);
    close->setFocusPolicy(Qt::TabFocus);
    close->setToolTip(tr("Close this view (Ctrl+W); the run stays open"));
    close->setAccessibleName(tr("Close this view"));
    connect(close, &QToolButton::clicked, this, &ViewHeader::closeChosen);
    m_close = close;
    row->addSpacing(4);
    row->addWidget(close);
}

void ViewHeader::setPlace(int place, int linePlace)
{
    m_place = place;
    m_linePlace = linePlace;
    update();
}

void ViewHeader::setText(const QString& name, const QString& note)
{
    m_name = name;
    m_note = note;
    setToolTip(note.isEmpty() ? name : name + QStringLiteral("\n") + note);
    update();
}

void ViewHeader::setCurrent(bool current)
{
    m_current = current;
    update();
}

void ViewHeader::setLinked(Link link, bool on)
{
    button(link)->setChecked(on);
}

void ViewHeader::paintEvent(QPaintEvent*)
{
    const scene::Theme& theme = currentTheme();
    QPainter painter(this);
    painter.fillRect(rect(), toQColor(theme.panel));
    painter.fillRect(0, 0, width(), m_current ? 2 : 1, toQColor(m_current ? theme.accent : theme.line));
    painter.setRenderHint(QPainter::Antialiasing);
    const int middle = height() / 2 + 1;
    const QRect letter(margin, middle - letterSide / 2, letterSide, letterSide);
    painter.setPen(Qt::NoPen);
    painter.setBrush(toQColor(theme.control));
    painter.drawRoundedRect(letter, 3, 3);
    painter.setPen(toQColor(theme.text));
    painter.setFont(uiFont(11, QFont::DemiBold));
    painter.drawText(letter, Qt::AlignCenter, runLetter(m_place));
    int x = letter.right() + 7;
    painter.setPen(runPen(m_linePlace, 2));
    painter.drawLine(QPointF(x, middle), QPointF(x + lineWidth, middle));
    x += lineWidth + 8;
    const int end = m_links.front()->x() - 8;
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.setPen(toQColor(theme.text));
    // The name gives way to the epoch, as far as half of it is left.
    const int room = std::max(0, end - x);
    const int epoch = QFontMetrics(uiFont(12)).horizontalAdvance(m_note.section(QStringLiteral(" · "), 0, 0)) + 24;
    const int nameRoom = m_note.isEmpty() ? room : std::max(room / 2, room - epoch);
    const QString name = painter.fontMetrics().elidedText(m_name, Qt::ElideRight, nameRoom);
    painter.drawText(QRect(x, 2, end - x, height() - 2), Qt::AlignVCenter | Qt::AlignLeft, name);
    x += painter.fontMetrics().horizontalAdvance(name) + 10;
    if (end - x < 40)
        return;
    painter.setFont(uiFont(12));
    painter.setPen(toQColor(theme.text2));
    painter.drawText(QRect(x, 2, end - x, height() - 2), Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(m_note, Qt::ElideRight, end - x));
}

void ViewHeader::resizeEvent(QResizeEvent*)
{
    for (QAbstractButton* button : m_links)
        static_cast<LinkButton*>(button)->setNarrow(width() < narrowBelow);
}

void ViewHeader::mousePressEvent(QMouseEvent*)
{
    Q_EMIT pressed();
}

} // namespace nc::window
