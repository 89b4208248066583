#include <chrono>
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "io/h5_handle.h"
#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;
using io::H5Handle;
using io::RunWriter;

namespace
{

std::string contentOf(const fs::path& file)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

QJsonObject stateOf(const fs::path& folder)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(contentOf(folder / "run.json"))).object();
}

std::vector<std::string> partsIn(const fs::path& folder)
{
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".part")
            names.push_back(entry.path().filename().string());
    return names;
}

/// A run of one split whose epochs have 2 MB, so that writing takes a while.
io::RunHeader bigHeader(Index rows)
{
    io::RunHeader header;
    header.classNames = {"a", "b"};
    Split split;
    split.name = "clean";
    split.labelA.assign(static_cast<std::size_t>(rows), 1);
    header.splits.push_back(split);
    return header;
}

io::EpochData bigEpoch(const RowMatrixF& features, std::int64_t number)
{
    io::EpochData data;
    data.epoch = number;
    data.features.push_back({"clean", "penultimate", features, io::FloatType::Float32});
    return data;
}

std::string errorsOf(const io::CheckReport& report)
{
    std::string text;
    for (const io::Problem& problem : report.problems)
        if (problem.severity == io::Severity::Error)
            text += problem.message + "\n";
    return text;
}

} // namespace

class RunWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void everyDataset_carriesTheHashOfItsBytes();
    void datasets_areContiguousAndOfTheFormatsTypes();
    void sameRun_hasTheSameBytes();
    void runJson_tellsTheState();
    void headerWithoutClasses_isAUsageErrorAndMakesNoFolder();
    void folderThatIsNotEmpty_isADataError();
    void folderThatCannotBeMade_isAnEnvironmentError_data();
    void folderThatCannotBeMade_isAnEnvironmentError();
    void wrongShapes_areRefused();
    void featuresBeyondHalf_areWrittenAsFloat32();
    void fullDisk_isAnEnvironmentErrorAndLeavesNothing();
    void realFullDisk_leavesTheEpochsBefore();
    void killedWriter_leavesAValidRun();
    void resume_goesOnAndRemovesParts();
    void resume_doesNotTouchTheRun();
    void resume_ofNoRunIsAnError();

private:
    fs::path path(const char* name) const { return fs::path(m_dir->path().toStdString()) / name; }
    std::unique_ptr<QTemporaryDir> m_dir;
};

void RunWriterTest::everyDataset_carriesTheHashOfItsBytes()
{
    const test::RunFolder run(io::FloatType::Float16);
    int hashed = 0;
    for (const fs::path& file : {run.folder() / "run.h5", run.folder() / "epochs/000002.h5"})
        test::edit(file, [&](hid_t root) {
            std::vector<std::string> paths;
            H5Ovisit2(
                root, H5_INDEX_NAME, H5_ITER_INC,
                [](hid_t, const char* name, const H5O_info_t* info, void* into) -> herr_t {
                    if (info->type == H5O_TYPE_DATASET)
                        static_cast<std::vector<std::string>*>(into)->emplace_back(name);
                    return 0;
                },
                &paths, H5O_INFO_BASIC);
            for (const std::string& path : paths) {
                if (path == "classes/names") // its bytes are addresses in the file
                    continue;
                const H5Handle dataset(H5Dopen2(root, path.c_str(), H5P_DEFAULT), H5Dclose);
                const H5Handle type(H5Dget_type(dataset.get()), H5Tclose);
                std::vector<char> bytes(H5Dget_storage_size(dataset.get()));
                H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
                const H5Handle attribute(H5Aopen(dataset.get(), "xxh64", H5P_DEFAULT), H5Aclose);
                QVERIFY2(attribute, path.c_str());
                std::uint64_t recorded = 0;
                H5Aread(attribute.get(), H5T_NATIVE_UINT64, &recorded);
                QCOMPARE(recorded, XXH64(bytes.data(), bytes.size(), 0));
                ++hashed;
            }
        });
    QCOMPARE(hashed, 8 + 8);
}

