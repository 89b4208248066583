#include "app/window/command_palette.h"

#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QRegularExpression>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "app/window/icons.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int paletteWidth = 600, rowHeight = 30, mostRows = 11, pageRows = mostRows - 1;
constexpr int margin = 8, iconSide = 16, topGap = 44;

enum CommandRole { PlaceRole = Qt::UserRole, KeysRole, AllowedRole };

/// Icon, name and menus from the left, keys from the right.
class CommandDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {paletteWidth, rowHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const scene::Theme& theme = currentTheme();
        const bool enabled = index.data(AllowedRole).toBool();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(toQColor(option.state & QStyle::State_Selected ? theme.tint : theme.control));
            painter->drawRoundedRect(QRectF(option.rect).adjusted(0, 1, 0, -1), 4, 4);
        }
        const QRect icon(option.rect.left() + margin, option.rect.center().y() - iconSide / 2 + 1, iconSide, iconSide);
        index.data(Qt::DecorationRole)
            .value<QIcon>()
            .paint(painter, icon, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
        QRect line = option.rect.adjusted(2 * margin + iconSide, 0, -margin, 0);
        line.setRight(paintKeys(*painter, line, index.data(KeysRole).toString(), enabled));
        const QString place = index.data(PlaceRole).toString();
        const QFont small = uiFont(11);
        const int placeWidth = QFontMetrics(small).horizontalAdvance(place) + 10;
        painter->setFont(uiFont(12));
        painter->setPen(toQColor(enabled ? theme.text : theme.text3));
        const QString name = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle,
                                                               std::max(80, line.width() - placeWidth));
        painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, name);
        line.setLeft(line.left() + painter->fontMetrics().horizontalAdvance(name) + 10);
        painter->setFont(small);
        painter->setPen(toQColor(enabled ? theme.text2 : theme.text3));
        painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, place);
        painter->restore();
    }

private:
    /// Returns where what stands before the keys must end.
    static int paintKeys(QPainter& painter, const QRect& line, const QString& keys, bool enabled)
    {
        if (keys.isEmpty())
            return line.right();
        const scene::Theme& theme = currentTheme();
        painter.setFont(uiFont(11));
        QRectF chip(0, 0, painter.fontMetrics().horizontalAdvance(keys) + 12, 18);
        chip.moveCenter(QRectF(line).center());
        chip.moveRight(line.right());
        painter.setPen(Qt::NoPen);
        painter.setBrush(toQColor(theme.control));
        painter.drawRoundedRect(chip, 3, 3);
        painter.setPen(toQColor(enabled ? theme.text2 : theme.text3));
        painter.drawText(chip, Qt::AlignCenter, keys);
        return static_cast<int>(chip.left()) - margin;
    }
};

/// "12" or "epoch 12"
std::optional<qint64> numberIn(const QString& typed)
{
    static const QRegularExpression pattern(QStringLiteral("^(?:\\w+ )?(\\d{1,12})$"));
    const QRegularExpressionMatch match = pattern.match(typed.simplified());
    return match.hasMatch() ? std::optional(match.captured(1).toLongLong()) : std::nullopt;
}

} // namespace

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window)
{
    setObjectName(QStringLiteral("commandPalette"));
    setProperty("role", "card");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(margin, margin, margin, margin);
    column->setSpacing(margin);
    m_search = new QLineEdit(this);
    m_search->setPlaceholderText(tr("Type a command, or the number of an epoch"));
    m_search->setAccessibleName(tr("Command"));
    m_search->addAction(icon(Icon::Search), QLineEdit::LeadingPosition);
    m_search->setMinimumHeight(32);
    m_search->installEventFilter(this);
    connect(m_search, &QLineEdit::textChanged, this, &CommandPalette::showMatches);
    column->addWidget(m_search);
    m_model = new QStandardItemModel(this);
    m_list = new QListView(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QListView::NoEditTriggers);
    m_list->setStyleSheet(QStringLiteral("background: transparent;"));
    m_list->setAccessibleName(tr("Commands"));
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) { run(index.row()); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &CommandPalette::showTip);
    column->addWidget(m_list);
    m_tip = new QLabel(this);
    m_tip->setObjectName(QStringLiteral("commandTip"));
    m_tip->setProperty("role", "hint");
    m_tip->setMinimumWidth(1);
    m_tip->setIndent(margin);
    column->addWidget(m_tip);
    window->installEventFilter(this);
    hide();
}

