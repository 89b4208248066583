#include "app/window/empty_start.h"

#include <cmath>

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int contentWidth = 944, cardHeight = 184, cardGap = 16, rowHeight = 38;
constexpr int mostRecentRows = 6;

/// The program's mark: three classifiers in the plane, and the curves between them.
class Mark : public QWidget
{
public:
    explicit Mark(QWidget* parent)
        : QWidget(parent)
    {
        setFixedSize(64, 64);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const scene::Theme& theme = currentTheme();
        const QPointF centre(32, 36);
        QPointF corners[3];
        for (int k = 0; k < 3; ++k) {
            const double angle = M_PI / 2 + 2 * M_PI * k / 3;
            corners[k] = centre + 28 * QPointF(std::cos(angle), -std::sin(angle));
        }
        painter.setPen(QPen(toQColor(theme.text3), 1));
        for (int k = 0; k < 3; ++k) {
            const QPointF a = corners[k], b = corners[(k + 1) % 3], out = (a + b) / 2 - centre;
            painter.drawLine(a, b);
            QPainterPath arm(a);
            arm.quadTo(centre + out * 2.7, b);
            painter.drawPath(arm);
        }
        const int slots_[] = {2, 1, 0};
        for (int k = 0; k < 3; ++k) {
            const QColor colour = toQColor(theme.classColour(slots_[k]));
            painter.setPen(QPen(colour, 4, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(centre, corners[k]);
            painter.setPen(Qt::NoPen);
            painter.setBrush(colour);
            painter.drawEllipse(corners[k], 4.5, 4.5);
        }
    }
};

void paintKeys(QPainter& painter, QPointF topLeft, const QString& keys)
{
    const scene::Theme& theme = currentTheme();
    painter.setFont(uiFont(11, QFont::Medium));
    const double advance = QFontMetricsF(painter.font()).horizontalAdvance(keys);
    const QRectF chip(topLeft, QSizeF(advance + 12, 18));
    painter.setPen(Qt::NoPen);
    painter.setBrush(toQColor(theme.control));
    painter.drawRoundedRect(chip, 3, 3);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(toQColor(theme.text2));
    painter.drawText(chip, Qt::AlignCenter, keys);
}

QString whenText(const QDateTime& time)
{
    const qint64 days = time.date().daysTo(QDate::currentDate());
    if (days <= 0)
        return QObject::tr("today");
    if (days == 1)
        return QObject::tr("yesterday");
    if (days < 7)
        return QLocale::c().standaloneDayName(time.date().dayOfWeek());
    return QLocale::c().toString(time.date(), QStringLiteral("d MMMM yyyy"));
}

} // namespace

// --- cards

StartCard::StartCard(Icon shape, const QString& title, const QString& text, const QString& keys, QWidget* parent)
    : QAbstractButton(parent)
    , m_shape(shape)
    , m_sentence(text)
    , m_keys(keys)
{
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(text);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setFixedHeight(cardHeight);
}

QSize StartCard::sizeHint() const
{
    return {(contentWidth - 2 * cardGap) / 3, cardHeight};
}

void StartCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    const QRectF card = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.setPen(QPen(toQColor(hasFocus() ? theme.accent : theme.border), hasFocus() ? 2 : 1));
    painter.setBrush(toQColor(underMouse() && isEnabled() ? theme.raised : theme.panel));
    painter.drawRoundedRect(card, 8, 8);
    painter.setBrush(Qt::NoBrush);
    constexpr double left = 20;
    const IconTone tone = hasFocus() ? IconTone::Accent : IconTone::Control;
    nc::window::icon(m_shape, tone)
        .paint(&painter, QRect(20, 22, 30, 30), Qt::AlignCenter, isEnabled() ? QIcon::Normal : QIcon::Disabled);
    painter.setFont(uiFont(15, QFont::DemiBold));
    painter.setPen(toQColor(isEnabled() ? theme.text : theme.text3));
    painter.drawText(QRectF(left, 66, card.width() - 2 * left, 22), Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.setFont(uiFont(13));
    painter.setPen(toQColor(isEnabled() ? theme.text2 : theme.text3));
    painter.drawText(QRectF(left, 92, card.width() - 2 * left, 44), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                     m_sentence);
    paintKeys(painter, QPointF(left, cardHeight - 38), m_keys);
}

// --- recent

RecentRow::RecentRow(const QString& path, QWidget* parent)
    : QAbstractButton(parent)
    , m_path(path)
{
    const QFileInfo info(path);
    m_missing = !info.exists();
    m_name = info.isDir() || !info.exists() ? info.fileName() : info.completeBaseName();
    const QString folder = info.dir().absolutePath(), home = QDir::homePath();
    m_folder = folder.startsWith(home) ? QLatin1Char('~') + folder.mid(home.size()) : folder;
    m_state = m_missing ? tr("not found where it was") : info.isDir() ? tr("run folder") : tr("run file");
    m_when = m_missing ? QString() : whenText(info.lastModified());
    setText(m_name);
    setAccessibleName(m_name + QStringLiteral(", ") + m_state);
    setToolTip(m_missing ? tr("%1 is not there any more: moved, renamed or on a disk that is not connected").arg(path)
                         : path);
    setFixedHeight(rowHeight);
    if (!m_missing) {
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        return;
    }
    m_ways = new QWidget(this);
    auto* row = new QHBoxLayout(m_ways);
    row->setContentsMargins(0, 0, 8, 0);
    row->setSpacing(6);
    const auto add = [&](const QString& words, const QString& tip, auto signal) {
        auto* button = new QPushButton(words, m_ways);
        button->setProperty("role", "small");
        button->setToolTip(tip);
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, signal);
    };
    add(tr("Locate…"), tr("Says where %1 is now").arg(m_name), &RecentRow::locateAsked);
    add(tr("Remove"), tr("Takes it off this list"), &RecentRow::removeAsked);
}

