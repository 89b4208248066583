#include <algorithm>
#include <numeric>
#include <set>

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include "core/config/train_config.h"
#include "core/config/train_plan.h"

using namespace nc;

namespace
{

bool mentions(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

TrainConfig with(std::vector<std::string> settings)
{
    auto config = withSettings({}, settings);
    Q_ASSERT(config);
    return *config;
}

} // namespace

class TestTrainConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaults_areValid() { QVERIFY(configProblems(TrainConfig{}).empty()); }

    void everyPreset_isValidAndReadsBack()
    {
        for (const std::string& name : presetNames()) {
            const auto config = presetConfig(name);
            QVERIFY2(config, name.c_str());
            const auto again = parseTrainConfig(toJson(*config));
            QVERIFY2(again, again ? "" : again.error().message.c_str());
            QCOMPARE(toJson(*again), toJson(*config));
        }
    }

    void presetNames_holdThePromisedOnesAndTheirTwins()
    {
        const auto names = presetNames();
        for (const char* name : {"quick", "demo", "demo10", "fashion-cnn"})
            for (const char* twin : {"", "-erm", "-mse", "-etf", "-protocol"})
                QVERIFY(std::find(names.begin(), names.end(), std::string(name) + twin) != names.end());
    }

    void ermTwin_differsInMixingOnly()
    {
        TrainConfig twin = *presetConfig("demo-erm");
        QCOMPARE(twin.mixing.kind, std::string("none"));
        twin.mixing.kind = "mixup";
        QCOMPARE(toJson(twin), toJson(*presetConfig("demo")));
    }

    void unknownPreset_namesThePresets()
    {
        const auto config = presetConfig("dmeo");
        QVERIFY(!config);
        QVERIFY(config.error().kind == ErrorKind::Usage);
        QVERIFY(mentions(config.error().message, "'dmeo'") && mentions(config.error().message, "demo-erm"));
    }

    void presetKey_startsFromThePreset()
    {
        const auto config = parseTrainConfig(R"({"preset": "demo", "epochs": 3, "mixing": {"alpha": 0.4}})");
        QVERIFY(config);
        QCOMPARE(config->epochs, 3);
        QCOMPARE(config->mixing.alpha, 0.4);
        QCOMPARE(config->data.classes, (std::vector<std::int64_t>{0, 1, 7, 8}));
    }

    void text_thatIsNoJson_isADataErrorNamingFileAndPlace()
    {
        for (const char* text : {"{\"epochs\": 3", "", "[1, 2]", "epochs=3"}) {
            const auto config = parseTrainConfig(text, "run.json");
            QVERIFY2(!config, text);
            QVERIFY(config.error().kind == ErrorKind::Data);
            QVERIFY(mentions(config.error().message, "run.json"));
        }
    }

    void file_thatIsMissing_isADataError()
    {
        QTemporaryDir folder;
        const auto config = readTrainConfig(folder.filePath("none.json").toStdString());
        QVERIFY(!config);
        QVERIFY(config.error().kind == ErrorKind::Data);
    }

