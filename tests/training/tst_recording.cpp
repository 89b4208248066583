#include <future>
#include <set>

#include "core/training/side_network.h"
#include "tests/training/small_training.h"

using namespace nc;
using namespace nc::training;

class TestRecording : public QObject
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
        const RecordedEpoch recorded = recorder.finish(recorder.record(*network, 0));
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

    void recording_leavesTheNetworkAlone_data()
    {
        QTest::addColumn<QString>("setting");
        for (const char* setting :
             {"recording.mode=eval", "recording.mode=train", "recording.mode=train-chosen", "recording.bn_batches=3"})
            QTest::newRow(setting) << setting;
    }
    void recording_leavesTheNetworkAlone()
    {
        QFETCH(QString, setting);
        const TrainConfig config = smallConfig({setting.toStdString()});
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
        const auto record = [&] {
            return recorder.finish(recorder.record(*network, 0, [&](std::int64_t) {
                std::ignore = network->forwardFeatures(torch::randn({16, 1, 28, 28}));
            }));
        };
        const torch::Tensor drawn = at::detail::getDefaultCPUGenerator().get_state();
        const RecordedEpoch first = record();
        QVERIFY(torch::equal(drawn, at::detail::getDefaultCPUGenerator().get_state()));
        const RecordedEpoch again = record();
        QVERIFY(network->is_training());
        std::size_t at = 0;
        for (const auto& state : {network->parameters(), network->buffers()})
            for (const torch::Tensor& tensor : state)
                QVERIFY(torch::equal(tensor, before[at++]));
        QVERIFY(first.splits[0].features == again.splits[0].features);
    }

    // The short way through convolution and norm, and through the pool, is that of all layers one by one.
    void shortWay_givesTheNumbersOfTheLongOne_data()
    {
        QTest::addColumn<QStringList>("settings");
        QTest::newRow("small CNN") << QStringList{"network.kind=residual", "network.widths=8,12,16"};
        QTest::newRow("plain CNN") << QStringList{"network.kind=plain", "network.widths=8,12"};
        QTest::newRow("WRN-10-1") << QStringList{"network.kind=wide-resnet", "network.depth=10", "network.width=1",
                                                 "network.dropout=0.2"};
        QTest::newRow("PreAct-18") << QStringList{"network.kind=preact-resnet"};
    }
    void shortWay_givesTheNumbersOfTheLongOne()
    {
        QFETCH(QStringList, settings);
        std::vector<std::string> all;
        for (const QString& setting : settings)
            all.push_back(setting.toStdString());
        torch::manual_seed(4);
        const auto network = makeNetwork(smallConfig(all).network, {1, 28, 28}, 3);
        network->to(torch::kDouble);
        const torch::Tensor images = torch::randn({7, 1, 28, 28}, torch::kDouble);
        const torch::NoGradGuard noGradient;
        for (const auto& module : network->modules())
            if (auto* norm = module->as<torch::nn::BatchNorm2d>()) { // as after some training
                norm->weight.uniform_(0.5, 2);
                norm->bias.normal_();
                norm->running_mean.normal_();
                norm->running_var.uniform_(0.3, 3);
            }
        network->eval();
        const torch::Tensor fast = network->forwardFeatures(images).penultimate;
        torch::Tensor slow;
        {
            const torch::AutoGradMode gradients(true);
            slow = network->forwardFeatures(images).penultimate.detach();
        }
        QVERIFY(slow.std().item<double>() > 1e-3);
        QVERIFY(!torch::equal(fast, slow)); // else there is no short way
        // float64: sums of some thousand terms through at most twenty layers.
        QVERIFY((fast - slow).abs().max().item<double>() < 1e-11 * slow.abs().max().item<double>());
    }

    void trial_keepsNothing()
    {
        const TrainConfig config = smallConfig();
        const ImageDataSet data = stripes(600);
        const SampleSet samples =
            drawSamples(data.train.labels, trainedLabels(config), 0, RandomStream(0, RandomStream::Purpose::Order));
        const Recorder recorder(config, data, samples, samples, torch::kCPU);
        const auto network = makeNetwork(config.network, {}, 3);
        network->train();
        const RecordedEpoch before = recorder.finish(recorder.record(*network, 0));
        QVERIFY(recorder.trial(*network, 0) > 0);
        QVERIFY(network->is_training());
        QVERIFY(before.splits[0].features == recorder.finish(recorder.record(*network, 0)).splits[0].features);
    }

    void trial_countsTheWholeTrainingSet()
    {
        // 20 recorded rows beside 1800 training pictures: 91 times as long, if nothing else wants the cores.
        const ImageDataSet data = stripes(6000);
        const auto fastest = [&](const std::string& setting) {
            const TrainConfig config =
                smallConfig({"probe_samples=20", "recording.clean_train=0", "recording.clean_test=0", setting});
            const SampleSet samples =
                drawSamples(data.train.labels, trainedLabels(config), 0, RandomStream(0, RandomStream::Purpose::Order));
            const Recorder recorder(config, data, samples, samples, torch::kCPU);
            const auto network = makeNetwork(config.network, {}, 3);
            double seconds = 1e9;
            for (int k = 0; k < 5; ++k)
                seconds = std::min(seconds, recorder.trial(*network, 0));
            return seconds;
        };
        QVERIFY(fastest("recording.whole_train=true") > 5 * fastest("recording.whole_train=false"));
    }

    void trial_countsTheBatchesOfBatchNorm()
    {
        const TrainConfig config = smallConfig({"recording.bn_batches=100"});
        const ImageDataSet data = stripes(600);
        const SampleSet samples =
            drawSamples(data.train.labels, trainedLabels(config), 0, RandomStream(0, RandomStream::Purpose::Order));
        const Recorder recorder(config, data, samples, samples, torch::kCPU);
        const auto network = makeNetwork(config.network, {}, 3);
        std::int64_t batches = 0;
        bool training = true;
        const double seconds = recorder.trial(*network, 0, [&](std::int64_t batch) {
            training = training && network->is_training();
            QCOMPARE(batch, batches++);
            QTest::qSleep(5);
        });
        QCOMPARE(batches, std::int64_t{2}); // the first is not timed
        QVERIFY(training);
        QVERIFY(seconds > 0.5); // a hundred sleeps of 5 ms at least
    }

    void modes_differInTheirBatchNorm()
    {
        const TrainedRun eval = train(smallConfig({"epochs=1"}));
        const TrainedRun batch = train(smallConfig({"epochs=1", "recording.mode=train"}));
        QVERIFY(!eval.sink.epochs.at(1).splits[0].features.isApprox(batch.sink.epochs.at(1).splits[0].features, 1e-3F));
        QVERIFY(eval.sink.epochs.at(1).classifier.weight == batch.sink.epochs.at(1).classifier.weight);
    }

    void reestimatedBatchNorm_isThatOfTheTrainingBatches()
    {
        // At epoch 0 the running averages are 0 and 1, far from what the network sees.
        const TrainedRun running = train(smallConfig({"epochs=1"}));
        const TrainedRun anew = train(smallConfig({"epochs=1", "recording.bn_batches=5"}));
        const TrainedRun batch = train(smallConfig({"epochs=1", "recording.mode=train"}));
        QCOMPARE(anew.statics.splits[0].batchNorm, std::string("re-estimated"));
        QCOMPARE(anew.statics.splits[0].mode, std::string("eval"));
        const auto features = [](const TrainedRun& run) -> RowMatrixF {
            return run.sink.epochs.at(0).splits[0].features;
        };
        const float off = (features(running) - features(batch)).norm(),
                    near = (features(anew) - features(batch)).norm();
        QVERIFY2(near < 0.5F * off, qPrintable(QStringLiteral("%1 of %2").arg(near).arg(off)));
        // And the training is the same.
        QVERIFY(running.sink.epochs.at(1).classifier.weight == anew.sink.epochs.at(1).classifier.weight);
    }

    // docs/maths.md 1: batches of three classes, each other's partners, augmented, one lambda a batch, their
    // statistics.
    void protocolOfTheReproduction_isRecorded()
    {
        const TrainConfig config =
            smallConfig({"epochs=1", "data.classes=0,1,2,3,4", "data.augment=crop-flip", "recording.probe=batches",
                         "recording.lambda_per=batch", "recording.mode=train-chosen", "recording.loops=2"});
        const TrainedRun run = train(config);
        QVERIFY(run.outcome);
        const Split& probe = run.statics.splits[0];
        QCOMPARE(probe.mode, std::string("train-chosen"));
        QCOMPARE(probe.lambdaPer, std::string("batch"));
        const std::vector<std::int64_t> chosen = probedClasses(config);
        QCOMPARE(chosen.size(), std::size_t{3});
        QCOMPARE(viewClassPositions(config), chosen);
        QCOMPARE(probe.rows(), 2 * (180 / 16) * 16); // the last batch of each pass is left out
        std::set<double> lambdas;
        for (std::size_t begin = 0; begin < probe.lambda.size(); begin += 16) {
            std::multiset<std::int64_t> first, second;
            for (std::size_t row = begin; row < begin + 16; ++row) {
                QCOMPARE(probe.lambda[row], probe.lambda[begin]);
                first.insert(probe.sampleA[row]);
                second.insert(probe.sampleB[row]);
                QVERIFY(std::binary_search(chosen.begin(), chosen.end(), probe.labelA[row]));
            }
            QVERIFY(first == second);
            lambdas.insert(probe.lambda[begin]);
        }
        QCOMPARE(lambdas.size(), std::size_t{22});
        for (const std::int32_t label : run.statics.splits[1].labelA)
            QVERIFY(std::binary_search(chosen.begin(), chosen.end(), label));
        const TrainedRun still =
            train(smallConfig({"epochs=1", "data.classes=0,1,2,3,4", "recording.probe=batches",
                               "recording.lambda_per=batch", "recording.mode=train-chosen", "recording.loops=2"}));
        QCOMPARE(still.statics.splits[0].sampleA, probe.sampleA); // the same mixes, not augmented
        QVERIFY(still.sink.epochs.at(0).splits[0].features != run.sink.epochs.at(0).splits[0].features);
        QVERIFY(still.sink.epochs.at(0).splits[1].features == run.sink.epochs.at(0).splits[1].features);
    }

    void lambdaPerBatch_isOfRowsInRandomOrder()
    {
        const TrainedRun run = train(smallConfig({"epochs=1", "recording.lambda_per=batch", "recording.mode=train"}));
        const Split& probe = run.statics.splits[0];
        QCOMPARE(probe.rows(), 90);
        QCOMPARE(std::set(probe.lambda.begin(), probe.lambda.end()).size(), std::size_t{6}); // batches of 15
        QVERIFY(!std::is_sorted(probe.labelA.begin(), probe.labelA.end()));
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

    void probe_isTheSameForBothTwins()
    {
        const RecordedStatics mixup = train(smallConfig({"epochs=1"})).statics;
        const RecordedStatics plain = train(smallConfig({"epochs=1", "mixing.kind=none"})).statics;
        QCOMPARE(mixup.splits[0].sampleA, plain.splits[0].sampleA);
        QCOMPARE(mixup.splits[0].lambda, plain.splits[0].lambda);
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

    void trainingDoesNotWaitForItsWriter()
    {
        // Writing epoch 0 takes until a batch of the first pass was reported: who waited for it would wait for ever.
        struct SlowSink final : SnapshotSink {
            MemorySink memory;
            std::promise<void> stepped;
            bool waited = true;
            Result<std::string> writeEpoch(const RecordedEpoch& epoch) override
            {
                if (epoch.epoch == 0)
                    waited = stepped.get_future().wait_for(std::chrono::seconds(60)) == std::future_status::timeout;
                return memory.writeEpoch(epoch);
            }
        } sink;
        const QTemporaryDir folder;
        auto trainer = Trainer::create(smallConfig(), stripes(600));
        QVERIFY(trainer);
        std::vector<std::int64_t> told;
        TrainHooks hooks;
        hooks.onBatch = [&, isFirst = true](const BatchProgress&) mutable {
            if (std::exchange(isFirst, false))
                sink.stepped.set_value();
        };
        hooks.onEpoch = [&](const EpochProgress& progress) { told.push_back(progress.epoch); };
        QVERIFY(trainer->run(sink, folder.filePath("last.pt").toStdString(), hooks));
        QVERIFY(!sink.waited);
        QCOMPARE(told, (std::vector<std::int64_t>{0, 1, 2, 3}));
        QCOMPARE(sink.memory.epochs.size(), std::size_t{4});
    }

    // The copy has the same weights and threads, so it gives the same bits, whatever training does meanwhile.
    void besideTraining_isTheSameRun()
    {
        const TrainConfig config = smallConfig();
        if (!SideNetwork::create(config, {}, 3, torch::kCPU, 1))
            QSKIP("takes two cores");
        compareRuns(train(config), train(smallConfig({"recording.beside=false"})));
    }

    void besideTraining_takesIdleCoresAndEvalMode()
    {
        const auto isPossible = [](const std::vector<std::string>& settings, int processes = 1) {
            return SideNetwork::create(smallConfig(settings), {}, 3, torch::kCPU, processes) != nullptr;
        };
        QVERIFY(!isPossible({"recording.beside=false"}));
        QVERIFY(!isPossible({"recording.mode=train"}));
        QVERIFY(!isPossible({"recording.bn_batches=3"}));
        QVERIFY(!isPossible({}, 100000));
    }

    void sideNetwork_hasTheStateItIsGiven()
    {
        const TrainConfig config = smallConfig();
        const auto side = SideNetwork::create(config, {}, 3, torch::kCPU, 1);
        if (!side)
            QSKIP("takes two cores");
        const auto network = makeNetwork(config.network, {}, 3);
        toChannelsLast(*network); // other layouts choose other convolutions
        network->train();
        const torch::Tensor pictures = torch::randn({16, 1, 28, 28});
        std::ignore = network->forwardFeatures(pictures); // moves the averages of batch norm
        const SideNetwork::State state = SideNetwork::stateOf(*network);
        network->eval();
        const torch::NoGradGuard noGradient;
        const torch::Tensor before = network->forwardFeatures(pictures).logits.clone();
        for (torch::Tensor& parameter : network->parameters())
            parameter.add_(1);
        Network& other = side->with(state);
        other.eval();
        QVERIFY(torch::equal(other.forwardFeatures(pictures).logits, before));
        QVERIFY(!torch::equal(network->forwardFeatures(pictures).logits, before));
    }

    void failureOfTheWriter_endsTheTrainingWithItsSentence()
    {
        struct FullSink final : SnapshotSink {
            int written = 0;
            Result<std::string> writeEpoch(const RecordedEpoch& epoch) override
            {
                if (epoch.epoch == 1)
                    return environmentError("Cannot write epoch 1: the disk is full");
                ++written;
                return std::string("epoch");
            }
        } sink;
        const QTemporaryDir folder;
        auto trainer = Trainer::create(smallConfig({"epochs=50"}), stripes(600));
        QVERIFY(trainer);
        std::vector<std::int64_t> told;
        TrainHooks hooks;
        hooks.onEpoch = [&](const EpochProgress& progress) { told.push_back(progress.epoch); };
        const auto outcome = trainer->run(sink, folder.filePath("last.pt").toStdString(), hooks);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().message, std::string("Cannot write epoch 1: the disk is full"));
        QCOMPARE(sink.written, 1); // none after it
        QCOMPARE(told, (std::vector<std::int64_t>{0}));
        // What was written before it can be gone on from.
        auto again = Trainer::create(smallConfig({"epochs=50"}), stripes(600));
        QVERIFY(again && again->resume(folder.filePath("last.pt").toStdString()));
    }
};

QTEST_GUILESS_MAIN(TestRecording)
#include "tst_recording.moc"
