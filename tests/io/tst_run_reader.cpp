#include <ctime>
#include <fstream>
#include <limits>

#include <QTest>
#include <sys/wait.h>
#include <unistd.h>

#include "io/float16.h"
#include "io/h5_handle.h"
#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;
using io::FloatType;
using io::H5Handle;
using test::RunFolder;

namespace
{

/// The type float16 of either byte order.
H5Handle halfType(hid_t base)
{
    H5Handle type(H5Tcopy(base), H5Tclose);
    H5Tset_fields(type.get(), 15, 10, 5, 0, 10);
    H5Tset_size(type.get(), 2);
    H5Tset_ebias(type.get(), 15);
    return type;
}

RowMatrixF wholeOf(const RowSource& rows)
{
    RowMatrixF values(rows.rows(), rows.dim());
    if (!rows.read(0, values))
        values.setConstant(-1);
    return values;
}

void writeState(const fs::path& run, const std::string& text)
{
    std::ofstream(run / "run.json") << text;
}

} // namespace

class RunReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hyperslabs_equalTheWhole_data();
    void hyperslabs_equalTheWhole();
    void stridedTarget_isFilledRowByRow();
    void largeRead_isWholeAndNamesTheFirstBadRow();
    void fileWithAUserBlock_readsTheSame();
    void features_ofEachTypeOnDisk_data();
    void features_ofEachTypeOnDisk();
    void compressedRun_readsTheSame();
    void largeChunks_areReadInBlocks();
    void labels_ofAnyIntegerType_data();
    void labels_ofAnyIntegerType();
    void lambda_ofAnyFloatType();
    void summary_tellsWhatIsInTheRun();
    void optionalParts_mayAllBeMissing();
    void emptySplit_isValid();
    void classesWithoutNames_comeFromTheClassifier();
    void classesWithoutNames_comeFromTheLogits();
    void classesWithoutNames_comeFromTheLabels();
    void fixedLengthNames_areRead();
    void splitOfAnEpoch_overridesTheStaticOne();
    void missingEpochAttribute_theNameCounts();
    void otherNames_areNoEpochs();
    void viewClassesOutsideTheClasses_areDropped();
    void colourImages_haveThreeChannels();
    void unknownParts_areIgnored();
    void unknownEpochSplitAndLayer_areErrors();
    void readerBesideAnOpenWriter_isNotLockedOut();
    void replacedEpoch_isReadAnew();
    void state_data();
    void state();
};

void RunReaderTest::hyperslabs_equalTheWhole_data()
{
    QTest::addColumn<FloatType>("type");
    QTest::addRow("float16") << FloatType::Float16;
    QTest::addRow("float32") << FloatType::Float32;
    QTest::addRow("float64") << FloatType::Float64;
}

void RunReaderTest::hyperslabs_equalTheWhole()
{
    QFETCH(FloatType, type);
    const RunFolder run(type);
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const auto rows = reader->features(2, "mix");
    REQUIRE(rows);
    const RowMatrixF whole = wholeOf(**rows);
    QVERIFY(whole == run.expected().mix[1]);
    for (Index first = 0; first <= 30; ++first)
        for (Index count = 0; first + count <= 30; ++count) {
            RowMatrixF floats(count, 6);
            RowMatrixD doubles(count, 6);
            REQUIRE((*rows)->read(first, floats));
            REQUIRE((*rows)->read(first, doubles));
            QVERIFY(floats == whole.middleRows(first, count));
            QVERIFY(doubles == whole.middleRows(first, count).cast<double>());
        }
}

void RunReaderTest::stridedTarget_isFilledRowByRow()
{
    const RunFolder run;
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const auto rows = reader->features(0, "mix");
    REQUIRE(rows);
    RowMatrixF wide = RowMatrixF::Constant(30, 9, -1);
    REQUIRE((*rows)->read(0, wide.middleCols(2, 6)));
    QVERIFY(wide.middleCols(2, 6) == run.expected().mix[0]);
    QVERIFY((wide.leftCols(2).array() == -1).all() && (wide.rightCols(1).array() == -1).all());
}

