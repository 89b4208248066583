#include <csignal>

#include "tests/training/train_program.h"

using namespace nc;
using namespace nc::test;

/// Trainings that are stopped, killed, resumed, and asked for something on the way.
class TestNcscopeTrainStopping : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    int m_count = 0;
    QString fresh() { return m_dir.filePath("run" + QString::number(++m_count)); }

private Q_SLOTS:
    void stoppedRun_isValidAndResumesToTheSameNumbers_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("state");
        QTest::newRow("stop") << "stop" << 0 << "stopped";
        QTest::newRow("SIGTERM") << "term" << 0 << "stopped";
        QTest::newRow("SIGINT") << "int" << 130 << "stopped";
        QTest::newRow("SIGKILL") << "kill" << -2 << "stopped"; // its process is gone: a reader calls that stopped
    }
    void stoppedRun_isValidAndResumesToTheSameNumbers()
    {
        QFETCH(QString, how);
        QFETCH(int, code);
        QFETCH(QString, state);
        const QStringList settings{"epochs=4", "train_samples=4000"};
        static QString whole;
        if (whole.isEmpty()) {
            whole = fresh();
            Train reference(tiny(whole, settings));
            QCOMPARE(reference.finish(), 0);
        }
        const QString folder = fresh();
        Train train(tiny(folder, settings));
        QVERIFY(train.waitFor("batch", 2));
        const auto pid = static_cast<pid_t>(train.process().processId());
        QVERIFY(pid > 0); // 0 would be all of this group
        if (how == "stop")
            train.process().write("stop\n");
        else
            kill(pid, how == "term" ? SIGTERM : how == "int" ? SIGINT : SIGKILL);
        QCOMPARE(train.finish(), code);
        if (code == 0)
            QCOMPARE(train.lines().last()["reason"].toString(), "stopped");
        const auto run = io::RunReader::open(pathOf(folder));
        QVERIFY(run);
        QVERIFY(run->epochs().back() < 4);
        QCOMPARE(QString::fromStdString(run->summary()->state), state);
        if (how != "kill")
            QCOMPARE(faults(folder), QString());
        else // whatever file it was writing at that moment is left unfinished, which is said and harms nothing
            QVERIFY2(io::checkRun(pathOf(folder), true).valid(), qPrintable(faults(folder)));

        Train resumed({"--resume", "-o", folder});
        QCOMPARE(resumed.finish(), 0);
        QCOMPARE(faults(folder), QString());
        QCOMPARE(compareRuns(folder, whole), QString());
        QCOMPARE(io::RunReader::open(pathOf(folder))->summary()->state, std::string("finished"));
    }

    void processes_stopTogetherAndGoOn()
    {
        if (!Train::onManyProcesses())
            QSKIP("no mpirun of Open MPI, or built without MPI");
        const QString folder = fresh();
        Train train(tiny(folder, {"epochs=200", "threads=1"}), {}, 2);
        QVERIFY(train.waitFor("epoch", 1));
        train.process().write("stop\n");
        QVERIFY2(train.finish() == 0, train.err());
        QCOMPARE(train.lines().last()["reason"].toString(), "stopped");
        QCOMPARE(faults(folder), QString());
        Train resumed({"--resume", "-o", folder}, {}, 2);
        QVERIFY(resumed.waitFor("epoch", io::RunReader::open(pathOf(folder))->epochs().back() + 1));
        resumed.process().write("stop\n");
        QCOMPARE(resumed.finish(), 0);
        Train uneven(tiny(fresh(), {"optimiser.batch_size=33"}), {}, 2);
        QVERIFY(uneven.finish() != 0);
        QVERIFY(uneven.err().contains("cannot be shared evenly"));
    }

    void finishedRun_resumesUnchanged()
    {
        const QString folder = fresh();
        Train train(tiny(folder, {"epochs=1"}));
        QCOMPARE(train.finish(), 0);
        const QFileInfo last(folder + "/epochs/000001.h5"), state(folder + "/run.json");
        const auto before = last.lastModified(), stateBefore = state.lastModified();
        Train resumed({"train", "--resume", "-o", folder});
        QCOMPARE(resumed.finish(), 0);
        QCOMPARE(resumed.lines().last()["reason"].toString(), "completed");
        QCOMPARE(QFileInfo(last.filePath()).lastModified(), before);
        QCOMPARE(QFileInfo(state.filePath()).lastModified(), stateBefore);
        Train other(tiny(folder, {"epochs=2"}) << "--resume");
        QCOMPARE(other.finish(), 2);
        QVERIFY(other.err().contains("another configuration"));
    }

    void runningTraining_isLeftAloneAndTakesSnapshots()
    {
        const QString folder = fresh();
        Train train(tiny(folder, {"epochs=6", "train_samples=4000", "recording.epochs=0"}));
        QVERIFY(train.waitFor("batch", 1));
        Train second({"--resume", "-o", folder});
        QCOMPARE(second.finish(), 1);
        QVERIFY(second.err().contains("is running"));
        train.process().write("snapshot\n");
        QCOMPARE(train.finish(), 0);
        const auto epochs = io::RunReader::open(pathOf(folder))->epochs();
        QCOMPARE(epochs.size(), 3U);
        QCOMPARE(epochs.back(), 6);
    }
};

QTEST_GUILESS_MAIN(TestNcscopeTrainStopping)
#include "tst_ncscope_train_stopping.moc"