    void wrongValue_isToldInOneSentence_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("takes");
        QTest::newRow("range") << R"({"epochs": 0})"
                               << "epochs is 0"
                               << "an integer from 1 to 100000";
        QTest::newRow("fraction") << R"({"epochs": 2.5})"
                                  << "epochs is 2.5"
                                  << "an integer";
        QTest::newRow("text for a number") << R"({"seed": "x"})"
                                           << "seed is \"x\""
                                           << "an integer";
        QTest::newRow("number for text") << R"({"device": 3})"
                                         << "device is 3"
                                         << "auto, cpu, cuda or cuda:N";
        QTest::newRow("device") << R"({"device": "cuda:x"})"
                                << "device is"
                                << "cuda:N";
        QTest::newRow("choice") << R"({"mixing": {"kind": "blend"}})"
                                << "mixing.kind is \"blend\""
                                << "mixup-of-three or none";
        QTest::newRow("boolean") << R"({"network": {"feature_relu": 1}})"
                                 << "network.feature_relu is 1"
                                 << "true or false";
        QTest::newRow("list") << R"({"data": {"classes": [0, 11]}})"
                              << "data.classes names 11"
                              << "from 0 to 9";
        QTest::newRow("patch") << R"({"network": {"kind": "vit", "patch": 5}})"
                               << "network.patch is 5"
                               << "a divisor of the picture's side, 28";
        QTest::newRow("depth") << R"({"network": {"kind": "wide-resnet", "depth": 17}})"
                               << "network.depth is 17"
                               << "6n+4";
        QTest::newRow("free features") << R"({"network": {"kind": "ufm"}, "mixing": {"kind": "cutmix"}})"
                                       << "mixing.kind is cutmix"
                                       << "mixup or none";
        QTest::newRow("no list") << R"({"network": {"widths": 3}})"
                                 << "network.widths is 3"
                                 << "a list of integers";
        QTest::newRow("group") << R"({"mixing": 1})"
                               << "unknown key 'mixing'"
                               << "mixing.alpha";
        QTest::newRow("unknown") << R"({"mixing": {"alhpa": 1}})"
                                 << "unknown key 'mixing.alhpa'"
                                 << "mixing.alpha";
        QTest::newRow("huge") << R"({"seed": 18446744073709551615})"
                              << "seed is"
                              << "an integer";
        QTest::newRow("twice") << R"({"data": {"classes": [3, 3]}})"
                               << "data.classes"
                               << "twice";
        QTest::newRow("one class") << R"({"data": {"classes": [3]}})"
                                   << "data.classes"
                                   << "at least two";
        QTest::newRow("view") << R"({"data": {"classes": [0, 1]}, "recording": {"view_classes": [2]}})"
                              << "recording.view_classes names 2"
                              << "data.classes";
        QTest::newRow("batch") << R"({"train_samples": 100})"
                               << "train_samples is 100"
                               << "128";
        QTest::newRow("stages") << R"({"network": {"widths": [8, 8, 8, 8, 8]}})"
                                << "network.widths has 5"
                                << "1 to 4";
        QTest::newRow("frame") << R"({"network": {"classifier": "etf", "feature_dim": 4}})"
                               << "network.classifier"
                               << "at least 10";
    }
    void wrongValue_isToldInOneSentence()
    {
        QFETCH(QString, json);
        QFETCH(QString, key);
        QFETCH(QString, takes);
        const auto config = parseTrainConfig(json.toStdString());
        QVERIFY(!config);
        QVERIFY(config.error().kind == ErrorKind::Usage);
        const std::string& message = config.error().message;
        QVERIFY2(mentions(message, key.toStdString()), message.c_str());
        QVERIFY2(mentions(message, takes.toStdString()), message.c_str());
        QVERIFY(!mentions(message, "\n"));
    }

    void severalWrongValues_areAllTold()
    {
        const auto config = parseTrainConfig(R"({"epochs": 0, "mixing": {"alpha": "a"}, "nix": 1})");
        QVERIFY(!config);
        for (const char* key : {"epochs", "mixing.alpha", "'nix'"})
            QVERIFY(mentions(config.error().message, key));
    }

    void setting_takesEveryKind()
    {
        const TrainConfig config =
            with({"epochs=7", "title=a = b", "mixing.alpha=0.5", "network.feature_relu=true", "data.classes=0,1,7,8",
                  "network.widths=[8,16]", "optimiser.drops=0.5", "mixing.kind=none", "device=cuda:1", "seed=1e3"});
        QCOMPARE(config.epochs, 7);
        QCOMPARE(config.title, std::string("a = b"));
        QCOMPARE(config.mixing.alpha, 0.5);
        QVERIFY(config.network.featureRelu);
        QCOMPARE(config.data.classes, (std::vector<std::int64_t>{0, 1, 7, 8}));
        QCOMPARE(config.network.widths, (std::vector<std::int64_t>{8, 16}));
        QCOMPARE(config.optimiser.drops, std::vector<double>{0.5});
        QVERIFY(!config.mixes());
        QCOMPARE(config.device, std::string("cuda:1"));
        QCOMPARE(config.seed, 1000);
    }

    void setting_thatIsWrong_changesNothing()
    {
        for (const char* setting : {"epochs", "epochs=", "epochs=a", "epochs=-1", "nix=1", "=1", "data.classes=a",
                                    "mixing.kind=MIXUP", "network.feature_relu=yes", "mixing.alpha=nan"}) {
            TrainConfig config;
            const auto done = applySetting(config, setting);
            QVERIFY2(!done, setting);
            QVERIFY(done.error().kind == ErrorKind::Usage);
            QCOMPARE(toJson(config), toJson(TrainConfig{}));
        }
    }

    void schema_describesEveryFieldAndTheDefaults()
    {
        const auto schema = nlohmann::json::parse(configSchema());
        const auto defaults = nlohmann::json::parse(toJson({}));
        QVERIFY(!configFields().empty());
        std::set<std::string_view> keys;
        for (const ConfigField& field : configFields()) {
            QVERIFY(keys.insert(field.key).second);
            QVERIFY(!field.help.empty());
            std::string inSchema = "/properties/" + std::string(field.key), inDefaults = "/" + std::string(field.key);
            if (const auto dot = inSchema.find('.'); dot != std::string::npos) {
                inSchema.replace(dot, 1, "/properties/");
                inDefaults[inDefaults.find('.')] = '/';
            }
            const nlohmann::json entry = schema.at(nlohmann::json::json_pointer(inSchema));
            QVERIFY(entry.contains("description"));
            QVERIFY(entry.at("default") == defaults.at(nlohmann::json::json_pointer(inDefaults)));
        }
    }

    void recordedEpochs_followTheRule()
    {
        QCOMPARE(recordedEpochs(with({"epochs=1"})), (std::vector<std::int64_t>{0, 1}));
        QCOMPARE(recordedEpochs(with({"epochs=13"})),
                 (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}));
        // docs/maths.md 5: 499 epochs make about 50.
        const auto many = recordedEpochs(with({"epochs=499"}));
        QVERIFY(many.size() > 45 && many.size() < 55);
        QCOMPARE(many.back(), 499);
        QVERIFY(std::adjacent_find(many.begin(), many.end(), std::greater_equal<>()) == many.end());
    }

    void recordedEpochs_keepFirstAndLastOfAList()
    {
        QCOMPARE(recordedEpochs(with({"epochs=9", "recording.epochs=4,2,4,30"})),
                 (std::vector<std::int64_t>{0, 2, 4, 9}));
    }

    void probeCells_areStratified()
    {
        // docs/maths.md 5: 200 for each pair and 400 for each class with itself, 13,000 at ten classes.
        const auto ten = probeCells(TrainConfig{});
        QCOMPARE(ten.size(), 55U);
        QCOMPARE(ten[0], 400);
        QCOMPARE(ten[1], 200);
        QCOMPARE(std::accumulate(ten.begin(), ten.end(), std::int64_t{0}), 13000);
        for (const int samples : {1, 17, 100, 1234}) {
            const auto cells = probeCells(with({"data.classes=0,1,2", "probe_samples=" + std::to_string(samples)}));
            QCOMPARE(std::accumulate(cells.begin(), cells.end(), std::int64_t{0}), samples);
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const bool same = i == 0 || i == 3 || i == 5;
                QVERIFY(std::abs(static_cast<double>(cells[i]) - samples * (same ? 2.0 : 1.0) / 9) < 1);
            }
        }
    }

    void probedClasses_areTenOfManyAndThreeOfBatches()
    {
        const TrainConfig many = with({"data.name=cifar100", "recording.view_classes=5,99,7"});
        const auto ten = probedClasses(many);
        QCOMPARE(ten.size(), std::size_t{10});
        for (const std::int64_t shown : {5, 7, 99})
            QVERIFY(std::binary_search(ten.begin(), ten.end(), shown));
        QCOMPARE(probeRows(many), 13000);
        QVERIFY(viewClassPositions(many) == (std::vector<std::int64_t>{5, 99, 7}));
        QCOMPARE(probedClasses(with({})).size(), std::size_t{10});
        const TrainConfig batches = with({"data.name=cifar10", "recording.probe=batches", "recording.mode=eval"});
        QCOMPARE(probedClasses(batches).size(), std::size_t{3});
        QCOMPARE(probeRows(batches), 117 * 128); // docs/maths.md 1
        QVERIFY(probedClasses(batches) !=
                probedClasses(with({"data.name=cifar10", "recording.probe=batches", "seed=1"})));
        QCOMPARE(probeRows(*presetConfig("repro-wrn-fashion-protocol")), 140 * 128);
        QCOMPARE(probeRows(*presetConfig("repro-wrn-cifar100-protocol")), 10 * 11 * 128);
    }

    void learningRate_fallsByStepsOrCosine()
    {
        const TrainConfig step =
            with({"optimiser.schedule=step", "optimiser.learning_rate=1", "optimiser.drops=0.5,0.75"});
        QCOMPARE(learningRateAt(step, 0.49), 1.0);
        QCOMPARE(learningRateAt(step, 0.5), 0.1);
        QVERIFY(std::abs(learningRateAt(step, 0.9) - 0.01) < 1e-15); // 0.1 * 0.1 is not 0.01 in binary
        const TrainConfig cosine = with({"optimiser.learning_rate=2"});
        QCOMPARE(learningRateAt(cosine, 0), 2.0);
        QCOMPARE(learningRateAt(cosine, 0.5), 1.0);
        QCOMPARE(learningRateAt(cosine, 1), 0.0);
    }

    void viewClasses_becomePositions()
    {
        const TrainConfig config = with({"data.classes=8,1,7", "recording.view_classes=7,8"});
        QCOMPARE(viewClassPositions(config), (std::vector<std::int64_t>{2, 0}));
        QCOMPARE(trainedClassNames(config), (std::vector<std::string>{"Bag", "Trouser", "Sneaker"}));
    }

    void cudaGraph_takesAStepThatIsTheSameEachTime_data()
    {
        QTest::addColumn<QString>("setting");
        for (const char* setting : {"device=cpu", "mixing.kind=manifold-mixup", "network.dropout=0.1",
                                    "precision=float16", "network.kind=ufm"})
            QTest::newRow(setting) << setting;
    }
    void cudaGraph_takesAStepThatIsTheSameEachTime()
    {
        QFETCH(QString, setting);
        TrainConfig config = with({"cuda_graph=true", "optimiser.clip_norm=1", "mixing.kind=cutmix"});
        QVERIFY(applySetting(config, setting.toStdString()));
        const std::vector<ConfigProblem> problems = configProblems(config);
        QVERIFY(!problems.empty());
        QCOMPARE(problems.front().key, std::string("cuda_graph"));
        const std::string key = setting.section('=', 0, 0).toStdString();
        QVERIFY2(problems.front().message.find(key) != std::string::npos, problems.front().message.c_str());
    }

    void unusedFields_sayWhy()
    {
        const auto because = [](const TrainConfig& config, std::string_view key) {
            const auto fields = configFields();
            return unusedBecause(config, *std::ranges::find(fields, key, &ConfigField::key));
        };
        QCOMPARE(because(with({"network.kind=vit"}), "network.feature_dim"),
                 std::string("not used where network.kind is vit"));
        QCOMPARE(because(with({"network.kind=ufm"}), "network.feature_dim"), std::string());
        QCOMPARE(because(with({"network.kind=ufm"}), "recording.whole_train"),
                 std::string("not used where network.kind is ufm"));
        QCOMPARE(because(with({"mixing.kind=none"}), "mixing.alpha"),
                 std::string("not used where mixing.kind is none"));
        for (const ConfigField& field : configFields())
            for (const FieldCondition& condition : field.readWhere)
                for (const std::string_view value : condition.values)
                    QVERIFY(applySetting(*std::make_unique<TrainConfig>(),
                                         std::string(condition.key) + "=" + std::string(value)));
    }

    // What the table calls unused has no part in the network.
    void unusedFields_doNotChangeTheNetwork()
    {
        for (const char* kind : {"residual", "plain", "wide-resnet", "preact-resnet", "vit", "mlp", "ufm"}) {
            const TrainConfig config = with({std::string("network.kind=") + kind});
            int unused = 0;
            for (const ConfigField& field : configFields()) {
                if (!field.key.starts_with("network.") || unusedBecause(config, field).empty())
                    continue;
                ++unused;
                TrainConfig other = config;
                const bool list = field.kind == FieldKind::Integers;
                QVERIFY(applySetting(other, std::string(field.key) + "=" + (list ? "4,8" : "true")) ||
                        applySetting(other, std::string(field.key) + "=0.5") ||
                        applySetting(other, std::string(field.key) + "=1"));
                QVERIFY(toJson(other) != toJson(config));
                QCOMPARE(featureLayerText(other), featureLayerText(config));
                QCOMPARE(estimateMemory(other).parameters, estimateMemory(config).parameters);
            }
            QVERIFY(unused > 0);
        }
    }

    void estimate_growsWithWhatIsAsked()
    {
        const MemoryEstimate small = estimateMemory(with({"data.classes=0,1", "network.widths=8,8"}));
        const MemoryEstimate large = estimateMemory(TrainConfig{});
        QVERIFY(small.parameters > 0 && small.parameters < large.parameters);
        QVERIFY(small.memoryBytes() < large.memoryBytes());
        QVERIFY(small.runBytes < large.runBytes);
    }
};

QTEST_APPLESS_MAIN(TestTrainConfig)
#include "tst_train_config.moc"
