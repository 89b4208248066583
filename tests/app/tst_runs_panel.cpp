#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QListWidget>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "app/synthetic_run.h"
#include "app/window/main_window.h"
#include "io/run_writer.h"
#include "tests/patience.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;

/// The list of runs, driven in the real window.
class RunsPanelTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<MainWindow> m_window;
    RunsPanel* m_panel = nullptr;

    [[nodiscard]] QListWidget* list() const { return m_panel->findChild<QListWidget*>("runList"); }
    [[nodiscard]] QString runPath(const char* name) const { return m_dir.filePath(name); }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("ncscope-test");
        QCoreApplication::setApplicationName("ncscope-test-runs");
        SyntheticSettings settings;
        settings.classes = 3;
        settings.dim = 6;
        settings.samples = 60;
        settings.epochs = 2;
        for (const char* name : {"finished", "stopped", "damaged"})
            QVERIFY(writeSyntheticRun(runPath(name).toStdString(), settings));
        auto writer = io::RunWriter::resume(runPath("stopped").toStdString());
        QVERIFY(writer && writer->setState(io::RunWriter::State::Stopped));
        QFile epoch(runPath("damaged") + "/epochs/000001.h5");
        QVERIFY(epoch.open(QIODevice::WriteOnly) && epoch.write("no HDF5") > 0);
    }
    void init()
    {
        QSettings().clear();
        applyTheme(*qApp, scene::ThemeMode::Dark);
        m_window = std::make_unique<MainWindow>();
        m_window->show();
        m_panel = m_window->findChild<RunsPanel*>();
        for (const char* name : {"finished", "stopped", "damaged"})
            m_window->openRun(runPath(name), false);
        for (RunSession* session : m_panel->sessions())
            QTRY_VERIFY(session->summary());
    }
    void cleanup() { m_window.reset(); }

    void state_isAShapeAndAWord()
    {
        const auto sessions = m_panel->sessions();
        QCOMPARE(markOf(*sessions[0]), RunMark::Recorded);
        QCOMPARE(markOf(*sessions[1]), RunMark::Stopped);
        QCOMPARE(markOf(*sessions[2]), RunMark::Damaged);
        // The shapes differ without their colours: the first two share one.
        const auto glyph = [&](int row) {
            const QRect item = list()->visualItemRect(list()->item(row));
            return list()->viewport()->grab(QRect(item.left() + 12, item.top() + 7, 14, 14)).toImage();
        };
        QVERIFY(glyph(0) != glyph(1));
        QVERIFY(glyph(1) != glyph(2));
    }
    void filter_showsWhatMatches()
    {
        QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
        auto* field = m_panel->findChild<QLineEdit*>();
        QVERIFY(field->hasFocus());
        QTest::keyClicks(field, "STOPPED");
        QCOMPARE(m_panel->shownCount(), 1);
        QVERIFY(!list()->item(1)->isHidden());
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(m_panel->shownCount(), 3);
        QVERIFY(list()->hasFocus());
    }
    void deleteKey_closesAndKeepsTheFiles()
    {
        m_panel->choose(m_panel->find(runPath("finished")));
        QTRY_VERIFY(m_window->view()->scene());
        list()->setFocus();
        QTest::keyClick(list(), Qt::Key_Delete);
        QVERIFY(!m_panel->find(runPath("finished")));
        QVERIFY(QFile::exists(runPath("finished") + "/run.h5"));
        QCOMPARE(m_window->session(), m_panel->chosen()); // its neighbour
        QVERIFY(m_window->session());
        QTest::keyClick(list(), Qt::Key_Delete);
        QTest::keyClick(list(), Qt::Key_Delete);
        QVERIFY(!m_window->session());
        QVERIFY(!m_window->view()->scene());
    }
    void reload_readsAnew()
    {
        RunSession* session = m_panel->find(runPath("stopped"));
        m_panel->choose(session);
        QTRY_VERIFY(m_window->view()->scene());
        auto writer = io::RunWriter::resume(runPath("stopped").toStdString());
        QVERIFY(writer && writer->setState(io::RunWriter::State::Finished));
        Q_EMIT m_panel->reloadAsked(session);
        QVERIFY(!m_window->view()->scene());
        QTRY_VERIFY(m_window->view()->scene());
        QCOMPARE(markOf(*session), RunMark::Recorded);
        QVERIFY(writer->setState(io::RunWriter::State::Stopped));
    }
    void missingRun_isNotListed()
    {
        m_window->openRun(runPath("nowhere"));
        QVERIFY(m_panel->find(runPath("nowhere")));
        QTRY_VERIFY(!m_panel->find(runPath("nowhere")));
        QCOMPARE(m_panel->shownCount(), 3);
        QVERIFY(m_window->session()); // its neighbour
    }
};

QTEST_MAIN(RunsPanelTest)
#include "tst_runs_panel.moc"
