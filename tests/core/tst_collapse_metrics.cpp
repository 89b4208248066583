#include <QTest>

#include <cmath>

#include "core/collapse_metrics.h"
#include "core/simplex_etf.h"
#include "test_data.h"

using namespace nc;

namespace
{

/// A clean epoch in memory.
struct Epoch {
    RowMatrixD features;
    std::vector<std::int32_t> labels;
    Index classes = 0;
    std::optional<Classifier> classifier{};
    std::optional<RowMatrixD> logits{};

    [[nodiscard]] MetricEntry measure(const MetricOptions& options = {}, Index rowsPerBlock = 0,
                                      const TaskControl& control = {}) const
    {
        const test::BlockedRows rows(features, rowsPerBlock > 0 ? rowsPerBlock : blockRows(features.cols()));
        const Split split = test::cleanSplit(labels);
        std::optional<DoubleRows> recorded;
        if (logits)
            recorded.emplace(*logits);
        MetricInputs inputs;
        inputs.features = &rows;
        inputs.split = &split;
        inputs.classes = classes;
        inputs.classifier = classifier ? &*classifier : nullptr;
        inputs.logits = recorded ? &*recorded : nullptr;
        Result<MetricEntry> entry = nc::measure(inputs, options, control);
        return entry ? *entry : MetricEntry{};
    }
};

/// The metric test vector of docs/maths.md, 5.
Epoch example()
{
    return {test::matrixOf({{4, 1, 0, 1},
                            {5, -1, 1, 0},
                            {3, 0, 0, 1},
                            {-1, 4, 1, 0},
                            {0, 5, 0, 1},
                            {1, 3, -1, 0},
                            {0, 1, 5, -1},
                            {1, -1, 4, 0},
                            {-1, 0, 4, 1}}),
            {0, 0, 0, 1, 1, 1, 2, 2, 2},
            3,
            test::exampleClassifier(),
            {}};
}

/// Class means on a simplex, no scatter, W proportional to the means.
Epoch collapsed(Index classes, Index dim)
{
    Epoch epoch;
    const Matrix means = test::simplexRows(classes, dim, 4, 1);
    epoch.classes = classes;
    epoch.features.resize(3 * classes, dim);
    for (Index n = 0; n < 3 * classes; ++n) {
        epoch.features.row(n) = means.row(n % classes);
        epoch.labels.push_back(static_cast<std::int32_t>(n % classes));
    }
    epoch.classifier = Classifier{0.5 * means, Vector::Zero(classes), false};
    return epoch;
}

Epoch random(unsigned seed, Index rows = 120)
{
    Epoch epoch{test::gaussian(rows, 9, seed), {}, 4, {}, {}};
    for (Index n = 0; n < rows; ++n) {
        epoch.labels.push_back(static_cast<std::int32_t>(n % 4));
        epoch.features(n, n % 4) += 2;
    }
    epoch.classifier = Classifier{test::gaussian(4, 9, seed + 1), test::gaussian(4, 1, seed + 2).col(0), true};
    return epoch;
}

} // namespace

class TestCollapseMetrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void metricNames_order_isTheContracts();
    void measure_example_hasTheKnownValues_data();
    void measure_example_hasTheKnownValues();
    void measure_collapsed_isZeroOrOne();
    void measureMeans_withoutTheRows_isTheSame();
    void measure_rotatedFeatures_isTheSame();
    void measure_permutedClasses_isTheSame();
    void measure_scaledFeatures_scalesAsItShould();
    void measure_shiftedFeatures_isTheSame();
    void measure_duplicatedSamples_isTheSame();
    void measure_anyBlockSize_isTheSame();
    void measure_anyThreads_isTheSame();
    void measure_floatRows_areTheSameAsDoubles();
    void measure_unbalanced_weighsClassesEqually();
    void measure_missingParts_giveTheirReason_data();
    void measure_missingParts_giveTheirReason();
    void measure_oneSampleAClass_hasNoScatter();
    void measure_noSamples_keepsTheWeights();
    void measure_mixSplit_leavesOutWhatIsForCleanSplits();
    void measure_recordedLogits_decideAccuracyOnly();
    void measure_ties_goToTheLowestIndex();
    void measure_calibration_usesTheHalves();
    void measure_mixAccuracy_isWeightedByLambda();
    void measure_unbiased_hasOneLess();
    void measure_badLabels_isAnError();
};

