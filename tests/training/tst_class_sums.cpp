#include "tests/training/small_training.h"

#include "core/collapse_metrics.h"
#include "core/training/class_sums.h"
#include "core/training/whole_train.h"

using namespace nc;
using namespace nc::training;

namespace
{

/// Rows about the means of their classes; of `classes` only every class of `present`.
struct Labelled {
    torch::Tensor features; ///< float
    std::vector<std::int64_t> labels;

    Labelled(std::int64_t rows, std::int64_t dim, const std::vector<std::int64_t>& present, double within)
    {
        torch::manual_seed(5);
        const std::int64_t classes = 1 + *std::max_element(present.begin(), present.end());
        const torch::Tensor means = 10 * torch::randn({classes, dim}, torch::kDouble);
        for (std::int64_t n = 0; n < rows; ++n)
            labels.push_back(present[static_cast<std::size_t>(n * n + n / 3) % present.size()]);
        features = (means.index_select(0, torch::tensor(labels)) + within * torch::randn({rows, dim}, torch::kDouble))
                       .to(torch::kFloat);
    }
    /// In blocks of `size`.
    [[nodiscard]] FeatureSums sums(std::int64_t classes, std::int64_t size) const
    {
        FeatureSums result(classes, torch::kCPU);
        for (std::int64_t first = 0; first < features.size(0); first += size) {
            const torch::Tensor block = features.slice(0, first, first + size);
            result.add(block, std::span(labels).subspan(static_cast<std::size_t>(first),
                                                        static_cast<std::size_t>(block.size(0))));
        }
        return result;
    }
    /// Two walks in double.
    [[nodiscard]] ClassStatistics twoWalks(std::int64_t classes) const
    {
        const Snapshot rows(
            Eigen::Map<const RowMatrixF>(features.data_ptr<float>(), features.size(0), features.size(1)));
        const std::vector<std::int32_t> narrow(labels.begin(), labels.end());
        const auto stats = computeClassStatistics(rows, narrow, classes);
        Q_ASSERT(stats);
        return *stats;
    }
};

double largestRatio(const torch::Tensor& values, const Vector& expected)
{
    double worst = 0;
    for (Index c = 0; c < expected.size(); ++c) {
        const double value = values[c].item<double>();
        worst = std::max(worst, expected(c) > 0 ? std::abs(value / expected(c) - 1) : value);
    }
    return worst;
}

} // namespace

