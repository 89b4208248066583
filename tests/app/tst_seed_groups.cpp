#include <QTest>

#include "app/seed_groups.h"

using namespace nc;

class TestSeedGroups : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void groupBySeed_configurations_differInTheSeedOnly();
    void spreadOverSeeds_entries_haveMeanAndDeviation();
};

namespace
{

MetricEntry entryOf(std::int64_t epoch, const std::string& split, double nc1)
{
    MetricEntry entry;
    entry.epoch = epoch;
    entry.split = split;
    entry.values.resize(metricNames().size());
    entry.values[0] = nc1;
    entry.values[1] = Metric::absent("no reason");
    return entry;
}

} // namespace

void TestSeedGroups::groupBySeed_configurations_differInTheSeedOnly()
{
    const auto groups =
        app::groupBySeed({R"({"seed":1,"loss":{"kind":"mse"}})", "", R"({"loss":{"kind":"mse"},"seed":7})",
                          R"({"seed":1,"loss":{"kind":"cross-entropy"}})", ""});
    QCOMPARE(groups.size(), std::size_t{4});
    QCOMPARE(groups[0].runs, (std::vector<std::size_t>{0, 2}));
    QCOMPARE(groups[0].seeds, (std::vector<std::int64_t>{1, 7}));
    QCOMPARE(groups[1].runs, (std::vector<std::size_t>{1})); // nothing is known of it
    QCOMPARE(groups[2].runs, (std::vector<std::size_t>{3}));
    QCOMPARE(groups[3].runs, (std::vector<std::size_t>{4}));
}

void TestSeedGroups::spreadOverSeeds_entries_haveMeanAndDeviation()
{
    const std::vector<std::vector<MetricEntry>> runs{{entryOf(0, "train", 1), entryOf(5, "train", 2)},
                                                     {entryOf(0, "train", 4)},
                                                     {entryOf(0, "train", 7), entryOf(5, "train", 2)}};
    const auto merged = app::spreadOverSeeds(runs, Deviation::Unbiased);
    QCOMPARE(merged.size(), std::size_t{2});
    QCOMPARE(merged[0].runs, 3);
    QCOMPARE(merged[0].values[0]->mean, 4.0);
    QCOMPARE(*merged[0].values[0]->deviation, 3.0);
    QCOMPARE(merged[1].runs, 2);
    QCOMPARE(*merged[1].values[0]->deviation, 0.0);
    QVERIFY(!merged[0].values[1]);
    QCOMPARE(merged[0].unavailable[1], std::string("no reason"));
    const auto population = app::spreadOverSeeds({runs[0]}, Deviation::Population);
    QCOMPARE(*population[0].values[0]->deviation, 0.0);
    QVERIFY(!app::spreadOverSeeds({runs[0]}, Deviation::Unbiased)[0].values[0]->deviation);
}

QTEST_APPLESS_MAIN(TestSeedGroups)
#include "tst_seed_groups.moc"
