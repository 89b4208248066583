#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include <sys/stat.h>

#include <QTest>

#include "io/run_check.h"
#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;
using test::RunFolder;

namespace
{

using Change = std::function<void(hid_t)>;

constexpr std::int64_t damagedEpoch = 2;

/// One float of `value` at `index` in an N x cols dataset, the others 0.5.
Change withOneValue(const std::string& path, std::vector<hsize_t> shape, std::size_t index, float value)
{
    return [=](hid_t group) {
        std::size_t count = 1;
        for (const hsize_t extent : shape)
            count *= extent;
        std::vector<float> values(count, 0.5f);
        values[index] = value;
        test::putDataset(group, path, H5T_NATIVE_FLOAT, shape, values.data());
    };
}

Change withLabels(const std::string& path, std::vector<std::int32_t> labels)
{
    return [=](hid_t group) { test::putDataset(group, path, H5T_NATIVE_INT32, {labels.size()}, labels.data()); };
}

Change softLink(const std::string& path, const std::string& target)
{
    return [=](hid_t group) {
        test::removeLink(group, path);
        H5Lcreate_soft(target.c_str(), group, path.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    };
}

Change externalLink(const std::string& path)
{
    return [=](hid_t group) {
        test::removeLink(group, path);
        H5Lcreate_external("/etc/passwd", "/x", group, path.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    };
}

/// A dataset whose bytes lie in another file.
void putExternalStorage(hid_t group)
{
    test::removeLink(group, "features/mix/penultimate");
    const hsize_t shape[] = {30, 6};
    const hid_t space = H5Screate_simple(2, shape, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(creation, "/etc/passwd", 0, 30 * 6 * 4);
    H5Dclose(
        H5Dcreate2(group, "features/mix/penultimate", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Pclose(creation);
    H5Sclose(space);
}

/// A dataset that is a view of another file's.
void putVirtual(hid_t group)
{
    test::removeLink(group, "features/mix/penultimate");
    const hsize_t shape[] = {30, 6};
    const hid_t space = H5Screate_simple(2, shape, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
    const hid_t access = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_virtual(creation, space, "../../other.h5", "/x", space);
    H5Dclose(H5Dcreate2(group, "features/mix/penultimate", H5T_NATIVE_FLOAT, space, access, creation, H5P_DEFAULT));
    H5Pclose(access);
    H5Pclose(creation);
    H5Sclose(space);
}

std::vector<std::int32_t> thirtyLabels(std::int32_t last)
{
    std::vector<std::int32_t> labels(30, 1);
    labels.back() = last;
    return labels;
}

} // namespace

class DamagedRunsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void epochPart_isOneSentenceAndLeavesOtherEpochs_data();
    void epochPart_isOneSentenceAndLeavesOtherEpochs();
    void staticPart_isOneSentence_data();
    void staticPart_isOneSentence();
    void epochFile_isOneSentenceAndLeavesOtherEpochs_data();
    void epochFile_isOneSentenceAndLeavesOtherEpochs();
    void fileRun_thatIsNoRunDoesNotOpen_data();
    void fileRun_thatIsNoRunDoesNotOpen();
    void fileMarkedOpenForWriting_namesH5clear();
    void textWithoutItsBytes_isOneSentence();
    void tableOfNames_thatLeavesTheFile_isOneSentence();
    void hardLinkLoop_isHarmless();
    void epochThatVanishes_isAnErrorOfThatEpoch();
    void epochRecordedTwice_isAnErrorOfThatEpoch();
    void missingPath_isAnError();
    void folderWithoutStaticPart_isAnError();
    void pipe_isRefusedAtOnce();

private:
    void compare(const std::optional<Error>& error, const fs::path& file, const QString& dataset,
                 const QString& reason);
    std::unique_ptr<RunFolder> m_run;
};

void DamagedRunsTest::init()
{
    m_run = std::make_unique<RunFolder>();
}

void DamagedRunsTest::compare(const std::optional<Error>& error, const fs::path& file, const QString& dataset,
                              const QString& reason)
{
    QVERIFY(error);
    const QString message = QString::fromStdString(error->message);
    QVERIFY2(message.contains(reason), qPrintable(message));
    QVERIFY2(message.startsWith("Cannot read ") && message.endsWith(QString::fromStdString(": " + file.string())),
             qPrintable(message));
    QVERIFY2(message.contains(dataset) && !message.contains('\n'), qPrintable(message));
    QCOMPARE(QString::fromStdString(error->dataset), dataset);
    QCOMPARE(error->file, file.string());
    QVERIFY(error->kind == ErrorKind::Data);
}

void DamagedRunsTest::epochPart_isOneSentenceAndLeavesOtherEpochs_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("dataset");
    QTest::addColumn<QString>("reason");
    const QString mix = "features/mix/penultimate";
    const std::string path = mix.toStdString();
    const auto add = [](const char* name, const Change& change, const QString& dataset, const QString& reason) {
        QTest::addRow("%s", name) << change << dataset << reason;
    };
    const auto put = [path](hid_t type, std::vector<hsize_t> shape) {
        return Change([=](hid_t group) { test::putDataset(group, path, type, shape, nullptr); });
    };
    const auto putHuge = [path](std::vector<hsize_t> shape, std::vector<hsize_t> chunk) {
        return Change([=](hid_t group) { test::putChunked(group, path, H5T_NATIVE_FLOAT, shape, chunk); });
    };
    add("wrong rank", put(H5T_NATIVE_FLOAT, {30, 6, 1}), mix, "has rank 3, expected 2");
    add("scalar", put(H5T_NATIVE_FLOAT, {}), mix, "has rank 0, expected 2");
    add("integer features", put(H5T_NATIVE_INT32, {30, 6}), mix,
        "has type int32, expected float16, float32 or float64");
    add("other float", put(H5T_NATIVE_LDOUBLE, {30, 6}), mix, "expected float16, float32 or float64");
    add("wrong length", put(H5T_NATIVE_FLOAT, {29, 6}), mix, "has shape 29 x 6, expected 30 x any");
    add("wrong columns", put(H5T_NATIVE_FLOAT, {30, 7}), mix, "has 7 columns, but 'classifier/weight' has 6");
    add("no columns", put(H5T_NATIVE_FLOAT, {30, 0}), mix, "has no columns");
    add("not a number", withOneValue(path, {30, 6}, 20, std::nanf("")), mix, "not finite, first in row 3, column 2");
    add("infinity", withOneValue(path, {30, 6}, 179, -std::numeric_limits<float>::infinity()), mix,
        "not finite, first in row 29, column 5");
    add(
        "missing features", [=](hid_t group) { test::removeLink(group, path); }, mix, "is missing");
    add(
        "a group in its place",
        [=](hid_t group) {
            test::removeLink(group, path);
            H5Gclose(H5Gcreate2(group, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        },
        mix, "cannot be opened (damaged, no dataset, or made for a newer HDF5)");
    add("too many rows", putHuge({(hsize_t{1} << 31) + 1, 6}, {1024, 6}), mix,
        "has 2147483649 rows, more than the 2147483648 that can be read");
    add("past memory", putHuge({30, hsize_t{1} << 31}, {1, 1024}), mix,
        "promises 257698037760 bytes, but the file holds 0");
    add(
        "product overflows",
        [=](hid_t group) {
            test::putChunked(group, path, H5T_NATIVE_FLOAT, {hsize_t{1} << 31, hsize_t{1} << 31, hsize_t{1} << 31},
                             {64, 64, 64});
        },
        mix, "multiplies past any memory");
    add("soft link to itself", softLink(path, "penultimate"), mix, "is reached by a soft link, which is not followed");
    add("soft link loop", softLink("features/mix", "/features/mix"), mix, "is reached by a soft link");
    add("external link", externalLink(path), mix, "is reached by an external link, which is not followed");
    add("external storage", putExternalStorage, mix, "keeps its numbers in another file");
    add("virtual dataset", putVirtual, mix, "keeps its numbers in another file");
    add("object references", put(H5T_STD_REF_OBJ, {30, 6}), mix,
        "has type reference, expected float16, float32 or float64");
    add("references to regions", put(H5T_STD_REF_DSETREG, {30, 6}), mix, "has type reference");
    add("soft link out of the folder", softLink(path, "../../../other/x"), mix, "is reached by a soft link");
    add("classifier by soft link", softLink("classifier", "features"), "classifier/weight",
        "is reached by a soft link");
    add(
        "classifier of other classes",
        [](hid_t group) {
            test::putDataset(group, "classifier/weight", H5T_NATIVE_FLOAT, {5, 6}, nullptr);
        },
        "classifier/weight", "has shape 5 x 6, expected 4 x any");
    add("classifier not finite", withOneValue("classifier/weight", {4, 6}, 7, std::nanf("")), "classifier/weight",
        "not finite, first in row 1, column 1");
    add("bias of other length", withOneValue("classifier/bias", {3}, 0, 1), "classifier/bias",
        "has shape 3, expected 4");
    add("logits of other classes", withOneValue("logits/mix", {30, 3}, 0, 1), "logits/mix",
        "has shape 30 x 3, expected 30 x 4");
    add("logits not finite", withOneValue("logits/mix", {30, 4}, 5, std::nanf("")), "logits/mix", "not finite");
    add("metric by external link", externalLink("metrics/train_loss"), "metrics/train_loss", "external link");
    add("override with wrong label", withLabels("splits/mix/labels", thirtyLabels(4)), "splits/mix/labels",
        "holds the label 4 in row 29, outside 0..3");
    add(
        "epoch disagrees", [](hid_t group) { test::putAttribute(group, ".", "epoch", std::int64_t{3}); }, "",
        "its attribute 'epoch' says 3, its name epochs/000002");
    add(
        "epoch is text", [](hid_t group) { test::putAttribute(group, ".", "epoch", std::string("2")); }, "",
        "is no integer");
}

void DamagedRunsTest::epochPart_isOneSentenceAndLeavesOtherEpochs()
{
    QFETCH(Change, change);
    QFETCH(QString, dataset);
    QFETCH(QString, reason);
    for (const bool asFile : {false, true}) {
        const fs::path path = asFile ? m_run->file() : m_run->folder();
        const fs::path file = asFile ? path : path / "epochs/000002.h5";
        // An attribute of the epoch's group stands at the group, datasets at their path inside the file.
        const bool attribute = dataset.isEmpty();
        const QString inFile = !asFile ? dataset : attribute ? "epochs/000002" : "epochs/000002/" + dataset;
        const bool byName = reason.startsWith("its attribute");
        // One layer of one split is what an epoch must hold: a run without another one is valid.
        const bool isOptional =
            reason == "is missing" || reason == "cannot be opened (damaged, no dataset, or made for a newer HDF5)";
        test::edit(file, change, asFile ? "/epochs/000002" : "/");
        const std::string before = test::fingerprint(path);
        const Result<io::RunReader> reader = io::RunReader::open(path);
        REQUIRE(reader);
        const std::optional<Error> error = test::firstError(*reader, damagedEpoch);
        compare(error, file, byName ? "" : inFile, reason);
        QCOMPARE(error->epoch, std::optional(damagedEpoch));
        for (const std::int64_t epoch : {0, 10}) {
            const std::optional<Error> other = test::firstError(*reader, epoch);
            QVERIFY2(!other, other ? other->message.c_str() : "");
        }
        const io::CheckReport report = io::checkRun(path, true);
        QCOMPARE(report.valid(), isOptional);
        if (isOptional)
            continue;
        const io::Problem* told = test::findError(report, file, error->dataset);
        if (!told) // a link in the place of a group is met before its datasets
            told = test::findError(report, file, fs::path(error->dataset).parent_path().string());
        QVERIFY(told);
        QVERIFY2(QString::fromStdString(told->message).contains(reason), told->message.c_str());
        QCOMPARE(told->epoch, std::optional(damagedEpoch));
        QCOMPARE(test::fingerprint(path), before);
    }
}

void DamagedRunsTest::staticPart_isOneSentence_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("dataset");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<bool>("opens");
    const auto add = [](const char* name, bool opens, const Change& change, const QString& dataset,
                        const QString& reason) { QTest::addRow("%s", name) << change << dataset << reason << opens; };
    add("label too large", true, withLabels("splits/mix/label_a", thirtyLabels(4)), "splits/mix/label_a",
        "holds the label 4 in row 29, outside 0..3");
    add("label negative", true, withLabels("splits/mix/label_b", thirtyLabels(-1)), "splits/mix/label_b",
        "holds the label -1 in row 29");
    add("labels of other length", true, withLabels("splits/mix/label_b", {1, 2}), "splits/mix/label_b",
        "has shape 2, expected 30");
    add("labels are floats", true, withOneValue("splits/mix/label_a", {30}, 0, 1), "splits/mix/label_a",
        "has type float32, expected an integer type");
    add("lambda above 1", true, withOneValue("splits/mix/lambda", {30}, 4, 1.25f), "splits/mix/lambda",
        "holds 1.250000 in row 4, outside [0,1]");
    add("lambda below 0", true, withOneValue("splits/mix/lambda", {30}, 4, -0.25f), "splits/mix/lambda",
        "outside [0,1]");
    add("lambda not a number", true, withOneValue("splits/mix/lambda", {30}, 4, std::nanf("")), "splits/mix/lambda",
        "not finite, first in row 4");
    add(
        "lambda missing", true, [](hid_t root) { test::removeLink(root, "splits/mix/lambda"); }, "splits/mix/lambda",
        "is missing");
    add("lambda of other length", true, withOneValue("splits/mix/lambda", {29}, 4, 0), "splits/mix/lambda",
        "has shape 29, expected 30");
    add(
        "samples of other length", true,
        [](hid_t root) { test::putDataset(root, "splits/mix/sample_a", H5T_NATIVE_INT64, {3}, nullptr); },
        "splits/mix/sample_a", "has shape 3, expected 30");
    add(
        "unknown kind", true, [](hid_t root) { test::putAttribute(root, "splits/mix", "kind", std::string("mixed")); },
        "splits/mix", "is 'mixed', expected 'clean' or 'mix'");
    add(
        "images of other length", true,
        [](hid_t root) {
            test::putDataset(root, "splits/clean/images", H5T_NATIVE_UINT8, {19, 3, 2}, nullptr);
        },
        "splits/clean/images", "has shape 19 x 3 x 2, expected 20 x any x any");
    add(
        "images are floats", true,
        [](hid_t root) {
            test::putDataset(root, "splits/clean/images", H5T_NATIVE_FLOAT, {20, 3, 2}, nullptr);
        },
        "splits/clean/images", "has type float32, expected uint8");
    add("labels by external link", true, externalLink("splits/mix/label_a"), "splits/mix/label_a", "external link");
    add(
        "newer version", false, [](hid_t root) { test::putAttribute(root, ".", "format_version", std::int64_t{2}); },
        "", "its format_version 2 is newer than 1");
    add(
        "no version", false, [](hid_t root) { test::removeAttribute(root, ".", "format_version"); }, "",
        "attribute 'format_version' is missing");
    add(
        "other format", false, [](hid_t root) { test::putAttribute(root, ".", "format", std::string("pictures")); }, "",
        "it is no NCScope run: attribute 'format' is 'pictures'");
    add(
        "no format", false, [](hid_t root) { test::removeAttribute(root, ".", "format"); }, "",
        "it is no NCScope run: attribute 'format' is missing");
    add("names are numbers", false, withLabels("classes/names", {1, 2, 3, 4}), "classes/names",
        "has type int32, expected text");
    add("names by soft link", false, softLink("classes/names", "/splits"), "classes/names",
        "is reached by a soft link");
}

void DamagedRunsTest::staticPart_isOneSentence()
{
    QFETCH(Change, change);
    QFETCH(QString, dataset);
    QFETCH(QString, reason);
    QFETCH(bool, opens);
    for (const bool asFile : {false, true}) {
        const fs::path path = asFile ? m_run->file() : m_run->folder();
        const fs::path file = asFile ? path : path / "run.h5";
        test::edit(file, change);
        const std::string before = test::fingerprint(path);
        const Result<io::RunReader> reader = io::RunReader::open(path);
        QCOMPARE(static_cast<bool>(reader), opens);
        const std::optional<Error> error = opens ? test::firstError(*reader, 0) : std::optional(reader.error());
        compare(error, file, dataset, reason);
        if (opens) { // the other split is still there
            const bool cleanIsBroken = dataset.contains("clean");
            const Result<Snapshot> other = reader->snapshot(0, cleanIsBroken ? "mix" : "clean");
            REQUIRE(other);
        }
        const io::CheckReport report = io::checkRun(path, false);
        QVERIFY(!report.valid());
        QVERIFY(std::any_of(report.problems.begin(), report.problems.end(), [&](const io::Problem& problem) {
            return problem.message == error->message && problem.file == file.string() &&
                   problem.dataset == error->dataset;
        }));
        QCOMPARE(test::fingerprint(path), before);
    }
}

namespace
{

using FileChange = std::function<void(const fs::path&)>;

void addFileChanges()
{
    QTest::addColumn<FileChange>("change");
    QTest::addColumn<QString>("reason");
    const QString truncated = "the file is truncated or damaged",
                  magic = "the file is not an HDF5 file (wrong magic number)";
    QTest::addRow("truncated by half") << FileChange([](const fs::path& p) {
        fs::resize_file(p, fs::file_size(p) / 2);
    }) << truncated;
    QTest::addRow("truncated by a byte") << FileChange([](const fs::path& p) {
        fs::resize_file(p, fs::file_size(p) - 1);
    }) << truncated;
    QTest::addRow("superblock only") << FileChange([](const fs::path& p) { fs::resize_file(p, 96); }) << truncated;
    QTest::addRow("empty") << FileChange([](const fs::path& p) { fs::resize_file(p, 0); }) << magic;
    QTest::addRow("wrong magic number") << FileChange([](const fs::path& p) {
        std::fstream(p, std::ios::in | std::ios::out | std::ios::binary).write("PK", 2);
    }) << magic;
    QTest::addRow("text") << FileChange([](const fs::path& p) { std::ofstream(p) << "epoch,loss\n1,0.5\n"; }) << magic;
}

} // namespace

void DamagedRunsTest::epochFile_isOneSentenceAndLeavesOtherEpochs_data()
{
    addFileChanges();
    QTest::addRow("a folder") << FileChange([](const fs::path& p) {
        fs::remove(p);
        fs::create_directory(p);
    }) << "it is no regular file";
}

void DamagedRunsTest::epochFile_isOneSentenceAndLeavesOtherEpochs()
{
    QFETCH(FileChange, change);
    QFETCH(QString, reason);
    const fs::path path = m_run->folder(), file = path / "epochs/000002.h5";
    change(file);
    const std::string before = test::fingerprint(path);
    const Result<io::RunReader> reader = io::RunReader::open(path);
    REQUIRE(reader);
    compare(test::firstError(*reader, damagedEpoch), file, "", reason);
    QVERIFY(!test::firstError(*reader, 0) && !test::firstError(*reader, 10));
    const Result<io::RunSummary> summary = reader->summary();
    REQUIRE(summary);
    QVERIFY(!summary->complete);
    QCOMPARE(summary->epochs, m_run->expected().epochs);
    QCOMPARE(summary->splits.size(), std::size_t{2});
    const io::CheckReport report = io::checkRun(path, false);
    QVERIFY(!report.valid());
    const io::Problem* told = test::findError(report, file, "");
    QVERIFY(told);
    QCOMPARE(told->epoch, std::optional(damagedEpoch));
    QCOMPARE(test::fingerprint(path), before);
}

void DamagedRunsTest::fileRun_thatIsNoRunDoesNotOpen_data()
{
    addFileChanges();
}

void DamagedRunsTest::fileRun_thatIsNoRunDoesNotOpen()
{
    QFETCH(FileChange, change);
    QFETCH(QString, reason);
    for (const fs::path& path : {m_run->file(), m_run->folder()}) {
        const fs::path file = path == m_run->file() ? path : path / "run.h5";
        change(file);
        const Result<io::RunReader> reader = io::RunReader::open(path);
        QVERIFY(!reader);
        compare(reader.error(), file, "", reason);
        const io::CheckReport report = io::checkRun(path, true);
        QCOMPARE(report.problems.size(), std::size_t{1});
        QCOMPARE(report.problems.front().message, reader.error().message);
        QCOMPARE(report.problems.front().file, file.string());
    }
}

void DamagedRunsTest::fileMarkedOpenForWriting_namesH5clear()
{
    const fs::path file = m_run->path("marked.h5");
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST); // superblock 3
    H5Fclose(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access));
    const hid_t writer = H5Fopen(file.c_str(), H5F_ACC_RDWR, access);
    H5Fflush(writer, H5F_SCOPE_GLOBAL);
    const fs::path left = m_run->path("left.h5"); // as a killed writer leaves it
    fs::copy_file(file, left);
    H5Fclose(writer);
    H5Pclose(access);
    const Result<io::RunReader> reader = io::RunReader::open(left);
    QVERIFY(!reader);
    compare(reader.error(), left, "",
            "is marked as open for writing; if its writer is gone, 'h5clear -s' removes the mark");
}

namespace
{

std::string contentOf(const fs::path& file)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

std::string littleEndian(std::uint64_t value, int bytes)
{
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

} // namespace

void DamagedRunsTest::textWithoutItsBytes_isOneSentence()
{
    const fs::path file = m_run->folder() / "run.h5";
    const std::string good = contentOf(file);
    // The title "fixture": its length, the heap that holds it, its number in there (HDF5 would crash over that).
    std::size_t at = std::string::npos;
    for (std::size_t heap = good.find("GCOL"); heap != std::string::npos; heap = good.find("GCOL", heap + 1))
        at = std::min(at, good.find(littleEndian(7, 4) + littleEndian(heap, 8)));
    QVERIFY(at != std::string::npos);
    const std::pair<std::size_t, std::string> damages[] = {{0, littleEndian(~0U, 4)},
                                                           {4, littleEndian(good.size(), 8)},
                                                           {4, littleEndian(8, 8)},
                                                           {12, littleEndian(~0U, 4)}};
    for (const auto& [offset, bytes] : damages) {
        std::string bad = good;
        bad.replace(at + offset, bytes.size(), bytes);
        fs::remove(file);
        std::ofstream(file, std::ios::binary) << bad;
        const Result<io::RunReader> reader = io::RunReader::open(m_run->folder());
        QVERIFY(!reader);
        compare(reader.error(), file, "", "attribute 'title' is damaged");
    }
}

void DamagedRunsTest::tableOfNames_thatLeavesTheFile_isOneSentence()
{
    const fs::path file = m_run->folder() / "run.h5";
    const std::string good = contentOf(file);
    for (std::size_t heap = good.find("HEAP"); heap != std::string::npos; heap = good.find("HEAP", heap + 1))
        for (const std::size_t field : {8, 16, 24}) { // its length, its first free block, where its names are
            std::string bad = good;
            bad.replace(heap + field, 8, littleEndian(~std::uint64_t{0} - 15, 8));
            fs::remove(file);
            std::ofstream(file, std::ios::binary) << bad;
            const Result<io::RunReader> reader = io::RunReader::open(m_run->folder());
            const io::CheckReport report = io::checkRun(m_run->folder(), true);
            QVERIFY(!report.valid());
            for (const io::Problem& problem : report.problems)
                QVERIFY2(problem.message.find('\n') == std::string::npos, problem.message.c_str());
        }
}

void DamagedRunsTest::hardLinkLoop_isHarmless()
{
    test::edit(m_run->folder() / "epochs/000002.h5", [](hid_t root) {
        H5Lcreate_hard(root, "features", root, "features/mix/loop", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_hard(root, "/", root, "again", H5P_DEFAULT, H5P_DEFAULT);
    });
    const Result<io::RunReader> reader = io::RunReader::open(m_run->folder());
    REQUIRE(reader);
    QVERIFY(!test::firstError(*reader, damagedEpoch));
    REQUIRE(reader->summary());
    QVERIFY(io::checkRun(m_run->folder(), true).valid());
    REQUIRE(io::packRun(m_run->folder(), m_run->path("packed.h5")));
}

void DamagedRunsTest::epochThatVanishes_isAnErrorOfThatEpoch()
{
    const Result<io::RunReader> reader = io::RunReader::open(m_run->folder());
    REQUIRE(reader);
    const auto rows = reader->features(damagedEpoch, "mix");
    REQUIRE(rows);
    const fs::path file = m_run->folder() / "epochs/000002.h5";
    fs::remove(file);
    compare(test::firstError(*reader, damagedEpoch), file, "", "the file does not exist");
    QVERIFY(!test::firstError(*reader, 0) && !test::firstError(*reader, 10));
    RowMatrixF values((*rows)->rows(), (*rows)->dim()); // what was open stays readable
    REQUIRE((*rows)->read(0, values));
    QVERIFY(values == m_run->expected().mix[1]);
}

void DamagedRunsTest::epochRecordedTwice_isAnErrorOfThatEpoch()
{
    const fs::path folder = m_run->folder() / "epochs";
    fs::copy_file(folder / "000002.h5", folder / "0000002.h5");
    const Result<io::RunReader> reader = io::RunReader::open(m_run->folder());
    REQUIRE(reader);
    QCOMPARE(reader->epochs(), m_run->expected().epochs);
    compare(test::firstError(*reader, damagedEpoch), folder / "0000002.h5", "",
            "it is recorded twice, as epochs/0000002.h5 and as epochs/000002.h5");
    QVERIFY(!test::firstError(*reader, 0));
    QVERIFY(!io::checkRun(m_run->folder(), false).valid());
}

void DamagedRunsTest::missingPath_isAnError()
{
    const Result<io::RunReader> reader = io::RunReader::open(m_run->path("nothing"));
    QVERIFY(!reader);
    compare(reader.error(), m_run->path("nothing"), "", "there is no such file or folder");
    QVERIFY(!io::checkRun(m_run->path("nothing"), false).valid());
}

void DamagedRunsTest::folderWithoutStaticPart_isAnError()
{
    fs::remove(m_run->folder() / "run.h5");
    const Result<io::RunReader> reader = io::RunReader::open(m_run->folder());
    QVERIFY(!reader);
    QVERIFY(reader.error().message.find("the folder holds no run.h5") != std::string::npos);
    QCOMPARE(reader.error().file, (m_run->folder() / "run.h5").string());
}

void DamagedRunsTest::pipe_isRefusedAtOnce()
{
    const fs::path file = m_run->path("pipe.h5");
    QCOMPARE(mkfifo(file.c_str(), 0600), 0);
    const Result<io::RunReader> reader = io::RunReader::open(file);
    QVERIFY(!reader);
    compare(reader.error(), file, "", "it is no regular file");
}

QTEST_APPLESS_MAIN(DamagedRunsTest)
#include "tst_damaged_runs.moc"
