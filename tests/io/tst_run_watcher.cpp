#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>

#include <QElapsedTimer>
#include <QFile>

#include <sys/wait.h>
#include <unistd.h>

#include "io/run_watcher.h"
#include "tests/io/run_fixture.h"
#include "tests/patience.h"

using namespace nc;
using namespace nc::io;
using namespace std::chrono_literals;

namespace
{

/// Everything that a watcher told of so far, as one change.
class Told
{
public:
    void operator()(const RunChange& change)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_all.merge(change);
            ++m_calls;
        }
        m_changed.notify_all();
    }
    template <typename Condition>
    bool waitFor(const Condition& met, std::chrono::milliseconds most = 60s)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, most, [&] { return met(m_all); });
    }
    [[nodiscard]] int calls()
    {
        const std::lock_guard lock(m_mutex);
        return m_calls;
    }
    RunChange take()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_all, {});
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    RunChange m_all;
    int m_calls = 0;
};

/// A process that marks the run as running and then does nothing, as a training between two epochs.
pid_t startIdleWriter(const std::filesystem::path& folder)
{
    const pid_t child = fork();
    if (child == 0) {
        auto writer = RunWriter::resume(folder);
        if (writer)
            (void)writer->setState(RunWriter::State::Running);
        pause();
        _exit(0);
    }
    return child;
}

} // namespace

class RunWatcherTest : public QObject
{
    Q_OBJECT

