#include <thread>

#include <QApplication>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

#include "app/window/error_bar.h"
#include "app/window/follow_chip.h"
#include "app/window/training_cards.h"
#include "tests/app/growing_run.h"
#include "tests/app/window_help.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;
using State = io::RunWriter::State;

/// A run that grows while the real window shows it.
class FollowingTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::GrowingRun> m_run;
    std::unique_ptr<MainWindow> m_window;

    [[nodiscard]] FollowChip* chip() const { return m_window->findChild<FollowChip*>(); }
    [[nodiscard]] QImage viewPicture() const { return m_window->view()->grab().toImage(); }
    [[nodiscard]] bool shows(std::int64_t epoch) const
    {
        return m_window->timeline()->current() == epoch &&
               m_window->badgeText().contains(QStringLiteral("epoch %1 ").arg(epoch)) &&
               m_window->session()->isLoaded(epoch);
    }

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings("ncscope-test-following"); }
    void init()
    {
        m_run = std::make_unique<test::GrowingRun>(9);
        m_run->addEpoch();
        m_run->addEpoch();
        QVERIFY(m_run->good());
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        m_window->openRun(QString::fromStdString(m_run->folder().string()));
        QTRY_VERIFY(m_window->session() && m_window->session()->summary());
        QTRY_VERIFY(shows(2));
    }
    void cleanup()
    {
        m_window.reset();
        m_run.reset();
    }

    void atTheLastEpoch_eachNewOneIsShown()
    {
        QVERIFY(m_window->session()->isRunning());
        for (std::int64_t epoch = 3; epoch <= 5; ++epoch) {
            const QImage before = viewPicture();
            m_run->addEpoch();
            QTRY_COMPARE(m_window->timeline()->current(), epoch);
            QTRY_VERIFY(shows(epoch));
            QVERIFY(viewPicture() != before);
            QVERIFY(test::colouredPixels(viewPicture()) > 3000); // and a cloud, no blank view
        }
        QVERIFY(!chip()->isVisible());
        QCOMPARE(m_window->timeline()->epochs().size(), std::size_t{6});
        QVERIFY(m_run->good());
    }
    void elsewhere_newEpochsAreCountedAndOneClickReturns()
    {
        QTest::keyClick(m_window.get(), Qt::Key_Home);
        QTRY_VERIFY(shows(0));
        m_run->addEpoch();
        QTRY_COMPARE(chip()->unseen(), 1);
        m_run->addEpoch();
        m_run->addEpoch();
        QTRY_COMPARE(chip()->unseen(), 3);
        QVERIFY(chip()->isVisible());
        QVERIFY(chip()->text().contains("3 new epoch"));
        QVERIFY(shows(0)); // the user is left where he looks
        QTest::mouseClick(chip(), Qt::LeftButton);
        QTRY_VERIFY(shows(5));
        QVERIFY(!chip()->isVisible());
        m_run->addEpoch(); // and it follows again
        QTRY_VERIFY(shows(6));
    }
    void endKey_returnsToFollowing()
    {
        QTest::keyClick(m_window.get(), Qt::Key_Left);
        m_run->addEpoch();
        QTRY_COMPARE(chip()->unseen(), 1);
        QTest::keyClick(m_window.get(), Qt::Key_End);
        QTRY_VERIFY(shows(3));
        QCOMPARE(chip()->unseen(), 0);
    }
    void knownEpochs_areNotReadAgain()
    {
        QTRY_VERIFY(m_window->session()->isLoaded(0) && m_window->session()->isLoaded(1));
        QTRY_COMPARE(m_window->session()->measured().size(), std::size_t{3});
        QSignalSpy loaded(m_window->session(), &RunSession::panelLoaded);
        QSignalSpy measured(m_window->session(), &RunSession::metricsChanged);
        m_run->addEpoch();
        QTRY_VERIFY(shows(3));
        QTRY_COMPARE(m_window->session()->measured().size(), std::size_t{4});
        QCOMPARE(loaded.size(), 1);
        QCOMPARE(measured.size(), 1);
    }
    void finishedRun_isSeenInOneFrame()
    {
        QTRY_COMPARE(m_window->session()->measured().size(), std::size_t{3});
        m_run->addEpoch();
        QTRY_VERIFY(shows(3));
        m_run->setState(State::Finished);
        QTRY_VERIFY(!m_window->session()->isRunning());
        for (const std::int64_t epoch : {0, 1, 2, 3}) // all are made anew in the basis of the last one
            QTRY_COMPARE(m_window->session()->panel(epoch)->basis.epoch, 3);
        QCOMPARE(markOf(*m_window->session()), RunMark::Recorded);
    }
    void vanishedRun_isToldAndItsPictureStays()
    {
        const QImage before = viewPicture();
        const auto elsewhere = m_run->folder().parent_path() / "elsewhere";
        std::filesystem::rename(m_run->folder(), elsewhere);
        ErrorBar* bar = m_window->findChild<ViewPane*>()->errorBar();
        QTRY_VERIFY(bar->isVisible());
        QVERIFY(bar->failure().message.contains("no longer there"));
        QVERIFY(m_window->view()->scene());
        std::filesystem::rename(elsewhere, m_run->folder());
        QTRY_VERIFY(!bar->isVisible());
        QTRY_VERIFY(shows(2));
    }
    void runOfAnotherProcess_hasACard()
    {
        auto* cards = m_window->findChild<TrainingCards*>();
        QTRY_COMPARE(cards->cards().size(), std::size_t{1});
        QVERIFY(cards->isVisible());
        QVERIFY(cards->cards()[0]->accessibleName().contains("epoch 2"));
        m_run->addEpoch();
        QTRY_VERIFY(cards->cards()[0]->accessibleName().contains("epoch 3"));
        m_run->setState(State::Stopped);
        QTRY_COMPARE(cards->cards()[0]->training()->phase(), Training::Phase::Stopped);
    }
    void fastWriter_neverBlocksTheWindow()
    {
        std::thread writing([this] {
            for (int k = 0; k < 6; ++k) {
                m_run->addEpoch();
                std::this_thread::sleep_for(std::chrono::milliseconds(30));
            }
        });
        QTRY_VERIFY(shows(8));
        writing.join();
        QVERIFY(m_run->good());
    }
};

QTEST_MAIN(FollowingTest)
#include "tst_following.moc"