void RunWriterTest::datasets_areContiguousAndOfTheFormatsTypes()
{
    const test::RunFolder run;
    const auto expect = [](hid_t root, const char* path, hid_t type) {
        const H5Handle dataset(H5Dopen2(root, path, H5P_DEFAULT), H5Dclose);
        const H5Handle found(H5Dget_type(dataset.get()), H5Tclose), list(H5Dget_create_plist(dataset.get()), H5Pclose);
        QVERIFY2(H5Tequal(found.get(), type) > 0, path);
        QVERIFY2(H5Pget_layout(list.get()) == H5D_CONTIGUOUS, path);
    };
    test::edit(run.folder() / "run.h5", [&](hid_t root) {
        expect(root, "splits/clean/labels", H5T_STD_I32LE);
        expect(root, "splits/clean/sample", H5T_STD_I64LE);
        expect(root, "splits/clean/images", H5T_STD_U8LE);
        expect(root, "splits/mix/lambda", H5T_IEEE_F32LE);
    });
    test::edit(run.folder() / "epochs/000002.h5", [&](hid_t root) {
        expect(root, "classifier/weight", H5T_IEEE_F32LE);
        expect(root, "classifier/bias", H5T_IEEE_F32LE);
        expect(root, "features/mix/penultimate", H5T_IEEE_F32LE);
        expect(root, "logits/mix", H5T_IEEE_F32LE);
        expect(root, "metrics/train_loss", H5T_IEEE_F64LE);
    });
}