void TestCollapseMetrics::metricNames_order_isTheContracts()
{
    QCOMPARE(metricNames().size(), std::size_t{41});
    QVERIFY(metricNames().front() == "nc1.pinv");
    QVERIFY(metricNames()[16] == "bias_relation");
    QVERIFY(metricNames()[23] == "mixup.cosine_same");
    QVERIFY(metricNames().back() == "mixup.kappa");
}

void TestCollapseMetrics::measure_example_hasTheKnownValues_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("unbiased");
    QTest::addColumn<bool>("centred");
    QTest::addColumn<double>("wanted");
    const auto add = [](const char* name, double wanted, bool unbiased = false, bool centred = false) {
        QTest::addRow("%s%s%s", name, unbiased ? ", n-1" : "", centred ? ", centred W" : "")
            << QString(name) << unbiased << centred << wanted;
    };
    add("nc1.pinv", 0.0825569489886201);
    add("nc1.quotient", 0.1875);
    add("nc1.cdnv", 0.0624690228832011);
    add("nc2.means_norm_cv", 0.0183244936937575);
    add("nc2.means_norm_cv", 0.022442829672277, true);
    add("nc2.weights_norm_cv", 0.12261065569086);
    add("nc2.weights_norm_cv", 0.150166771735341, true);
    add("nc2.weights_norm_cv", 0.0871502797094799, false, true);
    add("nc2.means_cos_std", 0.0268058557723879);
    add("nc2.means_cos_dev", 0.0252747106072939);
    add("nc2.weights_cos_std", 0.155885403431414);
    add("nc2.weights_cos_dev", 0.343407248512027);
    add("nc3.duality", 0.683630116445355);
    add("nc3.duality", 0.49910740843038, false, true);
    add("nc2.means_etf_error", 0.0514335660691848);
    add("nc2.weights_etf_error", 0.488976673624369);
    add("nc3.structure", 0.487959569295038);
    add("bias_relation", 5.59313953665946);
    add("nc4.mismatch", 0);
}

void TestCollapseMetrics::measure_example_hasTheKnownValues()
{
    QFETCH(QString, name);
    QFETCH(bool, unbiased);
    QFETCH(bool, centred);
    QFETCH(double, wanted);
    MetricOptions options;
    options.deviation = unbiased ? Deviation::Unbiased : Deviation::Population;
    options.weights = centred ? WeightRows::Centred : WeightRows::Raw;
    const MetricEntry entry = example().measure(options);
    const Metric& metric = entry[name.toStdString()];
    QVERIFY(metric.available());
    NC_CLOSE(metric.value, wanted, 1e-14 * std::max(1.0, wanted)); // fifteen printed digits
}

void TestCollapseMetrics::measure_collapsed_isZeroOrOne()
{
    for (const auto& [classes, dim] : {std::pair<Index, Index>{2, 2}, {3, 7}, {10, 12}}) {
        const MetricEntry entry = collapsed(classes, dim).measure();
        for (const char* name : {"nc1.pinv", "nc1.quotient", "nc1.cdnv", "nc2.means_norm_cv", "nc2.means_cos_std",
                                 "nc2.means_cos_dev", "nc2.means_etf_error", "nc2.weights_norm_cv",
                                 "nc2.weights_cos_std", "nc2.weights_cos_dev", "nc2.weights_etf_error", "nc2.gnc2",
                                 "nc3.duality", "nc3.structure", "nc3.unc3", "nc4.mismatch", "bias_relation"}) {
            QVERIFY2(entry[name].available(), name);
            NC_CLOSE(entry[name].value, 0, 1e-13);
        }
        QCOMPARE(entry["accuracy"].value, 1.0);
        QVERIFY(!entry["calibration.temperature"].available()); // all right: no finite temperature
        QVERIFY(!entry["mixup.cosine_same"].available());
    }
}

void TestCollapseMetrics::measureMeans_withoutTheRows_isTheSame()
{
    Epoch epoch = example();
    for (const Index classes : {3, 4}) { // of the fourth there are no samples, nor W
        epoch.classes = classes;
        if (classes == 4)
            epoch.classifier.reset();
        const auto walked = computeClassStatistics(DoubleRows(epoch.features), epoch.labels, classes);
        QVERIFY(walked);
        const ClassStatistics stats = classStatisticsOf(walked->counts, walked->means, walked->squaredDeviation);
        QVERIFY(stats.axes == walked->axes && stats.globalMean == walked->globalMean);
        QCOMPARE(stats.samples, walked->samples);
        const MetricEntry expected = epoch.measure();
        const MetricEntry entry = measureMeans(stats, epoch.classifier ? &*epoch.classifier : nullptr);
        QCOMPARE(entry.samples, expected.samples);
        int known = 0;
        for (const std::string_view name : metricNames()) {
            if (!entry[name].available())
                continue;
            QCOMPARE(entry[name].value, expected[name].value);
            ++known;
        }
        // nc1.quotient, cdnv, four of nc2.means_, gnc2; with W also three of nc3 and the bias relation.
        QCOMPARE(known, epoch.classifier ? 11 : 7);
        QVERIFY(!entry["nc1.pinv"].available());
        QCOMPARE(measureMeans(*walked, nullptr)["nc1.pinv"].value, expected["nc1.pinv"].value);
    }
}

