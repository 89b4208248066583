#include <sched.h>

#include <chrono>
#include <numeric>
#include <vector>

#include <QTest>

#include "core/parallel.h"

using namespace nc;

class ParallelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void each_isDoneOnce_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("threads");
        for (const int count : {0, 1, 2, 7, 500})
            for (const int threads : {1, 2, 4, 16})
                QTest::addRow("%d on %d", count, threads) << count << threads;
    }
    void each_isDoneOnce()
    {
        QFETCH(int, count);
        QFETCH(int, threads);
        for (int round = 0; round < 50; ++round) {
            std::vector<int> times(static_cast<std::size_t>(count), 0); // gone with the round: nobody may come late
            parallelFor(count, threads, [&](Index n) { ++times[static_cast<std::size_t>(n)]; });
            QCOMPARE(times, std::vector<int>(static_cast<std::size_t>(count), 1));
        }
    }
    void calls_withinCalls()
    {
        std::atomic<int> sum = 0;
        parallelFor(8, 4, [&](Index) { parallelFor(8, 4, [&](Index n) { sum += static_cast<int>(n); }); });
        QCOMPARE(sum.load(), 8 * 28);
    }
    /// The caller may use no more than its own core, and two others keep that busy: the threads that it starts inherit
    /// the place and wait for their turn. It must not wait for that turn as well.
    void caller_waitsForNobodyWithoutWork()
    {
        cpu_set_t before, one;
        QVERIFY(sched_getaffinity(0, sizeof before, &before) == 0);
        CPU_ZERO(&one);
        CPU_SET(sched_getcpu(), &one);
        QVERIFY(sched_setaffinity(0, sizeof one, &one) == 0);
        int late = 0;
        {
            std::vector<std::jthread> busy;
            for (int k = 0; k < 2; ++k)
                busy.emplace_back([](const std::stop_token& stop) {
                    while (!stop.stop_requested()) {
                    }
                });
            constexpr int rounds = 20;
            for (int k = 0; k < rounds; ++k) {
                std::this_thread::sleep_for(std::chrono::milliseconds(12)); // a fresh share of the core
                parallelFor(2, 2, [](Index) {});
                late += detail::waitingHelpers > 0;
            }
        }
        QVERIFY(sched_setaffinity(0, sizeof before, &before) == 0);
        QVERIFY2(late > 0, "each call came back after its thread had had a turn");
    }
};

QTEST_APPLESS_MAIN(ParallelTest)
#include "tst_parallel.moc"
