#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QUndoStack>

#include "app/remembered_mapping.h"
#include "app/text.h"
#include "app/window/empty_start.h"
#include "app/window/legend_card.h"
#include "app/window/range_slider.h"
#include "tests/app/window_help.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;

/// The real window, driven as a user would. The view's body needs no GL, so the offscreen platform shows it.
class WindowTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QString m_run;
    std::unique_ptr<MainWindow> m_window;

    [[nodiscard]] QImage viewPicture() const { return m_window->view()->grab().toImage(); }
    void openAndWait()
    {
        m_window->openRun(m_run);
        QVERIFY(test::waitForRest(*m_window));
    }

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings("ncscope-test");
        m_run = m_dir.filePath("run");
        QVERIFY(test::writeRun(m_run, 2000, 6));
    }
    void init()
    {
        applyTheme(*qApp, scene::ThemeMode::Dark);
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
    }
    void cleanup() { m_window.reset(); }

    void start_withoutRun_isNotEmpty()
    {
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        const QImage picture = m_window->centralWidget()->grab().toImage();
        QVERIFY(test::inkOf(picture, toQColor(currentTheme().accent)) > 800); // the edge of the card that Enter opens
    }
    void openRun_showsTheLastEpoch()
    {
        openAndWait();
        QCOMPARE(m_window->timeline()->current(), 6);
        QVERIFY(m_window->badgeText().contains("epoch 6"));
        const QImage picture = viewPicture();
        const int coloured = test::colouredPixels(picture);
        QVERIFY2(coloured > 3000, qPrintable(QString::number(coloured)));
    }
    void openRun_ticksItsClassesBeforeAnEpochIsRead()
    {
        const auto ticked = [this] {
            QString names;
            for (const auto* check : m_window->findChild<QWidget*>("classes")->findChildren<QCheckBox*>())
                if (check->isChecked())
                    names += check->text();
            return names;
        };
        QString atOnce;
        m_window->openRun(m_run);
        connect(m_window->session(), &RunSession::opened, this, [&] {
            QVERIFY(!m_window->session()->isLoaded(6)); // its answer comes after this one
            atOnce = ticked();
        });
        QVERIFY(test::waitForRest(*m_window));
        QCOMPARE(atOnce, QString("0123"));
        QCOMPARE(ticked(), QString("0123"));
    }
    void openRun_foreign_remembersItsMapping()
    {
        const QString dump = m_dir.filePath("dump");
        QVERIFY(test::writeAmbiguousDump(dump));
        m_window->openRun(dump);
        auto* bar = m_window->findChild<EmptyStart*>()->errorBar();
        QTRY_VERIFY(bar->isVisible()); // which arrays are the features cannot be told
        io::ForeignMapping mapping;
        mapping.features = "enc";
        mapping.labels = "nothing";
        m_window->openRun(dump, true, mapping);
        QTRY_VERIFY(bar->findChild<QLabel*>("errorText")->text().contains("nothing"));
        QVERIFY(!rememberedMapping(dump)); // it did not open
        mapping.labels = "cls";
        m_window->openRun(dump, true, mapping);
        QVERIFY(test::waitForRest(*m_window));
        QCOMPARE(m_window->session()->summary()->classes(), 3);

        m_window = std::make_unique<MainWindow>(); // another day: from the list of recent runs
        m_window->show();
        QCOMPARE(QSettings().value("recent").toStringList().front(), dump);
        m_window->openRun(dump);
        QVERIFY(test::waitForRest(*m_window));
        QVERIFY(!QApplication::activeModalWidget());
        QVERIFY(m_window->pane()->errorBar()->isHidden());
        QCOMPARE(m_window->session()->summary()->classes(), 3);
        QVERIFY(test::colouredPixels(viewPicture()) > 1000);
    }
    void openRun_missing_isAReadableError()
    {
        m_window->openRun("/nonexistent/run");
        auto* bar = m_window->findChild<EmptyStart*>()->errorBar();
        QTRY_VERIFY(bar->isVisible());
        QVERIFY(bar->findChild<QLabel*>("errorText")->text().contains("/nonexistent/run"));
    }
    void keys_stepThroughTheEpochs()
    {
        openAndWait();
        const QImage last = viewPicture();
        QTest::keyClick(m_window.get(), Qt::Key_Home);
        QCOMPARE(m_window->timeline()->current(), 0);
        QTRY_VERIFY(m_window->badgeText().contains("epoch 0"));
        QVERIFY2(test::difference(last, viewPicture()) > 0.002, "the picture of another epoch is the same");
        QTest::keyClick(m_window.get(), Qt::Key_Right);
        QCOMPARE(m_window->timeline()->current(), 1);
        QTest::keyClick(m_window.get(), Qt::Key_End);
        QCOMPARE(m_window->timeline()->current(), 6);
        QTRY_COMPARE(viewPicture(), last); // back where it was, nothing drifted
    }
    void keys_ofWhatHasTheFocus_areItsOwn()
    {
        openAndWait();
        QTest::keyClick(m_window.get(), Qt::Key_Home);
        QTRY_COMPARE(m_window->timeline()->current(), 0);
        Inspector* inspector = m_window->inspector();
        QCheckBox* names = nullptr;
        for (auto* check : inspector->findChildren<QCheckBox*>())
            if (check->text() == "Names")
                names = check;
        QVERIFY(names && names->isChecked());
        QTest::mouseClick(names, Qt::LeftButton, {}, QPoint(8, names->height() / 2));
        QVERIFY(!names->isChecked());
        QVERIFY(!names->hasFocus()); // a click leaves the keys to the view
        names->setFocus(Qt::TabFocusReason);
        QTest::keyClick(names, Qt::Key_Space);
        QVERIFY(names->isChecked()); // and does not play
        QVERIFY(!m_window->time()->isPlaying());
        QTest::keyClick(names, Qt::Key_Right);
        QCOMPARE(m_window->timeline()->current(), 1); // a box has no use for arrows
        auto* size = inspector->findChild<QSlider*>();
        size->setFocus();
        const int before = size->value();
        QTest::keyClick(size, Qt::Key_Right);
        QCOMPARE(size->value(), before + 1);
        QCOMPARE(m_window->timeline()->current(), 1);
        auto* box = m_window->time()->findChild<QSpinBox*>();
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, "4");
        QTest::keyClick(box, Qt::Key_Left); // in the text
        QCOMPARE(m_window->timeline()->current(), 1);
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(m_window->timeline()->current(), 4);
        QVERIFY(!box->hasFocus());
        QTest::keyClick(m_window.get(), Qt::Key_Right);
        QCOMPARE(m_window->timeline()->current(), 5);
    }
    void lambdaRange_hidesMixesAndSaysSo()
    {
        openAndWait();
        auto* range = m_window->findChild<RangeSlider*>("lambdaRange");
        QVERIFY(range->isEnabled());
        auto* count = m_window->findChild<QLabel*>("count");
        QCOMPARE(count->text(), QString("shown 2,000 / 2,000"));
        const QPoint low = range->handlePlace(false).toPoint();
        const double way = range->handlePlace(true).x() - range->handlePlace(false).x();
        QTest::mousePress(range, Qt::LeftButton, {}, low);
        for (double share : {0.1, 0.25, 0.4}) {
            const QPointF to = low + QPointF(share * way, 0);
            QMouseEvent move(QEvent::MouseMove, to, range->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
            QApplication::sendEvent(range, &move);
        }
        QTest::mouseRelease(range, Qt::LeftButton, {}, low + QPoint(qRound(0.4 * way), 0));
        QVERIFY(std::abs(range->low() - 0.4) < 0.02);
        QCOMPARE(range->high(), 1.0);
        const scene::CloudFilter& filter = m_window->inspector()->choice().style.filter;
        const scene::Cloud& cloud = m_window->view()->scene()->cloud;
        Index expected = 0;
        for (std::size_t k = 0; k < cloud.labelA.size(); ++k)
            expected += filter.shows(cloud, k);
        QVERIFY(expected > 100 && expected < 1900);
        QCOMPARE(count->text(), QString("shown %1 / 2,000").arg(QString::fromStdString(groupedNumber(expected))));
        QVERIFY(!viewPicture().isNull());
        QCOMPARE(m_window->view()->body().frame().shownPoints(), expected); // what is said is what is drawn
        auto* steps = m_window->findChild<QUndoStack*>();
        QCOMPARE(steps->count(), 1); // the whole drag
        QCOMPARE(steps->undoText(), QString("range of λ"));
        range->setFocus();
        QTest::keyClick(range, Qt::Key_Tab); // to the upper handle
        QTest::keyClick(range, Qt::Key_Left, Qt::ShiftModifier);
        QVERIFY(std::abs(range->high() - 0.9) < 1e-6);
        steps->undo();
        steps->undo();
        QCOMPARE(range->low(), 0.0);
        QCOMPARE(range->high(), 1.0);
        QCOMPARE(count->text(), QString("shown 2,000 / 2,000"));
    }
    void recent_missing_canBeLocatedOrRemoved()
    {
        const QString gone = m_dir.filePath("gone"), moved = m_dir.filePath("elsewhere");
        QSettings().setValue("recent", QStringList{gone, "/nowhere/at-all", m_run});
        m_window = std::make_unique<MainWindow>();
        m_window->show();
        const auto rows = [this] {
            QStringList paths;
            for (const auto* row : m_window->findChildren<RecentRow*>())
                if (!row->isHidden())
                    paths << row->path();
            return paths;
        };
        const auto click = [this](const QString& path, const QString& words) {
            for (const auto* row : m_window->findChildren<RecentRow*>())
                for (auto* button : row->findChildren<QPushButton*>())
                    if (row->path() == path && button->text() == words) {
                        button->click();
                        return;
                    }
            QFAIL("there is no such button");
        };
        click("/nowhere/at-all", "Remove");
        QTRY_COMPARE(rows(), (QStringList{gone, m_run}));
        QCOMPARE(QSettings().value("recent").toStringList(), (QStringList{gone, m_run}));
        QVERIFY(QDir().rename(m_run, moved));
        QTimer::singleShot(0, this, [&] { // the dialog has an event loop of its own
            auto* dialog = m_window->findChild<QFileDialog*>();
            QVERIFY(dialog);
            dialog->setDirectory(m_dir.path());
            dialog->selectFile(moved);
            QMetaObject::invokeMethod(dialog, "accept");
        });
        click(gone, "Locate…");
        QTRY_VERIFY(m_window->session() && m_window->session()->summary());
        QCOMPARE(m_window->session()->path(), moved);
        QCOMPARE(QSettings().value("recent").toStringList(), (QStringList{moved, m_run}));
        m_window.reset();
        QVERIFY(QDir().rename(moved, m_run));
    }
    void timeline_press_goesToTheNearestEpoch()
    {
        openAndWait();
        TimelineWidget* timeline = m_window->timeline();
        QTest::mouseClick(timeline, Qt::LeftButton, {}, QPoint(static_cast<int>(timeline->xOf(3)) + 2, 60));
        QCOMPARE(timeline->current(), 3);
        QTRY_VERIFY(m_window->badgeText().contains("epoch 3"));
    }
    void play_movesOn()
    {
        openAndWait();
        QTest::keyClick(m_window.get(), Qt::Key_Space); // from the last epoch it starts over
        QTRY_COMPARE(m_window->timeline()->current(), 2);
        QTest::keyClick(m_window.get(), Qt::Key_Space);
        const std::int64_t stopped = m_window->timeline()->current();
        QTest::qWait(600);
        QCOMPARE(m_window->timeline()->current(), stopped);
    }
    void legend_click_hidesAClass()
    {
        openAndWait();
        auto* legend = m_window->findChild<LegendCard*>();
        const Index all = legend->shownPoints();
        const QColor colour = toQColor(currentTheme().classColour(0));
        const int before = test::inkOf(viewPicture(), colour);
        QTest::mouseClick(legend, Qt::LeftButton, {}, QPoint(40, 10 + 20 + 10)); // the first class, below the title
        QVERIFY(legend->shownPoints() < all);
        QTRY_VERIFY(test::inkOf(viewPicture(), colour) < before / 2);
        QTest::mouseClick(legend, Qt::LeftButton, {}, QPoint(40, 10 + 20 + 10));
        QCOMPARE(legend->shownPoints(), all);
    }
    void orbit_drag_turnsTheTetrahedron()
    {
        openAndWait();
        SceneView* view = m_window->view();
        QCOMPARE(view->scene()->dims, 3);
        const double before = view->view().camera.azimuthDeg;
        QTest::mousePress(view, Qt::LeftButton, {}, QPoint(300, 300));
        QTest::mouseMove(view, QPoint(360, 310));
        QTest::mouseMove(view, QPoint(400, 310));
        QTest::mouseRelease(view, Qt::LeftButton, {}, QPoint(400, 310));
        QVERIFY(std::abs(view->view().camera.azimuthDeg - before) > 10);
        QTest::keyClick(m_window.get(), Qt::Key_R);
        QTRY_COMPARE(view->view().camera.azimuthDeg, scene::Camera().azimuthDeg);
    }
    void click_onAPoint_pinsIt()
    {
        openAndWait();
        SceneView* view = m_window->view();
        QVERIFY(!viewPicture().isNull()); // a frame, so that places are known
        const QPointF place = view->body().frame().placeOf(std::uint32_t{0});
        QSignalSpy clicked(view, &SceneView::pointClicked);
        QTest::mouseClick(view, Qt::LeftButton, {}, place.toPoint());
        QCOMPARE(clicked.size(), 1);
        QVERIFY(clicked[0][0].toLongLong() >= 0);
        const auto pinned = static_cast<std::size_t>(clicked[0][0].toLongLong());
        QCOMPARE(m_window->inspector()->choice().pinnedRow, view->scene()->cloud.row[pinned]);
    }
    void f12_savesThePicture()
    {
        openAndWait();
        const QString folder = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
        const auto pictures = [&] { return QDir(folder).entryList({"Synthetic-collapse-4-classes-epoch6*.png"}); };
        for (const QString& old : pictures())
            QFile::remove(folder + '/' + old);
        QTest::keyClick(m_window.get(), Qt::Key_F12);
        QTest::keyClick(m_window.get(), Qt::Key_F12);
        QCOMPARE(pictures().size(), 2); // none is written over
        const QImage saved(folder + '/' + pictures().front());
        QVERIFY(test::colouredPixels(saved) > 3000);
        for (const QString& name : pictures())
            QFile::remove(folder + '/' + name);
    }
    void colourBy_whatIsReadOfEverySample_keepsThePlace()
    {
        openAndWait();
        const QString folder = QStringLiteral(NCSCOPE_SCREENSHOTS);
        QVERIFY(QDir().mkpath(folder));
        auto* box = m_window->findChild<QComboBox*>("colorBy");
        m_window->view()->setView({{10, 5, 1.5}, {}}, false);
        const auto choose = [&](scene::ColorBy colorBy) {
            box->setCurrentIndex(box->findData(static_cast<int>(colorBy)));
            Q_EMIT box->activated(box->currentIndex());
        };
        QImage before = viewPicture();
        for (const auto colorBy : {scene::ColorBy::Pair, scene::ColorBy::Kind, scene::ColorBy::Lambda,
                                   scene::ColorBy::Correct, scene::ColorBy::Confidence, scene::ColorBy::Residual}) {
            choose(colorBy);
            QTRY_COMPARE(scene::drawnColorBy(m_window->view()->scene()->cloud, colorBy), colorBy);
            QTest::qWait(20);
            const QImage picture = viewPicture();
            QVERIFY2(test::difference(before, picture) > 0.001, scene::colorByName(colorBy).data());
            QCOMPARE(m_window->view()->view().camera.azimuthDeg, 10.0);
            before = picture;
            const QString name = QString::fromUtf8(scene::colorByName(colorBy).data());
            QVERIFY(m_window->grab().save(folder + "/window-by-" + name + ".png"));
        }
    }
    void screenshots_areWritten()
    {
        openAndWait();
        const QString folder = QStringLiteral(NCSCOPE_SCREENSHOTS);
        QVERIFY(QDir().mkpath(folder));
        for (const auto& [choice, name] :
             {std::pair(ThemeChoice::Dark, "dark"), std::pair(ThemeChoice::Light, "light")}) {
            m_window->setTheme(choice);
            QTest::qWait(50);
            const QImage picture = m_window->grab().toImage();
            QVERIFY(picture.save(folder + "/window-" + name + ".png"));
            QVERIFY(test::inkOf(picture, toQColor(currentTheme().classColour(0))) > 100);
        }
    }
};

QTEST_MAIN(WindowTest)
#include "tst_window.moc"
