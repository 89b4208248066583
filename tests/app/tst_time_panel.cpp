#include <cmath>

#include <QCheckBox>
#include <QComboBox>
#include <QHelpEvent>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QToolTip>

#include "app/synthetic_run.h"
#include "app/window/icons.h"
#include "app/window/time_panel.h"
#include "app/window/timeline_curves.h"
#include "app/window/ui_theme.h"
#include "io/run_writer.h"
#include "tests/patience.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;

/// The panel alone, with a real session, driven by mouse and keys; the test plays the owner.
class TimePanelTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<RunSession> m_session;
    std::unique_ptr<TimePanel> m_panel;
    std::vector<std::int64_t> m_visited;

    [[nodiscard]] std::int64_t now() const { return m_panel->timeline()->current(); }
    [[nodiscard]] QPoint onTimeline(std::int64_t epoch, int y) const
    {
        return {qRound(m_panel->timeline()->xOf(epoch)), y};
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("ncscope-test");
        QCoreApplication::setApplicationName("ncscope-time-test");
        applyTheme(*qApp, scene::ThemeMode::Dark);
        SyntheticSettings settings;
        settings.classes = 4;
        settings.dim = 10;
        settings.samples = 600;
        settings.epochs = 8;
        QVERIFY(writeSyntheticRun(m_dir.filePath("run").toStdString(), settings));
    }
    void init()
    {
        QSettings().clear();
        m_visited.clear();
        m_session = std::make_unique<RunSession>(m_dir.filePath("run"));
        m_panel = std::make_unique<TimePanel>();
        connect(m_session.get(), &RunSession::panelLoaded, m_panel.get(), &TimePanel::refresh);
        connect(m_session.get(), &RunSession::metricsChanged, m_panel.get(), &TimePanel::refresh);
        connect(m_panel.get(), &TimePanel::epochChosen, this, [this](qint64 epoch, int direction) {
            m_visited.push_back(epoch);
            m_session->setEpoch(epoch, direction);
            m_panel->setEpoch(epoch);
        });
        QSignalSpy opened(m_session.get(), &RunSession::opened);
        QVERIFY(opened.wait());
        m_session->setRequest({});
        m_panel->setSession(m_session.get());
        m_panel->setEpoch(8);
        m_panel->resize(1200, 260);
        m_panel->show();
        QTRY_COMPARE(m_session->measured().size(), std::size_t{9});
        QTRY_VERIFY(m_session->isLoaded(0));
    }
    void cleanup()
    {
        m_panel.reset();
        m_session.reset();
    }

    void drag_overRulerAndCurves_visitsTheEpochs()
    {
        TimelineWidget* timeline = m_panel->timeline();
        for (int y : {20, 100}) {
            QTest::mousePress(timeline, Qt::LeftButton, {}, onTimeline(2, y));
            QCOMPARE(now(), 2);
            for (std::int64_t epoch : {3, 4, 5})
                QTest::mouseMove(timeline, onTimeline(epoch, y));
            QTest::mouseRelease(timeline, Qt::LeftButton, {}, onTimeline(5, y));
            QCOMPARE(now(), 5);
            QTest::mouseMove(timeline, onTimeline(7, y)); // no button: only reads
            QCOMPARE(now(), 5);
        }
    }
    void epochBox_goesToTheNearestRecorded()
    {
        auto* box = m_panel->findChild<QSpinBox*>();
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, "3");
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(now(), 3);
    }
    void axis_movesTheEpochs()
    {
        TimelineWidget* timeline = m_panel->timeline();
        const auto share = [&] {
            return (timeline->xOf(4) - timeline->xOf(0)) / (timeline->xOf(8) - timeline->xOf(0));
        };
        QVERIFY(std::abs(share() - std::log(5.0) / std::log(9.0)) < 1e-9); // log is how it begins
        const auto buttons = m_panel->findChildren<QToolButton*>();
        for (QToolButton* button : buttons)
            if (button->text() == "Linear")
                QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(std::abs(share() - 0.5) < 1e-9);
        QCOMPARE(m_panel->choice().axis, TimelineWidget::Axis::Linear);
    }
    void play_visitsEveryEpoch_atTheChosenSpeed()
    {
        auto* speed = m_panel->findChild<QComboBox*>();
        QVERIFY(speed->currentText().contains("4 epochs/s"));
        TimeChoice choice = m_panel->choice();
        choice.speed = 8;
        choice.loop = false;
        m_panel->setChoice(choice);
        QVERIFY(speed->currentText().contains("32 epochs/s"));
        m_panel->togglePlay(); // from the last epoch it starts over
        QTRY_VERIFY(!m_panel->isPlaying());
        const std::vector<std::int64_t> all{0, 1, 2, 3, 4, 5, 6, 7, 8};
        QCOMPARE(m_visited, all);
    }
    void play_loop_beginsAgain()
    {
        TimeChoice choice = m_panel->choice();
        choice.speed = 8;
        m_panel->setChoice(choice);
        m_panel->setEpoch(7);
        m_panel->togglePlay();
        QTRY_VERIFY(m_visited.size() >= 3);
        m_panel->togglePlay();
        QCOMPARE(m_visited[0], std::int64_t{8});
        QCOMPARE(m_visited[1], std::int64_t{0});
    }
    void play_slowerThanItsSpeed_waitsAndSaysSo()
    {
        m_session->setRequest({}); // everything is forgotten; the loader needs its time
        m_panel->setEpoch(3);
        QVERIFY2(m_panel->waitingText().startsWith("reading epoch 3"), qPrintable(m_panel->waitingText()));
        TimeChoice choice = m_panel->choice();
        choice.speed = 8;
        choice.loop = false;
        m_panel->setChoice(choice);
        m_panel->togglePlay();
        QTRY_VERIFY(!m_panel->isPlaying());
        const std::vector<std::int64_t> rest{4, 5, 6, 7, 8};
        QCOMPARE(m_visited, rest); // none was skipped
        QVERIFY(m_panel->waitingText().isEmpty());
    }
    void curves_canBeChosen_andAreRemembered()
    {
        TimelineWidget* timeline = m_panel->timeline();
        const std::size_t before = timeline->lanes().size();
        QVERIFY(before >= 4);
        auto* menu = m_panel->findChild<QMenu*>();
        Q_EMIT menu->aboutToShow();
        auto* nc4 = menu->findChild<QCheckBox*>("curve.nc4");
        QVERIFY(nc4);
        QSignalSpy changed(m_panel.get(), &TimePanel::choiceChanged);
        nc4->click();
        QCOMPARE(changed.size(), 1);
        QCOMPARE(timeline->lanes().size(), before + 1);
        QVERIFY(m_panel->findChild<QToolButton*>("curves")->text().startsWith(QString("Curves %1 /").arg(before + 1)));
        writeTimeChoice(m_panel->choice());
        QVERIFY(readTimeChoice().curves.contains("nc4"));
        auto* gap = menu->findChild<QCheckBox*>("curve.theory_gap");
        QVERIFY(gap);
        gap->click();
        const TimelineWidget::Lane& lane = timeline->lanes().back();
        QCOMPARE(lane.id, "theory_gap");
        QVERIFY(std::isfinite(lane.values.back()));
    }
    void hover_readsEveryLane()
    {
        const QStringList reading = m_panel->timeline()->readingAt(m_panel->timeline()->xOf(4) + 1);
        QCOMPARE(reading.size(), static_cast<qsizetype>(m_panel->timeline()->lanes().size()) + 1);
        QCOMPARE(reading[0], "epoch 4");
        QVERIFY(reading[1].startsWith("NC1"));
    }
    void marks_tellWhatTheyAre_andCanBeReached()
    {
        TimelineWidget* timeline = m_panel->timeline();
        timeline->setMarks({{2, TimelineWidget::MarkKind::LearningRate, "lr ×0.1", "The learning rate falls"},
                            {6, TimelineWidget::MarkKind::Unreadable, "unreadable", "Cannot read epoch 6"}});
        QVERIFY(timeline->markAt(QPointF(timeline->xOf(2), 37)));
        QCOMPARE(timeline->markAt(QPointF(timeline->xOf(2), 37))->tip, "The learning rate falls");
        QVERIFY(!timeline->markAt(QPointF(timeline->xOf(4) + 20, 37)) ||
                timeline->markAt(QPointF(timeline->xOf(4) + 20, 37))->epoch == 2); // at most its word reaches there
        QVERIFY(!timeline->markAt(QPointF(timeline->xOf(2), 100)));
        m_panel->setEpoch(0);
        m_panel->goToMark(1);
        QCOMPARE(now(), 2);
        m_panel->goToMark(1);
        QCOMPARE(now(), 6);
        m_panel->goToMark(1);
        QCOMPARE(now(), 6); // there is none behind
        m_panel->goToMark(-1);
        QCOMPARE(now(), 2);
    }
    void wholeTrainingSet_whereRecorded_hasItsCurvesAndTheTerminalPhase_data()
    {
        QTest::addColumn<bool>("recorded");
        QTest::addColumn<int>("phase");
        QTest::newRow("recorded") << true << 2;
        QTest::newRow("not") << false << 0;
    }
    void wholeTrainingSet_whereRecorded_hasItsCurvesAndTheTerminalPhase()
    {
        QFETCH(bool, recorded);
        QFETCH(int, phase);
        // The six clean rows are classified right from the beginning, the whole training set from epoch 2 on.
        io::RunHeader header;
        header.classNames = {"a", "b", "c"};
        header.splits.push_back({.name = "clean", .labelA = {0, 1, 2, 0, 1, 2}});
        header.splits[0].labelB = header.splits[0].labelA;
        header.splits[0].lambda.assign(6, 1.0);
        QTemporaryDir folder;
        auto writer = io::RunWriter::create(folder.filePath("run").toStdString(), header);
        QVERIFY(writer);
        RowMatrixF rows(6, 3);
        rows << RowMatrixF::Identity(3, 3), 2 * RowMatrixF::Identity(3, 3);
        for (int epoch = 0; epoch < 4; ++epoch) {
            io::EpochData data;
            data.epoch = epoch;
            data.classifier = Classifier{RowMatrixD::Identity(3, 3), Vector::Zero(3)};
            data.features.push_back({"clean", "penultimate", rows});
            if (recorded)
                data.scalars = {{"whole_train_accuracy", epoch < 2 ? 0.9985 : 0.9995},
                                {"whole_train_nc1_quotient", 1.0 / (1 + epoch)}};
            QVERIFY(writer->writeEpoch(data));
        }
        RunSession session(folder.filePath("run"));
        QSignalSpy opened(&session, &RunSession::opened);
        QVERIFY(opened.wait());
        session.setRequest({});
        QTRY_COMPARE(session.measured().size(), std::size_t{4});
        const auto lanes = lanesOf(session);
        const auto lane = [&](const QString& id) {
            return std::find_if(lanes.begin(), lanes.end(), [&](const auto& one) { return one.id == id; });
        };
        QCOMPARE(lane("whole_nc1") != lanes.end(), recorded);
        QCOMPARE(lane("whole_accuracy") != lanes.end(), recorded);
        if (recorded) {
            QCOMPARE(lane("whole_nc1")->values, (std::vector<double>{1, 0.5, 1.0 / 3, 0.25}));
            QCOMPARE(lane("whole_accuracy")->values[2] * lane("whole_accuracy")->factor, 99.95);
        }
        const auto marks = marksOf(session);
        QVERIFY2(marks.size() == 1, qPrintable(marks.empty() ? QString() : marks[0].tip));
        QVERIFY(marks[0].kind == TimelineWidget::MarkKind::TerminalPhase);
        QCOMPARE(marks[0].epoch, std::int64_t{phase});
        QCOMPARE(marks[0].tip.contains("all training pictures"), recorded);
    }
    void icons_areAllDrawn_andFollowTheTheme()
    {
        const auto picture = [](Icon shape, QIcon::Mode mode = QIcon::Normal) {
            return icon(shape).pixmap(QSize(20, 20), 1.0, mode).toImage();
        };
        for (int k = 0; k < iconCount; ++k) {
            const QImage drawn = picture(static_cast<Icon>(k));
            int ink = 0, edge = 0;
            for (int y = 0; y < 20; ++y)
                for (int x = 0; x < 20; ++x) {
                    const bool on = qAlpha(drawn.pixel(x, y)) > 60;
                    ink += on;
                    edge += on && (x == 0 || y == 0 || x == 19 || y == 19);
                }
            QVERIFY2(ink > 12 && ink < 300, qPrintable(QString("icon %1 has %2 pixels").arg(k).arg(ink)));
            QVERIFY2(edge == 0, qPrintable(QString("icon %1 is cut off").arg(k)));
        }
        const QImage dark = picture(Icon::Folder);
        QVERIFY(dark != picture(Icon::Folder, QIcon::Disabled));
        applyTheme(*qApp, scene::ThemeMode::Light);
        QVERIFY(dark != picture(Icon::Folder));
        applyTheme(*qApp, scene::ThemeMode::Dark);
        QCOMPARE(picture(Icon::Folder), dark);
    }
};

QTEST_MAIN(TimePanelTest)
#include "tst_time_panel.moc"