void TestCollapseMetrics::measure_rotatedFeatures_isTheSame()
{
    const Epoch epoch = random(10);
    Epoch turned = epoch;
    const Matrix turn = test::rotation(9, 11);
    turned.features = epoch.features * turn;
    turned.classifier->weight = epoch.classifier->weight * turn;
    const MetricEntry a = epoch.measure(), b = turned.measure();
    for (const std::string_view name : metricNames()) {
        QCOMPARE(a[name].available(), b[name].available());
        if (a[name].available())
            NC_CLOSE(a[name].value, b[name].value, 1e-11);
    }
}

void TestCollapseMetrics::measure_permutedClasses_isTheSame()
{
    const Epoch epoch = random(20);
    Epoch permuted = epoch;
    const std::vector<Index> place{2, 0, 3, 1}; // class k becomes place[k]
    for (std::int32_t& label : permuted.labels)
        label = static_cast<std::int32_t>(place[static_cast<std::size_t>(label)]);
    for (Index k = 0; k < 4; ++k) {
        permuted.classifier->weight.row(place[static_cast<std::size_t>(k)]) = epoch.classifier->weight.row(k);
        permuted.classifier->bias(place[static_cast<std::size_t>(k)]) = epoch.classifier->bias(k);
    }
    const MetricEntry a = epoch.measure(), b = permuted.measure();
    for (const std::string_view name : metricNames())
        if (a[name].available())
            NC_CLOSE(a[name].value, b[name].value, 1e-12);
}

void TestCollapseMetrics::measure_scaledFeatures_scalesAsItShould()
{
    Epoch epoch = random(30);
    epoch.classifier->bias.setZero();
    Epoch scaled = epoch;
    scaled.features *= 3;
    const MetricEntry a = epoch.measure(), b = scaled.measure();
    for (const char* name :
         {"nc1.pinv", "nc1.quotient", "nc1.cdnv", "nc2.means_norm_cv", "nc2.means_cos_std", "nc2.means_etf_error",
          "nc2.gnc2", "nc3.duality", "nc3.structure", "nc4.mismatch", "accuracy", "calibration.ece_after_temperature"})
        NC_CLOSE(b[name].value, a[name].value, 1e-12);
    NC_CLOSE(b["bias_relation"].value, 3 * a["bias_relation"].value, 1e-12);
    NC_CLOSE(b["nc3.unc3"].value, 9 * a["nc3.unc3"].value, 1e-11);
    NC_CLOSE(b["calibration.temperature"].value, 3 * a["calibration.temperature"].value, 1e-11);
}

void TestCollapseMetrics::measure_shiftedFeatures_isTheSame()
{
    const Epoch epoch = random(31);
    Epoch shifted = epoch;
    const Vector shift = 3 * test::gaussian(9, 1, 32).col(0);
    shifted.features.rowwise() += shift.transpose();
    shifted.classifier->bias -= epoch.classifier->weight * shift; // the same logits
    const MetricEntry a = epoch.measure(), b = shifted.measure();
    for (const std::string_view name : metricNames())
        if (a[name].available())
            NC_CLOSE(b[name].value, a[name].value, 1e-11);
}

void TestCollapseMetrics::measure_duplicatedSamples_isTheSame()
{
    const Epoch epoch = random(33); // an even number: a copy falls in the same half for the temperature
    Epoch doubled = epoch;
    doubled.features.resize(2 * epoch.features.rows(), epoch.features.cols());
    doubled.features << epoch.features, epoch.features;
    doubled.labels.insert(doubled.labels.end(), epoch.labels.begin(), epoch.labels.end());
    const MetricEntry a = epoch.measure(), b = doubled.measure();
    for (const std::string_view name : metricNames())
        if (a[name].available())
            NC_CLOSE(b[name].value, a[name].value, 1e-12);
}

