#include <map>
#include <numeric>
#include <set>

#include <QTemporaryDir>
#include <QTest>

#include <torch/torch.h>

#include "core/config/network_size.h"
#include "core/config/train_plan.h"
#include "core/training/batch.h"
#include "core/training/recorder.h"
#include "core/training/trainer.h"

using namespace nc;
using namespace nc::training;

namespace
{

/// A few hundred pictures of noise around a stripe whose place tells the class: learnt within a few steps.
ImageDataSet stripes(std::int64_t count)
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
TrainConfig smallConfig(std::vector<std::string> settings = {})
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
TrainedRun train(const TrainConfig& config, int stopAfter = 0)
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

void compareRuns(const TrainedRun& a, const TrainedRun& b)
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

void mixingCases()
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

torch::Tensor randomTargets(std::int64_t rows, std::int64_t classes, MixPlan& plan, torch::Tensor& labels)
{
    RandomStream stream(7, RandomStream::Purpose::Mixing);
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < rows; ++i) {
        all.push_back(stream.below(classes));
        plan.first.push_back(i);
        plan.second.push_back(stream.below(rows));
        plan.lambda.push_back(static_cast<float>(stream.uniform()));
    }
    labels = torch::tensor(all);
    return softLabels(plan, labels, classes);
}

} // namespace