void RunWriterTest::sameRun_hasTheSameBytes()
{
    const test::FixtureRun run = test::makeFixture();
    test::writeFixture(run, path("a"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // times in HDF5 have a second's resolution
    test::writeFixture(run, path("b"));
    for (const char* name : {"run.h5", "epochs/000000.h5", "epochs/000010.h5"})
        QVERIFY2(contentOf(path("a") / name) == contentOf(path("b") / name), name);
}

void RunWriterTest::runJson_tellsTheState()
{
    const test::FixtureRun run = test::makeFixture();
    Result<RunWriter> writer = RunWriter::create(path("run"), run.header);
    REQUIRE(writer);
    const QJsonObject first = stateOf(path("run"));
    QCOMPARE(first["title"].toString(), QString("fixture"));
    QCOMPARE(first["state"].toString(), QString("running"));
    QCOMPARE(first["config"].toObject()["mixing"].toObject()["kind"].toString(), QString("mixup"));
    QCOMPARE(first["pid"].toInteger(), qint64{getpid()});
    QVERIFY(!first["host"].toString().isEmpty());
    QVERIFY(QDateTime::fromString(first["updated"].toString(), Qt::ISODate).isValid());
    REQUIRE(writer->setState(RunWriter::State::Stopped));
    QCOMPARE(stateOf(path("run"))["state"].toString(), QString("stopped"));
    REQUIRE(writer->setState(RunWriter::State::Finished));
    QCOMPARE(stateOf(path("run"))["state"].toString(), QString("finished"));
}

void RunWriterTest::headerWithoutClasses_isAUsageErrorAndMakesNoFolder()
{
    const Result<RunWriter> writer = RunWriter::create(path("nameless"), {});
    QVERIFY(!writer && writer.error().kind == ErrorKind::Usage);
    QVERIFY(!std::filesystem::exists(path("nameless")));
}

void RunWriterTest::folderThatIsNotEmpty_isADataError()
{
    const io::RunHeader header = test::makeFixture().header;
    fs::create_directory(path("empty"));
    REQUIRE(RunWriter::create(path("empty"), header));
    const Result<RunWriter> again = RunWriter::create(path("empty"), header);
    QVERIFY(!again && again.error().kind == ErrorKind::Data);
    std::ofstream(path("file")) << "x";
    const Result<RunWriter> file = RunWriter::create(path("file"), header);
    QVERIFY(!file && file.error().kind == ErrorKind::Data);
}

void RunWriterTest::folderThatCannotBeMade_isAnEnvironmentError_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addRow("missing parent") << "/no/such/place/run";
    QTest::addRow("below a file") << "/etc/passwd/run";
    QTest::addRow("unwritable") << "/proc/run";
}

void RunWriterTest::folderThatCannotBeMade_isAnEnvironmentError()
{
    QFETCH(QString, folder);
    const Result<RunWriter> writer = RunWriter::create(folder.toStdString(), test::makeFixture().header);
    QVERIFY(!writer && writer.error().kind == ErrorKind::Environment);
    QCOMPARE(writer.error().file, folder.toStdString());
}

void RunWriterTest::wrongShapes_areRefused()
{
    const test::FixtureRun run = test::makeFixture();
    Result<RunWriter> writer = RunWriter::create(path("run"), run.header);
    REQUIRE(writer);
    const auto refused = [&](const std::function<void(io::EpochData&)>& change) {
        io::EpochData data = test::epochOf(run, 0);
        change(data);
        const Result<std::string> written = writer->writeEpoch(data);
        return !written && written.error().kind == ErrorKind::Data;
    };
    const RowMatrixF other = RowMatrixF::Zero(19, 6), narrow = RowMatrixF::Zero(30, 3);
    QVERIFY(refused([&](io::EpochData& data) {
        data.features.push_back({"clean", "x", other, io::FloatType::Float32});
    }));
    QVERIFY(refused([&](io::EpochData& data) {
        data.features.push_back({"none", "x", other, io::FloatType::Float32});
    }));
    QVERIFY(refused([&](io::EpochData& data) { data.logits.push_back({"mix", narrow}); }));
    QVERIFY(refused([&](io::EpochData& data) { data.classifier->weight.resize(3, 6); }));
    QVERIFY(refused([&](io::EpochData& data) { data.epoch = -1; }));
    QVERIFY(!fs::exists(path("run") / "epochs"));
}

void RunWriterTest::featuresBeyondHalf_areWrittenAsFloat32()
{
    test::FixtureRun run = test::makeFixture();
    run.mix[0](3, 3) = 70000;
    test::writeFixture(run, path("run"), io::FloatType::Float16);
    const Result<io::RunReader> reader = io::RunReader::open(path("run"));
    REQUIRE(reader);
    const Result<Snapshot> mix = reader->snapshot(0, "mix");
    REQUIRE(mix);
    QVERIFY(mix->features() == run.mix[0]);
}

/// A limit on the size of files stands for the full disk; it is met at every place where a write can fail.
void RunWriterTest::fullDisk_isAnEnvironmentErrorAndLeavesNothing()
{
    const test::FixtureRun run = test::makeFixture();
    REQUIRE(RunWriter::create(path("run"), run.header));
    for (rlim_t limit = 0; limit < 8000; limit += 509) {
        const pid_t child = fork();
        if (child == 0) {
            std::signal(SIGXFSZ, SIG_IGN);
            Result<RunWriter> writer = RunWriter::resume(path("run"));
            const rlimit sizes{limit, limit};
            setrlimit(RLIMIT_FSIZE, &sizes);
            const Result<std::string> written = writer->writeEpoch(test::epochOf(run, 1));
            const bool good = !written && written.error().kind == ErrorKind::Environment &&
                              written.error().message.find("File too large") != std::string::npos;
            H5close(); // must not fail over what could not be written
            _exit(good ? 0 : 1);
        }
        int status = -1;
        waitpid(child, &status, 0);
        QCOMPARE(status, 0);
        QVERIFY(partsIn(path("run")).empty());
        QVERIFY(io::checkRun(path("run"), true).valid());
    }
}

/// A disk of 1 MB in memory, which only this process sees; skipped where it may not have one.
void RunWriterTest::realFullDisk_leavesTheEpochsBefore()
{
    enum Outcome { Good, NoDisk, NoError, OtherError, PartLeft, Invalid, EpochLost };
    const pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("tmpfs", m_dir->path().toLocal8Bit(), "tmpfs", 0, "size=1m") != 0)
            _exit(NoDisk);
        const RowMatrixF features = RowMatrixF::Constant(1000, 64, 0.5f); // a quarter of it
        Result<RunWriter> writer = RunWriter::create(path("run"), bigHeader(1000));
        std::int64_t written = 0;
        std::optional<Error> error;
        for (; writer && written < 10 && !error; ++written)
            if (const Result<std::string> file = writer->writeEpoch(bigEpoch(features, written)); !file)
                error = file.error();
        --written;
        if (!error)
            _exit(NoError);
        if (error->kind != ErrorKind::Environment || error->message.find("No space left") == std::string::npos)
            _exit(OtherError);
        if (!partsIn(path("run")).empty())
            _exit(PartLeft);
        if (!io::checkRun(path("run"), true).valid())
            _exit(Invalid);
        const Result<io::RunReader> reader = io::RunReader::open(path("run"));
        const bool isWhole = reader && written > 0 && std::ssize(reader->epochs()) == written &&
                             reader->snapshot(written - 1, "clean")->features() == features;
        _exit(isWhole ? Good : EpochLost);
    }
    int status = -1;
    waitpid(child, &status, 0);
    QVERIFY(WIFEXITED(status));
    if (WEXITSTATUS(status) == NoDisk)
        QSKIP("needs the right to mount");
    QCOMPARE(WEXITSTATUS(status), int(Good));
}