void TestCollapseMetrics::measure_anyBlockSize_isTheSame()
{
    const Epoch epoch = random(40);
    const MetricEntry whole = epoch.measure({}, 1000);
    for (const Index step : {1, 7, 64}) {
        const MetricEntry pieces = epoch.measure({}, step);
        for (const std::string_view name : metricNames())
            if (whole[name].available())
                NC_CLOSE(pieces[name].value, whole[name].value, 1e-12);
    }
}

void TestCollapseMetrics::measure_anyThreads_isTheSame()
{
    const Epoch epoch = random(41, 3000); // several stretches
    const MetricEntry one = epoch.measure({}, 1000);
    for (const int threads : {2, 7})
        for (const Index step : {13, 3000}) {
            TaskControl control;
            control.threads = threads;
            const MetricEntry many = epoch.measure({}, step, control);
            for (const std::string_view name : metricNames()) {
                QCOMPARE(many[name].available(), one[name].available());
                if (one[name].available())
                    QCOMPARE(many[name].value, one[name].value); // the sums are made in the same order
            }
        }
}

void TestCollapseMetrics::measure_floatRows_areTheSameAsDoubles()
{
    Epoch epoch = random(42, 700);
    const Snapshot floats(RowMatrixF(epoch.features.cast<float>()));
    epoch.features = floats.features().cast<double>();
    const Split split = test::cleanSplit(epoch.labels);
    MetricInputs inputs;
    inputs.features = &floats;
    inputs.split = &split;
    inputs.classes = epoch.classes;
    inputs.classifier = &*epoch.classifier;
    const auto fromFloats = measure(inputs, {});
    QVERIFY(fromFloats);
    const MetricEntry fromDoubles = epoch.measure();
    for (const std::string_view name : metricNames())
        if (fromDoubles[name].available())
            QCOMPARE((*fromFloats)[name].value, fromDoubles[name].value);
}

void TestCollapseMetrics::measure_unbalanced_weighsClassesEqually()
{
    // The figures of means do not change when a class's samples are repeated; the scatter weighs samples.
    Epoch epoch = example();
    const MetricEntry once = epoch.measure();
    const RowMatrixD first = epoch.features.topRows(3);
    epoch.features.conservativeResize(12, 4);
    epoch.features.bottomRows(3) = first;
    epoch.labels.insert(epoch.labels.end(), {0, 0, 0});
    const MetricEntry twice = epoch.measure();
    for (const char* name : {"nc1.cdnv", "nc2.means_norm_cv", "nc2.means_etf_error", "nc2.gnc2", "nc3.duality",
                             "nc3.structure", "nc3.unc3", "bias_relation"})
        NC_CLOSE(twice[name].value, once[name].value, 1e-14);
    // tr Sigma_W: the classes' mean squared deviations are (16, 20, 20)/9, weighted 6, 3, 3 of 12 instead of equally.
    const double between = (16 + 20 + 20) / 27.0 / once["nc1.quotient"].value;
    NC_CLOSE(twice["nc1.quotient"].value, (16 * 6 + 20 * 3 + 20 * 3) / 108.0 / between, 1e-14);
}

void TestCollapseMetrics::measure_missingParts_giveTheirReason_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QStringList>("absent");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no classifier") << "no classifier" << QStringList{"nc2.weights_norm_cv", "nc3.duality",   "nc3.unc3",
                                                                     "nc4.mismatch",        "bias_relation", "accuracy",
                                                                     "calibration.ece"}
                                   << "no classifier recorded";
    QTest::newRow("empty class") << "empty class" << QStringList{"nc3.duality", "nc3.structure", "nc3.unc3"}
                                 << "not every class has samples";
    QTest::newRow("one class") << "one class" << QStringList{"nc1.pinv",          "nc1.quotient",        "nc1.cdnv",
                                                             "nc2.means_norm_cv", "nc2.means_etf_error", "nc2.gnc2"}
                               << "fewer than two classes have samples";
    QTest::newRow("equal means") << "equal means" << QStringList{"nc1.pinv", "nc1.quotient"}
                                 << "the class means coincide";
    QTest::newRow("other size") << "other size" << QStringList{"nc2.weights_cos_std", "nc4.mismatch", "accuracy"}
                                << "the classifier is 3 x 4, expected 3 x 2";
}