/// Large reads are shared between threads.
void RunReaderTest::largeRead_isWholeAndNamesTheFirstBadRow()
{
    const QTemporaryDir dir;
    const fs::path folder = fs::path(dir.path().toStdString()) / "run";
    constexpr Index count = 20'001, dim = 512;
    io::RunHeader header;
    header.classNames = {"a"};
    Split split;
    split.name = "clean";
    split.labelA.assign(count, 0);
    header.splits.push_back(split);
    Result<io::RunWriter> writer = io::RunWriter::create(folder, header);
    REQUIRE(writer);
    RowMatrixF features(count, dim);
    for (Index i = 0; i < features.size(); ++i)
        features.data()[i] = static_cast<float>(i % 65521);
    io::EpochData data;
    data.features.push_back({"clean", "penultimate", features, FloatType::Float32});
    REQUIRE(writer->writeEpoch(data));
    const Result<io::RunReader> reader = io::RunReader::open(folder);
    REQUIRE(reader);
    QVERIFY(wholeOf(**reader->features(0, "clean")) == features);

    test::edit(folder / "epochs/000000.h5", [&](hid_t root) {
        features(19'999, 4) = features(12'345, 6) = std::numeric_limits<float>::infinity();
        test::putDataset(root, "features/clean/penultimate", H5T_NATIVE_FLOAT, {count, dim}, features.data());
    });
    const Result<io::RunReader> damaged = io::RunReader::open(folder);
    REQUIRE(damaged);
    const Result<void> read = (*damaged->features(0, "clean"))->read(0, features);
    QVERIFY(!read && read.error().message.find("first in row 12345, column 6") != std::string::npos);
}