    using Epochs = std::vector<std::int64_t>;

private Q_SLOTS:
    void finishedEpoch_isToldWithinASecond_data()
    {
        QTest::addColumn<bool>("inotify");
        QTest::addRow("inotify") << true;
        QTest::addRow("looking") << false;
    }
    void finishedEpoch_isToldWithinASecond()
    {
        QFETCH(bool, inotify);
        const test::RunFolder run;
        Told told;
        const RunWatcher watcher(run.folder(), {0, 2, 10}, std::ref(told), {200ms, inotify});
        QCOMPARE(watcher.usesInotify(), inotify);
        auto writer = RunWriter::resume(run.folder());
        REQUIRE(writer);
        qint64 soonest = 60'000; // of three: other programs share the machine
        for (const std::int64_t epoch : {11, 12, 40}) {
            EpochData data = test::epochOf(run.expected(), 2);
            data.epoch = epoch;
            QElapsedTimer clock;
            REQUIRE(writer->writeEpoch(data));
            clock.start();
            QVERIFY(told.waitFor([&](const RunChange& c) { return c.added == Epochs{epoch}; }));
            soonest = std::min(soonest, clock.elapsed());
            const RunChange change = told.take();
            QVERIFY(change.replaced.empty() && change.removed.empty() && !change.restarted && !change.vanished);
        }
        QVERIFY2(soonest < 1000, qPrintable(QString::number(soonest)));
    }
    void halfWrittenEpoch_isNotTold()
    {
        const test::RunFolder run;
        Told told;
        const RunWatcher watcher(run.folder(), {0, 2, 10}, std::ref(told), {100ms, true});
        QFile part(QString::fromStdString((run.folder() / "epochs/000050.h5.part").string()));
        QVERIFY(part.open(QIODevice::WriteOnly) && part.write("half of an epoch") > 0);
        QVERIFY(!told.waitFor([](const RunChange& c) { return c.any(); }, 400ms));
    }
    void epochsThatTheOwnerMissed_areToldAtOnce()
    {
        const test::RunFolder run;
        Told told;
        const RunWatcher watcher(run.folder(), {0, 7}, std::ref(told));
        QVERIFY(told.waitFor([](const RunChange& c) { return c.added == Epochs{2, 10} && c.removed == Epochs{7}; }));
    }
    void rewrittenAndRemovedEpoch_areTold()
    {
        const test::RunFolder run;
        Told told;
        const RunWatcher watcher(run.folder(), {0, 2, 10}, std::ref(told), {100ms, true});
        QVERIFY(!told.waitFor([](const RunChange& c) { return c.any(); }, 200ms)); // nothing new is nothing told
        auto writer = RunWriter::resume(run.folder());
        REQUIRE(writer);
        REQUIRE(writer->writeEpoch(test::epochOf(run.expected(), 1)));
        QVERIFY(told.waitFor([](const RunChange& c) { return c.replaced == Epochs{2}; }));
        std::filesystem::remove(run.folder() / "epochs/000010.h5");
        QVERIFY(told.waitFor([](const RunChange& c) { return c.removed == Epochs{10}; }));
    }
    void deadWriter_isTold()
    {
        const test::RunFolder run;
        const pid_t child = startIdleWriter(run.folder());
        QVERIFY(child > 0);
        Told told;
        {
            auto reader = RunReader::open(run.folder());
            REQUIRE(reader);
            QTRY_VERIFY(RunReader::open(run.folder())->summary()->state == "running");
        }
        const RunWatcher watcher(run.folder(), {0, 2, 10}, std::ref(told), {100ms, true});
        QVERIFY(!told.waitFor([](const RunChange& c) { return c.any(); }, 300ms));
        kill(child, SIGKILL); // and nobody waits for it: a zombie is as dead
        QVERIFY(told.waitFor([](const RunChange& c) { return c.stateChanged; }));
        QCOMPARE(RunReader::open(run.folder())->summary()->state, "stopped");
        waitpid(child, nullptr, 0);
    }
    void renamedRun_vanishesAndReturns()
    {
        const test::RunFolder run;
        Told told;
        const RunWatcher watcher(run.folder(), {0, 2, 10}, std::ref(told), {100ms, true});
        QVERIFY(!told.waitFor([](const RunChange& c) { return c.any(); }, 200ms));
        std::filesystem::rename(run.folder(), run.path("elsewhere"));
        QVERIFY(told.waitFor([](const RunChange& c) { return c.vanished; }));
        const int calls = told.calls();
        QTest::qWait(400);
        QCOMPARE(told.calls(), calls); // told once
        std::filesystem::rename(run.path("elsewhere"), run.folder());
        QVERIFY(told.waitFor([](const RunChange& c) { return c.restarted && c.added == Epochs{0, 2, 10}; }));
        // It follows the run that came back.
        auto writer = RunWriter::resume(run.folder());
        REQUIRE(writer);
        told.take();
        EpochData data = test::epochOf(run.expected(), 2);
        data.epoch = 60;
        REQUIRE(writer->writeEpoch(data));
        QVERIFY(told.waitFor([](const RunChange& c) { return c.added == Epochs{60}; }));
    }
    void anotherRunInItsPlace_isARestart()
    {
        const test::RunFolder run;
        Told told;
        const RunWatcher watcher(run.folder(), {0, 2, 10}, std::ref(told), {100ms, true});
        QVERIFY(!told.waitFor([](const RunChange& c) { return c.any(); }, 200ms));
        std::filesystem::rename(run.folder(), run.path("old"));
        test::writeFixture(run.expected(), run.folder());
        QVERIFY(told.waitFor([](const RunChange& c) { return c.restarted; }));
    }
    void fileRun_thatIsWrittenTo_hasGrown()
    {
        const test::RunFolder run;
        Told told;
        const RunWatcher watcher(run.file(), {0, 2, 10}, std::ref(told), {100ms, true});
        QVERIFY(!told.waitFor([](const RunChange& c) { return c.any(); }, 200ms));
        test::edit(run.file(), [](hid_t root) {
            const hid_t epoch = H5Gcreate2(root, "epochs/000077", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
            H5Gclose(epoch);
        });
        QVERIFY(told.waitFor([](const RunChange& c) { return c.grown; }));
    }
    void fastWriter_noEpochIsMissed()
    {
        const test::RunFolder run;
        Told told;
        const RunWatcher watcher(run.folder(), {0, 2, 10}, std::ref(told));
        Epochs wanted;
        std::thread writing([&] {
            auto writer = RunWriter::resume(run.folder());
            for (std::int64_t epoch = 11; epoch <= 60; ++epoch) {
                EpochData data = test::epochOf(run.expected(), 0);
                data.epoch = epoch;
                if (writer && writer->writeEpoch(data))
                    wanted.push_back(epoch);
            }
        });
        writing.join();
        QCOMPARE(wanted.size(), std::size_t{50});
        QVERIFY(told.waitFor([&](const RunChange& c) { return c.added == wanted; }));
        QVERIFY(told.take().replaced.empty());
    }
    void reader_refresh_takesInTheNewEpochs()
    {
        const test::RunFolder run;
        auto reader = RunReader::open(run.folder());
        REQUIRE(reader);
        REQUIRE(reader->summary());
        const std::uintmax_t bytes = reader->summary()->bytes;
        auto writer = RunWriter::resume(run.folder());
        REQUIRE(writer);
        EpochData data = test::epochOf(run.expected(), 2);
        data.epoch = 11;
        REQUIRE(writer->writeEpoch(data));
        REQUIRE(writer->setState(RunWriter::State::Running));
        REQUIRE(reader->refresh());
        QCOMPARE(reader->epochs(), (Epochs{0, 2, 10, 11}));
        const RunSummary summary = *reader->summary();
        QCOMPARE(summary.epochs, reader->epochs());
        QCOMPARE(summary.state, "running"); // this process lives
        QVERIFY(summary.bytes > bytes);
        REQUIRE(reader->snapshot(11, "clean"));
        // A broken epoch is one epoch, and whole again when it is replaced.
        QFile broken(QString::fromStdString((run.folder() / "epochs/000012.h5").string()));
        QVERIFY(broken.open(QIODevice::WriteOnly) && broken.write("no HDF5") > 0);
        broken.close();
        REQUIRE(writer->setState(RunWriter::State::Finished));
        REQUIRE(reader->refresh());
        QVERIFY(!reader->summary()->complete);
        data.epoch = 12;
        REQUIRE(writer->writeEpoch(data));
        REQUIRE(reader->refresh());
        QVERIFY(reader->summary()->complete);
    }
};

QTEST_GUILESS_MAIN(RunWatcherTest)
#include "tst_run_watcher.moc"
