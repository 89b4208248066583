#include <cmath>

#include <QTest>

#include "app/trainer/time_plan.h"

using namespace nc;
using namespace nc::trainer;

/// Ten passes, of which 0, 5 and 10 are recorded; a pass of 20 s by steps of 0.1 s that keep two cores busy.
class TestTimePlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void plan_countsWhatTrainingWaitsFor_data()
    {
        QTest::addColumn<double>("perRecording");
        QTest::addColumn<bool>("beside");
        QTest::addColumn<double>("budget");
        QTest::addColumn<double>("perPass");
        QTest::addColumn<double>("share");
        QTest::newRow("by its own thread") << 8.0 << false << 0.0 << 20.0 << 24 / 224.0;
        QTest::newRow("beside, shorter than a pass") << 8.0 << true << 0.0 << 20.0 << 0.0;
        QTest::newRow("beside, longer than a pass") << 30.0 << true << 0.0 << 20.0 << 30 / 230.0;
        // 300 CPU seconds are 150 on the wall, 24 of them for recording.
        QTest::newRow("budget") << 8.0 << false << 300.0 << 12.6 << 24 / 150.0;
        QTest::newRow("a budget that all fits into") << 8.0 << false << 1000.0 << 20.0 << 24 / 224.0;
        QTest::newRow("a budget that a quarter does not fit into") << 8.0 << false << 60.0 << 5.0 << 24 / 74.0;
        QTest::newRow("budget, beside") << 18.0 << true << 300.0 << 9.6 << 25.2 / 121.2;
    }
    void plan_countsWhatTrainingWaitsFor()
    {
        QFETCH(double, perRecording);
        QFETCH(bool, beside);
        QFETCH(double, budget);
        QFETCH(double, perPass);
        QFETCH(double, share);
        TrainConfig config;
        config.epochs = 10;
        config.recording.epochs = {5};
        config.budgetSeconds = budget;
        const training::TrialTimes times{20, 0.1, 0.2, 20, perRecording, beside};
        const TimePlan plan = planTimes(config, times);
        QVERIFY2(std::abs(plan.secondsPerPass - perPass) < 1e-12, qPrintable(QString::number(plan.secondsPerPass)));
        QVERIFY2(std::abs(plan.recordingShare - share) < 1e-12, qPrintable(QString::number(plan.recordingShare)));
    }
};

QTEST_APPLESS_MAIN(TestTimePlan)
#include "tst_time_plan.moc"
