#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <QTest>

#include "core/config/train_plan.h"
#include "core/training/mix_batch.h"
#include "core/training/sampling.h"

using namespace nc;
using namespace nc::training;
using Purpose = RandomStream::Purpose;

namespace
{

/// 100 pictures of each of ten classes, but 30 of class 9.
std::vector<std::uint8_t> someLabels()
{
    std::vector<std::uint8_t> labels;
    for (int i = 0; i < 1000; ++i)
        if (i % 10 != 9 || i < 300)
            labels.push_back(static_cast<std::uint8_t>(i % 10));
    return labels;
}

SampleSet samples(std::vector<std::int64_t> classes, std::int64_t count, std::int64_t seed = 0)
{
    return drawSamples(someLabels(), classes, count, RandomStream(seed, Purpose::TrainSamples));
}

TrainConfig config(std::vector<std::string> settings)
{
    return *withSettings({}, settings);
}

} // namespace

class TestSampling : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawnSamples_areBalancedAscendingAndOfTheirClass()
    {
        const std::vector<std::int64_t> classes{8, 1};
        const SampleSet set = samples(classes, 51);
        const auto labels = someLabels();
        QCOMPARE(set.count(), 51);
        QVERIFY(std::adjacent_find(set.index.begin(), set.index.end(), std::greater_equal<>()) == set.index.end());
        std::map<int, int> counts;
        for (std::size_t i = 0; i < set.index.size(); ++i) {
            QCOMPARE(int(labels[static_cast<std::size_t>(set.index[i])]),
                     int(classes[static_cast<std::size_t>(set.label[i])]));
            ++counts[set.label[i]];
        }
        QVERIFY(std::abs(counts[0] - counts[1]) <= 1);
    }

    void drawnSamples_takeWhatThereIs()
    {
        QCOMPARE(samples({0, 9}, 0).count(), 130);
        QCOMPARE(samples({0, 9}, 1000).count(), 130);
        const SampleSet set = samples({0, 9}, 120);
        QCOMPARE(std::count(set.label.begin(), set.label.end(), 1), 30); // class 9 is used up
    }

    void drawnSamples_dependOnTheSeedAlone()
    {
        QCOMPARE(samples({0, 1}, 40).index, samples({0, 1}, 40).index);
        QVERIFY(samples({0, 1}, 40).index != samples({0, 1}, 40, 1).index);
    }

    void probe_hasItsCellsLambdaAndPartners()
    {
        const TrainConfig c = config({"data.classes=0,1,7", "probe_samples=900"});
        const SampleSet train = samples(trainedLabels(c), 0);
        const Split probe = drawProbe(c, train);
        QVERIFY(probe.kind == SplitKind::Mix);
        QCOMPARE(probe.rows(), 900);
        const auto labels = someLabels();
        std::map<std::pair<int, int>, int> cells;
        double sum = 0;
        for (std::size_t i = 0; i < 900; ++i) {
            QVERIFY(probe.labelA[i] <= probe.labelB[i]);
            ++cells[{probe.labelA[i], probe.labelB[i]}];
            QVERIFY(probe.sampleA[i] != probe.sampleB[i]);
            QCOMPARE(std::int64_t(labels[static_cast<std::size_t>(probe.sampleB[i])]),
                     trainedLabels(c)[static_cast<std::size_t>(probe.labelB[i])]);
            QVERIFY(probe.lambda[i] >= 0 && probe.lambda[i] <= 1);
            QCOMPARE(probe.lambda[i], double(float(probe.lambda[i]))); // as it is on disk
            sum += probe.lambda[i];
        }
        QCOMPARE(cells.at({0, 0}), 200);
        QCOMPARE(cells.at({0, 2}), 100);
        QVERIFY(std::abs(sum / 900 - 0.5) < 0.05); // five standard errors of a uniform mean
        QCOMPARE(drawProbe(c, train).sampleA, probe.sampleA);
        QCOMPARE(drawProbe(c, train).lambda, probe.lambda);
    }

    void beta_hasItsMoments_data()
    {
        QTest::addColumn<double>("alpha");
        for (const double alpha : {0.01, 0.2, 1.0, 2.5, 50.0})
            QTest::addRow("%g", alpha) << alpha;
    }
    void beta_hasItsMoments()
    {
        QFETCH(double, alpha);
        RandomStream stream(3, Purpose::Mixing);
        constexpr int count = 40000;
        double sum = 0, squares = 0;
        for (int i = 0; i < count; ++i) {
            const double x = stream.beta(alpha);
            QVERIFY(x >= 0 && x <= 1);
            sum += x;
            squares += (x - 0.5) * (x - 0.5);
        }
        const double variance = 1 / (4 * (2 * alpha + 1));
        QVERIFY(std::abs(sum / count - 0.5) < 5 * std::sqrt(variance / count));
        QVERIFY(std::abs(squares / count - variance) <
                0.03 * variance); // relative error of a variance is at most sqrt(2/n) = 0.7 %
    }

    void below_isEven()
    {
        RandomStream stream(5, Purpose::Order);
        std::map<std::int64_t, int> counts;
        for (int i = 0; i < 60000; ++i)
            ++counts[stream.below(6)];
        QCOMPARE(counts.size(), 6U);
        for (const auto& [value, count] : counts)
            QVERIFY(std::abs(count - 10000) < 500); // five standard deviations are 456
    }

    void order_isAPermutationOfItsOwnForEachEpoch()
    {
        const auto first = epochOrder({}, 200, 1);
        QCOMPARE(std::set(first.begin(), first.end()).size(), 200U);
        QCOMPARE(epochOrder({}, 200, 1), first);
        QVERIFY(epochOrder({}, 200, 2) != first);
    }

    void step_mixesEachPictureOnceInEachRole()
    {
        const std::vector<std::int64_t> batch{10, 20, 30, 40, 50};
        const MixPlan plan = planStep(config({"mixing.alpha=0.4"}), {}, batch, 1, 0);
        QCOMPARE(plan.first, batch);
        QVERIFY(std::is_permutation(plan.second.begin(), plan.second.end(), batch.begin()));
        QCOMPARE(std::set(plan.lambda.begin(), plan.lambda.end()).size(), 5U);
        QVERIFY(planStep(config({}), {}, batch, 1, 1).lambda != planStep(config({}), {}, batch, 1, 0).lambda);
    }

    void step_drawsOneLambdaForABatch()
    {
        const MixPlan plan =
            planStep(config({"mixing.lambda_per=batch"}), {}, std::vector<std::int64_t>{1, 2, 3}, 1, 0);
        QVERIFY(plan.lambda[0] > 0 && plan.lambda[0] < 1);
        QCOMPARE(plan.lambda, std::vector<float>(3, plan.lambda[0]));
    }

    void step_withoutMixing_leavesPicturesAlone()
    {
        const std::vector<std::int64_t> batch{3, 1, 2};
        const MixPlan plan = planStep(config({"mixing.kind=none"}), {}, batch, 1, 0);
        QCOMPARE(plan.second, batch);
        QCOMPARE(plan.lambda, std::vector<float>(3, 1.0F));
    }

    void partners_areOfTheWantedClass()
    {
        const std::vector<std::int32_t> labels{0, 0, 1, 1, 2, 2, 0};
        const std::vector<std::int64_t> batch{0, 1, 2, 3, 4, 5, 6};
        for (const bool same : {true, false}) {
            const MixPlan plan = planStep(config({same ? "mixing.partners=same" : "mixing.partners=different"}),
                                          {labels, 28, 0}, batch, 1, 0);
            for (std::size_t k = 0; k < batch.size(); ++k) {
                QCOMPARE(labels[static_cast<std::size_t>(plan.second[k])] == labels[k], same);
                QVERIFY(plan.second[k] != plan.first[k]);
            }
        }
    }

    void threeShares_areADistribution()
    {
        std::vector<std::int64_t> batch(400);
        std::iota(batch.begin(), batch.end(), std::int64_t{0});
        const MixPlan plan = planStep(config({"mixing.kind=mixup-of-three"}), {}, batch, 1, 0);
        double first = 0, third = 0;
        for (std::size_t k = 0; k < batch.size(); ++k) {
            QVERIFY(plan.lambda[k] >= 0 && plan.thirdShare[k] >= 0 && plan.lambda[k] + plan.thirdShare[k] <= 1 + 1e-6F);
            first += plan.lambda[k];
            third += plan.thirdShare[k];
        }
        // A share of Dirichlet(1,1,1) has mean 1/3 and deviation 0.236: five standard errors.
        QVERIFY(std::abs(first / 400 - 1.0 / 3) < 0.06 && std::abs(third / 400 - 1.0 / 3) < 0.06);
    }

    void disturbedSamples_areThinnedAndRelabelled()
    {
        SampleSet set;
        for (int i = 0; i < 1000; ++i) {
            set.index.push_back(i);
            set.label.push_back(i % 2);
        }
        const SampleSet thin =
            disturbed(config({"data.classes=0,1", "data.imbalance=step", "data.imbalance_ratio=10"}), set);
        QCOMPARE(std::count(thin.label.begin(), thin.label.end(), 0), 500);
        QCOMPARE(std::count(thin.label.begin(), thin.label.end(), 1), 50);
        const SampleSet noisy = disturbed(config({"data.classes=0,1", "data.label_noise=0.4"}), set);
        int changed = 0;
        for (std::size_t i = 0; i < 1000; ++i)
            changed += noisy.label[i] != set.label[i];
        QVERIFY(changed > 130 && changed < 270); // 0.4/2 of 1000, five standard deviations are 63
    }

    void batch_isGatheredMixedAndNormalised()
    {
        const std::uint8_t pixels[] = {0, 255, 10, 20, 100, 200}; // three pictures of one pixel in two channels
        const std::int64_t first[] = {2, 0}, second[] = {0, 1};
        const float lambda[] = {0.25F, 1.0F};
        float out[4] = {};
        MixBatch batch;
        batch.pixels = pixels;
        batch.sourceSide = batch.side = 1;
        batch.channels = 2;
        batch.first = first;
        batch.second = second;
        batch.lambda = lambda;
        batch.count = 2;
        batch.scale[0] = batch.scale[1] = 2;
        batch.shift[0] = -1;
        batch.shift[1] = -3;
        batch.out = out;
        mixBatchCpu(batch);
        QCOMPARE(out[0], 2 * (0.25F * 100) - 1);
        QCOMPARE(out[1], 2 * (0.25F * 200 + 0.75F * 255) - 3);
        QCOMPARE(out[2], -1.0F);
        QCOMPARE(out[3], 2 * 255.0F - 3);
    }
};

QTEST_APPLESS_MAIN(TestSampling)
#include "tst_sampling.moc"
