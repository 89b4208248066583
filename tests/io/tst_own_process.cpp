#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include <QTemporaryDir>
#include <QTest>

#include "io/jobs.h"
#include "io/own_process.h"
#include "tests/io/run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;

/// What happens in the other process stays there. That process is try_misbehaving.cpp, unless a test says otherwise.
class OwnProcessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void answer_comesBack();
    void crash_isADataError_data();
    void crash_isADataError();
    void crashOfOne_leavesTheOthers();
    void crashOverWhatCameBefore_isTriedAgain();
    void loop_isEnded();
    void memory_isAnError();
    void file_isTriedOnceForEachState();
    void program_thatDoesNotRun_isDoneWithout();
    void runs_openWhileOtherThreadsUseHdf5AndMemory();

private:
    [[nodiscard]] io::Job job(std::vector<std::string> words) const
    {
        words.insert(words.begin() + 1, m_log.string());
        return {std::move(words), {"run.h5", "", {}}};
    }
    /// Jobs begun so far.
    [[nodiscard]] std::vector<std::string> begun() const
    {
        std::vector<std::string> lines;
        std::ifstream in(m_log);
        for (std::string line; std::getline(in, line);)
            lines.push_back(line);
        return lines;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    fs::path m_log;
};

namespace
{

template <typename T>
QString messageOf(const Result<T>& result)
{
    return result ? QString() : QString::fromStdString(result.error().message);
}

using Lines = std::vector<std::string>;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool isSanitized = true; // programs start slowly
#else
constexpr bool isSanitized = false;
#endif

} // namespace

void OwnProcessTest::initTestCase()
{
    qputenv("NCSCOPE_TRY", NCSCOPE_TRY_MISBEHAVING);
    QVERIFY(io::canTry());
}

void OwnProcessTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_log = fs::path(m_dir->path().toStdString()) / "log";
}

void OwnProcessTest::answer_comesBack()
{
    const std::string bytes("a\0b\n7:", 6);
    const Result<std::string> good = io::inOwnProcess(job({"say", bytes}));
    QVERIFY2(good, qPrintable(messageOf(good)));
    QCOMPARE(*good, bytes);
    const Result<std::string> bad = io::inOwnProcess(job({"fail"}));
    QVERIFY(!bad);
    QVERIFY(bad.error().kind == ErrorKind::Environment);
    QCOMPARE(bad.error().message, "Größe \"x\" fails");
    QCOMPARE(bad.error().file, "a.h5");
    QCOMPARE(bad.error().dataset, "b/c");
    QCOMPARE(bad.error().epoch, std::optional<std::int64_t>(12));
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
    const Result<std::string> ended = io::inOwnProcess(job({"signal", std::to_string(signal)}));
    QVERIFY(!ended);
    QCOMPARE(messageOf(ended), "Cannot read the run: the file is damaged, reading it ends in a crash of HDF5: run.h5");
    QVERIFY(ended.error().kind == ErrorKind::Data);
}

void OwnProcessTest::crashOfOne_leavesTheOthers()
{
    const std::vector<io::Job> jobs{job({"say", "1"}), job({"signal", "11"}), job({"fail"}), job({"say", "4"})};
    QStringList answers;
    io::inOwnProcess(jobs, [&](std::size_t at, const Result<std::string>& answer) {
        QCOMPARE(at, static_cast<std::size_t>(answers.size()));
        answers << (answer ? QString::fromStdString(*answer) : messageOf(answer));
    });
    QCOMPARE(answers.size(), 4);
    QCOMPARE(answers[0], "1");
    QVERIFY(answers[1].contains("crash"));
    QVERIFY(answers[2].contains("fails"));
    QCOMPARE(answers[3], "4");
}

/// A file that damaged the process without ending it must not cost the next one its good name.
void OwnProcessTest::crashOverWhatCameBefore_isTriedAgain()
{
    QVERIFY(io::inOwnProcess(job({"say", "x"})));
    const Result<std::string> again = io::inOwnProcess(job({"end if not first", "done"}));
    QVERIFY2(again, qPrintable(messageOf(again)));
    QCOMPARE(begun(), (Lines{"say", "end if not first", "end if not first"}));
}

void OwnProcessTest::loop_isEnded()
{
    io::Job looping = job({"loop"});
    looping.cpuSeconds = 1;
    QVERIFY(messageOf(io::inOwnProcess(looping)).contains("takes more than 1 s"));
    QCOMPARE(begun(), Lines{"loop"});
}

void OwnProcessTest::memory_isAnError()
{
    QVERIFY(!io::inOwnProcess(job({"grow"})));
}

void OwnProcessTest::file_isTriedOnceForEachState()
{
    const fs::path file = m_log.string() + ".h5";
    const auto tries = [&](const std::string& word) {
        io::Job trial = job({word});
        trial.place.file = file.string();
        (void)io::survives(trial);
        return begun().size();
    };
    std::ofstream(file) << "one";
    QCOMPARE(tries("fail"), 1U);
    QCOMPARE(tries("fail"), 2U); // what failed is tried again
    QCOMPARE(tries("say"), 3U);
    QCOMPARE(tries("say"), 3U);
    std::ofstream(file) << "other";
    QCOMPARE(tries("say"), 4U);
}

void OwnProcessTest::program_thatDoesNotRun_isDoneWithout()
{
    const test::RunFolder run;
    const QString command = QString("NCSCOPE_TRY=%1 %2 info %3")
                                .arg("/bin/false", NCSCOPE_PROGRAM, QString::fromStdString(run.folder().string()));
    QCOMPARE(std::system(qPrintable(command + " > /dev/null")), 0);
}

/// Whatever locks other threads hold: nothing waits for them but what shares HDF5 with them.
void OwnProcessTest::runs_openWhileOtherThreadsUseHdf5AndMemory()
{
    const test::RunFolder run;
    std::atomic<bool> end = false;
    std::vector<std::jthread> busy;
    busy.emplace_back([&] {
        while (!end)
            H5Fis_hdf5((run.folder() / "run.h5").c_str());
    });
    busy.emplace_back([&] {
        while (!end)
            std::vector<char>(1 << 18).swap(*std::make_unique<std::vector<char>>(100));
    });
    for (int k = 0; k < (isSanitized ? 50 : 200); ++k) {
        const Result<std::string> answer = io::inOwnProcess(job({"end if not first", std::to_string(k)}));
        QVERIFY2(answer, qPrintable(messageOf(answer))); // each in a process that was made now
        QCOMPARE(*answer, std::to_string(k));
    }
    end = true;
}

QTEST_APPLESS_MAIN(OwnProcessTest)
#include "tst_own_process.moc"
