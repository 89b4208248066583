#include <QDir>
#include <QJsonArray>

#include "tests/training/train_program.h"

using namespace nc;
using namespace nc::test;

class TestNcscopeTrain : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    int m_count = 0;
    QString fresh() { return m_dir.filePath("run" + QString::number(++m_count)); }
    QString writeFile(const QString& name, const QByteArray& text)
    {
        QFile file(m_dir.filePath(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
        return file.fileName();
    }

    /// A folder with a small data set in the exact format of CIFAR's binary version.
    QString cifar(const QString& name)
    {
        const int classes = name == "cifar10" ? 10 : 100;
        QByteArray records;
        for (int i = 0; i < 2 * classes; ++i) {
            if (classes == 100)
                records += static_cast<char>(i / 5 % 20); // the coarse label
            records += static_cast<char>(i % classes);
            for (int p = 0; p < 3072; ++p)
                records += static_cast<char>((p * (i % classes + 3) + i) % 251);
        }
        const QString folder = m_dir.filePath(name);
        QDir().mkpath(folder);
        const QStringList files = classes == 10
                                      ? QStringList{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                    "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"}
                                      : QStringList{"train.bin", "test.bin"};
        for (const QString& file : files)
            writeFile(name + "/" + file, records);
        return folder;
    }

private Q_SLOTS:
    void wrongWords_haveTheirExitCode_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("mentions");
        const QString out = m_dir.filePath("never");
        const QString noJson = writeFile("no.json", "epochs: 3"), bad = writeFile("bad.json", R"({"epochs": 0})");
        const QString file = writeFile("file", "x");
        const auto row = [](const char* name, const QStringList& words, int code, const QString& mentions) {
            QTest::newRow(name) << words << code << mentions;
        };
        row("nothing", {}, 2, "--preset");
        row("option", {"--presett", "quick", "-o", out}, 2, "--presett");
        row("no value", {"-o"}, 2, "--output");
        row("no output", {"--preset", "quick"}, 2, "-o DIR");
        row("preset", {"--preset", "nix", "-o", out}, 2, "demo-erm");
        row("both", {bad, "--preset", "quick", "-o", out}, 2, "exclude");
        row("key", {"--preset", "quick", "--set", "nix=1", "-o", out}, 2, "'nix'");
        row("value", {"--preset", "quick", "--set", "epochs=x", "-o", out}, 2, "an integer from 1");
        row("device", {"--preset", "quick", "--device", "gpu", "-o", out}, 2, "cuda:N");
        row("bad field", {bad, "-o", out}, 2, "bad.json");
        row("no json", {noJson, "-o", out}, 1, "no.json");
        row("missing", {"train", m_dir.filePath("none.json"), "-o", out}, 1, "none.json");
        row("unknown word", {"frobnicate"}, 2, "unknown command or missing file");
        row("no such gpu", {"--preset", "quick", "--device", "cuda:99", "-o", out}, 3, "CUDA");
        row("no data", {"--preset", "quick", "--data", m_dir.path(), "-o", out}, 1, "FashionMNIST");
        row("output is a file", {"--preset", "quick", "-o", file + "/run"}, 3, "file/run");
        row("output is taken", {"--preset", "quick", "-o", m_dir.path()}, 1, m_dir.path());
        row("nothing to resume", {"--resume", "-o", out}, 1, out);
    }
    void wrongWords_haveTheirExitCode()
    {
        QFETCH(QStringList, words);
        QFETCH(int, code);
        QFETCH(QString, mentions);
        Train train(words);
        QCOMPARE(train.finish(), code);
        const QString error = QString::fromUtf8(train.err());
        QVERIFY2(error.startsWith("ncscope-train: error: ") && error.count('\n') == 1, qPrintable(error));
        QVERIFY2(error.contains(mentions), qPrintable(error));
        QVERIFY(!QFileInfo::exists(m_dir.filePath("never")));
    }

    void errors_areJsonToo()
    {
        Train train({"--json", "--presett"});
        QCOMPARE(train.finish(), 2);
        const QJsonObject error = train.lines().value(0)["error"].toObject();
        QVERIFY(error["message"].toString().contains("--presett"));
        QVERIFY(error.contains("file") && error["file"].isNull() && error["dataset"].isNull());
    }

    void helpVersionSchemaDryRunAndData_areAnswered()
    {
        Train help({"--help"}), version({"--version"}), schema({"--schema"}), data({"data", "list", "--json"});
        Train dry({"train", "--preset", "demo", "--set", "epochs=5", "--dry-run"});
        QCOMPARE(help.finish(), 0);
        QVERIFY(help.out().contains("examples:") && help.out().contains("repro-wrn-cifar100") &&
                help.out().contains("-erm"));
        QCOMPARE(version.finish(), 0);
        for (const char* word : {"ncscope-train ", "LibTorch ", "CUDA ", "cuDNN ", "NCCL ", "GPUs"})
            QVERIFY(version.out().contains(word));
        QCOMPARE(schema.finish(), 0);
        QVERIFY(QJsonDocument::fromJson(schema.out()).object().contains("properties"));
        QCOMPARE(data.finish(), 0);
        QCOMPARE(QJsonDocument::fromJson(data.out()).array()[0].toObject()["name"].toString(), "fashion-mnist");
        QCOMPARE(dry.finish(), 0);
        const QJsonObject plan = QJsonDocument::fromJson(dry.out()).object();
        QCOMPARE(plan["config"].toObject()["epochs"].toInt(), 5);
        QVERIFY(plan["memory_bytes"].toDouble() > 1e6);
        // 78 steps of trial["seconds_per_step"].
        const QJsonObject trial = plan["trial"].toObject();
        QVERIFY(plan["seconds_per_epoch"].toDouble() > 0 && trial["steps"].toInt() > 0);
        QVERIFY(qAbs(plan["seconds_per_epoch"].toDouble() - 78 * trial["seconds_per_step"].toDouble()) < 1e-9);
        // Six recorded epochs beside five passes; advice above 5 %.
        const QJsonObject recording = plan["recording"].toObject();
        const bool beside = recording["beside"].toBool(); // then training waits for what takes longer than a pass
        const double waits =
            recording["seconds_per_epoch"].toDouble() - (beside ? plan["seconds_per_epoch"].toDouble() : 0);
        const double records = 6 * std::max(0.0, waits), share = recording["share"].toDouble();
        QVERIFY(recording["seconds_per_epoch"].toDouble() > 0);
        QVERIFY(qAbs(share - records / (records + 5 * plan["seconds_per_epoch"].toDouble())) < 1e-9);
        QCOMPARE(recording["advice"].toString().contains("probe_samples"), share > 0.05);
    }

    void dryRunWithoutData_saysWhyThereIsNoTime()
    {
        Train dry({"--preset", "repro-wrn-cifar10", "--data", m_dir.path(), "--dry-run", "--json"});
        QCOMPARE(dry.finish(), 0);
        const QJsonObject plan = QJsonDocument::fromJson(dry.out()).object();
        QVERIFY(plan["seconds_per_epoch"].isNull() && plan["recording"].isNull());
        QVERIFY(plan["unavailable"].toObject()["seconds_per_epoch"].toString().contains("CIFAR-10"));
    }

    void training_speaksTheProtocolAndLeavesAValidRun()
    {
        const QString folder = fresh();
        Train train(QStringList{"train"} + tiny(folder));
        QCOMPARE(train.finish(), 0);
        const auto lines = train.lines();
        QCOMPARE(lines.first()["type"].toString(), "started");
        QCOMPARE(lines.first()["protocol"].toInt(), 1);
        QCOMPARE(lines.first()["device"].toString(), "cpu");
        QCOMPARE(lines.last()["type"].toString(), "finished");
        QCOMPARE(lines.last()["reason"].toString(), "completed");
        int epochs = 0, batches = 0;
        for (const QJsonObject& line : lines) {
            QVERIFY(!line.isEmpty());
            if (line["type"] == "epoch") {
                QCOMPARE(line["epoch"].toInt(), epochs);
                QVERIFY(QFileInfo::exists(folder + "/" + line["file"].toString()));
                ++epochs;
            } else if (line["type"] == "batch") {
                QVERIFY(line["step"].toInt() <= line["steps"].toInt() && line["loss"].toDouble() > 0);
                ++batches;
            }
        }
        QCOMPARE(epochs, 3);
        QVERIFY(batches > 0);
        QCOMPARE(faults(folder), QString());
        const auto run = io::RunReader::open(pathOf(folder));
        const auto summary = run->summary();
        QVERIFY(summary);
        QCOMPARE(summary->state, std::string("finished"));
        QCOMPARE(summary->classNames, (std::vector<std::string>{"T-shirt", "Trouser", "Sneaker", "Bag"}));
        QCOMPARE(summary->featureLayer, std::string("linear 16, no ReLU"));
        QVERIFY(QJsonDocument::fromJson(QByteArray::fromStdString(summary->configuration)).object().contains("mixing"));
    }

    void recordedLogits_areWhPlusB_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("float32") << "float32" << 1e-4; // float sums
        QTest::newRow("float16") << "float16" << 1e-3; // eleven bits of h
    }
    void recordedLogits_areWhPlusB()
    {
        QFETCH(QString, type);
        QFETCH(double, tolerance);
        const QString folder = fresh();
        Train train(tiny(folder, {"recording.dtype=" + type, "network.classifier_bias=true"}));
        QCOMPARE(train.finish(), 0);
        const auto run = io::RunReader::open(pathOf(folder));
        QVERIFY(run);
        const Split probe = *run->split(0, "mix");
        for (const std::int64_t epoch : run->epochs()) {
            const auto classifier = *run->classifier(epoch);
            for (const char* split : {"mix", "clean", "test"}) {
                const RowMatrixD h = rowsOf(**run->features(epoch, split)), z = rowsOf(**run->logits(epoch, split));
                const RowMatrixD computed =
                    (h * classifier->weight.transpose()).rowwise() + classifier->bias.transpose();
                QVERIFY((computed - z).cwiseAbs().maxCoeff() < tolerance * std::max(1.0, z.cwiseAbs().maxCoeff()));
            }
            QCOMPARE(run->split(epoch, "mix")->sampleA, probe.sampleA); // the same mixes at every epoch
            QCOMPARE(run->split(epoch, "mix")->lambda, probe.lambda);
        }
    }

    // Every preset as it is but for its size: starts, trains two steps, records, and the run is valid.
    void everyPreset_trainsAndRecords_data()
    {
        QTest::addColumn<QString>("data");
        for (const char* name : {"quick-mse", "demo-erm", "demo10", "fashion-cnn-etf", "repro-wrn-fashion",
                                 "repro-vit-fashion", "quick-protocol", "ufm"})
            QTest::newRow(name) << QString();
        for (const char* name : {"repro-wrn-cifar10", "repro-vit-cifar10", "repro-wrn-cifar10-mse"})
            QTest::newRow(name) << "cifar10";
        for (const char* name : {"repro-wrn-cifar100", "repro-vit-cifar100", "repro-wrn-cifar100-etf"})
            QTest::newRow(name) << "cifar100";
    }
    void everyPreset_trainsAndRecords()
    {
        QFETCH(QString, data);
        const QString folder = fresh();
        QStringList words{"--preset", QTest::currentDataTag(), "-o", folder, "--device", "cpu"};
        for (const char* setting : {"epochs=1", "budget_seconds=0", "optimiser.batch_size=32", "train_samples=64",
                                    "probe_samples=60", "recording.clean_train=20", "recording.clean_test=20",
                                    "network.depth=0", "network.width=1", "network.embed_dim=48", "network.heads=3"})
            words << "--set" << setting;
        if (words[1].startsWith("repro-wrn"))
            words << "--set"
                  << "network.depth=10";
        if (words[1].startsWith("repro-vit"))
            words << "--set"
                  << "network.depth=2";
        if (words[1].endsWith("100-etf")) // a frame of 100 classes takes as many dimensions
            words << "--set"
                  << "network.width=2";
        if (data == "cifar100") // at least one of each class
            words << "--set"
                  << "train_samples=200";
        if (!data.isEmpty())
            words << "--data" << cifar(data);
        Train train(words);
        QVERIFY2(train.finish() == 0, train.err());
        QCOMPARE(train.lines().last()["reason"].toString(), "completed");
        QCOMPARE(faults(folder), QString());
        const auto run = io::RunReader::open(pathOf(folder));
        QCOMPARE(run->epochs().size(), std::size_t{2});
    }

    void weightsFromElsewhere_becomeARun()
    {
        const QString weights = qEnvironmentVariable("NCSCOPE_NETWORKS") + "/wrn-10-2.safetensors";
        if (!QFileInfo::exists(weights))
            QSKIP("NCSCOPE_NETWORKS names no folder that tests/reference/networks.py wrote");
        const QString early = m_dir.filePath("wrn-3.safetensors"), late = m_dir.filePath("wrn-20.safetensors");
        QVERIFY(QFile::copy(weights, early) && QFile::copy(weights, late));
        const QString folder = fresh();
        const QStringList settings{"--set", "data.classes=0,1,7,8",     "--set", "probe_samples=60",
                                   "--set", "recording.clean_train=20", "--set", "recording.clean_test=20"};
        Train record(QStringList{"record", "--weights", late, early, "--network", "wrn-10-2", "--data", "fashion-mnist",
                                 "-o", folder} +
                     settings);
        QVERIFY2(record.finish() == 0, record.err());
        QCOMPARE(faults(folder), QString());
        const auto run = io::RunReader::open(pathOf(folder));
        QCOMPARE(run->epochs(), (std::vector<std::int64_t>{3, 20}));
        QCOMPARE((*run->classifier(3))->weight.cols(), Index{128});
        QVERIFY((*run->classifier(3))->hasBias);
        Train wrong(QStringList{"record", "--weights", early, "--network", "wrn-16-2", "-o", fresh()} + settings);
        QCOMPARE(wrong.finish(), 1);
        QVERIFY(wrong.err().contains("is missing"));
    }

    void filesOfPictures_areTrainedOnAndResumed()
    {
        if (QStringLiteral(NCSCOPE_PYTHON).isEmpty())
            QSKIP("no Python that has numpy and h5py");
        QCOMPARE(QProcess::execute(NCSCOPE_PYTHON, {NCSCOPE_PICTURE_FILES, m_dir.path()}), 0);
        QStringList settings;
        for (const char* setting :
             {"network.kind=mlp", "network.widths=8", "epochs=2", "optimiser.batch_size=8", "train_samples=0",
              "data.classes=", "probe_samples=24", "recording.thumbnails=8", "recording.clean_train=12", "device=cpu"})
            settings << "--set" << setting;
        const QString folder = fresh();
        // By its name below --data, by the names that the file has.
        Train train(
            QStringList{"--preset", "quick", "-o", folder, "--data", m_dir.path(), "--set", "data.name=floats.h5"} +
            settings);
        QVERIFY2(train.finish() == 0, train.err());
        QCOMPARE(faults(folder), QString());
        const auto summary = io::RunReader::open(pathOf(folder))->summary();
        QCOMPARE(summary->classNames, (std::vector<std::string>{"one", "two", "three"}));
        QCOMPARE(summary->title, std::string("floats, 3 classes, mixup"));
        Train resumed({"--resume", "-o", folder});
        QCOMPARE(resumed.finish(), 0);
        for (const auto& [name, reason] : {std::pair("fewer.npz", "expected one label for each of 36 pictures"),
                                           std::pair("none.npz", "no such file"),
                                           std::pair("picture.jpg", "a file of pictures (.h5, .hdf5, .npz)")}) {
            Train bad(QStringList{"--preset", "quick", "-o", fresh(), "--data", m_dir.path(), "--set",
                                  QStringLiteral("data.name=") + name} +
                      settings);
            QVERIFY(bad.finish() != 0);
            QVERIFY2(bad.err().contains(reason), bad.err());
        }
        Train classes(
            QStringList{"--preset", "quick", "-o", fresh(), "--data", m_dir.path(), "--set", "data.name=keras.npz"} +
            settings + QStringList{"--set", "data.classes=0,3"});
        QCOMPARE(classes.finish(), 2);
        QVERIFY2(classes.err().contains("data.classes names 3, but takes labels of"), classes.err());
    }

    void dataFetch_keepsWhatIsRight_andSaysWhatToPutWhere()
    {
        Train offline({"data", "fetch", "mnist", "--from", "http://127.0.0.1:9", "--data", m_dir.path(), "--quiet"});
        QCOMPARE(offline.finish(), 3);
        QVERIFY2(offline.err().contains("train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz"), offline.err());
        QVERIFY2(offline.err().contains("into " + m_dir.filePath("mnist").toUtf8()), offline.err());
        Train unknown({"data", "fetch", "imagenet"});
        QCOMPARE(unknown.finish(), 2);
        QVERIFY(unknown.err().contains("fashion-mnist, mnist, cifar10, cifar100"));
    }

    void sweep_trainsEveryCombinationAndResumes()
    {
        const QString file = writeFile("sweep.json", R"({"preset": "quick", "grid": {
            "mixing.kind": ["mixup", "none"], "train_samples": [128]}})");
        const QString folder = fresh();
        QStringList words{"sweep", file, "-o", folder, "--jobs", "2"};
        for (const char* setting : {"epochs=1", "probe_samples=40", "recording.clean_train=20",
                                    "recording.clean_test=20", "network.widths=4,8", "device=cpu"})
            words << "--set" << setting;
        Train sweep(words);
        QVERIFY2(sweep.finish() == 0, sweep.err());
        for (const char* name : {"kind-mixup_train-samples-128", "kind-none_train-samples-128"})
            QCOMPARE(faults(folder + "/" + name), QString());
        QCOMPARE(sweep.lines().size(), 4);
        Train again(words);
        QCOMPARE(again.finish(), 0);
        QCOMPARE(again.lines().size(), 2); // finished runs are left alone
        const QString script = m_dir.filePath("sweep.sh");
        Train slurm(words + QStringList{"--slurm", script});
        QCOMPARE(slurm.finish(), 0);
        QCOMPARE(QProcess::execute("bash", {"-n", script}), 0);
        QFile text(script);
        QVERIFY(text.open(QIODevice::ReadOnly) && text.readAll().contains("--array=0-1"));
        // A run that was not finished goes on, but not under another configuration than the sweep's of now.
        QFile state(folder + "/kind-none_train-samples-128/run.json");
        QVERIFY(state.open(QIODevice::ReadOnly));
        QByteArray json = state.readAll();
        state.close();
        QVERIFY(json.contains("\"finished\"") && state.open(QIODevice::WriteOnly));
        state.write(json.replace("\"finished\"", "\"stopped\""));
        state.close();
        Train further(words);
        QVERIFY2(further.finish() == 0, further.err());
        QCOMPARE(further.lines().size(), 3); // one finished, the other started and finished
        QVERIFY(state.open(QIODevice::WriteOnly) && state.write(json) > 0);
        state.close();
        Train changed(words + QStringList{"--set", "epochs=2"});
        QCOMPARE(changed.finish(), 1);
        Train bad({"sweep", writeFile("bad.json", R"({"preset": "quick", "grid": {"mixing.kind": ["blend"]}})"), "-o",
                   fresh()});
        QCOMPARE(bad.finish(), 2);
        QVERIFY(bad.err().contains("kind-blend"));
    }

    void sameSeed_isTheSameRun()
    {
        const QString first = fresh(), second = fresh(), other = fresh();
        Train a(tiny(first)), b(tiny(second)), c(tiny(other, {"seed=5"}));
        QCOMPARE(a.finish(), 0);
        QCOMPARE(b.finish(), 0);
        QCOMPARE(c.finish(), 0);
        QCOMPARE(compareRuns(first, second), QString());
        QVERIFY(!compareRuns(first, other).isEmpty());
    }

    // Without batch norm, whose statistics are those of a process's own rows, two processes do what one does but for
    // the order of float sums: 3 epochs of 10 steps leave differences of some 1e-7, 1e-4 is a wrong gradient.
    void twoProcesses_haveTheCurveOfOne()
    {
        if (!Train::onManyProcesses())
            QSKIP("no mpirun of Open MPI, or built without MPI");
        const QString one = fresh(), two = fresh();
        // More than one bucket of gradients: the second layer of weights alone has 401,408.
        const QStringList settings{"network.kind=mlp",   "network.widths=512,16", "epochs=3",
                                   "train_samples=1280", "data.augment=crop",     "threads=1"};
        Train alone(tiny(one, settings)), shared(tiny(two, settings), {}, 2);
        QCOMPARE(alone.finish(), 0);
        QVERIFY2(shared.finish() == 0, shared.err());
        QCOMPARE(std::ranges::count_if(shared.lines(), [](const auto& line) { return line["type"] == "epoch"; }), 4);
        QCOMPARE(faults(two), QString());
        const auto a = io::RunReader::open(pathOf(one)), b = io::RunReader::open(pathOf(two));
        for (const std::int64_t epoch : {1, 2, 3}) {
            const double expected = a->scalars(epoch)->at("train_loss"), loss = b->scalars(epoch)->at("train_loss");
            QVERIFY2(std::abs(loss / expected - 1) < 1e-5, qPrintable(QString::number(loss / expected - 1)));
        }
        const RowMatrixD h = rowsOf(**a->features(3, "mix")), g = rowsOf(**b->features(3, "mix"));
        QVERIFY((h - g).norm() < 1e-4 * h.norm());
    }

    // MPI of another kind than the launcher's, or none: each process would train by itself into the same folder.
    void processesThatCannotSpeak_areRefused()
    {
        Train version({"--version"}), train(tiny(fresh()), {"MV2_COMM_WORLD_SIZE=4"});
        QCOMPARE(version.finish(), 0);
        QCOMPARE(train.finish(), 3);
        const bool none = version.out().contains("MPI none");
        QVERIFY2(train.err().contains(none ? "ncscope-train was built without MPI" : "MPI sees 1"), train.err());
        QVERIFY(train.err().contains("Cannot train on 4 processes"));
    }

    void threads_sleepSoonUnlessTold()
    {
        for (const QStringList& told : {QStringList{}, QStringList{"OMP_WAIT_POLICY=passive"}}) {
            Train train(tiny(fresh(), {"epochs=200"}), told);
            QVERIFY(train.waitFor("epoch", 0));
            QFile environment(QStringLiteral("/proc/%1/environ").arg(train.process().processId()));
            QVERIFY(environment.open(QIODevice::ReadOnly));
            QCOMPARE(environment.readAll().contains("GOMP_SPINCOUNT=1000"), told.isEmpty());
            train.process().write("stop\n");
            QCOMPARE(train.finish(), 0);
        }
    }

    void lossThatIsNotFinite_leavesAValidRun()
    {
        const QString folder = fresh();
        Train train(tiny(folder, {"optimiser.learning_rate=1000", "loss.feature_penalty=1000"}));
        QCOMPARE(train.finish(), 1);
        QVERIFY(train.err().contains("not finite"));
        QVERIFY(train.lines().last()["error"].toObject()["message"].toString().contains("not finite"));
        QCOMPARE(faults(folder), QString());
        QCOMPARE(io::RunReader::open(pathOf(folder))->summary()->state, std::string("stopped"));
    }

    void tooLittleMemory_saysWhatToLowerAndLeavesAValidRun()
    {
        const QString folder = fresh();
        // The first convolution's output alone takes 6.4 GB.
        QStringList words{"-c", "ulimit -v 9000000; exec \"$@\"", "bash", QStringLiteral(NCSCOPE_TRAIN_PROGRAM)};
        words += tiny(folder, {"network.widths=512,8", "optimiser.batch_size=4000", "train_samples=4000", "threads=1"});
        QProcess process;
        process.start("bash", words);
        QVERIFY(process.waitForFinished(120'000));
        const QByteArray errors = process.readAllStandardError();
        QVERIFY2(process.exitCode() == 3, errors);
        QVERIFY2(errors.contains("Out of memory") && errors.contains("optimiser.batch_size (now 4000)"), errors);
        QCOMPARE(faults(folder), QString());
        QCOMPARE(io::RunReader::open(pathOf(folder))->summary()->state, std::string("stopped"));
    }

    void network_learnsRealImages()
    {
        const QString folder = fresh();
        Train train(tiny(folder, {"epochs=3", "train_samples=2000", "recording.whole_train=true"}));
        QCOMPARE(train.finish(), 0);
        QCOMPARE(faults(folder), QString());
        const auto run = io::RunReader::open(pathOf(folder));
        QVERIFY(run->scalars(3)->at("train_loss") < run->scalars(1)->at("train_loss"));
        QVERIFY(run->scalars(0)->at("test_accuracy") < 0.5); // chance is 0.25
        QVERIFY(run->scalars(3)->at("test_accuracy") > 0.6);
        QVERIFY(run->scalars(3)->at("whole_train_accuracy") > 0.6);
        QVERIFY(run->scalars(3)->at("whole_train_nc1_quotient") < run->scalars(0)->at("whole_train_nc1_quotient"));
    }
};

QTEST_GUILESS_MAIN(TestNcscopeTrain)
#include "tst_ncscope_train.moc"
