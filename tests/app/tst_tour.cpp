#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "app/synthetic_run.h"
#include "app/window/empty_start.h"
#include "app/window/export_dialog.h"
#include "app/window/main_window.h"
#include "app/window/presentation.h"
#include "tests/app/patience.h"

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
            if (label->wordWrap() || text.isEmpty())
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
        const QImage picture = widget->grab().toImage();
        const QString file = QStringLiteral(NCSCOPE_SCREENSHOTS "/") + m_prefix + name + QStringLiteral(".png");
        QVERIFY2(picture.save(file), qPrintable(file));
        const auto [colours, share] = contentOf(picture);
        QVERIFY2(colours > 20 && share < 0.97,
                 qPrintable(QStringLiteral("%1: %2 colours, %3 of one").arg(file).arg(colours).arg(share)));
        const QStringList problems = cutOffTexts(widget);
        QVERIFY2(problems.isEmpty(), qPrintable(file + QStringLiteral(": ") + problems.join(QStringLiteral("; "))));
    }
    void open(const QString& path)
    {
        m_window->openRun(path);
        QTRY_VERIFY(m_window->session() && m_window->session()->summary());
        QTRY_VERIFY(m_window->view()->scene());
        QTRY_COMPARE(m_window->session()->measured().size(), m_window->session()->epochs().size());
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
        m_window->inspector()->setChoice(choice);
        QSignalSpy loaded(m_window->session(), &RunSession::panelLoaded);
        Q_EMIT m_window->inspector()->requestChanged();
        QTRY_VERIFY(!loaded.empty());
        Q_EMIT m_window->inspector()->styleChanged();
        QTRY_VERIFY(m_window->time()->waitingText().isEmpty());
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
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("ncscope-test");
        QCoreApplication::setApplicationName("ncscope-tour");
        QVERIFY(QDir().mkpath(QStringLiteral(NCSCOPE_SCREENSHOTS)));
        SyntheticSettings settings;
        settings.classes = 4;
        settings.dim = 12;
        settings.samples = 6000;
        settings.epochs = 12;
        QVERIFY(writeSyntheticRun(m_dir.filePath("four-classes").toStdString(), settings));
        QVERIFY(writeSyntheticRun(m_dir.filePath("damaged").toStdString(), settings));
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
        see({0, 1, 2}, ViewShape::Plane, false, scene::ThirdQuantity::Lambda);
        QCOMPARE(m_window->view()->scene()->dims, 3);
        shoot(m_window.get(), "plane-lambda");
        see({0, 1, 2, 3}, ViewShape::KGon, false);
        shoot(m_window.get(), "kgon");
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
