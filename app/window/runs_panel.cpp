#include "app/window/runs_panel.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QUrl>
#include <QVBoxLayout>

#include "app/figure_caption.h"
#include "app/window/dock_title.h"
#include "app/window/run_list_delegate.h"
#include "io/run_state.h"

namespace nc::window
{

namespace
{

app::RunSession* sessionOf(const QListWidgetItem* item)
{
    return item ? static_cast<app::RunSession*>(item->data(SessionRole).value<void*>()) : nullptr;
}

QString nameOf(const app::RunSession& session)
{
    const io::RunSummary* run = session.summary();
    return run && !run->title.empty() ? QString::fromStdString(run->title)
                                      : QFileInfo(session.path()).completeBaseName();
}

QString detailOf(const app::RunSession& session, RunMark mark)
{
    if (mark == RunMark::Opening)
        return RunsPanel::tr("opening…");
    if (!session.summary())
        return RunsPanel::tr("cannot be opened");
    const std::size_t epochs = session.epochs().size();
    return (epochs == 1 ? RunsPanel::tr("%1 classes · %2 epoch · %3") : RunsPanel::tr("%1 classes · %2 epochs · %3"))
        .arg(session.summary()->classes())
        .arg(epochs)
        .arg(markText(mark));
}

/// Test accuracy of the last epoch that has one, and its calibration error, as the trainer or the reader measured them.
std::pair<QString, QString> valuesOf(const app::RunSession& session)
{
    const auto percent = [](double share) { return QStringLiteral("%1 %").arg(share * 100, 0, 'f', 1); };
    for (auto it = session.measured().rbegin(); it != session.measured().rend(); ++it) {
        const auto accuracy = it->second.scalars.find("test_accuracy");
        if (accuracy == it->second.scalars.end())
            continue;
        const MetricEntry* clean = it->second.clean.get();
        const bool calibrated = clean && (*clean)["calibration.ece"].available();
        return {percent(accuracy->second),
                calibrated ? RunsPanel::tr("ECE %1").arg((*clean)["calibration.ece"].value * 100, 0, 'f', 1)
                           : QString()};
    }
    return {};
}

} // namespace

RunMark markOf(const app::RunSession& session)
{
    const io::RunSummary* run = session.summary();
    if (!run)
        return session.openError().isEmpty() ? RunMark::Opening : RunMark::Damaged;
    if (run->state == "running")
        return RunMark::Running;
    if (!run->complete)
        return RunMark::Damaged;
    if (run->state != "stopped")
        return RunMark::Recorded;
    return io::readRunState(session.path().toStdString()).abandoned ? RunMark::Crashed : RunMark::Stopped;
}

QString markText(RunMark mark)
{
    switch (mark) {
    case RunMark::Opening:
        return RunsPanel::tr("opening");
    case RunMark::Recorded:
        return RunsPanel::tr("recorded");
    case RunMark::Running:
        return RunsPanel::tr("running");
    case RunMark::Stopped:
        return RunsPanel::tr("stopped");
    case RunMark::Crashed:
        return RunsPanel::tr("crashed");
    case RunMark::Damaged:
        return RunsPanel::tr("damaged");
    }
    return {};
}

RunsPanel::RunsPanel(QWidget* parent)
    : QDockWidget(tr("Runs"), parent)
{
    setObjectName(QStringLiteral("runs"));
    auto* title = new DockTitle(this);
    m_count = title->note();
    setTitleBarWidget(title);
    auto* panel = new QWidget(this);
    panel->setProperty("role", "panel");
    panel->setMinimumWidth(200);
    m_column = new QVBoxLayout(panel);
    m_column->setContentsMargins(0, 0, 0, 8);
    m_column->setSpacing(8);
    m_filter = new QLineEdit(panel);
    m_filter->setPlaceholderText(tr("Filter runs   (Ctrl+F)"));
    m_filter->setAccessibleName(tr("Filter runs"));
    m_filter->setClearButtonEnabled(true);
    auto* filterRow = new QHBoxLayout;
    filterRow->setContentsMargins(12, 0, 12, 0);
    filterRow->addWidget(m_filter);
    m_column->addLayout(filterRow);
    makeList(panel);
    m_column->addWidget(m_list, 1);
    m_column->addWidget(makeButtons(panel));
    setWidget(panel);
    connect(m_filter, &QLineEdit::textChanged, this, &RunsPanel::applyFilter);
    auto* leave = new QShortcut(Qt::Key_Escape, m_filter, nullptr, nullptr, Qt::WidgetShortcut);
    connect(leave, &QShortcut::activated, this, [this] {
        m_filter->clear();
        m_list->setFocus();
    });
}

QWidget* RunsPanel::makeButtons(QWidget* parent)
{
    auto* bar = new QWidget(parent);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    auto* create = new QPushButton(tr("New run…"), bar);
    create->setObjectName(QStringLiteral("newRun"));
    create->setToolTip(tr("Train a network and watch it (Ctrl+N)"));
    connect(create, &QPushButton::clicked, this, &RunsPanel::newRunAsked);
    auto* open = new QPushButton(tr("Open"), bar);
    auto* menu = new QMenu(open);
    menu->addAction(tr("Run folder…"), this, &RunsPanel::folderAsked);
    menu->addAction(tr("Run file…"), this, &RunsPanel::fileAsked);
    open->setMenu(menu);
    row->addWidget(create);
    row->addWidget(open);
    row->addStretch(1);
    return bar;
}

void RunsPanel::makeList(QWidget* parent)
{
    m_list = new QListWidget(parent);
    m_list->setObjectName(QStringLiteral("runList"));
    m_list->setAccessibleName(tr("Open runs"));
    m_list->setItemDelegate(new RunListDelegate(m_list));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_list, &QListWidget::customContextMenuRequested, this, &RunsPanel::showMenu);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        // Marking several, or asking for the menu, shows none of them.
        const bool marking = QApplication::keyboardModifiers() & (Qt::ControlModifier | Qt::ShiftModifier);
        if (!marking && !(QApplication::mouseButtons() & Qt::RightButton))
            takeCurrent(sessionOf(item));
    });
    auto* close = new QShortcut(QKeySequence::Delete, m_list, nullptr, nullptr, Qt::WidgetShortcut);
    connect(close, &QShortcut::activated, this, [this] {
        if (app::RunSession* session = sessionOf(m_list->currentItem()))
            Q_EMIT closeAsked(session);
    });
}

