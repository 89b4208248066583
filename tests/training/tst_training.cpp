#include <set>

#include "core/training/loss_scale.h"
#include "core/ufm_optimum.h"
#include "tests/training/small_training.h"

using namespace nc;
using namespace nc::training;

namespace
{

/// An unconstrained features model of three classes, trained until it stands still.
std::vector<std::string> freeSettings(std::vector<std::string> more = {})
{
    std::vector<std::string> all{"network.kind=ufm",          "epochs=150",           "loss.feature_penalty=0.15",
                                 "optimiser.learning_rate=1", "optimiser.momentum=0", "recording.epochs=150"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

/// Largest distance of a recorded feature from where docs/maths.md 4 says it ends, with the classifier as it is.
template <typename Optimum>
double largestGap(const TrainedRun& run, Optimum&& optimum)
{
    const RecordedEpoch& last = run.sink.epochs.rbegin()->second;
    double gap = 0;
    for (std::size_t s = 0; s < last.splits.size(); ++s) {
        const Split& split = run.statics.splits[s];
        for (std::size_t row = 0; row < split.lambda.size(); ++row) {
            const Vector h = last.splits[s].features.row(static_cast<Index>(row)).transpose().cast<double>();
            gap = std::max(
                gap, (h - optimum(last.classifier, split.labelA[row], split.labelB[row], split.lambda[row])).norm());
        }
    }
    return gap;
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

    void lossScale_dividesItOutAndLeavesOutWhatIsNotFinite()
    {
        LossScale scale;
        const torch::Tensor w = torch::tensor({2.0F, 3.0F}, torch::requires_grad());
        scale.scaled(w.square().sum()).backward();
        QVERIFY(scale.unscale({w}));
        QVERIFY(torch::equal(w.grad(), torch::tensor({4.0F, 6.0F})));
        w.mutable_grad() = torch::tensor({std::numeric_limits<float>::infinity(), 0.0F});
        QVERIFY(!scale.unscale({w}));
        QCOMPARE(scale.state.factor, 32768.0);
        w.mutable_grad() = torch::zeros({2});
        for (int step = 0; step < 2000; ++step)
            QVERIFY(scale.unscale({w}));
        QCOMPARE(scale.state.factor, 65536.0);
    }

    void float16_takesAGpu()
    {
        const auto trainer = Trainer::create(smallConfig({"precision=float16"}), stripes(600));
        QVERIFY(!trainer && trainer.error().kind == ErrorKind::Usage);
        QVERIFY(trainer.error().message.find("bfloat16") != std::string::npos);
    }

    void cudaGraph_takesAGpu()
    {
        if (torch::cuda::is_available())
            QSKIP("a GPU is visible: tst_gpu trains with it");
        const auto trainer = Trainer::create(smallConfig({"device=auto", "cuda_graph=true"}), stripes(600));
        QVERIFY(!trainer && trainer.error().kind == ErrorKind::Usage);
        QVERIFY(trainer.error().message.find("one process on a GPU") != std::string::npos);
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

    // docs/maths.md 4.3: h = (x_i w_i + x_j w_j)/kappa for W fixed to a simplex ETF.
    void freeFeatures_endAtTheClosedForm_data()
    {
        QTest::addColumn<QString>("loss");
        QTest::newRow("cross-entropy") << "cross-entropy";
        QTest::newRow("mse") << "mse";
    }
    void freeFeatures_endAtTheClosedForm()
    {
        QFETCH(QString, loss);
        const bool squared = loss == "mse";
        const double mu = 0.15, kappa = 1.5, meanOfThree = squared ? 2.0 / 3 : 1; // of the element-mean squared error
        const TrainedRun run =
            train(smallConfig(freeSettings({"network.classifier=etf", "loss.kind=" + loss.toStdString()})));
        QVERIFY(run.outcome);
        QCOMPARE(run.statics.splits.size(), std::size_t{2}); // mixes and training pictures, no test
        const double gap = largestGap(run, [&](const Classifier& w, int i, int j, double lambda) -> Vector {
            const double beta = kappa * meanOfThree / mu;
            if (squared && i == j)
                lambda = 1;
            const ufm::MixOptimum at =
                squared ? ufm::mixOptimumSquaredError(3, beta, lambda) : ufm::mixOptimum(3, beta, i == j ? 1 : lambda);
            return (at.xi * w.weight.row(i) + at.xj * w.weight.row(i == j ? (i + 1) % 3 : j)).transpose() / kappa;
        });
        QVERIFY2(gap < 1e-4, qPrintable(QString::number(gap))); // float32 over 150 passes
    }

    void freeFeaturesAndClassifier_endWhereBothStandStill()
    {
        const TrainedRun run =
            train(smallConfig(freeSettings({"optimiser.weight_decay=0.02", "network.classifier_bias=true"})));
        QVERIFY(run.outcome);
        const double gap = largestGap(run, [&](const Classifier& w, int i, int j, double lambda) -> Vector {
            Vector label = Vector::Zero(3);
            label[i] += lambda;
            label[j] += 1 - lambda;
            return ufm::optimumForClassifier(w.weight, w.bias, 0.15, label).feature;
        });
        QVERIFY2(gap < 0.02, qPrintable(QString::number(gap))); // W still moves a little from batch to batch
        const Classifier& first = run.sink.epochs.at(0).classifier;
        QVERIFY(first.weight != run.sink.epochs.at(150).classifier.weight);
        QVERIFY(run.sink.epochs.at(150).scalars.at("clean_accuracy") == 1.0);
    }

    void freeFeatures_withoutMixing_areThoseOfTheTrainingPictures()
    {
        const TrainedRun run = train(smallConfig(freeSettings({"epochs=2", "mixing.kind=none"})));
        QVERIFY(run.outcome);
        QCOMPARE(run.statics.splits.size(), std::size_t{1});
        QCOMPARE(run.statics.splits[0].name, std::string("clean"));
        compareRuns(run, train(smallConfig(freeSettings({"epochs=2", "mixing.kind=none"})), 1));
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

    void sameSeed_isTheSameRun()
    {
        compareRuns(train(smallConfig({"epochs=2"})), train(smallConfig({"epochs=2"})));
        const TrainedRun other = train(smallConfig({"epochs=2", "seed=1"}));
        QVERIFY(other.sink.epochs.at(2).classifier.weight !=
                train(smallConfig({"epochs=2"})).sink.epochs.at(2).classifier.weight);
    }

    void resumedAfterAnEpoch_isTheSameRun() { compareRuns(train(smallConfig(), 1), train(smallConfig())); }

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