void TestCollapseMetrics::measure_missingParts_giveTheirReason()
{
    QFETCH(QString, what);
    QFETCH(QStringList, absent);
    QFETCH(QString, reason);
    Epoch epoch = example();
    if (what == "no classifier")
        epoch.classifier.reset();
    if (what == "empty class")
        for (std::int32_t& label : epoch.labels)
            label = label == 1 ? 0 : label;
    if (what == "one class")
        for (std::int32_t& label : epoch.labels)
            label = 2;
    if (what == "equal means")
        for (Index n = 0; n < 9; ++n)
            epoch.features.row(n) = epoch.features.row(n % 3).eval();
    if (what == "other size")
        epoch.features = epoch.features.leftCols(2).eval();
    const MetricEntry entry = epoch.measure();
    for (const QString& name : absent) {
        const Metric& metric = entry[name.toStdString()];
        QVERIFY2(!metric.available(), qPrintable(name));
        QCOMPARE(QString::fromStdString(metric.unavailable), reason);
    }
    // The rest stays.
    QCOMPARE(entry["nc1.cdnv"].available(), what != "one class" && what != "equal means");
    QCOMPARE(entry["nc2.weights_etf_error"].available(), what != "no classifier" && what != "other size");
    QCOMPARE(entry["bias_relation"].available(), what != "no classifier" && what != "other size");
}

void TestCollapseMetrics::measure_oneSampleAClass_hasNoScatter()
{
    Epoch epoch = example();
    epoch.features = RowMatrixD(epoch.features(std::vector<Index>{0, 3, 6}, Eigen::all));
    epoch.labels = {0, 1, 2};
    const MetricEntry entry = epoch.measure();
    QCOMPARE(entry["nc1.pinv"].value, 0.0);
    QCOMPARE(entry["nc1.cdnv"].value, 0.0);
    QVERIFY(entry["nc1.pinv"].available());
    QVERIFY(entry["nc2.means_etf_error"].available());
}

void TestCollapseMetrics::measure_noSamples_keepsTheWeights()
{
    Epoch epoch = example();
    epoch.features.resize(0, 4);
    epoch.labels.clear();
    const MetricEntry entry = epoch.measure();
    QCOMPARE(entry.samples, 0);
    QVERIFY(entry["nc2.weights_etf_error"].available());
    QVERIFY(entry.chanceWeightsEtfError.has_value());
    QCOMPARE(entry["accuracy"].unavailable, std::string("the split has no samples"));
    QVERIFY(!entry["nc1.pinv"].available());
}

void TestCollapseMetrics::measure_mixSplit_leavesOutWhatIsForCleanSplits()
{
    const Epoch epoch = random(50);
    const DoubleRows rows(epoch.features);
    const Split split = test::mixSplit(epoch.labels, std::vector<std::int32_t>(120, 1), std::vector<double>(120, 0.7));
    MetricInputs inputs;
    inputs.features = &rows;
    inputs.split = &split;
    inputs.classes = 4;
    inputs.classifier = &*epoch.classifier;
    const auto entry = measure(inputs, {});
    QVERIFY(entry);
    for (const std::string_view name : metricNames()) {
        const bool stays = name.starts_with("nc2.weights_") || name == "accuracy" || name.starts_with("mixup.");
        if (!stays)
            QCOMPARE((*entry)[name].unavailable, std::string("defined for clean splits only"));
    }
    QVERIFY((*entry)["nc2.weights_etf_error"].available());
    QVERIFY((*entry)["mixup.kappa"].available());
}

void TestCollapseMetrics::measure_recordedLogits_decideAccuracyOnly()
{
    Epoch epoch = example();
    epoch.logits = RowMatrixD(test::matrixOf({{0, 1, 0}}).replicate(9, 1)); // always class 1
    const MetricEntry entry = epoch.measure();
    NC_CLOSE(entry["accuracy"].value, 1.0 / 3, 1e-15);
    NC_CLOSE(entry["calibration.nll"].value, std::log(2 + std::exp(1.0)) - 1.0 / 3, 1e-15); // mean of ln sum - z_y
    QCOMPARE(entry["nc4.mismatch"].value, 0.0);                                             // W h + b
    epoch.classifier.reset();
    QVERIFY(epoch.measure()["accuracy"].available());
    QVERIFY(!epoch.measure()["nc4.mismatch"].available());
    epoch.logits = RowMatrixD::Zero(9, 7);
    QCOMPARE(epoch.measure()["accuracy"].unavailable, std::string("the logits are 9 x 7, expected 9 x 3"));
}