void RunsPanel::takeCurrent(app::RunSession* session)
{
    m_chosen = session;
    Q_EMIT runChosen(session);
}

void RunsPanel::add(app::RunSession* session)
{
    auto* item = new QListWidgetItem(m_list);
    item->setData(SessionRole, QVariant::fromValue<void*>(session));
    const auto refresh = [this, session] { update(session); };
    connect(session, &app::RunSession::opened, this, refresh);
    connect(session, &app::RunSession::failedToOpen, this, refresh);
    connect(session, &app::RunSession::epochsChanged, this, refresh);
    connect(session, &app::RunSession::metricsChanged, this, refresh);
    connect(session, &QObject::destroyed, this, [this, session] { remove(session); });
    update(session);
    applyFilter();
}

void RunsPanel::remove(app::RunSession* session)
{
    QListWidgetItem* item = itemOf(session);
    if (!item)
        return;
    const int row = m_list->row(item);
    {
        const QSignalBlocker quiet(m_list);
        delete item;
    }
    applyFilter();
    if (session != m_chosen)
        return;
    const QListWidgetItem* next = m_list->item(std::min(row, m_list->count() - 1));
    choose(sessionOf(next));
}

void RunsPanel::choose(app::RunSession* session)
{
    if (session == m_chosen)
        return;
    mark(session);
    Q_EMIT runChosen(session);
}

void RunsPanel::mark(app::RunSession* session)
{
    m_chosen = session;
    const QSignalBlocker quiet(m_list);
    m_list->setCurrentItem(session ? itemOf(session) : nullptr, QItemSelectionModel::ClearAndSelect);
}

void RunsPanel::setLetters(const QMap<QString, QString>& letters)
{
    if (letters == m_letters)
        return;
    m_letters = letters;
    for (app::RunSession* session : sessions())
        update(session);
}

app::RunSession* RunsPanel::chosen() const
{
    return m_chosen;
}

std::vector<app::RunSession*> RunsPanel::selected() const
{
    std::vector<app::RunSession*> list;
    for (int k = 0; k < m_list->count(); ++k)
        if (m_list->item(k)->isSelected())
            list.push_back(sessionOf(m_list->item(k)));
    return list;
}

app::RunSession* RunsPanel::find(const QString& absolutePath) const
{
    for (app::RunSession* session : sessions())
        if (session->path() == absolutePath)
            return session;
    return nullptr;
}

