#include <QAbstractButton>
#include <QLabel>
#include <QListWidget>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUndoStack>

#include "app/window/view_header.h"
#include "tests/app/window_help.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;

/// Views side by side in the real window, driven as a user would.
class CompareViewsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<MainWindow> m_window;

    [[nodiscard]] QString path(const char* name) const { return m_dir.filePath(QLatin1String(name)); }
    [[nodiscard]] bool write(const char* name, Index classes, std::int64_t lastEpoch, double kappa, int seed = 1) const
    {
        SyntheticSettings settings;
        settings.classes = classes;
        settings.dim = 12;
        settings.samples = 1200;
        settings.epochs = lastEpoch;
        settings.kappa = kappa;
        settings.seed = static_cast<std::uint64_t>(seed);
        return static_cast<bool>(writeSyntheticRun(path(name).toStdString(), settings));
    }
    [[nodiscard]] LinkedView* at(std::size_t k) const { return m_window->views()->views()[k]; }
    [[nodiscard]] std::size_t count() const { return m_window->views()->views().size(); }
    /// Every view shows its epoch, has read all that it will, and nothing moves.
    [[nodiscard]] bool isAtRest() const
    {
        const auto& views = m_window->views()->views();
        return std::all_of(views.begin(), views.end(), [](const LinkedView* view) {
            const RunSession* session = view->session();
            return session && session->summary() && view->panel() && view->shownEpoch() == view->epoch() &&
                   session->measured().size() == session->epochs().size() &&
                   std::all_of(session->epochs().begin(), session->epochs().end(),
                               [&](std::int64_t epoch) { return session->isLoaded(epoch); }) &&
                   view->view()->view() == view->view()->target();
        });
    }
    [[nodiscard]] bool rest() const
    {
        return QTest::qWaitFor([this] { return isAtRest(); }, test::patienceMs);
    }
    void openTwo(const char* first, const char* second)
    {
        m_window->openRun(path(first));
        m_window->openRun(path(second), false);
        QVERIFY(QTest::qWaitFor([this] { return test::isAtRest(*m_window); }, test::patienceMs));
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(count(), std::size_t{2});
        QVERIFY(rest());
    }
    void drag(LinkedView* view) const
    {
        SceneView* scene = view->view();
        const QPoint middle = scene->rect().center();
        QTest::mousePress(scene, Qt::LeftButton, {}, middle);
        QTest::mouseMove(scene, middle + QPoint(20, 6));
        QTest::mouseMove(scene, middle + QPoint(60, 20));
        QTest::mouseRelease(scene, Qt::LeftButton, {}, middle + QPoint(60, 20));
    }
    [[nodiscard]] static QString facts(const LinkedView* view)
    {
        return view->pane()->findChild<QLabel*>("facts")->text();
    }
    void see(const std::vector<Index>& classes, ViewShape shape)
    {
        ViewChoice choice = m_window->inspector()->choice();
        choice.classes = classes;
        choice.shape = shape;
        m_window->inspector()->setChoice(choice);
        Q_EMIT m_window->inspector()->requestChanged();
    }
    void trigger(const QString& text) const
    {
        for (QAction* action : m_window->findChildren<QAction*>())
            if (action->text() == text) {
                QVERIFY2(action->isEnabled(), qPrintable(text));
                action->trigger();
                return;
            }
        QFAIL(qPrintable("no command " + text));
    }

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings("ncscope-test-compare");
        QVERIFY(write("a", 4, 6, 5));
        QVERIFY(write("large", 4, 6, 20)); // the same samples, W twice as long
        QVERIFY(write("short", 4, 3, 5));
        QVERIFY(write("three", 3, 6, 5));
        QVERIFY(write("other", 4, 6, 5, 2)); // other samples
    }
    void init()
    {
        QSettings().clear();
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1400, 900);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }
    void cleanup() { m_window.reset(); }

    void oneView_hasNoHeader()
    {
        m_window->openRun(path("a"));
        QVERIFY(rest());
        QCOMPARE(count(), std::size_t{1});
        QVERIFY(!at(0)->header()->isVisible());
        QVERIFY(m_window->pane()->findChild<QLabel*>("badge")->isVisible());
    }
    void split_showsTheNextRunBesideThisOne()
    {
        openTwo("a", "large");
        QCOMPARE(at(0)->session()->path(), path("a"));
        QCOMPARE(at(1)->session()->path(), path("large"));
        QCOMPARE(m_window->views()->current(), at(1));
        QVERIFY(at(0)->header()->isVisible() && at(1)->header()->isVisible());
        QVERIFY(!at(0)->pane()->findChild<QLabel*>("badge")->isVisible());
        QVERIFY(at(0)->width() > 0 && std::abs(at(0)->width() - at(1)->width()) < 3);
        QCOMPARE(at(0)->mapTo(m_window.get(), QPoint()).y(), at(1)->mapTo(m_window.get(), QPoint()).y());
        for (const LinkedView* view : {at(0), at(1)})
            QVERIFY(test::colouredPixels(view->view()->grab().toImage()) > 1000);
        QTest::keyClick(m_window.get(), Qt::Key_W, Qt::ControlModifier);
        QCOMPARE(count(), std::size_t{1});
        QCOMPARE(m_window->session()->path(), path("a"));
        QVERIFY(!at(0)->header()->isVisible());
    }
    void split_below_ofTheOnlyRun_readsItTwice()
    {
        m_window->openRun(path("a"));
        QVERIFY(rest());
        QTest::keyClick(m_window.get(), Qt::Key_Down, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(rest());
        QCOMPARE(at(0)->session()->path(), at(1)->session()->path());
        QVERIFY(at(0)->session() != at(1)->session());
        QVERIFY(at(0)->mapTo(m_window.get(), QPoint()).y() < at(1)->mapTo(m_window.get(), QPoint()).y());
        at(1)->header()->button(Link::Epoch)->click();
        m_window->goTo(2); // the run at two epochs
        QVERIFY(rest());
        QCOMPARE(at(0)->shownEpoch(), 6);
        QCOMPARE(at(1)->shownEpoch(), 2);
        QVERIFY(facts(at(1)).contains("stays at 2"));
        at(0)->header()->closeButton()->click(); // which reads by the session of the list
        QCOMPARE(count(), std::size_t{1});
        QCOMPARE(m_window->views()->current()->shownEpoch(), 2);
        QVERIFY(rest());
    }
    void camera_turnsTogetherUntilTheLinkIsCut()
    {
        openTwo("a", "large");
        const auto camera = [this](std::size_t k) { return at(k)->view()->view().camera; };
        const scene::Camera before = camera(0);
        drag(at(1));
        QVERIFY(camera(1).azimuthDeg != before.azimuthDeg);
        QCOMPARE(camera(0), camera(1));
        drag(at(0)); // it is the current one now
        QCOMPARE(m_window->views()->current(), at(0));
        QCOMPARE(camera(1), camera(0));
        at(1)->header()->button(Link::Camera)->click();
        const scene::Camera cut = camera(1);
        drag(at(0));
        QCOMPARE(camera(1), cut);
        QVERIFY(facts(at(1)).contains("camera cut"));
        at(1)->header()->button(Link::Camera)->click();
        QCOMPARE(camera(1), camera(0));
    }
    void epoch_goesTogether_toTheNearestBefore()
    {
        openTwo("a", "short");
        QCOMPARE(at(1)->epoch(), 3); // of 6
        QVERIFY(at(1)->header()->note().contains("epoch 3"));
        QVERIFY(facts(at(1)).contains("epoch 3: there is no 6"));
        m_window->views()->makeCurrent(at(0));
        m_window->goTo(1);
        QCOMPARE(at(1)->epoch(), 1);
        QVERIFY(!facts(at(1)).contains("there is no"));
        m_window->goTo(5);
        QCOMPARE(at(1)->epoch(), 3);
        at(1)->header()->button(Link::Epoch)->click();
        m_window->goTo(0);
        QCOMPARE(at(1)->epoch(), 3);
        at(1)->header()->button(Link::Epoch)->click();
        QCOMPARE(at(1)->epoch(), 0);
        QVERIFY(rest());
    }
    void request_goesTogether_asFarAsTheRunHasIt()
    {
        openTwo("a", "three");
        QVERIFY(facts(at(1)).contains("own classes: it has 3")); // four are seen in the other
        QCOMPARE(at(1)->panel()->chosen.classes.size(), std::size_t{3});
        m_window->views()->makeCurrent(at(0));
        see({0, 2, 1}, ViewShape::Plane);
        QVERIFY(rest());
        QCOMPARE(at(0)->panel()->chosen.classes, (std::vector<Index>{0, 2, 1}));
        QCOMPARE(at(1)->panel()->chosen.classes, (std::vector<Index>{0, 2, 1}));
        QVERIFY(!facts(at(1)).contains("own classes"));
        see({0, 1, 3}, ViewShape::Plane);
        QVERIFY(rest());
        QCOMPARE(at(0)->panel()->chosen.classes, (std::vector<Index>{0, 1, 3}));
        QVERIFY(facts(at(1)).contains("own classes"));
        QVERIFY(at(1)->pane()->errorBar()->isHidden());
        at(1)->header()->button(Link::Request)->click();
        see({0, 1, 2}, ViewShape::Plane);
        QVERIFY(rest());
        QVERIFY(facts(at(1)).contains("basis cut"));
        QVERIFY(at(1)->choice().classes != (std::vector<Index>{0, 1, 2}));
    }
    void selection_isTheSameSample()
    {
        openTwo("a", "large");
        const std::int64_t row = at(1)->panel()->scene.cloud.row[10];
        Q_EMIT at(1)->pane()->pinChosen(row);
        QCOMPARE(at(0)->pane()->pinnedRow(), row);
        QCOMPARE(at(1)->pane()->pinnedRow(), row);
        Q_EMIT at(1)->pane()->pinChosen(-1);
        QCOMPARE(at(0)->pane()->pinnedRow(), -1);
        at(0)->header()->button(Link::Selection)->click();
        Q_EMIT at(1)->pane()->pinChosen(row);
        QCOMPARE(at(0)->pane()->pinnedRow(), -1);
    }
    void selection_ofOtherSamples_isNone()
    {
        openTwo("a", "other");
        const auto& cloud = at(1)->panel()->scene.cloud;
        Q_EMIT at(1)->pane()->pinChosen(cloud.row[10]);
        QCOMPARE(at(1)->pane()->pinnedRow(), cloud.row[10]);
        QCOMPARE(at(0)->pane()->pinnedRow(), -1);
        QVERIFY(facts(at(0)).contains("not here"));
    }
    void scale_isThatOfTheClassifiers()
    {
        openTwo("a", "large");
        const auto onScreen = [this](std::size_t k) {
            (void)at(k)->view()->grab(); // a frame of the extent that is shared now
            return at(k)->scale()->unit * at(k)->view()->body().frame().pixelsPerUnit();
        };
        const double ratio = onScreen(0) / onScreen(1);
        QVERIFY2(std::abs(ratio - 1) < 0.005, qPrintable(QString::number(ratio))); // a pixel more of width
        const QString note = at(1)->pane()->findChild<QLabel*>("count")->text();
        const double factor = at(0)->scale()->unit / at(1)->scale()->unit;
        QVERIFY(factor > 1.1); // W is shortened more than it is longer
        QVERIFY2(note.contains(QString("scale ×%1").arg(factor, 0, 'g', 2)), qPrintable(note));
        QVERIFY(!at(0)->pane()->findChild<QLabel*>("count")->text().contains("scale"));
    }
    void list_setsTheRunOfTheCurrentView()
    {
        openTwo("a", "large");
        m_window->openRun(path("short"), false);
        auto* runs = m_window->findChild<RunsPanel*>();
        QTRY_VERIFY(runs->find(path("short"))->summary());
        m_window->views()->makeCurrent(at(0));
        QCOMPARE(runs->chosen()->path(), path("a"));
        runs->choose(runs->find(path("short")));
        QVERIFY(rest());
        QCOMPARE(at(0)->session()->path(), path("short"));
        QCOMPARE(at(1)->session()->path(), path("large"));
        m_window->views()->makeCurrent(at(1));
        QCOMPARE(runs->chosen()->path(), path("large"));
    }
    void compareAll_keepsTheEpochThatWasShown()
    {
        for (const char* run : {"a", "large", "other"})
            m_window->openRun(path(run), run == std::string("a"));
        QVERIFY(QTest::qWaitFor([this] { return test::isAtRest(*m_window); }, test::patienceMs));
        m_window->goTo(4);
        trigger("Compare all open runs");
        QCOMPARE(count(), std::size_t{3});
        QVERIFY(rest());
        for (std::size_t k = 0; k < 3; ++k)
            QCOMPARE(at(k)->epoch(), std::int64_t{4});
    }
    void compareAll_fromOneRunTwice_readsEachOnce()
    {
        m_window->openRun(path("a"));
        QVERIFY(rest());
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(rest());
        QVERIFY(at(1)->session()->parent() == at(1)); // the current one reads by itself
        m_window->openRun(path("short"), false);
        trigger("Compare all open runs");
        QVERIFY(rest());
        QCOMPARE(count(), std::size_t{2});
        QCOMPARE(at(1)->session()->path(), path("short"));
        QVERIFY(at(1)->session()->parent() == m_window.get());
    }
    void playing_goesOnWhenAnotherViewIsTouched()
    {
        openTwo("a", "large");
        m_window->time()->togglePlay();
        QVERIFY(m_window->time()->isPlaying());
        m_window->views()->makeCurrent(at(0));
        QVERIFY(m_window->time()->isPlaying());
        QTRY_VERIFY(at(0)->epoch() > 0 && at(0)->epoch() == at(1)->epoch());
        m_window->time()->togglePlay();
    }
    void markedRuns_areCompared()
    {
        for (const char* name : {"a", "large", "short", "three"})
            m_window->openRun(path(name), QLatin1String(name) == QLatin1String("a"));
        QVERIFY(rest());
        auto* list = m_window->findChild<QListWidget*>("runList");
        const auto click = [list](int row, Qt::KeyboardModifiers with) {
            QTest::mouseClick(list->viewport(), Qt::LeftButton, with, list->visualItemRect(list->item(row)).center());
        };
        click(0, {});
        click(2, Qt::ControlModifier);
        QCOMPARE(m_window->session()->path(), path("a")); // marking shows nothing
        trigger("Compare the marked runs");
        QVERIFY(rest());
        QCOMPARE(count(), std::size_t{2});
        QCOMPARE(at(1)->session()->path(), path("short"));
        trigger("Compare all open runs");
        QVERIFY(rest());
        QCOMPARE(count(), std::size_t{4});
        QCOMPARE(m_window->views()->current(), at(0));
        for (LinkedView* view : m_window->views()->views()) // none is read twice
            QVERIFY(view->session()->parent() == m_window.get());
        QVERIFY(at(2)->y() >= 0 &&
                at(2)->mapTo(m_window.get(), QPoint()).y() > at(0)->mapTo(m_window.get(), QPoint()).y());
        trigger("Only this view");
        QCOMPARE(count(), std::size_t{1});
    }
    void timeline_hasTheCurvesOfAll()
    {
        openTwo("a", "short");
        const auto nc1 = [this] { return m_window->timeline()->lanes().front(); };
        QTRY_COMPARE(nc1().others.size(), std::size_t{1});
        QCOMPARE(nc1().others[0].place, 0); // A; the current one is B
        QTRY_VERIFY(nc1().others[0].values.size() == 7 && std::isfinite(nc1().others[0].values[6]));
        QCOMPARE(nc1().values.size(), std::size_t{4});
        // The axis reaches over both.
        QVERIFY(m_window->timeline()->xOf(3) < m_window->timeline()->xOf(6) - 20);
        QTest::keyClick(m_window.get(), Qt::Key_F6);
        QCOMPARE(m_window->views()->current(), at(0));
        QCOMPARE(nc1().values.size(), std::size_t{7});
        QTest::keyClick(m_window.get(), Qt::Key_W, Qt::ControlModifier);
        QVERIFY(nc1().others.empty());
    }
    void undo_isInTheViewOfTheStep()
    {
        openTwo("a", "large");
        at(0)->header()->button(Link::Request)->click();
        m_window->views()->makeCurrent(at(1));
        see({0, 1, 2}, ViewShape::Plane);
        QVERIFY(rest());
        m_window->views()->makeCurrent(at(0));
        QCOMPARE(at(0)->view()->scene()->dims, 3);
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(m_window->views()->current(), at(1));
        QVERIFY(rest());
        QCOMPARE(at(1)->view()->scene()->dims, 3);
        QCOMPARE(m_window->inspector()->choice(), at(1)->choice());
    }
    void closingARun_closesItsViews()
    {
        openTwo("a", "large");
        auto* runs = m_window->findChild<RunsPanel*>();
        Q_EMIT runs->closeAsked(runs->find(path("large")));
        QCOMPARE(count(), std::size_t{1});
        QCOMPARE(m_window->session()->path(), path("a"));
        QCOMPARE(runs->chosen()->path(), path("a"));
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(rest());
        Q_EMIT runs->closeAsked(runs->find(path("a"))); // both show it
        QCOMPARE(count(), std::size_t{1});
        QVERIFY(!m_window->session());
    }
    void runThatFailsToOpen_saysSoInItsView()
    {
        openTwo("a", "large");
        m_window->openRun(path("nowhere"));
        QTRY_VERIFY(at(1)->pane()->errorBar()->isVisible());
        QVERIFY(at(1)->pane()->errorBar()->findChild<QLabel*>("errorText")->text().contains("nowhere"));
        QVERIFY(at(0)->pane()->errorBar()->isHidden());
        QVERIFY(!at(1)->session() && at(0)->view()->scene());
        auto* runs = m_window->findChild<RunsPanel*>();
        runs->choose(runs->find(path("large")));
        QVERIFY(rest());
        QVERIFY(at(1)->pane()->errorBar()->isHidden());
    }
    void nineViews_areTheMost()
    {
        m_window->openRun(path("short"));
        QVERIFY(rest());
        for (int k = 0; k < 9; ++k)
            QTest::keyClick(m_window.get(), k % 2 ? Qt::Key_Down : Qt::Key_Right,
                            Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(count(), std::size_t{9});
        QVERIFY(rest());
        while (count() > 1)
            QTest::keyClick(m_window.get(), Qt::Key_W, Qt::ControlModifier);
        QVERIFY(rest());
    }
};

QTEST_MAIN(CompareViewsTest)
#include "tst_compare_views.moc"
