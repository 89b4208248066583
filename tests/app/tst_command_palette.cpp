#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenuBar>
#include <QTemporaryDir>
#include <QToolButton>
#include <QUndoStack>

#include "app/window/command_palette.h"
#include "tests/app/window_help.h"

using namespace nc;
using namespace nc::window;

namespace
{

Command named(const char* name, const char* place = "", const char* keys = "")
{
    Command command;
    command.name = QString::fromUtf8(name);
    command.place = QString::fromUtf8(place);
    command.keys = QString::fromUtf8(keys);
    return command;
}

} // namespace

/// What the palette finds, and the palette of the real window driven by keys.
class CommandPaletteTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QString m_run;
    std::unique_ptr<MainWindow> m_window;

    [[nodiscard]] CommandPalette* palette() const { return m_window->findChild<CommandPalette*>(); }
    [[nodiscard]] QLineEdit* search() const { return palette()->findChild<QLineEdit*>(); }
    void openPalette()
    {
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(palette() && palette()->isVisible());
        QTRY_VERIFY(search()->hasFocus());
    }
    void openRun()
    {
        m_window->openRun(m_run);
        QVERIFY(test::waitForRest(*m_window));
    }
    void type(const char* text)
    {
        search()->clear();
        QTest::keyClicks(search(), text);
    }
    [[nodiscard]] QString firstName() const
    {
        return palette()->listed().empty() ? QString() : palette()->listed().front().name;
    }
    [[nodiscard]] const Command* find(const QString& name) const
    {
        for (const Command& command : palette()->listed())
            if (command.name == name)
                return &command;
        return nullptr;
    }
    [[nodiscard]] QAction* actionOf(const QKeySequence& keys) const
    {
        for (QAction* action : m_window->findChildren<QAction*>())
            if (action->shortcut() == keys)
                return action;
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings("ncscope-test-palette");
        m_run = m_dir.filePath("run");
        QVERIFY(test::writeRun(m_run, 500, 6));
    }
    void init()
    {
        QSettings().clear();
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
    }
    void cleanup() { m_window.reset(); }

    void match_findsWords_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<bool>("fits");
        QTest::newRow("nothing") << "" << true;
        QTest::newRow("start of a word") << "fig" << true;
        QTest::newRow("words in any order") << "figure exp" << true;
        QTest::newRow("initials") << "ef" << true;
        QTest::newRow("starts") << "exfig" << true;
        QTest::newRow("part") << "xport" << true;
        QTest::newRow("letters in order") << "exprt" << true;
        QTest::newRow("menu") << "file" << true;
        QTest::newRow("key") << "ctrl+e" << true;
        QTest::newRow("one word of two") << "export nothing" << false;
        QTest::newRow("letters that are not there") << "exq" << false;
        QTest::newRow("letters in another order") << "pxe" << false;
    }
    void match_findsWords()
    {
        QFETCH(QString, typed);
        QFETCH(bool, fits);
        QCOMPARE(matchOf(typed, named("Export figure…", "File", "Ctrl+E")).has_value(), fits);
    }
    void match_prefersWhatBeginsSo()
    {
        const auto better = [](const char* typed, const Command& one, const Command& other) {
            return matchOf(typed, one) > matchOf(typed, other);
        };
        QVERIFY(better("play", named("Play"), named("Play again")));
        QVERIFY(better("next", named("Next epoch"), named("Go to the next one")));
        QVERIFY(better("epoch", named("Next epoch"), named("Play", "Epoch")));
        QVERIFY(better("ex", named("Export"), named("Next")));
    }

    void listed_isEveryCommandOfTheMenus()
    {
        openPalette();
        for (const QAction* entry : m_window->menuBar()->actions())
            for (const QAction* action : entry->menu()->actions()) {
                if (action->isSeparator() || action->menu())
                    continue;
                const Command* command = find(QString(action->text()).remove('&'));
                QVERIFY2(command, qPrintable(action->text()));
                QCOMPARE(command->place, QString(entry->text()).remove('&'));
                QCOMPARE(command->keys, action->shortcut().toString(QKeySequence::NativeText));
            }
    }
    void keys_chooseAndRun()
    {
        openRun();
        m_window->view()->setFocus();
        openPalette();
        type("previous epo");
        QCOMPARE(firstName(), QString("Previous epoch"));
        QTest::keyClick(search(), Qt::Key_Return);
        QVERIFY(!palette()->isVisible());
        QCOMPARE(m_window->timeline()->current(), 5);
        QCOMPARE(QApplication::focusWidget(), m_window->view()); // back where it was
    }
    void keys_ofTheWindow_restMeanwhile()
    {
        openRun();
        openPalette();
        QTest::keyClicks(search(), "r 1");
        QCOMPARE(search()->text(), QString("r 1"));
        QTest::keyClick(search(), Qt::Key_Left);
        QTest::keyClick(search(), Qt::Key_Home);
        QCOMPARE(m_window->timeline()->current(), 6);
        QVERIFY(palette()->isVisible());
    }
    void upAndDown_goAround()
    {
        openPalette();
        const int last = static_cast<int>(palette()->listed().size()) - 1;
        QCOMPARE(palette()->currentRow(), 0);
        QTest::keyClick(search(), Qt::Key_Down);
        QCOMPARE(palette()->currentRow(), 1);
        QTest::keyClick(search(), Qt::Key_Up);
        QTest::keyClick(search(), Qt::Key_Up);
        QCOMPARE(palette()->currentRow(), last);
        QTest::keyClick(search(), Qt::Key_PageUp);
        QCOMPARE(palette()->currentRow(), last - 10);
    }
    void escapeAndTheFocusElsewhere_close()
    {
        openRun();
        openPalette();
        QTest::keyClick(search(), Qt::Key_Escape);
        QVERIFY(!palette()->isVisible());
        openPalette();
        m_window->view()->setFocus();
        QVERIFY(!palette()->isVisible());
        QCOMPARE(QApplication::focusWidget(), m_window->view());
        openPalette();
        QTest::keyClick(search(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!palette()->isVisible());
        QTest::mouseClick(m_window->findChild<QToolButton*>("commands"), Qt::LeftButton);
        QVERIFY(palette()->isVisible());
    }
    void number_goesToThatEpoch()
    {
        openRun();
        openPalette();
        type("3");
        QCOMPARE(firstName(), QString("Go to epoch 3"));
        QTest::keyClick(search(), Qt::Key_Return);
        QCOMPARE(m_window->timeline()->current(), 3);
        openPalette();
        type("epoch 70");
        QCOMPARE(firstName(), QString("Go to epoch 6, the nearest to 70"));
        QTest::keyClick(search(), Qt::Key_Return);
        QCOMPARE(m_window->timeline()->current(), 6);
    }
    void disabled_staysAndSaysWhy()
    {
        openPalette();
        type("export figure");
        QCOMPARE(firstName(), QString("Export figure…"));
        QVERIFY(!palette()->listed().front().enabled);
        QCOMPARE(palette()->findChild<QLabel*>("commandTip")->text(), QString("Needs a run: open one first"));
        const auto* model = palette()->findChild<QListView*>()->model();
        QCOMPARE(model->index(0, 0).data(Qt::ToolTipRole).toString(), QString("Needs a run: open one first"));
        QTest::keyClick(search(), Qt::Key_Return);
        QVERIFY(palette()->isVisible()); // nothing happened, it still says why
        type("2");
        QVERIFY(!palette()->listed().front().enabled);
        QTest::keyClick(search(), Qt::Key_Escape);
        openRun();
        openPalette();
        type("export figure");
        QVERIFY(palette()->listed().front().enabled);
        QCOMPARE(palette()->findChild<QLabel*>("commandTip")->text(), QString("This view as PDF, SVG or PNG"));
        type("undo");
        QVERIFY(!palette()->listed().front().enabled);
        QCOMPARE(palette()->listed().front().tip, QString("Nothing was changed in the view"));
    }
    void spaceCommands_needAViewInSpace()
    {
        openRun();
        QAction* above = actionOf(QKeySequence("3"));
        QVERIFY(above->isEnabled());
        ViewChoice choice = m_window->inspector()->choice();
        choice.classes = {0, 1, 2};
        choice.shape = app::ViewShape::Plane;
        m_window->inspector()->setChoice(choice);
        Q_EMIT m_window->inspector()->requestChanged();
        QTRY_COMPARE(m_window->view()->scene()->dims, 2);
        QVERIFY(!above->isEnabled());
        QCOMPARE(above->toolTip(), QString("Needs a view in space: this one is flat"));
        QVERIFY(actionOf(QKeySequence("+"))->isEnabled());
    }
    void recentRuns_open()
    {
        QSettings().setValue("recent", QStringList{m_run, "/nowhere/other"});
        openPalette();
        type("recent run");
        QCOMPARE(firstName(), QDir::toNativeSeparators(m_run));
        QCOMPARE(palette()->listed().front().place, QString("File › Open recent"));
        QTest::mouseClick(palette()->findChild<QListView*>()->viewport(), Qt::LeftButton, {}, QPoint(40, 12));
        QVERIFY(!palette()->isVisible());
        QVERIFY(test::waitForRest(*m_window));
        QCOMPARE(m_window->session()->path(), m_run);
    }
    void picture_isOfTheTheme()
    {
        openRun();
        openPalette();
        for (const auto& [choice, name] :
             {std::pair(ThemeChoice::Dark, "dark"), std::pair(ThemeChoice::Light, "light")}) {
            m_window->setTheme(choice);
            type("run");
            const QImage picture = palette()->grab().toImage();
            QVERIFY(test::savePicture(picture, QStringLiteral("palette-%1").arg(name)));
            QVERIFY(test::inkOf(picture, toQColor(currentTheme().tint)) > 4000); // the chosen row
        }
    }
};

QTEST_MAIN(CommandPaletteTest)
#include "tst_command_palette.moc"
