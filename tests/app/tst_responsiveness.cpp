#include <malloc.h>
#include <sys/resource.h>

#include <hdf5.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "app/synthetic_run.h"
#include "app/window/main_window.h"
#include "io/run_writer.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;

namespace
{

constexpr double longestStallMs = 50;
constexpr int attempts = 3; ///< other programs share the machine: a stall of ours comes again, one of theirs does not

/// Nanoseconds for which this thread was ready to run while others had the processor (schedstat of the kernel).
qint64 waitedForProcessorNs()
{
    QFile file(QStringLiteral("/proc/thread-self/schedstat"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() : 0;
}

/// The longest time for which the GUI thread answered nobody, by its own doing: computing or waiting for something.
class Heartbeat
{
public:
    Heartbeat()
    {
        m_clock.start();
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { beat(); });
        m_timer.start(1);
    }
    double longestMs()
    {
        beat();
        return m_longest;
    }

private:
    void beat()
    {
        const qint64 waited = waitedForProcessorNs();
        m_longest = std::max(m_longest, static_cast<double>(m_clock.nsecsElapsed() - (waited - m_waited)) / 1e6);
        m_waited = waited;
        m_clock.restart();
    }
    QElapsedTimer m_clock;
    QTimer m_timer;
    qint64 m_waited = waitedForProcessorNs();
    double m_longest = 0;
};

/// The shortest of the longest stalls of several attempts.
template <typename Work>
double stallOf(const Work& work)
{
    double best = 1e9;
    for (int k = 0; k < attempts && best > longestStallMs; ++k) {
        Heartbeat heart;
        work();
        best = std::min(best, heart.longestMs());
    }
    return best;
}

/// A line of /proc/self/status, in bytes.
qint64 memoryOf(const char* name)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray& line : file.readAll().split('\n'))
        if (line.startsWith(name))
            return 1024 * line.simplified().split(' ').value(1).toLongLong();
    return 0;
}

/// From here on VmHWM is the most memory since now.
void forgetPeak()
{
    malloc_trim(0);
    QFile file(QStringLiteral("/proc/self/clear_refs"));
    if (file.open(QIODevice::WriteOnly))
        file.write("5");
}

double processorSeconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