class TestTraining : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { torch::set_num_threads(1); }

    // docs/maths.md 3.4: mix first, then run the network. A network is not linear, so the reverse order gives other
    // features.
    void recording_mixesBeforeTheNetwork()
    {
        const TrainConfig config = smallConfig();
        const ImageDataSet data = stripes(600);
        const auto classes = trainedLabels(config);
        const SampleSet samples =
            drawSamples(data.train.labels, classes, 0, RandomStream(0, RandomStream::Purpose::Order));
        const Recorder recorder(config, data, samples, samples, torch::kCPU);
        torch::manual_seed(1);
        const auto network = makeNetwork(config.network, {}, 3);
        const RecordedEpoch recorded = recorder.record(*network, 0);
        network->eval();
        const torch::NoGradGuard noGradient;
        const Split& probe = recorder.statics().splits[0];
        QVERIFY(probe.kind == SplitKind::Mix);
        double reverse = 0;
        for (const std::size_t row : {0U, 17U, 60U, 89U}) {
            const auto picture = [&](std::int64_t sample) {
                const auto bytes = torch::from_blob(const_cast<std::uint8_t*>(data.train.image(sample)), {1, 1, 28, 28},
                                                    torch::kUInt8);
                return (bytes.to(torch::kFloat) / 255 - data.mean[0]) / data.deviation[0];
            };
            const torch::Tensor a = picture(probe.sampleA[row]), b = picture(probe.sampleB[row]);
            const auto share = static_cast<float>(probe.lambda[row]);
            const torch::Tensor right = network->forwardFeatures(share * a + (1 - share) * b).penultimate;
            const torch::Tensor wrong =
                share * network->forwardFeatures(a).penultimate + (1 - share) * network->forwardFeatures(b).penultimate;
            const auto features = recorded.splits[0].features.row(static_cast<Index>(row)).eval();
            const torch::Tensor got =
                torch::from_blob(const_cast<float*>(features.data()), {1, features.size()}, torch::kFloat);
            // Other block sizes choose other kernels: rounding of float sums of some hundred terms.
            QVERIFY((got - right).abs().max().item<double>() < 1e-4 * (1 + right.abs().max().item<double>()));
            reverse = std::max(reverse, (got - wrong).abs().max().item<double>() / right.abs().max().item<double>());
        }
        QVERIFY(reverse > 1e-2);
    }

    void steps_mixBeforeTheNetworkToo()
    {
        const ImageDataSet data = stripes(20);
        const std::vector<std::int64_t> rows{3, 5};
        const PixelStore pixels({}, data.train, rows, data, torch::kCPU);
        const torch::Tensor mixed = pixels.mixed({{0}, {1}, {0.25F}, {}, {}, {}, {}, -1, {}, {}});
        QCOMPARE(mixed.sizes(), (torch::IntArrayRef{1, 1, 28, 28}));
        for (const int p : {0, 200, 783}) {
            const double a = (data.train.image(3)[p] / 255.0 - data.mean[0]) / data.deviation[0];
            const double b = (data.train.image(5)[p] / 255.0 - data.mean[0]) / data.deviation[0];
            QVERIFY(std::abs(mixed.view(-1)[p].item<double>() - (0.25 * a + 0.75 * b)) < 1e-5); // float rounding
        }
    }

    void mixing_hasATwinInLibTorch_data() { mixingCases(); }
    void mixing_hasATwinInLibTorch()
    {
        QFETCH(QStringList, settings);
        const MixedBatch batch(settings);
        const torch::Tensor mixed = batch.pixels(torch::kCPU).mixed(batch.plan);
        QVERIFY(torch::allclose(mixed, batch.pixels(torch::kCPU).mixedByTorch(batch.plan), 1e-5, 1e-5));
        QVERIFY(mixed.std().item<double>() > 0.1); // not blank
    }

    void kernel_givesTheNumbersOfItsTwinOnTheCpu_data() { mixingCases(); }
    void kernel_givesTheNumbersOfItsTwinOnTheCpu()
    {
#ifndef NC_CUDA_KERNELS
        QSKIP("built without nvcc: there is no kernel to compare");
#else
        if (!torch::cuda::is_available())
            QSKIP("no CUDA device is visible");
        QFETCH(QStringList, settings);
        const MixedBatch batch(settings);
        // The device fuses multiply and add: one rounding less.
        QVERIFY(torch::allclose(batch.pixels(torch::kCPU).mixed(batch.plan),
                                batch.pixels(torch::kCUDA).mixed(batch.plan).cpu(), 1e-5, 1e-5));
#endif
    }

    void cutMix_hasTheLambdaOfItsArea()
    {
        const MixedBatch batch({"mixing.kind=cutmix"});
        // White first pictures, black partners: what is left of white is lambda.
        ImageDataSet data = stripes(48);
        for (std::int64_t i = 0; i < 48; ++i)
            std::fill_n(data.train.pixels.begin() + i * 784, 784, static_cast<std::uint8_t>(i < 24 ? 255 : 0));
        data.mean = {0};
        data.deviation = {1};
        MixPlan plan = batch.plan;
        for (std::size_t k = 0; k < plan.first.size(); ++k) {
            plan.first[k] = static_cast<std::int64_t>(k % 24);
            plan.second[k] = static_cast<std::int64_t>(24 + k % 24);
        }
        const torch::Tensor share =
            PixelStore(batch.config, data.train, batch.rows, data, torch::kCPU).mixed(plan).mean({1, 2, 3});
        QVERIFY(torch::allclose(share, torch::tensor(plan.lambda), 0, 1e-5)); // a float sum of 784 numbers
        QVERIFY(share.std().item<double>() > 0.1);
    }

    void manifoldMixup_mixesTheStageItDraws()
    {
        TrainConfig config = smallConfig({"mixing.kind=manifold-mixup", "epochs=2"});
        std::set<std::int64_t> stages;
        const std::vector<std::int64_t> rows{0, 1, 2, 3};
        for (int step = 0; step < 40; ++step)
            stages.insert(planStep(config, {{}, 28, 2}, rows, 1, step).hiddenStage);
        QCOMPARE(stages, (std::set<std::int64_t>{0, 1}));
        const TrainedRun run = train(config);
        QVERIFY(run.outcome);
        QVERIFY(run.sink.epochs.at(2).scalars.at("clean_accuracy") > 0.9);
    }

    void everyWayOfTraining_learnsTheStripes_data()
    {
        QTest::addColumn<QString>("setting");
        for (const char* setting :
             {"mixing.kind=cutmix", "mixing.kind=mixup-of-three", "mixing.partners=different", "mixing.partners=same",
              "loss.kind=focal", "loss.label_smoothing=0.1", "optimiser.nesterov=true", "optimiser.decay_on=weights",
              "optimiser.clip_norm=1", "optimiser.warmup=0.2", "precision=bfloat16", "data.label_noise=0.1",
              "data.imbalance=exponential data.imbalance_ratio=2", "network.classifier=random", "data.side=32"})
            QTest::newRow(setting) << setting;
    }
    void everyWayOfTraining_learnsTheStripes()
    {
        QFETCH(QString, setting);
        std::vector<std::string> settings;
        for (const QString& one : setting.split(' '))
            settings.push_back(one.toStdString());
        const TrainedRun run = train(smallConfig(settings));
        QVERIFY(run.outcome);
        const double accuracy = run.sink.epochs.at(3).scalars.at("test_accuracy"); // a third by chance
        QVERIFY2(accuracy > 0.6, qPrintable(QString::number(accuracy)));
    }

    void adam_learnsTheStripesAndResumesExactly()
    {
        for (const char* kind : {"adam", "adamw"}) {
            const TrainConfig config =
                smallConfig({std::string("optimiser.kind=") + kind, "optimiser.learning_rate=0.003"});
            const TrainedRun whole = train(config);
            QVERIFY(whole.outcome);
            QVERIFY(whole.sink.epochs.at(3).scalars.at("clean_accuracy") > 0.8);
            compareRuns(whole, train(config, 1));
        }
    }

    void dropout_isTheSameAfterAResume()
    {
        const TrainConfig config = smallConfig(
            {"network.kind=vit", "network.depth=1", "network.embed_dim=12", "network.heads=2", "network.dropout=0.3"});
        compareRuns(train(config), train(config, 1));
    }

    void recordedLayers_areThePooledStages()
    {
        const TrainedRun run = train(smallConfig({"epochs=1", "recording.layers=true"}));
        const RecordedSplit& probe = run.sink.epochs.at(1).splits[0];
        QCOMPARE(probe.layers.size(), std::size_t{2});
        QCOMPARE(probe.layers[0].first, std::string("stage1"));
        QCOMPARE(probe.layers[1].second.rows(), probe.features.rows());
        QCOMPARE(probe.layers[1].second.cols(), Index{8});
    }

    // docs/maths.md 2: CE with the soft label equals lam CE(z, y_a) + (1 - lam) CE(z, y_b).
    void softCrossEntropy_equalsTheTwoTermForm()
    {
        MixPlan plan;
        torch::Tensor labels;
        const torch::Tensor targets = randomTargets(64, 5, plan, labels);
        const torch::Tensor logits = 3 * torch::randn({64, 5}), lambda = torch::tensor(plan.lambda);
        const auto entropy = [&](const std::vector<std::int64_t>& rows) {
            return torch::nn::functional::cross_entropy(
                logits, labels.index_select(0, torch::tensor(rows)),
                torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kNone));
        };
        const torch::Tensor twoTerms = (lambda * entropy(plan.first) + (1 - lambda) * entropy(plan.second)).mean();
        QVERIFY(torch::allclose(softCrossEntropy(logits, targets), twoTerms, 1e-6, 1e-6));
        QVERIFY(torch::allclose(targets.sum(1), torch::ones(64)));
    }

    void objective_addsHalfMuTimesTheSquaredFeatures()
    {
        const Activations activations{torch::tensor({{3.0F, 4.0F}, {0.0F, 2.0F}}), torch::zeros({2, 2}), {}};
        const torch::Tensor targets = torch::tensor({{1.0F, 0.0F}, {0.5F, 0.5F}});
        const double value = objective(smallConfig({"loss.feature_penalty=0.1"}), activations, targets).item<double>();
        QVERIFY(std::abs(value - (std::log(2.0) + 0.05 * (25 + 4) / 2)) < 1e-6); // float rounding
    }

    void recording_leavesTheNetworkAlone_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::newRow("eval") << "eval";
        QTest::newRow("train") << "train";
    }
    void recording_leavesTheNetworkAlone()
    {
        QFETCH(QString, mode);
        const TrainConfig config = smallConfig({"recording.mode=" + mode.toStdString()});
        const ImageDataSet data = stripes(600);
        const SampleSet samples =
            drawSamples(data.train.labels, trainedLabels(config), 0, RandomStream(0, RandomStream::Purpose::Order));
        const Recorder recorder(config, data, samples, samples, torch::kCPU);
        const auto network = makeNetwork(config.network, {}, 3);
        network->train();
        std::vector<torch::Tensor> before;
        for (const auto& state : {network->parameters(), network->buffers()})
            for (const torch::Tensor& tensor : state)
                before.push_back(tensor.detach().clone());
        const RecordedEpoch first = recorder.record(*network, 0), again = recorder.record(*network, 0);
        QVERIFY(network->is_training());
        std::size_t at = 0;
        for (const auto& state : {network->parameters(), network->buffers()})
            for (const torch::Tensor& tensor : state)
                QVERIFY(torch::equal(tensor, before[at++]));
        QVERIFY(first.splits[0].features == again.splits[0].features);
    }

    void modes_differInTheirBatchNorm()
    {
        const TrainedRun eval = train(smallConfig({"epochs=1"}));
        const TrainedRun batch = train(smallConfig({"epochs=1", "recording.mode=train"}));
        QVERIFY(!eval.sink.epochs.at(1).splits[0].features.isApprox(batch.sink.epochs.at(1).splits[0].features, 1e-3F));
        QVERIFY(eval.sink.epochs.at(1).classifier.weight == batch.sink.epochs.at(1).classifier.weight);
    }

    void networks_haveTheirShapes()
    {
        for (const char* kind : {"residual", "plain"})
            for (const int dim : {0, 5}) {
                TrainConfig::Network options;
                options.kind = kind;
                options.widths = {4, 8, 12};
                options.featureDim = dim;
                options.featureRelu = true;
                options.classifierBias = true;
                const auto network = makeNetwork(options, {}, 3);
                const Activations out = network->forwardFeatures(torch::randn({2, 1, 28, 28}));
                QCOMPARE(out.penultimate.sizes(), (torch::IntArrayRef{2, dim > 0 ? dim : 12}));
                QCOMPARE(out.logits.sizes(), (torch::IntArrayRef{2, 3}));
                QVERIFY(out.penultimate.min().item<double>() >= 0); // ReLU
                QVERIFY(network->classifier()->bias.defined());
            }
    }

    void parameters_areThoseOfTheEstimate_data()
    {
        QTest::addColumn<QStringList>("settings");
        QTest::newRow("residual") << QStringList{"network.kind=residual"};
        QTest::newRow("plain") << QStringList{"network.kind=plain"};
        QTest::newRow("pooled") << QStringList{"network.feature_dim=0"};
        QTest::newRow("wide") << QStringList{"network.kind=wide-resnet", "network.depth=16", "network.width=1"};
        QTest::newRow("preact") << QStringList{"network.kind=preact-resnet"};
        QTest::newRow("vit") << QStringList{"network.kind=vit", "network.depth=2"};
        QTest::newRow("mlp") << QStringList{"network.kind=mlp"};
    }
    void parameters_areThoseOfTheEstimate()
    {
        QFETCH(QStringList, settings);
        std::vector<std::string> all{"network.classifier_bias=true"};
        for (const QString& setting : settings)
            all.push_back(setting.toStdString());
        const TrainConfig config = smallConfig(all);
        const auto network = makeNetwork(config.network, {}, 3);
        std::int64_t count = 0;
        for (const torch::Tensor& parameter : network->parameters())
            count += parameter.numel();
        QCOMPARE(estimateMemory(config).parameters, count);
        const Activations out = network->forwardFeatures(torch::randn({2, 1, 28, 28}));
        QCOMPARE(out.penultimate.size(1), networkSize(config.network, 1, 28, 3).featureDim);
    }

    void simplexFrame_isEquiangularOfNormOne()
    {
        const torch::Tensor frame = simplexFrame(4, 7).to(torch::kDouble);
        const torch::Tensor expected = (4.0 / 3) * (torch::eye(4, torch::kDouble) - 0.25);
        QVERIFY(torch::allclose(torch::matmul(frame, frame.t()), expected, 0, 1e-6)); // float rounding
    }

    void frozenClassifier_staysAsItIs()
    {
        const TrainedRun run = train(smallConfig({"network.classifier=etf", "epochs=2"}));
        QVERIFY(run.sink.epochs.at(0).classifier.weight == run.sink.epochs.at(2).classifier.weight);
        QVERIFY(run.sink.epochs.at(0).splits[0].features != run.sink.epochs.at(2).splits[0].features);
    }

    void training_learnsTheStripes()
    {
        const TrainedRun run = train(smallConfig());
        QVERIFY(run.outcome && *run.outcome == Outcome::Completed);
        QVERIFY(run.sink.epochs.at(3).scalars.at("train_loss") < run.sink.epochs.at(1).scalars.at("train_loss"));
        QVERIFY(run.sink.epochs.at(3).scalars.at("test_accuracy") > 0.9);
    }

    void recordedEpochs_areThoseOfTheSchedule()
    {
        const TrainedRun run = train(smallConfig({"epochs=4", "recording.epochs=2"}));
        std::vector<std::int64_t> epochs;
        for (const auto& [epoch, recorded] : run.sink.epochs)
            epochs.push_back(epoch);
        QCOMPARE(epochs, (std::vector<std::int64_t>{0, 2, 4}));
        QCOMPARE(run.sink.epochs.at(4).step, 4 * (180 / 16));
        QVERIFY(run.sink.epochs.at(0).scalars.count("train_loss") == 0);
    }

    void logits_areWhPlusB()
    {
        const TrainedRun run = train(smallConfig({"epochs=1", "network.classifier_bias=true"}));
        for (const auto& [epoch, recorded] : run.sink.epochs)
            for (const RecordedSplit& split : recorded.splits) {
                const Matrix z = (split.features.cast<double>() * recorded.classifier.weight.transpose()).rowwise() +
                                 recorded.classifier.bias.transpose();
                const double error = (z - split.logits.cast<double>()).cwiseAbs().maxCoeff();
                QVERIFY(error < 1e-4 * std::max(1.0F, split.logits.cwiseAbs().maxCoeff())); // float sums of 6 terms
            }
    }

    void sameSeed_isTheSameRun()
    {
        compareRuns(train(smallConfig({"epochs=2"})), train(smallConfig({"epochs=2"})));
        const TrainedRun other = train(smallConfig({"epochs=2", "seed=1"}));
        QVERIFY(other.sink.epochs.at(2).classifier.weight !=
                train(smallConfig({"epochs=2"})).sink.epochs.at(2).classifier.weight);
    }

    void probe_isTheSameForBothTwins()
    {
        const RecordedStatics mixup = train(smallConfig({"epochs=1"})).statics;
        const RecordedStatics plain = train(smallConfig({"epochs=1", "mixing.kind=none"})).statics;
        QCOMPARE(mixup.splits[0].sampleA, plain.splits[0].sampleA);
        QCOMPARE(mixup.splits[0].lambda, plain.splits[0].lambda);
    }

    void resumedAfterAnEpoch_isTheSameRun()
    {
        compareRuns(train(smallConfig(), 1), train(smallConfig()));
    }

    void stoppedInsideAPass_writesNoEpochAndResumesToTheSameRun()
    {
        const QTemporaryDir folder;
        const std::string checkpoint = folder.filePath("last.pt").toStdString();
        const ImageDataSet data = stripes(600);
        TrainedRun run;
        for (int session = 0; session < 2; ++session) {
            auto trainer = Trainer::create(smallConfig(), data);
            QVERIFY(trainer);
            QVERIFY(trainer->resume(checkpoint));
            std::stop_source stop;
            TrainHooks hooks;
            hooks.stop = stop.get_token();
            hooks.onBatch = [&](const BatchProgress& progress) {
                if (session == 0 && progress.epoch == 2) // the first report of a pass comes with its first step
                    stop.request_stop();
            };
            const auto outcome = trainer->run(run.sink, checkpoint, hooks);
            QVERIFY(outcome);
            QVERIFY(*outcome == (session == 0 ? Outcome::Stopped : Outcome::Completed));
            QCOMPARE(run.sink.epochs.rbegin()->first, session == 0 ? 1 : 3);
        }
        compareRuns(run, train(smallConfig()));
    }

    void damagedCheckpoint_isOneSentence()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath("last.pt"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("no archive");
        file.close();
        auto trainer = Trainer::create(smallConfig(), stripes(600));
        QVERIFY(trainer);
        const auto resumed = trainer->resume(file.fileName().toStdString());
        QVERIFY(!resumed);
        QVERIFY(resumed.error().kind == ErrorKind::Data);
        QVERIFY(resumed.error().message.find("last.pt") != std::string::npos);
        QVERIFY(resumed.error().message.find('\n') == std::string::npos);
    }

    void checkpointOfAnotherNetwork_isOneSentence()
    {
        const QTemporaryDir folder;
        const std::string checkpoint = folder.filePath("last.pt").toStdString();
        const ImageDataSet data = stripes(600);
        MemorySink sink;
        auto first = Trainer::create(smallConfig({"epochs=1"}), data);
        QVERIFY(first && first->run(sink, checkpoint, {}));
        auto other = Trainer::create(smallConfig({"epochs=1", "network.feature_dim=7"}), data);
        QVERIFY(other);
        QVERIFY(!other->resume(checkpoint));
    }

    void lossThatIsNotFinite_endsInOneSentence()
    {
        const TrainedRun run = train(smallConfig({"optimiser.learning_rate=1000", "loss.feature_penalty=1000"}));
        QVERIFY(!run.outcome);
        QVERIFY(run.outcome.error().kind == ErrorKind::Data);
        QVERIFY(run.outcome.error().message.find("not finite") != std::string::npos);
        QVERIFY(run.sink.epochs.count(0) == 1);
        for (const auto& [epoch, recorded] : run.sink.epochs)
            QVERIFY(recorded.splits[0].features.allFinite());
    }

    void budget_lowersTheImagesOfAnEpoch()
    {
        // So small that a quarter is what is left; 180 pictures are 11 steps, a quarter of that is 3.
        const TrainedRun run = train(smallConfig({"epochs=6", "budget_seconds=0.001"}));
        QCOMPARE(run.sink.epochs.at(1).scalars.at("train_images"), 176.0);
        QCOMPARE(run.sink.epochs.at(6).scalars.at("train_images"), 48.0);
        const TrainedRun free = train(smallConfig({"epochs=4", "budget_seconds=100000"}));
        QCOMPARE(free.sink.epochs.at(4).scalars.at("train_images"), 176.0);
    }

    void thumbnails_showTheMix()
    {
        const TrainConfig config = smallConfig({"recording.thumbnails=14", "epochs=1"});
        const TrainedRun run = train(config);
        const ImageDataSet data = stripes(600);
        const Thumbnails& pictures = run.statics.thumbnails.at("mix");
        const Split& probe = run.statics.splits[0];
        QCOMPARE(pictures.count, 90);
        QCOMPARE(pictures.bytes.size(), 90U * 14 * 14);
        double sum = 0;
        for (const int p : {0, 1, 28, 29}) // the four pixels under the first of the thumbnail
            sum += probe.lambda[5] * data.train.image(probe.sampleA[5])[p] +
                   (1 - probe.lambda[5]) * data.train.image(probe.sampleB[5])[p];
        QCOMPARE(int(pictures.bytes[5 * 14 * 14]), int(std::lround(sum / 4)));
    }

    void unknownGpu_isAnEnvironmentError()
    {
        const auto trainer = Trainer::create(smallConfig({"device=cuda:99"}), stripes(600));
        QVERIFY(!trainer);
        QVERIFY(trainer.error().kind == ErrorKind::Environment);
    }

    void classWithoutPictures_isADataError()
    {
        ImageDataSet data = stripes(600);
        std::replace(data.train.labels.begin(), data.train.labels.end(), std::uint8_t{4}, std::uint8_t{5});
        const auto trainer = Trainer::create(smallConfig(), data);
        QVERIFY(!trainer);
        QVERIFY(trainer.error().message.find("Coat") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"
