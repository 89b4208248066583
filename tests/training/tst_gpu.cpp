#include "tests/training/small_training.h"

#include "core/training/whole_train.h"

using namespace nc;
using namespace nc::training;

class TestGpu : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!torch::cuda::is_available())
            QSKIP("no CUDA device is visible");
    }

    void kernel_givesTheNumbersOfItsTwinOnTheCpu_data() { mixingCases(); }
    void kernel_givesTheNumbersOfItsTwinOnTheCpu()
    {
#ifndef NC_CUDA_KERNELS
        QSKIP("built without nvcc: there is no kernel to compare");
#else
        QFETCH(QStringList, settings);
        const MixedBatch batch(settings);
        // The device fuses multiply and add: one rounding less.
        QVERIFY(torch::allclose(batch.pixels(torch::kCPU).mixed(batch.plan),
                                batch.pixels(torch::kCUDA).mixed(batch.plan).cpu(), 1e-5, 1e-5));
#endif
    }

    void classSums_giveTheNumbersOfTheirTwinOnTheCpu_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("dim");
        QTest::addColumn<int>("classes");
        QTest::newRow("small") << 100 << 16 << 10;
        QTest::newRow("a multiple of nothing") << 1013 << 131 << 7;
        QTest::newRow("many classes, some of them empty") << 257 << 64 << 100;
        QTest::newRow("one class") << 33 << 5 << 1;
    }
    void classSums_giveTheNumbersOfTheirTwinOnTheCpu()
    {
        QFETCH(int, rows);
        QFETCH(int, dim);
        QFETCH(int, classes);
        torch::manual_seed(3);
        const torch::Tensor features = 5 + 0.1 * torch::randn({rows, dim});
        std::vector<std::int64_t> labels;
        for (std::int64_t n = 0; n < rows; ++n)
            labels.push_back(n * n % classes);
        const auto summed = [&](const torch::Device& device) {
            FeatureSums sums(classes, device);
            for (int block : {0, 1}) // the second is added to the first
                sums.add(features.to(device) + block, labels);
            return sums;
        };
        // By the kernel, or where nvcc was missing by LibTorch.
        const FeatureSums cpu = summed(torch::kCPU), gpu = summed(torch::kCUDA), again = summed(torch::kCUDA);
        QVERIFY(torch::equal(cpu.counts(), gpu.counts().cpu()));
        // Sums of some thousand numbers in double, in another order.
        QVERIFY(torch::allclose(cpu.means(), gpu.means().cpu(), 1e-12, 1e-12));
        QVERIFY(torch::allclose(cpu.squaredDeviation(), gpu.squaredDeviation().cpu(), 1e-11, 1e-12));
        QVERIFY(torch::equal(gpu.means(), again.means()));
        QVERIFY(torch::equal(gpu.squaredDeviation(), again.squaredDeviation()));
    }

    void wholeTrain_givesTheFiguresOfTheCpu()
    {
        const std::vector<std::string> settings{"epochs=1", "recording.whole_train=true"};
        std::vector<std::string> onGpu = settings;
        onGpu.emplace_back("device=cuda");
        const TrainedRun cpu = train(smallConfig(settings)), gpu = train(smallConfig(onGpu));
        QVERIFY(cpu.outcome && gpu.outcome);
        // The same weights; convolutions by other algorithms, in TF32 at worst.
        for (const char* name : {"whole_train_nc1_quotient", "whole_train_loss", "whole_train_nc3_duality"}) {
            const double expected = cpu.sink.epochs.at(0).scalars.at(name);
            QVERIFY2(std::abs(gpu.sink.epochs.at(0).scalars.at(name) - expected) < 2e-2 * expected, name);
        }
    }

    void recording_givesTheNumbersOfTheCpu()
    {
        // The same weights, drawn on the CPU; convolutions by other algorithms, in TF32 at worst.
        const TrainedRun cpu = train(smallConfig({"epochs=1"})), gpu = train(smallConfig({"epochs=1", "device=cuda"}));
        QVERIFY(cpu.outcome && gpu.outcome);
        const RecordedEpoch &a = cpu.sink.epochs.at(0), &b = gpu.sink.epochs.at(0);
        QVERIFY(a.classifier.weight == b.classifier.weight);
        for (std::size_t i = 0; i < a.splits.size(); ++i)
            QVERIFY(a.splits[i].features.isApprox(b.splits[i].features, 5e-3F));
    }

    // The same kernels in the same order; what differs are sums by atomics, in steps of some 1e-7 that grow with
    // training.
    void cudaGraph_givesTheNumbersOfEagerSteps_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::newRow("SGD") << "optimiser.kind=sgd";
        QTest::newRow("AdamW") << "optimiser.kind=adamw";
        QTest::newRow("clipped") << "optimiser.clip_norm=0.5";
        QTest::newRow("vision transformer") << "network.kind=vit";
    }
    void cudaGraph_givesTheNumbersOfEagerSteps()
    {
        QFETCH(QString, setting);
        // 2 passes of 11 steps: three by themselves, one recorded, eighteen repeated, the probe between.
        const std::vector<std::string> settings{"epochs=2", "device=cuda", "network.embed_dim=24",
                                                "optimiser.learning_rate=0.01", setting.toStdString()};
        std::vector<std::string> graphed = settings;
        graphed.emplace_back("cuda_graph=true");
        const TrainedRun eager = train(smallConfig(settings)), repeated = train(smallConfig(graphed));
        QVERIFY(eager.outcome && repeated.outcome);
        const RecordedEpoch &a = eager.sink.epochs.at(2), &b = repeated.sink.epochs.at(2);
        QCOMPARE(a.step, 22);
        QVERIFY(std::abs(a.scalars.at("train_loss") / b.scalars.at("train_loss") - 1) < 1e-3);
        QVERIFY(a.classifier.weight.isApprox(b.classifier.weight, 1e-3F));
        for (std::size_t i = 0; i < a.splits.size(); ++i)
            QVERIFY(a.splits[i].features.isApprox(b.splits[i].features, 5e-3F));
    }

    void float16_learnsTheStripesOnAGpu()
    {
        const TrainedRun run = train(smallConfig({"precision=float16", "device=cuda"}));
        QVERIFY(run.outcome);
        QVERIFY(run.sink.epochs.at(3).scalars.at("test_accuracy") > 0.6);
    }
};

QTEST_GUILESS_MAIN(TestGpu)
#include "tst_gpu.moc"
