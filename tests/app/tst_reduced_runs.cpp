#include <random>

#include <QTemporaryDir>
#include <QTest>

#include "app/metrics_report.h"
#include "app/run_view.h"
#include "core/class_statistics.h"
#include "io/run_check.h"
#include "io/run_writer.h"
#include "io/subspace_frame.h"

using namespace nc;
namespace fs = std::filesystem;
using io::RunReader;

namespace
{

#define REQUIRE(...)                                                                                                   \
    do {                                                                                                               \
        const auto& required = __VA_ARGS__;                                                                            \
        QVERIFY2(required, required ? "" : required.error().message.c_str());                                          \
    } while (false)

/// Doubles of about 1 whose computation goes through some thousand roundings, and the figures' own condition.
constexpr double tolerance = 1e-9;

constexpr Index classes = 5, dim = 96, cleanRows = 150, mixRows = 300;

/// A run that nothing about is special: features with a common offset, noise in all directions that is not the same in
/// each class, a classifier that moves from epoch to epoch, a clean split that is not balanced, a second layer.
fs::path writeRun(const fs::path& folder, std::int64_t epochs, io::FloatType type)
{
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    const auto gaussian = [&](Index rows, Index columns) {
        return RowMatrixF(RowMatrixF::NullaryExpr(rows, columns, [&] { return normal(random); }));
    };
    io::RunHeader header;
    header.configuration = R"({"mixing":{"kind":"mixup"},"loss":{"kind":"cross-entropy"}})";
    for (Index k = 0; k < classes; ++k)
        header.classNames.push_back("class " + std::to_string(k));
    Split clean, mix;
    clean.name = "test";
    mix.name = "mix";
    mix.kind = SplitKind::Mix;
    for (Index n = 0; n < cleanRows; ++n)
        clean.labelA.push_back(static_cast<std::int32_t>(n % 7 % classes));
    for (Index n = 0; n < mixRows; ++n) {
        mix.labelA.push_back(static_cast<std::int32_t>(n % classes));
        mix.labelB.push_back(static_cast<std::int32_t>(n / classes % classes));
        mix.lambda.push_back(static_cast<double>(n % 17) / 16);
    }
    header.splits = {clean, mix};
    io::RunWriter writer = *io::RunWriter::create(folder, header);
    const RowMatrixF offset = gaussian(1, dim), weight = gaussian(classes, dim), hidden = gaussian(cleanRows, 40);
    for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
        const RowMatrixF w = weight + 0.2f * gaussian(classes, dim);
        RowMatrixF cleanFeatures = gaussian(cleanRows, dim), mixFeatures = gaussian(mixRows, dim);
        for (Index n = 0; n < cleanRows; ++n)
            cleanFeatures.row(n) =
                cleanFeatures.row(n) * 0.1f * static_cast<float>(1 + clean.labelA[static_cast<std::size_t>(n)]) +
                0.3f * w.row(clean.labelA[static_cast<std::size_t>(n)]) + offset;
        for (Index n = 0; n < mixRows; ++n) {
            const auto at = static_cast<std::size_t>(n);
            const auto lambda = static_cast<float>(mix.lambda[at]);
            mixFeatures.row(n) = 0.1f * mixFeatures.row(n) + 0.3f * lambda * w.row(mix.labelA[at]) +
                                 0.3f * (1 - lambda) * w.row(mix.labelB[at]) + offset;
        }
        io::EpochData data;
        data.epoch = 3 * epoch;
        data.classifier = Classifier{w.cast<double>(), Vector::LinSpaced(classes, -1, 1), true};
        data.features.push_back({"test", "penultimate", cleanFeatures, type});
        data.features.push_back({"mix", "penultimate", mixFeatures, type});
        data.features.push_back({"test", "block", hidden, io::FloatType::Float32});
        data.scalars["train_loss"] = 0.5;
        if (!writer.writeEpoch(data))
            qFatal("cannot write the epoch");
    }
    (void)writer.setState(io::RunWriter::State::Finished);
    return folder;
}

