#pragma once

#include <map>
#include <numeric>

#include <QTemporaryDir>
#include <QTest>

#include <torch/torch.h>

#include "core/config/network_size.h"
#include "core/config/train_plan.h"
#include "core/training/batch.h"
#include "core/training/recorder.h"
#include "core/training/trainer.h"

/// Trainings of seconds, for tests.
namespace nc::training
{

/// A few hundred pictures of noise around a stripe whose place tells the class: learnt within a few steps.
inline ImageDataSet stripes(std::int64_t count)
{
    ImageDataSet data;
    RandomStream noise(1, RandomStream::Purpose::TrainSamples);
    for (LabelledImages* part : {&data.train, &data.test}) {
        part->height = part->width = 28;
        for (std::int64_t i = 0; i < count; ++i) {
            const auto label = static_cast<std::uint8_t>(i % 10);
            part->labels.push_back(label);
            for (int p = 0; p < 784; ++p)
                part->pixels.push_back(static_cast<std::uint8_t>(noise.below(80) + (p / 28 / 2 == label ? 150 : 0)));
        }
    }
    data.mean = {0.2F};
    data.deviation = {0.25F};
    return data;
}

/// A training of seconds: three classes, a narrow network.
inline TrainConfig smallConfig(std::vector<std::string> settings = {})
{
    std::vector<std::string> all{"epochs=3",
                                 "threads=1",
                                 "device=cpu",
                                 "data.classes=1,4,8",
                                 "network.widths=8,8",
                                 "network.feature_dim=6",
                                 "optimiser.batch_size=16",
                                 "probe_samples=90",
                                 "recording.clean_train=30",
                                 "recording.clean_test=30",
                                 "recording.thumbnails=0"};
    all.insert(all.end(), settings.begin(), settings.end());
    const auto config = withSettings({}, all);
    Q_ASSERT(config);
    return *config;
}

/// Keeps what it is given.
struct MemorySink final : SnapshotSink {
    std::map<std::int64_t, RecordedEpoch> epochs;
    Result<std::string> writeEpoch(const RecordedEpoch& epoch) override
    {
        epochs.insert_or_assign(epoch.epoch, epoch);
        return "epoch " + std::to_string(epoch.epoch);
    }
};

struct TrainedRun {
    MemorySink sink;
    RecordedStatics statics;
    Result<Outcome> outcome = Outcome::Completed;
};

/// Trains on stripes; stops after epoch `stopAfter` where that is not 0, and goes on with a new trainer.
inline TrainedRun train(const TrainConfig& config, int stopAfter = 0)
{
    const QTemporaryDir folder;
    const std::string checkpoint = folder.filePath("last.pt").toStdString();
    const ImageDataSet data = stripes(600);
    TrainedRun run;
    for (int session = 0; session < (stopAfter > 0 ? 2 : 1); ++session) {
        auto trainer = Trainer::create(config, data);
        Q_ASSERT(trainer);
        const auto resumed = trainer->resume(checkpoint);
        Q_ASSERT(resumed);
        run.statics = trainer->statics();
        std::stop_source stop;
        TrainHooks hooks;
        hooks.stop = stop.get_token();
        hooks.onEpoch = [&](const EpochProgress& progress) {
            if (stopAfter > 0 && session == 0 && progress.epoch == stopAfter)
                stop.request_stop();
        };
        run.outcome = trainer->run(run.sink, checkpoint, hooks);
    }
    return run;
}

inline void compareRuns(const TrainedRun& a, const TrainedRun& b)
{
    QCOMPARE(a.sink.epochs.size(), b.sink.epochs.size());
    for (const auto& [epoch, first] : a.sink.epochs) {
        const RecordedEpoch& second = b.sink.epochs.at(epoch);
        QVERIFY(first.classifier.weight == second.classifier.weight);
        QCOMPARE(first.scalars, second.scalars);
        QCOMPARE(first.step, second.step);
        for (std::size_t i = 0; i < first.splits.size(); ++i) {
            QVERIFY(first.splits[i].features == second.splits[i].features);
            QVERIFY(first.splits[i].logits == second.splits[i].logits);
        }
    }
}

/// A batch of three-class pictures and the plan of a step under some settings.
struct MixedBatch {
    explicit MixedBatch(const QStringList& settings)
    {
        std::vector<std::string> all;
        for (const QString& setting : settings)
            all.push_back(setting.toStdString());
        config = smallConfig(all);
        rows.resize(48);
        std::iota(rows.begin(), rows.end(), std::int64_t{0});
        std::vector<std::int32_t> labels;
        for (std::int32_t i = 0; i < 48; ++i)
            labels.push_back(i % 3);
        plan = planStep(config, {labels, inputSize(config).side, 2}, rows, 1, 0);
    }
    [[nodiscard]] PixelStore pixels(const torch::Device& device) const
    {
        return {config, data.train, rows, data, device};
    }

    ImageDataSet data = stripes(48);
    TrainConfig config;
    std::vector<std::int64_t> rows;
    MixPlan plan;
};

inline void mixingCases()
{
    QTest::addColumn<QStringList>("settings");
    QTest::newRow("mixup") << QStringList{};
    QTest::newRow("cutmix") << QStringList{"mixing.kind=cutmix"};
    QTest::newRow("three") << QStringList{"mixing.kind=mixup-of-three"};
    QTest::newRow("manifold") << QStringList{"mixing.kind=manifold-mixup"};
    QTest::newRow("padded") << QStringList{"data.side=32"};
    QTest::newRow("augmented") << QStringList{"data.side=32", "data.augment=crop-flip", "data.cutout=8"};
    QTest::newRow("augmented cutmix") << QStringList{"data.augment=crop", "mixing.kind=cutmix"};
}

} // namespace nc::training