void CommandPalette::open(std::vector<Command> commands, NumberCommand ofNumber)
{
    m_commands = std::move(commands);
    m_ofNumber = std::move(ofNumber);
    m_focusBefore = QApplication::focusWidget();
    const QSignalBlocker quiet(m_search);
    m_search->clear();
    showMatches();
    show();
    raise();
    m_search->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::closeList()
{
    if (isHidden())
        return;
    const bool focused = m_search->hasFocus();
    hide();
    if (focused)
        (m_focusBefore ? m_focusBefore.data() : parentWidget())->setFocus(Qt::PopupFocusReason);
}

int CommandPalette::currentRow() const
{
    return m_list->currentIndex().row();
}

// --- what is listed

void CommandPalette::showMatches()
{
    const QString typed = m_search->text();
    std::vector<std::pair<int, const Command*>> found;
    for (const Command& command : m_commands)
        if (const auto match = matchOf(typed, command))
            found.emplace_back(typed.isEmpty() || command.enabled ? *match : *match - 1, &command);
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    m_listed.clear();
    if (const auto number = numberIn(typed); number && m_ofNumber)
        if (std::optional<Command> command = m_ofNumber(*number))
            m_listed.push_back(std::move(*command));
    for (const auto& [match, command] : found)
        m_listed.push_back(*command);
    m_model->clear();
    for (const Command& command : m_listed) {
        auto* item =
            new QStandardItem(command.checked ? icon(Icon::Check, IconTone::Text) : command.icon, command.name);
        item->setData(command.place, PlaceRole);
        item->setData(command.keys, KeysRole);
        item->setData(command.enabled, AllowedRole); // not the item's own state: it can be looked at to learn why
        item->setData(command.tip, Qt::AccessibleDescriptionRole);
        item->setToolTip(command.tip);
        m_model->appendRow(item);
    }
    m_list->setCurrentIndex(m_model->index(0, 0));
    showTip();
    place();
}

void CommandPalette::showTip()
{
    const int row = currentRow();
    if (m_listed.empty())
        m_tip->setText(tr("No command is called that"));
    else if (row >= 0 && row < static_cast<int>(m_listed.size()))
        m_tip->setText(m_listed[static_cast<std::size_t>(row)].tip);
}

void CommandPalette::place()
{
    const QWidget* window = parentWidget();
    const int rows = std::min(static_cast<int>(m_listed.size()), mostRows);
    m_list->setVisible(rows > 0);
    m_list->setFixedHeight(std::max(rows, 1) * rowHeight);
    const int width = std::min(paletteWidth, window->width() - 2 * margin);
    layout()->activate();
    setGeometry((window->width() - width) / 2, topGap, width, sizeHint().height());
}

// --- keys

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible())
            place();
        return false;
    }
    if (event->type() == QEvent::ShortcutOverride) { // the window's keys rest; those with Ctrl go on
        const bool ours = !(static_cast<const QKeyEvent&>(*event).modifiers() & Qt::ControlModifier);
        if (ours)
            event->accept();
        return ours;
    }
    if (event->type() == QEvent::KeyPress)
        return takeKey(static_cast<const QKeyEvent&>(*event).key());
    if (event->type() == QEvent::FocusOut) {
        const Qt::FocusReason reason = static_cast<const QFocusEvent&>(*event).reason();
        if (reason != Qt::ActiveWindowFocusReason && reason != Qt::PopupFocusReason)
            hide();
    }
    return false;
}

bool CommandPalette::takeKey(int key)
{
    switch (key) {
    case Qt::Key_Escape:
        closeList();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        run(currentRow());
        return true;
    case Qt::Key_Down:
    case Qt::Key_Tab:
        move(1, true);
        return true;
    case Qt::Key_Up:
    case Qt::Key_Backtab:
        move(-1, true);
        return true;
    case Qt::Key_PageDown:
        move(pageRows, false);
        return true;
    case Qt::Key_PageUp:
        move(-pageRows, false);
        return true;
    default:
        return false;
    }
}

void CommandPalette::move(int rows, bool around)
{
    const int count = m_model->rowCount();
    if (count == 0)
        return;
    const int to = currentRow() + rows;
    const int row = around ? (to + count) % count : std::clamp(to, 0, count - 1);
    m_list->setCurrentIndex(m_model->index(row, 0));
}

void CommandPalette::run(int row)
{
    if (row < 0 || row >= static_cast<int>(m_listed.size()) || !m_listed[static_cast<std::size_t>(row)].enabled)
        return; // its tip says why
    const std::function<void()> chosen = m_listed[static_cast<std::size_t>(row)].run;
    closeList();
    chosen();
}

} // namespace nc::window