/// The window's thread is never away for long, and sleeps when nothing happens. With NCSCOPE_LARGE_RUN in the
/// environment the run has 100 epochs of 512 features, for memory and disk four of them under 25 names each.
class ResponsivenessTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QString m_run;
    std::unique_ptr<MainWindow> m_window;
    const bool m_large = qEnvironmentVariableIsSet("NCSCOPE_LARGE_RUN");
    const std::int64_t m_last = m_large ? 99 : 19;
    qint64 m_before = 0; ///< memory before a run was open
    const std::size_t m_limit = m_large ? std::size_t{768} << 20U : io::ReadOptions().memoryLimit;

    [[nodiscard]] std::filesystem::path epochFile(std::int64_t epoch) const
    {
        char name[32];
        std::snprintf(name, sizeof name, "epochs/%06d.h5", static_cast<int>(epoch));
        return std::filesystem::path(m_run.toStdString()) / name;
    }
    /// Every file again and again, without the number inside it: then its name counts.
    void repeatEpochs(std::int64_t written)
    {
        for (std::int64_t epoch = 0; epoch < written; ++epoch) {
            const hid_t file = H5Fopen(epochFile(epoch).c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
            QVERIFY(file >= 0 && H5Adelete(file, "epoch") >= 0 && H5Fclose(file) >= 0);
        }
        for (std::int64_t epoch = written; epoch <= m_last; ++epoch)
            std::filesystem::create_hard_link(epochFile(epoch % written), epochFile(epoch));
    }
    [[nodiscard]] bool allRead() const
    {
        const RunSession* session = m_window->session();
        if (!session || !session->summary() || session->measured().size() != session->epochs().size())
            return false;
        return std::all_of(session->epochs().begin(), session->epochs().end(),
                           [session](std::int64_t epoch) { return session->isLoaded(epoch); });
    }
    void open()
    {
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        m_window->setMemoryLimit(m_limit);
        m_window->openRun(m_run);
    }
    void openLast()
    {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session() && m_window->session()->isLoaded(m_last), 120'000);
    }
    void openWhole()
    {
        openLast();
        if (m_large) // it does not fit
            return;
        QTRY_VERIFY_WITH_TIMEOUT(allRead(), 120'000);
        QTest::qWait(500); // the last gliding
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("ncscope-test");
        QCoreApplication::setApplicationName("ncscope-test-responsiveness");
        QSettings().clear();
        applyTheme(*qApp, scene::ThemeMode::Dark);
        m_run = m_dir.filePath("run");
        SyntheticSettings settings;
        settings.classes = 4;
        settings.dim = m_large ? 512 : 64;
        settings.samples = 50'000;
        settings.epochs = m_large ? 3 : m_last;
        QVERIFY(writeSyntheticRun(m_run.toStdString(), settings));
        if (m_large)
            repeatEpochs(4);
        m_window = std::make_unique<MainWindow>(); // fonts and styles are loaded once in the life of the program
        m_window->show();
        QTest::qWait(300);
        forgetPeak();
        m_before = memoryOf("VmRSS:");
    }
    void cleanupTestCase()
    {
        if (!m_large)
            return;
        const qint64 taken = memoryOf("VmHWM:") - m_before;
        qInfo("at most %lld MB were taken, the limit is %lld MB", taken >> 20, static_cast<qint64>(m_limit >> 20U));
        QVERIFY(taken < static_cast<qint64>(m_limit));
    }
    void cleanup() { m_window.reset(); }

    void heartbeat_seesAStall()
    {
        const double stall = stallOf([] {
            QTest::qWait(20);
            QTest::qSleep(80);
            QTest::qWait(20);
        });
        QVERIFY(stall >= 80);
    }
    void opening_doesNotStall()
    {
        const double stall = stallOf([this] {
            m_window.reset();
            openLast();
            QTest::qWait(1500); // more epochs come in, and the figures of the first
        });
        qInfo("%.1f ms", stall);
        QVERIFY2(stall <= longestStallMs, qPrintable(QString::number(stall)));
    }
    void scrubbing_doesNotStall()
    {
        openLast();
        const double stall = stallOf([this] { // what is read and what is not
            for (int round = 0; round < 3; ++round)
                for (std::int64_t epoch : m_window->session()->epochs()) {
                    m_window->goTo(round % 2 == 0 ? epoch : m_last - epoch);
                    QTest::qWait(8);
                }
        });
        qInfo("%.1f ms", stall);
        QVERIFY2(stall <= longestStallMs, qPrintable(QString::number(stall)));
    }
    void playing_doesNotStall()
    {
        openWhole();
        const double stall = stallOf([this] {
            QTest::keyClick(m_window.get(), Qt::Key_Space);
            QTest::qWait(2000);
            QTest::keyClick(m_window.get(), Qt::Key_Space);
        });
        qInfo("%.1f ms", stall);
        QVERIFY2(stall <= longestStallMs, qPrintable(QString::number(stall)));
    }
    void closing_doesNotStall()
    {
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        QTest::qWait(300);
        const double stall = stallOf([this] { // while an epoch is read and projected, which takes its time
            for (int round = 0; round < 5; ++round) {
                m_window->openRun(m_run);
                QTRY_VERIFY_WITH_TIMEOUT(m_window->session()->summary(), 120'000);
                QTest::qWait(5 * round);
                auto* runs = m_window->findChild<RunsPanel*>();
                Q_EMIT runs->closeAsked(runs->chosen());
                QVERIFY(!m_window->session());
                QTest::qWait(50);
            }
        });
        qInfo("%.1f ms", stall);
        QVERIFY2(stall <= longestStallMs, qPrintable(QString::number(stall)));
    }
    void following_doesNotStall()
    {
        constexpr std::int64_t coming = 4;
        const auto aside = [this](std::int64_t epoch) { return epochFile(epoch).string() + ".aside"; };
        const auto setState = [this](io::RunWriter::State state) { // who trains is another program: not this thread
            std::atomic<int> result = -1;
            const std::jthread other([&] {
                auto writer = io::RunWriter::resume(m_run.toStdString());
                result = writer && writer->setState(state);
            });
            return QTest::qWaitFor([&] { return result >= 0; }, 30'000) && result == 1;
        };
        const double stall = stallOf([&] {
            for (std::int64_t epoch = m_last - coming + 1; epoch <= m_last; ++epoch)
                std::filesystem::rename(epochFile(epoch), aside(epoch));
            QVERIFY(setState(io::RunWriter::State::Running));
            open();
            QTRY_VERIFY_WITH_TIMEOUT(m_window->session() && m_window->session()->isLoaded(m_last - coming), 120'000);
            for (std::int64_t epoch = m_last - coming + 1; epoch <= m_last; ++epoch) {
                std::filesystem::rename(aside(epoch), epochFile(epoch));
                QTRY_VERIFY_WITH_TIMEOUT(m_window->timeline()->current() == epoch, 30'000);
            }
            QTRY_VERIFY_WITH_TIMEOUT(m_window->session()->isLoaded(m_last), 30'000);
            QVERIFY(setState(io::RunWriter::State::Finished));
            QTRY_VERIFY_WITH_TIMEOUT(!m_window->session()->isRunning(), 30'000);
            QTest::qWait(500);
        });
        qInfo("%.1f ms", stall);
        QVERIFY2(stall <= longestStallMs, qPrintable(QString::number(stall)));
    }
    void idle_usesNoProcessor()
    {
        if (m_large)
            return; // it reads and measures for minutes
        openWhole();
        double least = 1e9;
        for (int k = 0; k < attempts; ++k) {
            const double before = processorSeconds();
            QTest::qSleep(0);
            QEventLoop loop; // unlike QTest::qWait(), which looks around every few milliseconds
            QTimer::singleShot(1000, &loop, &QEventLoop::quit);
            loop.exec();
            least = std::min(least, processorSeconds() - before);
        }
        QVERIFY2(least < 0.02, qPrintable(QString::number(least))); // 2 % of a second
    }
};

QTEST_MAIN(ResponsivenessTest)
#include "tst_responsiveness.moc"