/// Bytes of others in front of the file, as HDF5 allows: every address counts from behind them.
void RunReaderTest::fileWithAUserBlock_readsTheSame()
{
    const RunFolder run;
    const std::string file = run.path("block.h5").string();
    {
        const H5Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
        H5Pset_userblock(creation.get(), 1024);
        const H5Handle made(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation.get(), H5P_DEFAULT), H5Fclose);
        const H5Handle from(H5Fopen(run.file().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
        for (const char* name : {"classes", "splits", "epochs"})
            H5Ocopy(from.get(), name, made.get(), name, H5P_DEFAULT, H5P_DEFAULT);
        test::putAttribute(made.get(), ".", "format", std::string("ncscope-run"));
        test::putAttribute(made.get(), ".", "format_version", std::int64_t{1});
    }
    const Result<io::RunReader> reader = io::RunReader::open(file);
    REQUIRE(reader);
    QVERIFY(wholeOf(**reader->features(2, "mix")) == run.expected().mix[1]);
    QVERIFY(io::checkRun(file, true).valid());
}

void RunReaderTest::features_ofEachTypeOnDisk_data()
{
    QTest::addColumn<QString>("type");
    for (const char* type : {"float16", "float16 big-endian", "float32 big-endian", "float64", "float64 big-endian"})
        QTest::addRow("%s", type) << type;
}

/// Numbers that a half can hold, so that each type keeps them exactly.
void RunReaderTest::features_ofEachTypeOnDisk()
{
    QFETCH(QString, type);
    const RunFolder run(FloatType::Float16);
    const RowMatrixF& expected = run.expected().mix[1];
    test::edit(run.folder() / "epochs/000002.h5", [&](hid_t root) {
        const H5Handle half = halfType(H5T_IEEE_F32LE), swapped = halfType(H5T_IEEE_F32BE);
        if (type.startsWith("float16")) {
            std::vector<std::uint16_t> halves(180);
            io::floatToHalf(expected.data(), halves.data(), halves.size());
            const bool big = type.endsWith("big-endian");
            if (big)
                for (std::uint16_t& value : halves)
                    value = static_cast<std::uint16_t>((value >> 8) | (value << 8));
            test::putDataset(root, "features/mix/penultimate", (big ? swapped : half).get(), {30, 6}, halves.data());
            return;
        }
        const hid_t onDisk = type == "float32 big-endian" ? H5T_IEEE_F32BE
                             : type == "float64"          ? H5T_IEEE_F64LE
                                                          : H5T_IEEE_F64BE;
        test::putDataset(root, "features/mix/penultimate", onDisk, {30, 6}, nullptr);
        const H5Handle made(H5Dopen2(root, "features/mix/penultimate", H5P_DEFAULT), H5Dclose);
        H5Dwrite(made.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected.data());
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const auto rows = reader->features(2, "mix");
    REQUIRE(rows);
    QVERIFY(wholeOf(**rows) == expected);
    RowMatrixD doubles(30, 6);
    REQUIRE((*rows)->read(0, doubles));
    QVERIFY(doubles == expected.cast<double>());
}

void RunReaderTest::compressedRun_readsTheSame()
{
    const RunFolder run;
    const RowMatrixF& expected = run.expected().mix[1];
    test::edit(run.folder() / "epochs/000002.h5", [&](hid_t root) {
        test::putChunked(root, "features/mix/penultimate", H5T_NATIVE_FLOAT, {30, 6}, {7, 4}, expected.data(), true);
    });
    test::edit(run.folder() / "run.h5", [&](hid_t root) {
        const std::vector<std::int32_t>& labels = run.expected().header.splits[1].labelA;
        test::putChunked(root, "splits/mix/label_a", H5T_NATIVE_INT32, {30}, {8}, labels.data(), true);
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const Result<Snapshot> mix = reader->snapshot(2, "mix");
    REQUIRE(mix);
    QVERIFY(mix->features() == expected);
    QCOMPARE(mix->split.labelA, run.expected().header.splits[1].labelA);
}

/// Chunks larger than HDF5's usual cache, which are opened with a cache of their own.
void RunReaderTest::largeChunks_areReadInBlocks()
{
    const RunFolder run;
    const RowMatrixF expected = RowMatrixF::Random(700, 900);
    test::edit(run.folder() / "epochs/000002.h5", [&](hid_t root) {
        test::putChunked(root, "features/large/block2", H5T_NATIVE_FLOAT, {700, 900}, {600, 500}, expected.data(),
                         true);
        test::putDataset(root, "splits/large/labels", H5T_NATIVE_INT32, {700}, nullptr);
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const auto rows = reader->features(2, "large", "block2");
    REQUIRE(rows);
    Index seen = 0;
    const auto visit = [&](Index first, Eigen::Ref<const RowMatrixF> block) {
        seen += block.rows() * static_cast<Index>(block == expected.middleRows(first, block.rows()));
    };
    REQUIRE(forEachBlock<float>(**rows, visit));
    QCOMPARE(seen, Index{700});
}

void RunReaderTest::labels_ofAnyIntegerType_data()
{
    QTest::addColumn<qint64>("type");
    QTest::addRow("int8") << qint64{H5T_STD_I8LE};
    QTest::addRow("uint8") << qint64{H5T_STD_U8LE};
    QTest::addRow("int16") << qint64{H5T_STD_I16LE};
    QTest::addRow("int32 big-endian") << qint64{H5T_STD_I32BE};
    QTest::addRow("uint32") << qint64{H5T_STD_U32LE};
    QTest::addRow("int64") << qint64{H5T_STD_I64LE};
    QTest::addRow("uint64") << qint64{H5T_STD_U64LE};
}

void RunReaderTest::labels_ofAnyIntegerType()
{
    QFETCH(qint64, type);
    const RunFolder run;
    const std::vector<std::int32_t>& expected = run.expected().header.splits[1].labelA;
    test::edit(run.folder() / "run.h5", [&](hid_t root) {
        test::putDataset(root, "splits/mix/label_a", type, {30}, nullptr);
        const H5Handle made(H5Dopen2(root, "splits/mix/label_a", H5P_DEFAULT), H5Dclose);
        H5Dwrite(made.get(), H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected.data());
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const Result<Split> split = reader->split(0, "mix");
    REQUIRE(split);
    QCOMPARE(split->labelA, expected);
}

void RunReaderTest::lambda_ofAnyFloatType()
{
    const RunFolder run;
    const std::vector<double>& expected = run.expected().header.splits[1].lambda;
    test::edit(run.folder() / "run.h5",
               [&](hid_t root) { test::putDataset(root, "splits/mix/lambda", H5T_IEEE_F64LE, {30}, expected.data()); });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const Result<Split> split = reader->split(0, "mix");
    REQUIRE(split);
    QCOMPARE(split->lambda, expected);
}

void RunReaderTest::summary_tellsWhatIsInTheRun()
{
    const RunFolder run;
    for (const bool asFile : {false, true}) {
        const fs::path path = asFile ? run.file() : run.folder();
        const Result<io::RunReader> reader = io::RunReader::open(path);
        REQUIRE(reader);
        const Result<io::RunSummary> summary = reader->summary();
        REQUIRE(summary);
        QCOMPARE(summary->formatVersion, 1);
        QCOMPARE(summary->created, std::string("2024-01-02T03:04:05Z"));
        QCOMPARE(summary->featureLayer, std::string("linear 6, no ReLU"));
        QCOMPARE(summary->classes(), Index{4});
        QVERIFY(summary->hasClassifier && summary->hasBias && summary->hasLogits && summary->hasImages);
        QVERIFY(summary->complete);
        QCOMPARE(summary->state, std::string("finished"));
        const io::SplitInfo* clean = summary->split("clean");
        QVERIFY(clean && summary->firstSplit(SplitKind::Clean) == clean && !summary->split("none"));
        QCOMPARE(clean->samples, Index{20});
        QCOMPARE(clean->origin, std::string("test"));
        QVERIFY(clean->hasImages);
        QCOMPARE(clean->layers.size(), std::size_t{2});
        QCOMPARE(clean->layers[0].name, std::string("block1"));
        QCOMPARE(clean->layers[0].dtype, std::string("float64"));
        QCOMPARE(clean->layers[1].dim, Index{6});
        std::uintmax_t bytes = 0;
        if (asFile)
            bytes = fs::file_size(path);
        else
            for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path))
                bytes += entry.is_regular_file() ? entry.file_size() : 0;
        QCOMPARE(summary->bytes, bytes);
        const Result<io::Images> images = reader->images("clean");
        REQUIRE(images);
        QCOMPARE(images->bytes, run.expected().header.images.at("clean").bytes);
        QCOMPARE(reader->images("mix")->count, Index{0});
    }
}

void RunReaderTest::optionalParts_mayAllBeMissing()
{
    const RunFolder run;
    test::edit(run.folder() / "epochs/000002.h5", [](hid_t root) {
        for (const char* path : {"classifier", "logits", "metrics", "features/clean"})
            test::removeLink(root, path);
    });
    test::edit(run.folder() / "run.h5", [](hid_t root) {
        for (const char* attribute : {"title", "config", "feature_layer", "view_classes", "generator", "created"})
            test::removeAttribute(root, ".", attribute);
        for (const char* path : {"splits/mix/sample_a", "splits/mix/sample_b", "splits/clean/images"})
            test::removeLink(root, path);
    });
    fs::remove(run.folder() / "run.json");
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const Result<Snapshot> mix = reader->snapshot(2, "mix");
    REQUIRE(mix);
    QVERIFY(!mix->classifier && mix->split.sampleA.empty());
    const auto logits = reader->logits(2, "mix");
    REQUIRE(logits);
    QVERIFY(*logits == nullptr);
    QVERIFY(reader->scalars(2)->empty());
    QVERIFY(reader->viewClasses().empty() && reader->title().empty() && reader->configuration().empty());
    const Result<io::RunSummary> summary = reader->summary();
    REQUIRE(summary);
    QVERIFY(summary->complete && summary->hasClassifier && !summary->hasImages);
    QVERIFY(io::checkRun(run.folder(), true).valid());
}

void RunReaderTest::emptySplit_isValid()
{
    const RunFolder run;
    test::edit(run.folder() / "run.h5", [](hid_t root) {
        test::putDataset(root, "splits/none/labels", H5T_NATIVE_INT32, {0}, nullptr);
        test::putAttribute(root, "splits/none", "kind", std::string("clean"));
    });
    test::edit(run.folder() / "epochs/000002.h5", [](hid_t root) {
        test::putDataset(root, "features/none/penultimate", H5T_NATIVE_FLOAT, {0, 6}, nullptr);
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const Result<Snapshot> none = reader->snapshot(2, "none");
    REQUIRE(none);
    QCOMPARE(none->rows(), Index{0});
    QCOMPARE(none->dim(), Index{6});
    QVERIFY(io::checkRun(run.folder(), true).valid());
}

void RunReaderTest::classesWithoutNames_comeFromTheClassifier()
{
    const RunFolder run;
    test::edit(run.folder() / "run.h5", [](hid_t root) { test::removeLink(root, "classes"); });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QCOMPARE(reader->classNames(), (std::vector<std::string>{"0", "1", "2", "3"}));
}

void RunReaderTest::classesWithoutNames_comeFromTheLogits()
{
    const RunFolder run;
    test::edit(run.folder() / "run.h5", [](hid_t root) { test::removeLink(root, "classes"); });
    for (const char* name : {"000000", "000002", "000010"})
        test::edit(run.folder() / "epochs" / (std::string(name) + ".h5"), [](hid_t root) {
            test::removeLink(root, "classifier");
            test::putDataset(root, "logits/mix", H5T_NATIVE_FLOAT, {30, 7}, nullptr);
        });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QCOMPARE(reader->classes(), Index{7});
}

void RunReaderTest::classesWithoutNames_comeFromTheLabels()
{
    const RunFolder run;
    test::edit(run.folder() / "run.h5", [](hid_t root) { test::removeLink(root, "classes"); });
    for (const char* name : {"000000", "000002", "000010"})
        test::edit(run.folder() / "epochs" / (std::string(name) + ".h5"), [](hid_t root) {
            test::removeLink(root, "classifier");
            test::removeLink(root, "logits");
        });
    QCOMPARE(io::RunReader::open(run.folder())->classes(), Index{4});
    test::edit(run.folder() / "run.h5", [](hid_t root) { // a label that is some other number must not mean 2^31 names
        const std::vector<std::int32_t> labels(30, 2147483646);
        test::putDataset(root, "splits/mix/label_a", H5T_NATIVE_INT32, {30}, labels.data());
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QCOMPARE(reader->classes(), Index{4});
    QVERIFY(reader->split(0, "clean") && !reader->split(0, "mix"));
}

void RunReaderTest::fixedLengthNames_areRead()
{
    const RunFolder run;
    test::edit(run.folder() / "run.h5", [](hid_t root) {
        const H5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
        H5Tset_size(type.get(), 5);
        const char names[] = "cat\0\0doghsbird\0\xff\0\0\0\0"; // the second fills its place, the last is no UTF-8
        test::putDataset(root, "classes/names", type.get(), {4}, names);
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QCOMPARE(reader->classNames(), (std::vector<std::string>{"cat", "doghs", "bird", "?"}));
}

void RunReaderTest::splitOfAnEpoch_overridesTheStaticOne()
{
    const RunFolder run;
    for (const bool asFile : {false, true}) {
        const fs::path path = asFile ? run.file() : run.folder();
        test::edit(
            asFile ? path : path / "epochs/000002.h5",
            [](hid_t epoch) {
                const std::int32_t labels[] = {3, 1};
                test::putDataset(epoch, "splits/mix/labels", H5T_NATIVE_INT32, {2}, labels);
                test::putAttribute(epoch, "splits/mix", "mode", std::string("train"));
                test::putDataset(epoch, "features/mix/penultimate", H5T_NATIVE_FLOAT, {2, 6}, nullptr);
                test::removeLink(epoch, "logits");
            },
            asFile ? "/epochs/000002" : "/");
        const Result<io::RunReader> reader = io::RunReader::open(path);
        REQUIRE(reader);
        const Result<Snapshot> own = reader->snapshot(2, "mix"), other = reader->snapshot(10, "mix");
        REQUIRE(own);
        REQUIRE(other);
        QCOMPARE(own->split.labelA, (std::vector<std::int32_t>{3, 1}));
        QVERIFY(own->split.kind == SplitKind::Clean);
        QCOMPARE(own->split.mode, std::string("train"));
        QCOMPARE(other->split.rows(), Index{30});
        const io::CheckReport report = io::checkRun(path, true);
        QVERIFY2(report.valid(), report.problems.empty() ? "" : report.problems.front().message.c_str());
    }
}

void RunReaderTest::missingEpochAttribute_theNameCounts()
{
    const RunFolder run;
    test::edit(run.folder() / "epochs/000002.h5", [](hid_t root) { test::removeAttribute(root, ".", "epoch"); });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QVERIFY(!test::firstError(*reader, 2));
}

void RunReaderTest::otherNames_areNoEpochs()
{
    const RunFolder run;
    const fs::path epochs = run.folder() / "epochs";
    for (const char* name :
         {"12.h5", "000012.h5.part", "notes.txt", "latest.h5", "-00012.h5", "99999999999999999999.h5"})
        fs::copy_file(epochs / "000002.h5", epochs / name);
    fs::copy_file(epochs / "000010.h5", epochs / "1234567.h5");
    test::edit(epochs / "1234567.h5",
               [](hid_t root) { test::putAttribute(root, ".", "epoch", std::int64_t{1234567}); });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QCOMPARE(reader->epochs(), (std::vector<std::int64_t>{0, 2, 10, 1234567}));
    QVERIFY(!test::firstError(*reader, 1234567));
}

void RunReaderTest::viewClassesOutsideTheClasses_areDropped()
{
    const RunFolder run;
    test::edit(run.folder() / "run.h5",
               [](hid_t root) { test::putAttribute(root, ".", "view_classes", std::int64_t{4}); });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QVERIFY(reader->viewClasses().empty());
    QVERIFY(!io::checkRun(run.folder(), false).valid());
}

void RunReaderTest::colourImages_haveThreeChannels()
{
    const RunFolder run;
    std::vector<std::uint8_t> bytes(20 * 2 * 5 * 3);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(i);
    test::edit(run.folder() / "run.h5", [&](hid_t root) {
        test::putDataset(root, "splits/clean/images", H5T_NATIVE_UINT8, {20, 2, 5, 3}, bytes.data());
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const Result<io::Images> images = reader->images("clean");
    REQUIRE(images);
    QCOMPARE(images->channels, Index{3});
    QCOMPARE(images->width, Index{5});
    QCOMPARE(images->bytes, bytes);
}

void RunReaderTest::unknownParts_areIgnored()
{
    const RunFolder run;
    test::edit(run.folder() / "epochs/000002.h5", [](hid_t root) {
        test::putDataset(root, "gradients/deep/inside", H5T_NATIVE_INT16, {3, 3, 3}, nullptr);
        test::putDataset(root, "metrics/confusion", H5T_NATIVE_DOUBLE, {4, 4}, nullptr);
        test::putAttribute(root, "features", "note", std::string("from elsewhere"));
    });
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QVERIFY(!test::firstError(*reader, 2));
    QCOMPARE(reader->scalars(2)->size(), std::size_t{2});
    QVERIFY(io::checkRun(run.folder(), true).valid());
}

void RunReaderTest::unknownEpochSplitAndLayer_areErrors()
{
    const RunFolder run;
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const Result<Snapshot> epoch = reader->snapshot(7, "mix");
    QVERIFY(!epoch);
    QCOMPARE(epoch.error().message, "Cannot read epoch 7: it is not recorded: " + run.folder().string());
    QVERIFY(!reader->split(2, "other") && !reader->features(2, "other") && !reader->features(2, "mix", "block9"));
    QVERIFY(!reader->images("other"));
}

void RunReaderTest::readerBesideAnOpenWriter_isNotLockedOut()
{
    const RunFolder run;
    int ready[2];
    QCOMPARE(pipe(ready), 0);
    const pid_t child = fork(); // another process, because HDF5 shares open files within one
    if (child == 0) {
        char byte = 0;
        const bool told = read(ready[0], &byte, 1) == 1;
        const Result<io::RunReader> reader = io::RunReader::open(run.file());
        _exit(told && reader && reader->snapshot(2, "mix") ? 0 : 1);
    }
    const H5Handle writer(H5Fopen(run.file().c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    QVERIFY(writer);
    QCOMPARE(write(ready[1], "x", 1), ssize_t{1});
    int status = -1;
    waitpid(child, &status, 0);
    QCOMPARE(status, 0);
}

void RunReaderTest::replacedEpoch_isReadAnew()
{
    const RunFolder run;
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    QVERIFY(reader->snapshot(2, "mix")->features() == run.expected().mix[1]);
    Result<io::RunWriter> writer = io::RunWriter::resume(run.folder());
    REQUIRE(writer);
    io::EpochData data = test::epochOf(run.expected(), 2);
    data.epoch = 2;
    REQUIRE(writer->writeEpoch(data));
    const Result<Snapshot> again = reader->snapshot(2, "mix");
    REQUIRE(again);
    QVERIFY(again->features() == run.expected().mix[2]);
}

void RunReaderTest::state_data()
{
    char host[256] = {};
    gethostname(host, sizeof host - 1);
    const auto json = [](const std::string& state, const std::string& on, long long pid, const std::string& updated) {
        return QString::fromStdString("{\"state\":\"" + state + "\",\"host\":\"" + on +
                                      "\",\"pid\":" + std::to_string(pid) + ",\"updated\":\"" + updated + "\"}");
    };
    const std::time_t now = std::time(nullptr);
    const auto minutesAgo = [now](int minutes) {
        const std::time_t then = now - 60 * minutes;
        char text[32] = {};
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&then));
        return std::string(text);
    };
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("state");
    QTest::addRow("finished") << json("finished", host, 1, minutesAgo(0)) << "finished";
    QTest::addRow("stopped") << json("stopped", host, 1, minutesAgo(0)) << "stopped";
    QTest::addRow("running here") << json("running", host, getpid(), minutesAgo(100)) << "running";
    QTest::addRow("running here, dead") << json("running", host, 4194305, minutesAgo(0))
                                        << "stopped"; // above the largest pid
    QTest::addRow("running elsewhere") << json("running", "elsewhere", 1, minutesAgo(9)) << "running";
    QTest::addRow("silent elsewhere") << json("running", "elsewhere", 1, minutesAgo(11)) << "stopped";
    QTest::addRow("no JSON") << QString("{") << "finished";
    QTest::addRow("other JSON") << QString("{\"state\":7}") << "finished";
}

void RunReaderTest::state()
{
    QFETCH(QString, text);
    QFETCH(QString, state);
    const RunFolder run;
    writeState(run.folder(), text.toStdString());
    const Result<io::RunReader> reader = io::RunReader::open(run.folder());
    REQUIRE(reader);
    const Result<io::RunSummary> summary = reader->summary();
    REQUIRE(summary);
    QCOMPARE(QString::fromStdString(summary->state), state);
    QCOMPARE(summary->complete, state != "running");
}

QTEST_APPLESS_MAIN(RunReaderTest)
#include "tst_run_reader.moc"