void compareMetrics(const RunReader& full, const RunReader& reduced)
{
    const io::RunSummary summary = *full.summary(), other = *reduced.summary();
    for (const std::int64_t epoch : full.epochs())
        for (const auto& [split, layer] :
             {std::pair("test", "penultimate"), std::pair("mix", "penultimate"), std::pair("test", "block")}) {
            MetricOptions options;
            options.viewClasses = {0, 2, 4};
            options.configuration = full.configuration();
            options.perPair = options.triples = true;
            const auto expected = app::measureRun(full, summary, epoch, split, layer, options);
            const auto found = app::measureRun(reduced, other, epoch, split, layer, options);
            REQUIRE(expected);
            REQUIRE(found);
            int measured = 0;
            for (std::size_t i = 0; i < metricNames().size(); ++i) {
                const Metric &a = expected->values[i], &b = found->values[i];
                const std::string name(metricNames()[i]);
                QCOMPARE(b.available(), a.available());
                if (!a.available())
                    continue;
                ++measured;
                QVERIFY2(std::abs(a.value - b.value) <= tolerance * std::max(1.0, std::abs(a.value)),
                         (name + ": " + std::to_string(a.value) + " and " + std::to_string(b.value)).c_str());
            }
            QVERIFY(measured > 3);
            QCOMPARE(found->chanceWeightsEtfError, expected->chanceWeightsEtfError);
            QCOMPARE(found->valid.value, expected->valid.value);
            QCOMPARE(found->pairs.size(), expected->pairs.size());
            for (std::size_t i = 0; i < found->pairs.size(); ++i)
                QVERIFY(std::abs(found->pairs[i].theoryGap.value - expected->pairs[i].theoryGap.value) < tolerance);
        }
}

/// Coordinates, norms off the view, vertices of every kind of basis.
void compareViews(const RunReader& full, const RunReader& reduced)
{
    for (const std::int64_t epoch : full.epochs())
        for (const bool last : {false, true})
            for (const std::vector<Index>& chosen :
                 {std::vector<Index>{0, 1, 2}, std::vector<Index>{4, 1, 3, 0}, std::vector<Index>{0, 1, 2, 3, 4}})
                for (const app::Basis basis : {app::Basis::Classifier, app::Basis::Means, app::Basis::Etf}) {
                    app::ViewRequest request;
                    request.split = "mix";
                    request.classes = chosen;
                    request.basis = basis;
                    if (last)
                        request.basisEpoch = full.epochs().back();
                    std::vector<ProjectedRows<double>> rows;
                    for (const RunReader* run : {&full, &reduced}) {
                        const auto view = app::epochBasis(*run, epoch, request);
                        REQUIRE(view);
                        const auto features = run->features(epoch, "mix");
                        REQUIRE(features);
                        const auto mean = balancedMean(**features, *run->split(epoch, "mix"), run->classes());
                        rows.push_back(*project<double>(**features, view->projection, *mean));
                    }
                    const double difference = (rows[0].coordinates - rows[1].coordinates).cwiseAbs().maxCoeff();
                    QVERIFY2(difference < tolerance, std::to_string(difference).c_str());
                    for (std::size_t n = 0; n < rows[0].offView.size(); ++n)
                        QVERIFY(std::abs(rows[0].offView[n] - rows[1].offView[n]) < tolerance);
                    QVERIFY(std::abs(rows[0].inView - rows[1].inView) < tolerance);
                }
}

} // namespace

/// `pack --reduce`: smaller, and nothing that one looks at changes.
class ReducedRunsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void figuresAndViews_areThoseOfTheFullRun_data();
    void figuresAndViews_areThoseOfTheFullRun();
    void basisOfAnotherEpoch_isRefusedWhereItIsNotKept();
    void narrowLayers_stayAsTheyAre();
    void points_closeTheirPolygon_data();
    void points_closeTheirPolygon();
};

void ReducedRunsTest::figuresAndViews_areThoseOfTheFullRun_data()
{
    QTest::addColumn<int>("epochs");
    QTest::addColumn<bool>("half");
    QTest::newRow("one epoch") << 1 << false;
    QTest::newRow("one frame for all") << 2 << false;
    QTest::newRow("a frame an epoch") << 5 << false;
    QTest::newRow("float16") << 2 << true;
}

