#include <csignal>

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "app/window/command_palette.h"
#include "app/window/config_form.h"
#include "app/window/empty_start.h"
#include "app/window/export_dialog.h"
#include "app/window/follow_chip.h"
#include "app/window/hover_card.h"
#include "app/window/new_run_dialog.h"
#include "app/window/playground_page.h"
#include "app/window/presentation.h"
#include "app/window/training_cards.h"
#include "io/run_state.h"
#include "tests/app/growing_run.h"
#include "tests/app/window_help.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;

namespace
{

/// Different colours and the share of the commonest: a blank picture has one, all of it.
std::pair<qsizetype, double> contentOf(const QImage& picture)
{
    QHash<QRgb, qint64> counts;
    for (int y = 0; y < picture.height(); y += 2)
        for (int x = 0; x < picture.width(); x += 2)
            ++counts[picture.pixel(x, y)];
    qint64 most = 0, all = 0;
    for (const qint64 count : counts) {
        most = std::max(most, count);
        all += count;
    }
    return {counts.size(), static_cast<double>(most) / static_cast<double>(all)};
}

bool isScrolled(const QWidget* widget)
{
    for (const QWidget* parent = widget->parentWidget(); parent; parent = parent->parentWidget())
        if (qobject_cast<const QAbstractScrollArea*>(parent))
            return true;
    return false;
}

/// Text that does not fit its widget, or a widget that leaves its window. Elided on purpose: "…" and a tool tip.
QStringList cutOffTexts(const QWidget* root)
{
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest); // a text that changed just now
    QStringList problems;
    const auto tell = [&problems](const QWidget* widget, const QString& text, const QString& what) {
        problems << QStringLiteral("%1 \"%2\" %3").arg(widget->metaObject()->className(), text.left(60), what);
    };
    for (const QWidget* widget : root->findChildren<QWidget*>()) {
        if (!widget->isVisibleTo(root) || widget->window() != root->window())
            continue;
        QString text;
        if (const auto* label = qobject_cast<const QLabel*>(widget)) {
            text = label->text();
            if (label->wordWrap() && label->heightForWidth(label->width()) > label->height() + 1)
                tell(widget, text, QStringLiteral("needs more height"));
            const bool elides = label->minimumSizeHint().width() < label->sizeHint().width();
            if (label->wordWrap() || text.isEmpty() || elides)
                continue;
        } else if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) {
            text = button->text();
        } else {
            continue;
        }
        if (text.isEmpty() || (text.contains(QChar(0x2026)) && !widget->toolTip().isEmpty()))
            continue;
        const bool elides = qobject_cast<const StartCard*>(widget) || qobject_cast<const RecentRow*>(widget);
        const QSize wanted = widget->sizeHint();
        if (!elides && (wanted.width() > widget->width() + 1 || wanted.height() > widget->height() + 2))
            tell(widget, text,
                 QStringLiteral("needs %1 x %2, has %3 x %4")
                     .arg(wanted.width())
                     .arg(wanted.height())
                     .arg(widget->width())
                     .arg(widget->height()));
        const QRect place(widget->mapTo(root, QPoint()), widget->size());
        if (!isScrolled(widget) && !root->rect().adjusted(-1, -1, 1, 1).contains(place))
            tell(widget, text, QStringLiteral("leaves the window"));
    }
    return problems;
}

} // namespace

