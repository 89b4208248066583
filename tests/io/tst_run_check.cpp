#include <fstream>

#include <QTest>

#include "io/h5_handle.h"
#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;
using io::Severity;
using test::RunFolder;

namespace
{

using Change = std::function<void(const RunFolder&)>;

Change inEpoch(const std::function<void(hid_t)>& change)
{
    return [=](const RunFolder& run) { test::edit(run.folder() / "epochs/000002.h5", change); };
}

Change inHeader(const std::function<void(hid_t)>& change)
{
    return [=](const RunFolder& run) { test::edit(run.folder() / "run.h5", change); };
}

/// Turns one byte of a dataset over, as a disk may, without touching its checksum.
void flipByte(const fs::path& file, const std::string& dataset, std::uint64_t at)
{
    haddr_t offset = 0;
    test::edit(file, [&](hid_t root) {
        const io::H5Handle opened(H5Dopen2(root, dataset.c_str(), H5P_DEFAULT), H5Dclose);
        offset = H5Dget_offset(opened.get());
    });
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset + at));
    const char byte = static_cast<char>(stream.get());
    stream.seekp(static_cast<std::streamoff>(offset + at));
    stream.put(static_cast<char>(byte ^ 1));
}

/// Logits of the second epoch, one of them off by `difference`.
Change withLogits(float difference)
{
    return [=](const RunFolder& run) {
        RowMatrixF logits = run.expected().logits[1];
        logits(7, 2) += difference;
        test::edit(run.folder() / "epochs/000002.h5", [&](hid_t root) {
            test::putDataset(root, "logits/mix", H5T_NATIVE_FLOAT, {30, 4}, logits.data());
        });
    };
}

} // namespace

class RunCheckTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writtenRun_isValidWithoutProblems();
    void oddity_isAWarning_data();
    void oddity_isAWarning();
    void deepDamage_isAnErrorOfTheDeepCheckOnly_data();
    void deepDamage_isAnErrorOfTheDeepCheckOnly();
    void roundedLogits_areWithinTolerance();
    void float16Features_haveATenTimesWiderTolerance();
    void epochWithoutFeatures_isAnError();
    void staticFault_isToldOnce();
    void stopRequest_endsTheCheck();
};

void RunCheckTest::writtenRun_isValidWithoutProblems()
{
    const test::FixtureRun fixture = test::makeFixture();
    const QTemporaryDir dir;
    const fs::path folder = fs::path(dir.path().toStdString()) / "run", file = folder.string() + ".h5";
    Result<io::RunWriter> writer = io::RunWriter::create(folder, fixture.header);
    REQUIRE(writer);
    io::EpochData data = test::epochOf(fixture, 0);
    std::vector<io::EpochData::Layer> known{data.features[0], data.features[2]}; // without the layer in float64
    data.features.swap(known);
    REQUIRE(writer->writeEpoch(data));
    REQUIRE(io::packRun(folder, file));
    for (const fs::path& run : {folder, file}) {
        double progress = 0;
        const io::CheckReport report = io::checkRun(run, true, {{}, [&](double fraction) { progress = fraction; }});
        QVERIFY2(report.problems.empty(), report.problems.empty() ? "" : report.problems.front().message.c_str());
        QCOMPARE(progress, 1.0);
    }
}