void RecentRow::resizeEvent(QResizeEvent*)
{
    if (!m_ways)
        return;
    m_ways->adjustSize();
    m_ways->move(width() - m_ways->width(), (height() - m_ways->height()) / 2);
}

QSize RecentRow::sizeHint() const
{
    return {contentWidth, rowHeight};
}

void RecentRow::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    if (hasFocus() || (underMouse() && !m_missing))
        painter.fillRect(rect(), toQColor(theme.panel));
    painter.fillRect(QRect(0, height() - 1, width(), 1), toQColor(theme.line));
    if (hasFocus())
        painter.fillRect(QRect(0, 0, 2, height() - 1), toQColor(theme.accent));
    nc::window::icon(m_missing ? Icon::Broken : Icon::Document, m_missing ? IconTone::Warn : IconTone::Control)
        .paint(&painter, QRect(8, (height() - 16) / 2, 16, 16));
    const auto cell = [&](double from, double to, const QString& text, scene::Rgb colour, int weight,
                          Qt::Alignment side, Qt::TextElideMode elide) {
        painter.setFont(uiFont(12, static_cast<QFont::Weight>(weight)));
        painter.setPen(toQColor(colour));
        const QRectF box(from, 0, to - from, height());
        painter.drawText(box, side | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(text, elide, qRound(to - from)));
    };
    const double w = width();
    cell(36, 0.27 * w - 8, m_name, m_missing ? theme.text3 : theme.text, QFont::Medium, Qt::AlignLeft, Qt::ElideRight);
    cell(0.27 * w, 0.46 * w, m_state, m_missing ? theme.warn : theme.text2, QFont::Normal, Qt::AlignLeft,
         Qt::ElideRight);
    cell(0.47 * w, m_ways ? m_ways->x() - 8 : 0.84 * w, m_folder, theme.text3, QFont::Normal, Qt::AlignLeft,
         Qt::ElideMiddle);
    cell(0.85 * w, w - 8, m_when, theme.text2, QFont::Normal, Qt::AlignRight, Qt::ElideRight);
}

// --- the page