/// Drives the window through everything it shows and writes a picture of each, to be looked at. Fails where a picture
/// is blank or a text does not fit.
class Tour : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QString m_prefix;
    std::unique_ptr<MainWindow> m_window;

    void shoot(QWidget* widget, const QString& name)
    {
        QTest::qWait(60);
        QStringList problems; // a text that changed may need several rounds of laying out
        (void)QTest::qWaitFor([&] { return (problems = cutOffTexts(widget)).isEmpty(); });
        keep(widget->grab().toImage(), name);
        QVERIFY2(problems.isEmpty(), qPrintable(name + QStringLiteral(": ") + problems.join(QStringLiteral("; "))));
    }
    void keep(const QImage& picture, const QString& name) const
    {
        const QString file = m_prefix + name;
        QVERIFY2(test::savePicture(picture, file), qPrintable(file));
        const auto [colours, share] = contentOf(picture);
        QVERIFY2(colours > 20 && share < 0.97,
                 qPrintable(QStringLiteral("%1: %2 colours, %3 of one").arg(file).arg(colours).arg(share)));
    }
    void open(const QString& path)
    {
        m_window->openRun(path);
        QVERIFY(test::waitForRest(*m_window));
    }
    /// Another view of the same run, as the inspector would ask for it.
    void see(const std::vector<Index>& classes, std::optional<ViewShape> shape, bool regions,
             std::optional<scene::ThirdQuantity> third = {})
    {
        ViewChoice choice = m_window->inspector()->choice();
        choice.classes = classes;
        choice.shape = shape;
        choice.third = third;
        choice.style.layers.set(scene::Layer::Regions, regions);
        choice.style.layers.set(scene::Layer::Boundaries, regions);
        choice.style.layers.set(scene::Layer::Axes, third.has_value());
        m_window->inspector()->setChoice(choice);
        Q_EMIT m_window->inspector()->requestChanged();
        QTRY_VERIFY(m_window->session()->panel(m_window->session()->epochs().back()));
        QTRY_VERIFY(m_window->time()->waitingText().isEmpty());
    }
    void showChannels(bool on)
    {
        ViewChoice choice = m_window->inspector()->choice();
        choice.style.layers.set(scene::Layer::Channels, on);
        m_window->inspector()->setChoice(choice);
        Q_EMIT m_window->inspector()->styleChanged();
    }
    NewRunDialog* openForm()
    {
        m_window->activateWindow();
        if (!QTest::qWaitForWindowActive(m_window.get()))
            return nullptr;
        QTest::keyClick(m_window.get(), Qt::Key_N, Qt::ControlModifier);
        return dialogOf<NewRunDialog>();
    }
    /// Starts a training from the form; the trainer is a script.
    void train(const char* mode, const QString& folder)
    {
        qputenv("FAKE_MODE", mode);
        NewRunDialog* form = openForm();
        QVERIFY(form);
        form->setFolder(folder);
        form->findChild<QPushButton*>("start")->click();
    }
    [[nodiscard]] RunCard* card() const
    {
        const auto& cards = m_window->findChild<TrainingCards*>()->cards();
        return cards.empty() ? nullptr : cards.front();
    }
    template <typename Dialog>
    Dialog* dialogOf(const QString& name = {})
    {
        Dialog* dialog = nullptr;
        const bool found = QTest::qWaitFor([&] { return (dialog = m_window->findChild<Dialog*>(name)) != nullptr; });
        return found ? dialog : nullptr;
    }

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings("ncscope-tour");
        QVERIFY(test::writeRun(m_dir.filePath("four-classes"), 6000, 12));
        QVERIFY(test::writeRun(m_dir.filePath("damaged"), 6000, 12));
        QVERIFY(test::writeForeignRun(m_dir.filePath("dump")));
        QVERIFY(test::writeEmptyDataSet(m_dir.filePath("data"), "fashion-mnist"));
        qputenv("NCSCOPE_DATA", m_dir.filePath("data").toLocal8Bit());
        qputenv("XDG_DATA_HOME", m_dir.filePath("home").toLocal8Bit());
        qputenv("NCSCOPE_TRAINER", NCSCOPE_FAKE_TRAINER);
        qputenv("FAKE_RUN", m_dir.filePath("four-classes").toLocal8Bit());
        QFile epoch(m_dir.filePath("damaged/epochs/000007.h5"));
        QVERIFY(epoch.exists() && epoch.resize(epoch.size() / 2));
    }
    void init()
    {
        QFETCH_GLOBAL(int, theme);
        QSettings().clear();
        applyTheme(*qApp, scene::ThemeMode::Dark);
        const bool light = static_cast<ThemeChoice>(theme) == ThemeChoice::Light;
        m_window = std::make_unique<MainWindow>();
        m_window->setTheme(static_cast<ThemeChoice>(theme));
        m_window->resize(1600, 1000);
        m_window->show();
        m_prefix = QStringLiteral("%1-%2-")
                       .arg(light ? QStringLiteral("light") : QStringLiteral("dark"))
                       .arg(qRound(100 * m_window->devicePixelRatioF()));
    }
    void cleanup() { m_window.reset(); }
    static void initMain()
    {
        if (qEnvironmentVariableIsEmpty("QT_FONT_DPI"))
            qputenv("QT_FONT_DPI", "96");
    }

    void initTestCase_data()
    {
        QTest::addColumn<int>("theme");
        QTest::newRow("dark") << static_cast<int>(ThemeChoice::Dark);
        QTest::newRow("light") << static_cast<int>(ThemeChoice::Light);
    }

    void start_page()
    {
        shoot(m_window.get(), "start");
        m_window->findChild<EmptyStart*>()->setRecent({m_dir.filePath("four-classes"),
                                                       QStringLiteral(NCSCOPE_SOURCE_DIR "/resources/demo-run.h5"),
                                                       QStringLiteral("/data/old/mixup-r18.h5")});
        shoot(m_window.get(), "start-recent");
    }
    void start_missingRun()
    {
        m_window->openRun("/data/old/mixup-r18.h5");
        QTRY_VERIFY(m_window->findChild<EmptyStart*>()->errorBar()->isVisible());
        shoot(m_window.get(), "start-error");
    }
    void views()
    {
        open(m_dir.filePath("four-classes"));
        shoot(m_window.get(), "tetrahedron");
        see({0, 1, 2}, ViewShape::Plane, false);
        shoot(m_window.get(), "plane");
        see({0, 1, 2}, ViewShape::Plane, true);
        shoot(m_window.get(), "plane-regions");
        showChannels(true);
        QTRY_VERIFY(!m_window->view()->scene()->channels.empty());
        shoot(m_window.get(), "plane-channels");
        showChannels(false);
        see({0, 1, 2}, ViewShape::Plane, false, scene::ThirdQuantity::Lambda);
        QCOMPARE(m_window->view()->scene()->dims, 3);
        shoot(m_window.get(), "plane-lambda");
        see({0, 1, 2, 3}, ViewShape::KGon, false);
        shoot(m_window.get(), "kgon");
    }
    void walls()
    {
        open(m_dir.filePath("four-classes"));
        see({0, 1, 2, 3}, ViewShape::Tetrahedron, true);
        shoot(m_window.get(), "tetrahedron-walls");
        see({0, 1, 2}, ViewShape::Plane, true, scene::ThirdQuantity::Lambda);
        shoot(m_window.get(), "plane-lambda-walls");
    }
    void loading()
    {
        QVERIFY(test::writeRun(m_dir.filePath(m_prefix + "large"), 300'000, 1));
        m_window->pane()->setNoticedAfter(0); // however fast the machine is
        m_window->openRun(m_dir.filePath(m_prefix + "large"));
        QVERIFY(QTest::qWaitFor([this] { return m_window->pane()->isWaiting(); }, 60'000));
        keep(m_window->grab().toImage(), "loading");
        QTRY_VERIFY(m_window->view()->scene());
        QVERIFY(!m_window->pane()->isWaiting());
    }
    void sample()
    {
        open(QStringLiteral(NCSCOPE_SOURCE_DIR "/resources/demo-run.h5"));
        SceneView* view = m_window->view();
        QVERIFY(!view->grab().isNull());
        const QPoint place = test::visiblePoint(*view, 240).second;
        QTest::mouseMove(view, place + QPoint(1, 0));
        QTest::mouseMove(view, place);
        auto* hoverCard = m_window->findChild<HoverCard*>();
        QTRY_VERIFY(hoverCard->isVisible() && !m_window->pane()->facts()->probabilities.empty());
        shoot(m_window.get(), "hover");
        QTest::mouseClick(view, Qt::LeftButton, {}, place);
        QTRY_VERIFY(m_window->pane()->pinnedRow() >= 0 && hoverCard->isVisible());
        shoot(m_window.get(), "pinned");
    }
    void foreign()
    {
        open(m_dir.filePath("dump"));
        shoot(m_window.get(), "foreign");
    }
    void follow()
    {
        test::GrowingRun run(9);
        for (int k = 0; k < 5; ++k)
            run.addEpoch();
        m_window->openRun(QString::fromStdString(run.folder().string()));
        QVERIFY(test::waitForRest(*m_window));
        QTest::keyClick(m_window.get(), Qt::Key_Home);
        run.addEpoch();
        run.addEpoch();
        QTRY_COMPARE(m_window->findChild<FollowChip*>()->unseen(), 2);
        QVERIFY(test::waitForRest(*m_window));
        shoot(m_window.get(), "follow");
        QVERIFY(run.good());
    }
    void newRun()
    {
        NewRunDialog* form = openForm();
        QVERIFY(form);
        shoot(form, "new-run");
        form->form()->setText("mixing.alpha", "500");
        form->form()->setText("epochs", "0");
        shoot(form, "new-run-error");
        form->choosePreset("repro-vit-cifar10");
        shoot(form, "new-run-missing");
    }
    void training()
    {
        const QString folder = m_dir.filePath(m_prefix + "mixup-quick");
        train("slow", folder);
        QTRY_VERIFY(card() && card()->training()->phase() == Training::Phase::Running);
        QTRY_VERIFY(test::isAtRest(*m_window) && card()->accessibleName().contains("epoch 3 / 7"));
        shoot(m_window.get(), "training");
        QVERIFY(card()->training()->stop());
        QTRY_COMPARE(card()->training()->phase(), Training::Phase::Stopped);
        QTRY_COMPARE(markOf(*m_window->session()), RunMark::Stopped);
        shoot(m_window.get(), "training-stopped");
    }
    void training_crashed()
    {
        train("crash", m_dir.filePath(m_prefix + "mixup-crash"));
        QTRY_VERIFY(card() && card()->training()->phase() == Training::Phase::Crashed);
        QTRY_VERIFY(test::isAtRest(*m_window));
        shoot(m_window.get(), "training-crashed");
    }
    void demo()
    {
        open(QStringLiteral(NCSCOPE_SOURCE_DIR "/resources/demo-run.h5"));
        m_window->goTo(m_window->session()->epochs()[2]);
        shoot(m_window.get(), "demo");
        m_window->resize(1366, 768);
        shoot(m_window.get(), "demo-1366x768");
    }
    void curves()
    {
        open(m_dir.filePath("four-classes"));
        auto* button = m_window->findChild<QToolButton*>("curves");
        auto* menu = button->menu();
        menu->popup(button->mapToGlobal(QPoint(0, -200)));
        shoot(menu, "curves-menu");
        menu->close();
        TimeChoice choice;
        choice.curves << "nc4"
                      << "theory_gap";
        m_window->time()->setChoice(choice);
        QTest::mouseMove(m_window->timeline(), QPoint(qRound(m_window->timeline()->xOf(4)), 90));
        shoot(m_window.get(), "curves-hover");
    }
    void menus()
    {
        for (QAction* entry : m_window->menuBar()->actions()) {
            entry->menu()->popup(m_window->mapToGlobal(QPoint(20, 40)));
            shoot(entry->menu(), "menu-" + entry->text().remove('&').toLower());
            entry->menu()->close();
        }
    }
    void compare()
    {
        const char* names[] = {"mixup", "plain twin", "mixup, squared error", "frozen simplex ETF"};
        const double kappa[] = {5, 20, 2, 5}, beta[] = {100, 3000, 20, 400};
        for (std::size_t k = 0; k < 4; ++k) {
            const QString folder = m_dir.filePath(m_prefix + QLatin1String(names[k]));
            SyntheticSettings settings;
            settings.classes = 4;
            settings.dim = 12;
            settings.samples = 6000;
            settings.epochs = k == 1 ? 8 : 12;
            settings.kappa = kappa[k];
            settings.beta = beta[k];
            QVERIFY(writeSyntheticRun(folder.toStdString(), settings));
            m_window->openRun(folder, k == 0);
        }
        const auto rest = [this] {
            const auto& views = m_window->views()->views();
            return std::all_of(views.begin(), views.end(), [](const LinkedView* view) {
                const RunSession* session = view->session();
                return session && session->summary() && view->panel() &&
                       session->measured().size() == session->epochs().size() &&
                       std::all_of(session->epochs().begin(), session->epochs().end(),
                                   [&](std::int64_t epoch) { return session->isLoaded(epoch); }) &&
                       view->view()->view() == view->view()->target();
            });
        };
        const auto run = [this](const QString& text) {
            for (QAction* action : m_window->findChildren<QAction*>())
                if (action->text() == text)
                    action->trigger();
        };
        QTRY_VERIFY(rest());
        run("Split right");
        QTRY_VERIFY(rest());
        shoot(m_window.get(), "compare-two");
        m_window->resize(1366, 768);
        shoot(m_window.get(), "compare-two-1366x768");
        m_window->resize(1600, 1000);
        run("Compare all open runs");
        QTRY_VERIFY(rest());
        m_window->views()->setLinked(m_window->views()->views()[1], Link::Request, false);
        QTRY_VERIFY(rest());
        shoot(m_window.get(), "compare-four");
        ViewChoice choice = m_window->inspector()->choice();
        choice.classes = {0, 1, 2};
        choice.shape = ViewShape::Plane;
        choice.style.layers.set(scene::Layer::Regions, true);
        m_window->inspector()->setChoice(choice);
        Q_EMIT m_window->inspector()->requestChanged();
        QTRY_VERIFY(rest());
        m_window->views()->setLinked(m_window->views()->views()[1], Link::Request, true);
        QTRY_VERIFY(rest());
        const auto& cloud = m_window->views()->current()->panel()->scene.cloud;
        Q_EMIT m_window->pane()->pinChosen(cloud.row[cloud.row.size() / 2]);
        QTRY_VERIFY(m_window->pane()->facts() && !m_window->pane()->facts()->probabilities.empty());
        shoot(m_window.get(), "compare-four-planes");
        Q_EMIT m_window->pane()->pinChosen(-1);
        for (int k = 0; k < 5; ++k)
            run(k % 2 ? "Split below" : "Split right");
        run("Arrange in a grid");
        QTRY_VERIFY(rest());
        shoot(m_window.get(), "compare-nine");
    }
    void error_unreadableEpoch()
    {
        open(m_dir.filePath("damaged"));
        m_window->goTo(7);
        QTRY_VERIFY(m_window->pane()->errorBar()->isVisible());
        shoot(m_window.get(), "error");
    }
    void presentation()
    {
        open(m_dir.filePath("four-classes"));
        QTest::keyClick(m_window.get(), Qt::Key_F11, Qt::ShiftModifier);
        auto* shown = dialogOf<Presentation>();
        QVERIFY(shown);
        shown->showNormal();
        shown->resize(1600, 900);
        shoot(shown, "presentation");
    }
    void playground()
    {
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
        auto* page = m_window->findChild<PlaygroundPage*>();
        QVERIFY(page && page->isVisible());
        const auto see = [&](const PlaygroundState& state, const QString& name) {
            page->choose(state);
            QTRY_VERIFY(page->view()->view() == page->view()->target());
            shoot(m_window.get(), "playground" + name);
        };
        see({}, "");
        PlaygroundState state;
        state.loss = ufm::Loss::SquaredError;
        state.smoothing = 0.1;
        see(state, "-mse");
        state = {};
        state.classes = 2;
        see(state, "-two-classes");
        state = {};
        state.classes = 3;
        state.pair = 2;
        state.samples = true;
        state.alpha = 0.3;
        state.smoothing = 0.05;
        state.lambda = 0.35;
        see(state, "-samples");
        m_window->resize(1366, 768);
        see({}, "-1366x768");
        page->findChild<QPushButton*>("readBeta")->click();
        shoot(m_window.get(), "playground-no-run");
        QVERIFY(page->writeFigure(QStringLiteral(NCSCOPE_SCREENSHOTS "/") + m_prefix + "playground-figure.png"));
    }
    void exportDialog()
    {
        open(m_dir.filePath("four-classes"));
        QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
        auto* dialog = dialogOf<ExportDialog>();
        QVERIFY(dialog);
        QTRY_VERIFY(dialog->file() && dialog->file()->otherWayBytes);
        shoot(dialog, "export");
        for (QToolButton* button : dialog->findChildren<QToolButton*>())
            if (button->text() == "Fit")
                button->click();
        ExportChoice choice = dialog->choice();
        choice.preset = "slides";
        choice.page = *scene::pagePreset("slides");
        choice.page.theme = scene::ThemeMode::Dark;
        choice.format = FigureFormat::Png;
        dialog->setChoice(choice);
        QTRY_VERIFY(dialog->file());
        QTest::qWait(300);
        QTRY_VERIFY(dialog->file());
        shoot(dialog, "export-slides");
    }
    void commands()
    {
        open(m_dir.filePath("four-classes"));
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        auto* palette = m_window->findChild<CommandPalette*>();
        QVERIFY(palette && palette->isVisible());
        shoot(m_window.get(), "commands");
        auto* search = palette->findChild<QLineEdit*>();
        search->setText("from");
        shoot(m_window.get(), "commands-found");
        search->setText("7");
        shoot(m_window.get(), "commands-number");
        search->setText("no such thing");
        shoot(m_window.get(), "commands-none");
    }
    void cheatSheet()
    {
        for (QAction* action : m_window->findChildren<QAction*>())
            if (action->shortcut() == QKeySequence("?"))
                action->trigger();
        auto* sheet = dialogOf<QDialog>("cheatSheet");
        QVERIFY(sheet);
        shoot(sheet, "keys");
    }
};

QTEST_MAIN(Tour)
#include "tst_tour.moc"