void RunCheckTest::oddity_isAWarning_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("dataset");
    QTest::addColumn<QString>("reason");
    const auto add = [](const char* name, const Change& change, const char* file, const char* dataset,
                        const char* reason) { QTest::addRow("%s", name) << change << file << dataset << reason; };
    const auto emptyFile = [](const char* name) {
        return [name](const RunFolder& run) { std::ofstream(run.folder() / name) << "x"; };
    };
    add(
        "float64 features", [](const RunFolder&) {}, "epochs/000002.h5", "features/clean/block1",
        "has type float64, the format says float32 or float16");
    add("int64 labels", inHeader([](hid_t root) {
            const std::vector<std::int64_t> labels(30, 1);
            test::putDataset(root, "splits/mix/label_a", H5T_NATIVE_INT64, {30}, labels.data());
        }),
        "run.h5", "splits/mix/label_a", "has type int64, the format says int32");
    add("float64 lambda",
        inHeader([](hid_t root) { test::putDataset(root, "splits/mix/lambda", H5T_NATIVE_DOUBLE, {30}, nullptr); }),
        "run.h5", "splits/mix/lambda", "has type float64, the format says float32");
    add("fixed-length names", inHeader([](hid_t root) {
            const io::H5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
            H5Tset_size(type.get(), 2);
            test::putDataset(root, "classes/names", type.get(), {4}, "a\0b\0c\0d\0");
        }),
        "run.h5", "classes/names", "has type fixed-length text, the format says text");
    add("no kind", inHeader([](hid_t root) { test::removeAttribute(root, "splits/mix", "kind"); }), "run.h5", "",
        "attribute 'kind' of 'splits/mix' is missing");
    add("unknown mode",
        inHeader([](hid_t root) { test::putAttribute(root, "splits/mix", "mode", std::string("test")); }), "run.h5", "",
        "is 'test', the format knows 'eval', 'train', 'train-chosen'");
    add("config is no JSON", inHeader([](hid_t root) { test::putAttribute(root, ".", "config", std::string("{")); }),
        "run.h5", "", "attribute 'config' is no JSON");
    add("no epoch attribute", inEpoch([](hid_t root) { test::removeAttribute(root, ".", "epoch"); }),
        "epochs/000002.h5", "", "attribute 'epoch' is missing, the name counts");
    add("metric is an array", inEpoch([](hid_t root) {
            test::putDataset(root, "metrics/confusion", H5T_NATIVE_DOUBLE, {4, 4}, nullptr);
        }),
        "epochs/000002.h5", "metrics/confusion", "is ignored, because it is no single number");
    add("metric is an integer",
        inEpoch([](hid_t root) { test::putDataset(root, "metrics/step", H5T_NATIVE_INT32, {}, nullptr); }),
        "epochs/000002.h5", "metrics/step", "has type int32, the format says float64");
    add("group in place of a layer", inEpoch([](hid_t root) {
            test::putDataset(root, "features/clean/deep/er", H5T_NATIVE_FLOAT, {20, 6}, nullptr);
        }),
        "epochs/000002.h5", "features/clean/deep", "is ignored, because it is a group");
    add("unfinished epoch", emptyFile("epochs/000011.h5.part"), "epochs/000011.h5.part", "", "an unfinished file");
    add("unfinished state", emptyFile("run.json.part"), "run.json.part", "", "an unfinished file");
    add("epoch of five digits", emptyFile("epochs/00011.h5"), "epochs/00011.h5", "", "not named by six digits or more");
    add("state is no JSON", emptyFile("run.json"), "run.json", "", "it is no JSON");
}

void RunCheckTest::oddity_isAWarning()
{
    QFETCH(Change, change);
    QFETCH(QString, file);
    QFETCH(QString, dataset);
    QFETCH(QString, reason);
    const RunFolder run;
    change(run);
    const io::CheckReport report = io::checkRun(run.folder(), false);
    QVERIFY(report.valid());
    const auto it = std::find_if(report.problems.begin(), report.problems.end(), [&](const io::Problem& problem) {
        return problem.file == (run.folder() / file.toStdString()).string() &&
               problem.dataset == dataset.toStdString() && QString::fromStdString(problem.message).contains(reason);
    });
    QVERIFY(it != report.problems.end());
    QVERIFY(it->severity == Severity::Warning);
    QCOMPARE(it->epoch.has_value(), file.startsWith("epochs/000002"));
    QVERIFY(it->message.starts_with(it->epoch ? "Epoch 2: " : "Run: "));
}