void ReducedRunsTest::figuresAndViews_areThoseOfTheFullRun()
{
    QFETCH(int, epochs);
    QFETCH(bool, half);
    const QTemporaryDir dir;
    const fs::path folder = fs::path(dir.path().toStdString());
    const fs::path run = writeRun(folder / "run", epochs, half ? io::FloatType::Float16 : io::FloatType::Float32);
    const fs::path small = folder / "small.h5";
    REQUIRE(io::packReduced(run, small));
    const io::CheckReport report = io::checkRun(small, true);
    QVERIFY2(report.problems.empty(), report.problems.empty() ? "" : report.problems.front().message.c_str());
    const Result<RunReader> full = RunReader::open(run), reduced = RunReader::open(small);
    REQUIRE(full);
    REQUIRE(reduced);
    QCOMPARE(reduced->epochs(), full->epochs());
    QCOMPARE(*reduced->scalars(0), *full->scalars(0));
    const Index width = reduced->features(0, "mix").value()->dim();
    QVERIFY2(width <= 2 * 3 * classes + 2, std::to_string(width).c_str());
    compareMetrics(*full, *reduced);
    compareViews(*full, *reduced);
    const Result<void> again = io::packReduced(small, folder / "again.h5");
    QVERIFY(!again);
}

void ReducedRunsTest::basisOfAnotherEpoch_isRefusedWhereItIsNotKept()
{
    const QTemporaryDir dir;
    const fs::path folder = fs::path(dir.path().toStdString());
    REQUIRE(io::packReduced(writeRun(folder / "run", 5, io::FloatType::Float32), folder / "small.h5"));
    const Result<RunReader> reduced = RunReader::open(folder / "small.h5");
    REQUIRE(reduced);
    app::ViewRequest request;
    request.split = "mix";
    request.classes = {0, 1, 2};
    request.basisEpoch = 3;
    QVERIFY(app::epochBasis(*reduced, 3, request));
    const auto view = app::epochBasis(*reduced, 6, request);
    QVERIFY(!view);
    QVERIFY2(view.error().message.starts_with("basis epoch 3 does not serve another epoch"),
             view.error().message.c_str());
}

void ReducedRunsTest::narrowLayers_stayAsTheyAre()
{
    const QTemporaryDir dir;
    const fs::path folder = fs::path(dir.path().toStdString());
    io::RunHeader header;
    header.classNames = {"a", "b", "c"};
    Split split;
    split.name = "clean";
    for (int n = 0; n < 30; ++n)
        split.labelA.push_back(n % 3);
    header.splits = {split};
    const RowMatrixF features = RowMatrixF::Random(30, 6);
    {
        io::RunWriter writer = *io::RunWriter::create(folder / "run", header);
        io::EpochData data;
        data.classifier = Classifier{RowMatrixD::Random(3, 6), Vector::Zero(3), false};
        data.features.push_back({"clean", "penultimate", features, io::FloatType::Float32});
        REQUIRE(writer.writeEpoch(data));
    }
    REQUIRE(io::packReduced(folder / "run", folder / "small.h5"));
    const Result<RunReader> reduced = RunReader::open(folder / "small.h5");
    REQUIRE(reduced);
    QVERIFY(reduced->snapshot(0, "clean")->features() == features);
}

void ReducedRunsTest::points_closeTheirPolygon_data()
{
    QTest::addColumn<QList<double>>("lengths");
    QTest::newRow("none") << QList<double>{};
    QTest::newRow("one that is nothing") << QList<double>{0};
    QTest::newRow("two equal") << QList<double>{2.5, 2.5};
    QTest::newRow("straight line") << QList<double>{3, 1, 2};
    QTest::newRow("one long") << QList<double>{10, 3, 3, 3, 1};
    QTest::newRow("many") << QList<double>{5, 4, 4, 3, 3, 3, 2, 2, 1, 1, 1, 0.5, 0};
}

void ReducedRunsTest::points_closeTheirPolygon()
{
    QFETCH(QList<double>, lengths);
    const Vector wanted = Eigen::Map<const Vector>(lengths.data(), lengths.size());
    const auto points =
        io::balancedInPlane(wanted, std::vector<std::int32_t>(static_cast<std::size_t>(wanted.size()), 2));
    QCOMPARE(points.rows(), wanted.size());
    for (Index n = 0; n < wanted.size(); ++n)
        QVERIFY(std::abs(points.row(n).norm() - wanted[n]) <= 1e-14 * (1 + wanted[n]));
    if (wanted.size() > 0)
        QVERIFY(points.colwise().sum().norm() <= 1e-14 * (1 + wanted.sum())); // rounding of the sum
}

QTEST_APPLESS_MAIN(ReducedRunsTest)
#include "tst_reduced_runs.moc"
