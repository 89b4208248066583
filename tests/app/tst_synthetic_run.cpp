#include <QTemporaryDir>
#include <QTest>

#include "app/figure_builder.h"
#include "app/metrics_report.h"
#include "app/synthetic_run.h"
#include "io/run_check.h"

using namespace nc;
using namespace nc::app;

class SyntheticRunTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void write_epochs_collapse()
    {
        QTemporaryDir dir;
        const std::filesystem::path folder = std::filesystem::path(dir.path().toStdString()) / "run";
        SyntheticSettings settings;
        settings.classes = 5;
        settings.dim = 12;
        settings.samples = 600;
        settings.epochs = 6;
        QVERIFY(writeSyntheticRun(folder, settings));
        QVERIFY(io::checkRun(folder, true).valid());
        const auto run = OpenRun::open(folder.string());
        QVERIFY(run);
        QCOMPARE(run->summary.epochs.size(), std::size_t{7});
        double nc1 = 1e300, etf = 1e300;
        for (std::int64_t epoch : run->summary.epochs) {
            const auto entry = measureRun(run->reader, run->summary, epoch, "train", "penultimate", {});
            QVERIFY(entry);
            const double nextNc1 = (*entry)["nc1.pinv"].value, nextEtf = (*entry)["nc2.means_etf_error"].value;
            QVERIFY2(nextNc1 < nc1, qPrintable(QString::number(epoch)));
            QVERIFY2(nextEtf < etf, qPrintable(QString::number(epoch)));
            nc1 = nextNc1;
            etf = nextEtf;
        }
        // The last epoch was put at the optimum of beta 100 with noise of |e| = 0.35 beside a norm near 4.
        MetricOptions options;
        options.viewClasses = {0, 1, 2};
        const auto mixes = measureRun(run->reader, run->summary, 6, "train-mix", "penultimate", options);
        QVERIFY(mixes);
        QVERIFY((*mixes)["mixup.cosine_same"].value > 0.98);
        QVERIFY(std::abs((*mixes)["mixup.beta"].value / 100 - 1) < 0.1);
        QVERIFY((*mixes)["mixup.theory_gap_different"].value < 0.12);
    }
    void write_sameSeed_sameNumbers()
    {
        QTemporaryDir dir;
        const std::filesystem::path base = dir.path().toStdString();
        SyntheticSettings settings;
        settings.samples = 200;
        settings.epochs = 1;
        QVERIFY(writeSyntheticRun(base / "a", settings));
        QVERIFY(writeSyntheticRun(base / "b", settings));
        settings.seed = 1;
        QVERIFY(writeSyntheticRun(base / "c", settings));
        const auto rows = [](const std::filesystem::path& path) {
            return io::RunReader::open(path)->snapshot(1, "train-mix")->features();
        };
        QVERIFY(rows(base / "a") == rows(base / "b"));
        QVERIFY(rows(base / "a") != rows(base / "c"));
    }
    void write_folderInUse_isDataError()
    {
        QTemporaryDir dir;
        const std::filesystem::path folder = std::filesystem::path(dir.path().toStdString()) / "run";
        SyntheticSettings settings;
        settings.samples = 20;
        settings.epochs = 0;
        QVERIFY(writeSyntheticRun(folder, settings));
        const auto again = writeSyntheticRun(folder, settings);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::Data);
    }
};

QTEST_APPLESS_MAIN(SyntheticRunTest)
#include "tst_synthetic_run.moc"
