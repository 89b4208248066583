#include <QTest>

#include "io/run_reader.h"
#include "run_fixture.h"

using namespace nc;
using io::FloatType;
using test::RunFolder;

class RunRoundTripTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void run_readsBackAsWritten_data();
    void run_readsBackAsWritten();
};

void RunRoundTripTest::run_readsBackAsWritten_data()
{
    QTest::addColumn<bool>("asFile");
    QTest::addColumn<FloatType>("type");
    QTest::addColumn<QString>("dtype");
    for (const bool asFile : {false, true})
        for (const auto& [type, name] : {std::pair{FloatType::Float16, "float16"},
                                         {FloatType::Float32, "float32"},
                                         {FloatType::Float64, "float64"}})
            QTest::addRow("%s %s", asFile ? "file" : "folder", name) << asFile << type << QString(name);
}

void RunRoundTripTest::run_readsBackAsWritten()
{
    QFETCH(bool, asFile);
    QFETCH(FloatType, type);
    QFETCH(QString, dtype);
    const RunFolder run(type);
    const test::FixtureRun& expected = run.expected();
    const Result<io::RunReader> reader = io::RunReader::open(asFile ? run.file() : run.folder());
    REQUIRE(reader);
    QCOMPARE(reader->epochs(), expected.epochs);
    QCOMPARE(reader->classNames(), expected.header.classNames);
    QCOMPARE(reader->configuration(), expected.header.configuration);
    QCOMPARE(reader->viewClasses(), expected.header.viewClasses);
    QCOMPARE(reader->title(), expected.header.title);
    for (std::size_t i = 0; i < expected.epochs.size(); ++i) {
        const Result<Snapshot> mix = reader->snapshot(expected.epochs[i], "mix");
        REQUIRE(mix);
        QVERIFY(mix->features() == expected.mix[i]);
        QVERIFY(mix->split.kind == SplitKind::Mix);
        QCOMPARE(mix->split.labelA, expected.header.splits[1].labelA);
        QCOMPARE(mix->split.labelB, expected.header.splits[1].labelB);
        QCOMPARE(mix->split.lambda, expected.header.splits[1].lambda);
        QCOMPARE(mix->split.sampleA, expected.header.splits[1].sampleA);
        QCOMPARE(mix->split.sampleB, expected.header.splits[1].sampleB);
        QCOMPARE(mix->split.lambdaPer, std::string("sample"));
        QVERIFY(mix->classifier && mix->classifier->hasBias);
        QVERIFY(mix->classifier->weight == expected.classifiers[i].weight);
        QVERIFY(mix->classifier->bias == expected.classifiers[i].bias);
        const Result<Snapshot> hidden = reader->snapshot(expected.epochs[i], "clean", "block1");
        REQUIRE(hidden);
        QVERIFY(hidden->features() == expected.hidden[i]);
        const auto logits = reader->logits(expected.epochs[i], "mix");
        REQUIRE(logits);
        RowMatrixF values((*logits)->rows(), (*logits)->dim());
        REQUIRE((*logits)->read(0, values));
        QVERIFY(values == expected.logits[i]);
        const auto scalars = reader->scalars(expected.epochs[i]);
        REQUIRE(scalars);
        QCOMPARE(scalars->at("learning_rate"), 0.1);
        QCOMPARE(scalars->at("train_loss"), 0.25 * static_cast<double>(i));
    }
    const Result<io::RunSummary> summary = reader->summary();
    REQUIRE(summary);
    QCOMPARE(QString::fromStdString(summary->split("mix")->layers.at(0).dtype), dtype);
}

QTEST_APPLESS_MAIN(RunRoundTripTest)
#include "tst_run_round_trip.moc"