void TestCollapseMetrics::measure_ties_goToTheLowestIndex()
{
    Epoch epoch = example();
    epoch.logits = RowMatrixD::Zero(9, 3);
    NC_CLOSE(epoch.measure()["accuracy"].value, 1.0 / 3, 1e-15); // class 0 for all
    // A row half-way between the means of classes 0 and 1 belongs to 0, and W sends it to 1.
    Epoch halfway{test::matrixOf({{1, 0}, {-1, 0}, {3, 0}, {-3, 0}, {0, 0}}), {0, 1, 0, 1, 2}, 3, {}, {}};
    halfway.labels[4] = 0;
    halfway.features(2, 0) = 5; // class 0 has the mean 2 with the last row, class 1 has -2
    halfway.classifier = Classifier{test::matrixOf({{1, 0}, {-1, 0}, {0, 0}}), test::vectorOf({0, 1, 0}), true};
    NC_CLOSE(halfway.measure()["nc4.mismatch"].value, 0.2, 1e-15);
}

void TestCollapseMetrics::measure_calibration_usesTheHalves()
{
    // Even rows: gap 2, three of four right, so T = 2/ln 3 and all confidences become 3/4. Odd rows: half of them
    // right.
    Epoch epoch;
    epoch.classes = 2;
    epoch.features = RowMatrixD::Zero(8, 1);
    epoch.logits = RowMatrixD(test::matrixOf({{2, 0}}).replicate(8, 1));
    epoch.labels = {0, 0, 0, 1, 0, 0, 1, 1};
    const MetricEntry entry = epoch.measure();
    NC_CLOSE(entry["calibration.temperature"].value, 2 / std::log(3.0), 1e-13);
    NC_CLOSE(entry["calibration.ece_after_temperature"].value, 0.25, 1e-13);
    const double confidence = 1 / (1 + std::exp(-2.0));
    NC_CLOSE(entry["calibration.ece"].value, confidence - 5.0 / 8, 1e-14);
    NC_CLOSE(entry["calibration.mce"].value, confidence - 5.0 / 8, 1e-14);
}

void TestCollapseMetrics::measure_mixAccuracy_isWeightedByLambda()
{
    const DoubleRows rows(RowMatrixD::Zero(4, 1));
    const DoubleRows logits(test::matrixOf({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, 0}}));
    const Split split = test::mixSplit({0, 0, 0, 1}, {1, 1, 1, 1}, {0.75, 0.75, 0.75, 0.25});
    MetricInputs inputs;
    inputs.features = &rows;
    inputs.split = &split;
    inputs.classes = 3;
    inputs.logits = &logits;
    const auto entry = measure(inputs, {});
    QVERIFY(entry);
    NC_CLOSE((*entry)["accuracy"].value, (0.75 + 0.25 + 0 + 1) / 4, 1e-15);
    QCOMPARE((*entry)["mixup.beta"].unavailable, std::string("no classifier recorded"));
}

void TestCollapseMetrics::measure_unbiased_hasOneLess()
{
    MetricOptions options;
    options.deviation = Deviation::Unbiased;
    const MetricEntry one = random(60).measure(), other = random(60).measure(options);
    NC_CLOSE(other["nc2.means_cos_std"].value, one["nc2.means_cos_std"].value * std::sqrt(6.0 / 5), 1e-14); // 6 pairs
    NC_CLOSE(other["nc2.gnc2"].value, one["nc2.gnc2"].value * 6 / 5, 1e-14);
    NC_CLOSE(other["nc3.unc3"].value, one["nc3.unc3"].value * 4 / 3, 1e-13); // 4 classes
    NC_CLOSE(*other.chanceWeightsCosStd, *one.chanceWeightsCosStd * std::sqrt(6.0 / 5), 1e-14);
    const MetricEntry pair = collapsed(2, 3).measure(options);
    for (const char* name : {"nc2.means_cos_std", "nc2.weights_cos_std", "nc2.gnc2"})
        QCOMPARE(pair[name].unavailable, std::string("only one pair of classes"));
    QVERIFY(pair["nc2.means_norm_cv"].available());
}

void TestCollapseMetrics::measure_badLabels_isAnError()
{
    const DoubleRows rows(test::gaussian(2, 2, 1));
    const Split split = test::cleanSplit({0, 7});
    MetricInputs inputs;
    inputs.features = &rows;
    inputs.split = &split;
    inputs.classes = 3;
    const auto entry = measure(inputs, {});
    QVERIFY(!entry);
    QVERIFY(entry.error().message.find("label 7 of row 1") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestCollapseMetrics)
#include "tst_collapse_metrics.moc"
