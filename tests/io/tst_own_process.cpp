#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include <QTemporaryDir>
#include <QTest>

#include "io/own_process.h"
#include "tests/io/run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;

/// What happens in the other process stays there.
class OwnProcessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void result_comesBack();
    void crash_isADataError_data();
    void crash_isADataError();
    void loop_isEnded();
    void memory_isAnError();
    void file_isTriedOnceForEachState();
    void hdf5_inOtherThreads_doesNotBlockIt();
};

namespace
{

QString messageOf(const Result<void>& result)
{
    return result ? QString() : QString::fromStdString(result.error().message);
}

} // namespace

void OwnProcessTest::result_comesBack()
{
    int here = 0;
    const Result<void> good = io::inOwnProcess("run.h5", {}, [&here]() -> Result<void> {
        here = 1; // of the other process
        return {};
    });
    QVERIFY2(good, qPrintable(messageOf(good)));
    QCOMPARE(here, 0);
    const Error told{ErrorKind::Environment, "Größe \"x\" fails", "a.h5", "b/c", 12};
    const Result<void> bad = io::inOwnProcess("run.h5", {}, [&told]() -> Result<void> { return told; });
    QVERIFY(!bad);
    QVERIFY(bad.error().kind == told.kind);
    QCOMPARE(bad.error().message, told.message);
    QCOMPARE(bad.error().file, told.file);
    QCOMPARE(bad.error().dataset, told.dataset);
    QCOMPARE(bad.error().epoch, told.epoch);
}

void OwnProcessTest::crash_isADataError_data()
{
    QTest::addColumn<int>("signal");
    QTest::addRow("segmentation fault") << SIGSEGV;
    QTest::addRow("abort") << SIGABRT;
    QTest::addRow("kill") << SIGKILL;
}

void OwnProcessTest::crash_isADataError()
{
    QFETCH(int, signal);
    const Result<void> ended = io::inOwnProcess("run.h5", {}, [signal]() -> Result<void> {
        raise(signal);
        return {};
    });
    QVERIFY(!ended);
    QCOMPARE(messageOf(ended), "Cannot read the run: the file is damaged, reading it ends in a crash of HDF5: run.h5");
    QVERIFY(ended.error().kind == ErrorKind::Data);
}

void OwnProcessTest::loop_isEnded()
{
    const io::ProcessLimits limits{.cpuSeconds = 1};
    const Result<void> ended = io::inOwnProcess("run.h5", limits, []() -> Result<void> {
        for (std::atomic<int> turns = 0;; ++turns) {
        }
    });
    QVERIFY(messageOf(ended).contains("takes more than 1 s"));
}

void OwnProcessTest::memory_isAnError()
{
    const io::ProcessLimits limits{.extraBytes = std::uint64_t{64} << 20};
    const Result<void> ended = io::inOwnProcess("run.h5", limits, []() -> Result<void> {
        const std::string large(std::size_t{256} << 20, 'x');
        return dataError(std::string(1, large.back()));
    });
    QVERIFY(!ended);
    QVERIFY(messageOf(ended) != "x");
}

void OwnProcessTest::file_isTriedOnceForEachState()
{
    const QTemporaryDir dir;
    const fs::path file = fs::path(dir.path().toStdString()) / "run.h5", log = file.string() + ".log";
    const auto tries = [&](const Result<void>& answer) {
        (void)io::onceInOwnProcess(file, [&]() -> Result<void> {
            std::ofstream(log, std::ios::app) << 'x';
            return answer;
        });
        std::error_code code;
        return fs::exists(log) ? fs::file_size(log, code) : 0;
    };
    std::ofstream(file) << "one";
    QCOMPARE(tries(dataError("bad")), 1U);
    QCOMPARE(tries({}), 2U); // what failed is tried again
    QCOMPARE(tries({}), 2U);
    std::ofstream(file) << "other";
    QCOMPARE(tries({}), 3U);
}

/// HDF5 has one lock: a process that is forked while another thread holds it would wait for it for ever.
void OwnProcessTest::hdf5_inOtherThreads_doesNotBlockIt()
{
    const test::RunFolder run;
    std::atomic<bool> end = false;
    std::vector<std::jthread> busy;
    for (int k = 0; k < 3; ++k)
        busy.emplace_back([&] {
            while (!end)
                H5Fis_hdf5((run.folder() / "run.h5").c_str());
        });
    for (int k = 0; k < 60; ++k) {
        const Result<void> done = io::inOwnProcess(run.file(), {}, [&]() -> Result<void> {
            return H5Fis_hdf5(run.file().c_str()) > 0 ? Result<void>() : dataError("not read");
        });
        QVERIFY2(done, qPrintable(messageOf(done)));
    }
    end = true;
}

QTEST_APPLESS_MAIN(OwnProcessTest)
#include "tst_own_process.moc"