class TestClassSums : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { torch::set_num_threads(1); }

    void twin_hasTheSumsWorkedOutByHand()
    {
        const std::vector<float> features{1, 2, 5, 5, 3, 6}, centres{1, 1, 0, 0, 4, 5};
        const std::vector<std::int64_t> labels{0, 2, 0};
        std::vector<std::int64_t> counts{0, 7, 0}; // added to
        std::vector<double> sums(6, 0.0), squares(6, 100.0);
        addClassSumsCpu(
            {features.data(), labels.data(), centres.data(), 3, 2, 3, counts.data(), sums.data(), squares.data()});
        QCOMPARE(counts, (std::vector<std::int64_t>{2, 7, 1}));
        QCOMPARE(sums, (std::vector<double>{2, 6, 0, 0, 1, 0}));
        QCOMPARE(squares, (std::vector<double>{104, 126, 100, 100, 101, 100}));
    }

    void sums_giveTheStatisticsOfTwoWalks_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("dim");
        QTest::addColumn<int>("classes");
        QTest::addColumn<QList<int>>("present");
        QTest::addColumn<int>("block");
        QTest::newRow("ten classes") << 997 << 33 << 10 << QList<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9} << 100;
        QTest::newRow("empty classes") << 101 << 7 << 9 << QList<int>{1, 4, 5} << 13;
        QTest::newRow("one class") << 50 << 5 << 1 << QList<int>{0} << 7;
        QTest::newRow("one number") << 61 << 1 << 3 << QList<int>{0, 1, 2} << 1000;
        QTest::newRow("one row") << 1 << 4 << 2 << QList<int>{1} << 1;
    }
    void sums_giveTheStatisticsOfTwoWalks()
    {
        QFETCH(int, rows);
        QFETCH(int, dim);
        QFETCH(int, classes);
        QFETCH(QList<int>, present);
        QFETCH(int, block);
        const Labelled data(rows, dim, {present.begin(), present.end()}, 1);
        const FeatureSums sums = data.sums(classes, block);
        const ClassStatistics expected = data.twoWalks(classes);
        for (Index c = 0; c < classes; ++c)
            QCOMPARE(sums.counts()[c].item<std::int64_t>(), expected.counts[static_cast<std::size_t>(c)]);
        const torch::Tensor means = sums.means();
        const Eigen::Map<const RowMatrixD> matrix(means.data_ptr<double>(), classes, dim);
        // Both sum some hundred numbers of 10 in double.
        QVERIFY((matrix - RowMatrixD(expected.means)).cwiseAbs().maxCoeff() < 1e-12);
        QVERIFY(largestRatio(sums.squaredDeviation(), expected.squaredDeviation) < 1e-12);
    }

    // Features of size 10 whose classes have shrunk to the last digits of a float: a sum of |h|^2 from which n |mu|^2
    // is taken has lost as many.
    void sums_ofCollapsedClasses_keepTheirDigits_data()
    {
        QTest::addColumn<double>("within");
        QTest::addColumn<double>("plainLoses");
        QTest::newRow("1e-2") << 1e-2 << 1e-12;
        QTest::newRow("1e-4") << 1e-4 << 1e-8;
        QTest::newRow("1e-6, steps of a float") << 1e-6 << 1e-4;
    }
    void sums_ofCollapsedClasses_keepTheirDigits()
    {
        QFETCH(double, within);
        QFETCH(double, plainLoses);
        const Labelled data(997, 33, {0, 1, 2, 3, 4}, within);
        const Vector expected = data.twoWalks(5).squaredDeviation;
        QVERIFY(expected.minCoeff() > 0);
        // Taken off is at most a few times what is left (the first row of a class is a row like others), so this is the
        // rounding of sums of some hundred numbers in double.
        QVERIFY(largestRatio(data.sums(5, 100).squaredDeviation(), expected) < 1e-12);

        const torch::Tensor all = data.features.to(torch::kDouble), labels = torch::tensor(data.labels);
        torch::Tensor plain = torch::zeros({5}, torch::kDouble);
        for (std::int64_t c = 0; c < 5; ++c) {
            const torch::Tensor own = all.index({labels == c});
            plain[c] = own.square().sum() / own.size(0) - own.mean(0).square().sum();
        }
        QVERIFY(largestRatio(plain, expected) > plainLoses); // what the centres are for
    }

    // The worst centre: a first row a thousand times as far from the mean as the others.
    void sums_aboutAnOutlier_loseTheDigitsOfItsDistance()
    {
        Labelled data(997, 33, {0, 1}, 1e-3);
        data.features[0] += 1;
        const Vector expected = data.twoWalks(2).squaredDeviation;
        // Its own square is one of some 500: it is (1000)^2/500 = 2000 times the rest of the scatter, and still a sum
        // in double.
        QVERIFY(largestRatio(data.sums(2, 100).squaredDeviation(), expected) < 1e-10);
    }

    void torchOperations_giveTheNumbersOfTheTwin()
    {
        const Labelled data(253, 19, {0, 2, 3}, 1);
        const torch::Tensor labels = torch::tensor(data.labels), centres = torch::randn({5, 19});
        torch::Tensor counts[2], sums[2], squares[2];
        for (int way : {0, 1}) {
            counts[way] = torch::zeros({5}, torch::kInt64);
            sums[way] = torch::zeros({5, 19}, torch::kDouble);
            squares[way] = torch::zeros({5, 19}, torch::kDouble);
        }
        addClassSumsCpu({data.features.data_ptr<float>(), labels.data_ptr<std::int64_t>(), centres.data_ptr<float>(),
                         253, 19, 5, counts[0].data_ptr<std::int64_t>(), sums[0].data_ptr<double>(),
                         squares[0].data_ptr<double>()});
        addClassSumsByTorch(data.features, labels, centres, counts[1], sums[1], squares[1]);
        QVERIFY(torch::equal(counts[0], counts[1]));
        QCOMPARE(counts[0].sum().item<std::int64_t>(), 253);
        // Sums of some hundred numbers in double, in another order.
        QVERIFY(torch::allclose(sums[0], sums[1], 1e-12, 1e-11));
        QVERIFY(torch::allclose(squares[0], squares[1], 1e-12, 1e-11));
    }

    // All training pictures are recorded as the clean split too: what is measured on its features is what was summed.
    void wholeTrain_hasTheFiguresOfASplitThatHoldsItAll_data()
    {
        QTest::addColumn<QStringList>("settings");
        QTest::newRow("plain") << QStringList{"mixing.kind=none"};
        QTest::newRow("mixup, augmented, noisy labels, unequal classes")
            << QStringList{"data.augment=crop", "data.label_noise=0.2", "data.imbalance=step"};
        QTest::newRow("batch statistics re-estimated") << QStringList{"recording.bn_batches=3"};
    }
    void wholeTrain_hasTheFiguresOfASplitThatHoldsItAll()
    {
        QFETCH(QStringList, settings);
        std::vector<std::string> all{"recording.whole_train=true", "recording.clean_train=100000"};
        for (const QString& setting : settings)
            all.push_back(setting.toStdString());
        const TrainedRun run = train(smallConfig(all));
        QVERIFY(run.outcome);
        const auto split = std::find_if(run.statics.splits.begin(), run.statics.splits.end(),
                                        [](const Split& s) { return s.name == "clean"; });
        QVERIFY(split != run.statics.splits.end());
        const auto place = static_cast<std::size_t>(split - run.statics.splits.begin());
        for (const auto& [epoch, recorded] : run.sink.epochs) {
            const Snapshot features(recorded.splits[place].features);
            const Snapshot logits(recorded.splits[place].logits);
            MetricInputs inputs;
            inputs.features = &features;
            inputs.split = &*split;
            inputs.classes = 3;
            inputs.classifier = &recorded.classifier;
            inputs.logits = &logits;
            const auto measured = measure(inputs, {});
            QVERIFY(measured);
            const auto compare = [&](const char* scalar, const char* metric) {
                QVERIFY2(recorded.scalars.contains(scalar), scalar);
                const double value = recorded.scalars.at(scalar), expected = (*measured)[metric].value;
                // The rows stand in other blocks of the same size, so that a picture's features differ by the rounding
                // of float32 at most; the figures are smooth in them.
                QVERIFY2(
                    std::abs(value - expected) <= 1e-6 * std::abs(expected) + 1e-9,
                    qPrintable(QStringLiteral("%1 at %2: %3, not %4").arg(scalar).arg(epoch).arg(value).arg(expected)));
            };
            QCOMPARE(recorded.scalars.at("whole_train_accuracy"), (*measured)["accuracy"].value);
            compare("whole_train_loss", "calibration.nll");
            compare("whole_train_nc1_quotient", "nc1.quotient");
            compare("whole_train_nc1_cdnv", "nc1.cdnv");
            compare("whole_train_nc2_means_norm_cv", "nc2.means_norm_cv");
            compare("whole_train_nc2_means_etf_error", "nc2.means_etf_error");
            compare("whole_train_nc2_gnc2", "nc2.gnc2");
            compare("whole_train_nc3_duality", "nc3.duality");
            compare("whole_train_bias_relation", "bias_relation");
            QVERIFY(!recorded.scalars.contains("whole_train_nc1_pinv")); // needs the rows
        }
    }

    void wholeTrain_changesNothingElse()
    {
        const TrainedRun with = train(smallConfig({"recording.whole_train=true"})), without = train(smallConfig());
        QVERIFY(with.outcome && without.outcome);
        for (const auto& [epoch, recorded] : without.sink.epochs) {
            const RecordedEpoch& other = with.sink.epochs.at(epoch);
            QVERIFY(recorded.classifier.weight == other.classifier.weight);
            QVERIFY(recorded.splits[0].features == other.splits[0].features);
            for (const auto& [name, value] : recorded.scalars) {
                QVERIFY(!name.starts_with("whole_train"));
                QCOMPARE(other.scalars.at(name), value);
            }
            QVERIFY(other.scalars.contains("whole_train_accuracy"));
        }
    }

    void wholeTrain_withBatchStatistics_isTheSameEachTime()
    {
        const TrainConfig config = smallConfig({"recording.whole_train=true", "recording.mode=train", "epochs=1"});
        const TrainedRun first = train(config), again = train(config);
        QVERIFY(first.outcome && again.outcome);
        QVERIFY(first.sink.epochs.at(1).scalars.contains("whole_train_nc1_quotient"));
        QCOMPARE(first.sink.epochs.at(1).scalars, again.sink.epochs.at(1).scalars);
    }
};

QTEST_GUILESS_MAIN(TestClassSums)
#include "tst_class_sums.moc"
