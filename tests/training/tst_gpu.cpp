#include "tests/training/small_training.h"

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