void RunWriterTest::killedWriter_leavesAValidRun()
{
    const Index rows = 4000;
    const RowMatrixF features = RowMatrixF::Constant(rows, 128, 0.5f);
    REQUIRE(RunWriter::create(path("run"), bigHeader(rows))->setState(RunWriter::State::Stopped));
    std::size_t unfinished = 0;
    std::mt19937 random(1);
    std::uniform_int_distribution<int> delay(1000, 60000); // microseconds: an epoch takes some milliseconds
    for (int attempt = 0; attempt < 50; ++attempt) {
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            Result<RunWriter> writer = RunWriter::resume(path("run"));
            for (std::int64_t number = 0; writer; ++number)
                if (!writer->writeEpoch(bigEpoch(features, number)))
                    break;
            _exit(1);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(delay(random)));
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status));
        unfinished += partsIn(path("run")).size();
        const io::CheckReport report = io::checkRun(path("run"), true);
        QVERIFY2(report.valid(), errorsOf(report).c_str());
        const Result<io::RunReader> reader = io::RunReader::open(path("run"));
        REQUIRE(reader);
        QCOMPARE(reader->summary()->state, std::string("stopped"));
    }
    if (unfinished == 0)
        QWARN("no kill met a half-written file");
    Result<RunWriter> writer = RunWriter::resume(path("run"));
    REQUIRE(writer);
    REQUIRE(writer->writeEpoch(bigEpoch(features, 3)));
    QVERIFY(partsIn(path("run")).empty());
}

void RunWriterTest::resume_goesOnAndRemovesParts()
{
    const test::FixtureRun run = test::makeFixture();
    {
        Result<RunWriter> writer = RunWriter::create(path("run"), run.header);
        REQUIRE(writer);
        REQUIRE(writer->writeEpoch(test::epochOf(run, 0)));
        REQUIRE(writer->setState(RunWriter::State::Stopped));
    }
    std::ofstream(path("run") / "epochs/000002.h5.part") << "half";
    const io::CheckReport before = io::checkRun(path("run"), true);
    QVERIFY(before.valid());
    QVERIFY(std::any_of(before.problems.begin(), before.problems.end(),
                        [](const io::Problem& p) { return p.file.ends_with("000002.h5.part"); }));
    Result<RunWriter> writer = RunWriter::resume(path("run"));
    REQUIRE(writer);
    QVERIFY(partsIn(path("run")).empty());
    const Result<std::string> written = writer->writeEpoch(test::epochOf(run, 1));
    REQUIRE(written);
    QCOMPARE(*written, std::string("epochs/000002.h5"));
    QCOMPARE(stateOf(path("run"))["state"].toString(), QString("running"));
    QCOMPARE(stateOf(path("run"))["title"].toString(), QString("fixture"));
    const Result<io::RunReader> reader = io::RunReader::open(path("run"));
    REQUIRE(reader);
    QCOMPARE(reader->epochs(), (std::vector<std::int64_t>{0, 2}));
    QVERIFY(reader->snapshot(2, "mix")->features() == run.mix[1]);
}

void RunWriterTest::resume_doesNotTouchTheRun()
{
    const test::RunFolder run;
    const std::string before = test::fingerprint(run.folder());
    REQUIRE(RunWriter::resume(run.folder()));
    QCOMPARE(test::fingerprint(run.folder()), before);
}

void RunWriterTest::resume_ofNoRunIsAnError()
{
    const test::RunFolder run;
    QVERIFY(!RunWriter::resume(path("nothing")));
    QVERIFY(!RunWriter::resume(run.file()));
}

QTEST_APPLESS_MAIN(RunWriterTest)
#include "tst_run_writer.moc"