void RunCheckTest::deepDamage_isAnErrorOfTheDeepCheckOnly_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("dataset");
    QTest::addColumn<QString>("reason");
    const auto add = [](const char* name, const Change& change, const char* file, const char* dataset,
                        const char* reason) { QTest::addRow("%s", name) << change << file << dataset << reason; };
    const auto flipped = [](const char* file, const char* dataset, std::uint64_t at) {
        return [=](const RunFolder& run) { flipByte(run.folder() / file, dataset, at); };
    };
    const char *checksum = "its bytes do not have the recorded checksum xxh64", *epoch = "epochs/000002.h5";
    add("flipped bit in features", flipped(epoch, "features/clean/block1", 100), epoch, "features/clean/block1",
        checksum);
    add("flipped bit in a metric", flipped(epoch, "metrics/train_loss", 0), epoch, "metrics/train_loss", checksum);
    add("flipped bit in pictures", flipped("run.h5", "splits/clean/images", 119), "run.h5", "splits/clean/images",
        checksum);
    add("flipped bit in samples", flipped("run.h5", "splits/mix/sample_a", 0), "run.h5", "splits/mix/sample_a",
        checksum);
    add("infinite feature", inEpoch([](hid_t root) {
            std::vector<float> values(180, 0.25f);
            values[6] = std::numeric_limits<float>::infinity();
            test::putDataset(root, "features/mix/penultimate", H5T_NATIVE_FLOAT, {30, 6}, values.data());
        }),
        epoch, "features/mix/penultimate", "not finite, first in row 1, column 0");
    add("logits of another network", withLogits(0.01f), epoch, "logits/mix", "differs from W h + b by 0.01");
}

void RunCheckTest::deepDamage_isAnErrorOfTheDeepCheckOnly()
{
    QFETCH(Change, change);
    QFETCH(QString, file);
    QFETCH(QString, dataset);
    QFETCH(QString, reason);
    const RunFolder run;
    change(run);
    QVERIFY(io::checkRun(run.folder(), false).valid());
    const io::CheckReport report = io::checkRun(run.folder(), true);
    QVERIFY(!report.valid());
    const io::Problem* problem = test::findError(report, run.folder() / file.toStdString(), dataset.toStdString());
    QVERIFY(problem);
    QVERIFY2(QString::fromStdString(problem->message).contains(reason), problem->message.c_str());
}

/// 1e-4 times the largest logit, which is above 1 here: what float32 arithmetic in another order may do.
void RunCheckTest::roundedLogits_areWithinTolerance()
{
    const RunFolder run;
    withLogits(9e-5f)(run);
    QVERIFY(io::checkRun(run.folder(), true).valid());
}

void RunCheckTest::float16Features_haveATenTimesWiderTolerance()
{
    const RunFolder run(io::FloatType::Float16);
    withLogits(9e-4f)(run);
    QVERIFY(io::checkRun(run.folder(), true).valid());
    withLogits(0.1f)(run);
    QVERIFY(!io::checkRun(run.folder(), true).valid());
}

void RunCheckTest::epochWithoutFeatures_isAnError()
{
    const RunFolder run;
    inEpoch([](hid_t root) { test::removeLink(root, "features"); })(run);
    const io::CheckReport report = io::checkRun(run.folder(), false);
    const io::Problem* problem = test::findError(report, run.folder() / "epochs/000002.h5", "");
    QVERIFY(problem && problem->epoch == 2);
}

void RunCheckTest::staticFault_isToldOnce()
{
    const RunFolder run;
    inHeader([](hid_t root) { test::removeLink(root, "splits/mix/label_a"); })(run);
    const io::CheckReport report = io::checkRun(run.folder(), true);
    QVERIFY(!report.valid());
    QCOMPARE(std::count_if(report.problems.begin(), report.problems.end(),
                           [](const io::Problem& problem) { return problem.dataset == "splits/mix/label_a"; }),
             1);
}

void RunCheckTest::stopRequest_endsTheCheck()
{
    const RunFolder run;
    std::stop_source stop;
    int epochs = 0;
    (void)io::checkRun(run.folder(), true, {stop.get_token(), [&](double) {
                                                ++epochs;
                                                stop.request_stop();
                                            }});
    QCOMPARE(epochs, 1);
}

QTEST_APPLESS_MAIN(RunCheckTest)
#include "tst_run_check.moc"
