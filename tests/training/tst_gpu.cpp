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

    void float16_learnsTheStripesOnAGpu()
    {
        const TrainedRun run = train(smallConfig({"precision=float16", "device=cuda"}));
        QVERIFY(run.outcome);
        QVERIFY(run.sink.epochs.at(3).scalars.at("test_accuracy") > 0.6);
    }
};

QTEST_GUILESS_MAIN(TestGpu)
#include "tst_gpu.moc"