EmptyStart::EmptyStart(QWidget* parent)
    : QWidget(parent)
{
    m_errorBar = new ErrorBar(this);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(0);
    page->addWidget(m_errorBar);
    auto* whole = new QHBoxLayout;
    whole->setContentsMargins(24, 0, 24, 0);
    page->addLayout(whole, 1);
    auto* content = new QWidget(this);
    content->setMaximumWidth(contentWidth);
    content->setMinimumWidth(540);
    whole->addStretch(1);
    whole->addWidget(content, 100);
    whole->addStretch(1);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 16, 0, 16);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setSpacing(24);
    head->addWidget(new Mark(content));
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    auto* title = new QLabel(tr("NCScope"), content);
    title->setFont(uiFont(26, QFont::DemiBold));
    auto* subtitle = new QLabel(tr("Watch neural collapse happen, epoch by epoch."), content);
    subtitle->setProperty("role", "hint");
    subtitle->setFont(uiFont(15));
    words->addWidget(title);
    words->addWidget(subtitle);
    head->addLayout(words);
    head->addStretch(1);
    auto* cards = new QHBoxLayout;
    cards->setSpacing(cardGap);
    m_demo = new StartCard(Icon::Flask, tr("Open the demo"),
                           tr("A small real run, trained with mixup, ready at once. No GPU, no network."),
                           QStringLiteral("Ctrl+D"), content);
    connect(m_demo, &StartCard::clicked, this, &EmptyStart::demoChosen);
    auto* open = new StartCard(Icon::Folder, tr("Open a run"), tr("A run folder or one HDF5 file."),
                               QStringLiteral("Ctrl+O"), content);
    connect(open, &StartCard::clicked, this, [this, open] {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(icon(Icon::Folder), tr("Run folder…"), this, &EmptyStart::folderChosen);
        menu->addAction(icon(Icon::Document), tr("One .h5 file…"), this, &EmptyStart::fileChosen);
        menu->popup(open->mapToGlobal(QPoint(20, cardHeight - 12)));
    });
    auto* train = new StartCard(Icon::Chip, tr("Start training"),
                                tr("Choose a preset; the right data set and device are looked for."),
                                QStringLiteral("Ctrl+N"), content);
    connect(train, &StartCard::clicked, this, &EmptyStart::trainingChosen);
    for (StartCard* card : {m_demo, open, train})
        cards->addWidget(card, 1);

    m_recent = new QWidget(content);
    auto* recent = new QVBoxLayout(m_recent);
    recent->setContentsMargins(0, 40, 0, 0);
    recent->setSpacing(0);
    auto* line = new QHBoxLayout;
    auto* name = new QLabel(tr("Recent"), m_recent);
    name->setProperty("role", "title");
    auto* drop = new QLabel(tr("or drop a run anywhere in this window"), m_recent);
    drop->setProperty("role", "hint");
    line->addWidget(name);
    line->addStretch(1);
    line->addWidget(drop);
    recent->addLayout(line);
    recent->addSpacing(6);
    m_recentRows = new QVBoxLayout;
    m_recentRows->setSpacing(0);
    recent->addLayout(m_recentRows);

    auto* hints = new QHBoxLayout;
    auto* keys = new QToolButton(content);
    keys->setIcon(icon(Icon::Keys));
    keys->setIconSize(QSize(iconSizePx, iconSizePx));
    keys->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    keys->setText(tr("All keys"));
    keys->setToolTip(tr("Every command and its key (?)"));
    connect(keys, &QToolButton::clicked, this, &EmptyStart::keysChosen);
    hints->addWidget(keys);
    auto* playground = new QToolButton(content);
    playground->setIcon(icon(Icon::Lambda));
    playground->setIconSize(QSize(iconSizePx, iconSizePx));
    playground->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    playground->setText(tr("Theory without data"));
    playground->setToolTip(tr("The lambda playground (Ctrl+L)"));
    connect(playground, &QToolButton::clicked, this, &EmptyStart::playgroundChosen);
    hints->addWidget(playground);
    hints->addStretch(1);

    column->addStretch(2);
    column->addLayout(head);
    column->addSpacing(32);
    column->addLayout(cards);
    column->addWidget(m_recent);
    column->addSpacing(20);
    column->addLayout(hints);
    column->addStretch(3);
    setRecent({});
}

void EmptyStart::setRecent(const QStringList& paths)
{
    while (QLayoutItem* item = m_recentRows->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // it may be the one that asks
        delete item;
    }
    for (const QString& path : paths.mid(0, mostRecentRows)) {
        auto* row = new RecentRow(path, m_recent);
        if (!row->isMissing())
            connect(row, &RecentRow::clicked, this, [this, path] { Q_EMIT recentChosen(path); });
        connect(row, &RecentRow::locateAsked, this, [this, path] { Q_EMIT locateAsked(path); });
        connect(row, &RecentRow::removeAsked, this, [this, path] { Q_EMIT removeAsked(path); });
        m_recentRows->addWidget(row);
    }
    m_recent->setVisible(!paths.isEmpty());
}

void EmptyStart::showEvent(QShowEvent*)
{
    m_demo->setFocus();
}

} // namespace nc::window
