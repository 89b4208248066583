#include <sys/resource.h>

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

/// The window's thread is never away for long, and sleeps when nothing happens.
class ResponsivenessTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QString m_run;
    std::unique_ptr<MainWindow> m_window;

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
        m_window->openRun(m_run);
    }
    void openWhole()
    {
        open();
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
        settings.dim = 64;
        settings.samples = 50'000;
        settings.epochs = 19;
        QVERIFY(writeSyntheticRun(m_run.toStdString(), settings));
        open(); // fonts and styles are loaded once in the life of the program
        QTest::qWait(300);
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
            open();
            QTRY_VERIFY_WITH_TIMEOUT(m_window->session()->isLoaded(19), 30'000);
            QTest::qWait(1500); // more epochs come in, and the figures of the first
        });
        QVERIFY2(stall <= longestStallMs, qPrintable(QString::number(stall)));
    }
    void scrubbing_doesNotStall()
    {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session()->isLoaded(19), 30'000);
        const double stall = stallOf([this] { // what is read and what is not
            for (int round = 0; round < 3; ++round)
                for (std::int64_t epoch : m_window->session()->epochs()) {
                    m_window->goTo(round % 2 == 0 ? epoch : 19 - epoch);
                    QTest::qWait(8);
                }
        });
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
        QVERIFY2(stall <= longestStallMs, qPrintable(QString::number(stall)));
    }
    void idle_usesNoProcessor()
    {
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