std::vector<app::RunSession*> RunsPanel::sessions() const
{
    std::vector<app::RunSession*> list;
    for (int k = 0; k < m_list->count(); ++k)
        list.push_back(sessionOf(m_list->item(k)));
    return list;
}

int RunsPanel::shownCount() const
{
    int count = 0;
    for (int k = 0; k < m_list->count(); ++k)
        count += !m_list->item(k)->isHidden();
    return count;
}

void RunsPanel::focusFilter()
{
    show();
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void RunsPanel::addBelowList(QWidget* widget)
{
    m_column->insertWidget(m_column->count() - 1, widget);
}

QListWidgetItem* RunsPanel::itemOf(const app::RunSession* session) const
{
    for (int k = 0; k < m_list->count(); ++k)
        if (sessionOf(m_list->item(k)) == session)
            return m_list->item(k);
    return nullptr;
}

void RunsPanel::update(app::RunSession* session)
{
    QListWidgetItem* item = itemOf(session);
    if (!item)
        return;
    const RunMark mark = markOf(*session);
    const auto [value, second] = valuesOf(*session);
    const QString error = session->openError();
    item->setText(nameOf(*session));
    item->setData(MarkRole, static_cast<int>(mark));
    const QString letters = m_letters.value(session->path());
    item->setData(DetailRole,
                  (letters.isEmpty() ? QString() : letters + QStringLiteral(" · ")) + detailOf(*session, mark));
    item->setData(ValueRole, value);
    item->setData(SecondValueRole, second);
    item->setData(Qt::AccessibleTextRole, nameOf(*session) + QStringLiteral(", ") + markText(mark));
    item->setToolTip(nameOf(*session) + '\n' + QDir::toNativeSeparators(session->path()) +
                     (error.isEmpty() ? QString() : '\n' + error));
    shortenNames();
}

/// Where all runs are of one data set, its name tells none of them from the others.
void RunsPanel::shortenNames()
{
    std::vector<std::string> names;
    for (int k = 0; k < m_list->count(); ++k)
        names.push_back(m_list->item(k)->text().toStdString());
    names = app::distinctNames(names);
    for (int k = 0; k < m_list->count(); ++k)
        m_list->item(k)->setData(ShortNameRole, QString::fromStdString(names[static_cast<std::size_t>(k)]));
}

void RunsPanel::applyFilter()
{
    const QString wanted = m_filter->text().trimmed();
    for (int k = 0; k < m_list->count(); ++k) {
        QListWidgetItem* item = m_list->item(k);
        const QString all = item->text() + '\n' + item->data(DetailRole).toString() + '\n' + item->toolTip();
        item->setHidden(!all.contains(wanted, Qt::CaseInsensitive));
    }
    const int shown = shownCount();
    m_count->setText(shown == m_list->count() ? QString::number(shown)
                                              : tr("%1 of %2").arg(shown).arg(m_list->count()));
}

void RunsPanel::showMenu(const QPoint& at)
{
    app::RunSession* session = sessionOf(m_list->itemAt(at));
    if (!session)
        return;
    const QFileInfo place(session->path());
    QMenu menu(this);
    menu.addAction(tr("Show"), this, [this, session] { choose(session); });
    const std::vector<app::RunSession*> marked = selected();
    if (marked.size() > 1)
        menu.addAction(tr("Compare these %1 runs").arg(marked.size()), this,
                       [this, marked] { Q_EMIT compareAsked(marked); });
    else
        menu.addAction(tr("Compare with what is shown"), this, [this, session] { Q_EMIT compareAsked({session}); });
    menu.addAction(tr("Reload"), this, [this, session] { Q_EMIT reloadAsked(session); });
    menu.addSeparator();
    menu.addAction(tr("Open folder"), this, [place] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(place.isDir() ? place.filePath() : place.path()));
    });
    menu.addAction(tr("Copy path"), this,
                   [session] { QApplication::clipboard()->setText(QDir::toNativeSeparators(session->path())); });
    menu.addSeparator();
    menu.addAction(tr("Close"), this, [this, session] { Q_EMIT closeAsked(session); })
        ->setShortcut(QKeySequence::Delete);
    menu.exec(m_list->viewport()->mapToGlobal(at));
    if (marked.size() < 2)
        mark(m_chosen); // the menu itself shows nothing
}

} // namespace nc::window
