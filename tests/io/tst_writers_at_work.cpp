#include <chrono>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include <QElapsedTimer>
#include <QTest>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/h5_handle.h"
#include "run_fixture.h"
#include "tests/patience.h"

using namespace nc;
namespace fs = std::filesystem;

using io::H5Handle;
using io::RunReader;

namespace
{

/// Opens the file as another program's HDF5 would for writing, with that library version's superblock or the default.
H5Handle openAsWriter(const fs::path& file, unsigned flags = H5F_ACC_RDWR)
{
    const H5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    return {H5Fopen(file.c_str(), flags, access.get()), H5Fclose};
}

/// A file run with the newest superblock, which remembers its writer.
fs::path writeLatest(const test::RunFolder& run)
{
    const fs::path path = run.path("latest.h5");
    const H5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    const H5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
    const H5Handle from(H5Fopen(run.file().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    for (const char* name : {"classes", "splits", "epochs"})
        H5Ocopy(from.get(), name, file.get(), name, H5P_DEFAULT, H5P_DEFAULT);
    test::putAttribute(file.get(), ".", "format", std::string("ncscope-run"));
    test::putAttribute(file.get(), ".", "format_version", std::int64_t{1});
    return path;
}

/// Seconds that the long form of a test lasts, or the short one.
int seconds(int shortly, int longly)
{
    return std::getenv("NCSCOPE_LONG_TESTS") ? longly : shortly;
}

/// Follows a growing run until `last` is there: every epoch is read once, whole. The exit code says what went wrong.
int follow(const fs::path& folder, std::int64_t last)
{
    std::int64_t next = 0;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds(60, 180));
    while (next <= last) {
        if (std::chrono::steady_clock::now() > deadline)
            return 4;
        const Result<RunReader> reader = RunReader::open(folder);
        if (!reader)
            return 1;
        const std::vector<std::int64_t>& epochs = reader->epochs();
        for (std::size_t i = 0; i < epochs.size(); ++i)
            if (epochs[i] != static_cast<std::int64_t>(i))
                return 2; // one is missing between those that are there
        for (; next < static_cast<std::int64_t>(epochs.size()); ++next) {
            const Result<Snapshot> snapshot = reader->snapshot(next, "clean");
            if (!snapshot || !(snapshot->features().array() == static_cast<float>(next)).all())
                return 3;
        }
    }
    return 0;
}

/// Milliseconds of the fastest of three successful goes: other programs share the machine.
template <typename Go>
qint64 soonest(const Go& go)
{
    qint64 best = 60'000;
    for (int k = 0; k < 3; ++k) {
        QElapsedTimer timer;
        timer.start();
        if (go())
            best = std::min(best, timer.elapsed());
    }
    return best;
}

} // namespace

class WritersAtWorkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fileHeldByAWriter_opensWithoutALock();
    void swmrFile_opensWhileItIsWritten();
    void markedFile_isTriedAgain();
    void markedFile_isNamedWithItsRemedy();
    void markOfADeadWriter_isNotWaitedFor();
    void reading_leavesTheRunAsItIs_data();
    void reading_leavesTheRunAsItIs();
    void readersFollowAWriterAtFullSpeed();
};

void WritersAtWorkTest::fileHeldByAWriter_opensWithoutALock()
{
    const test::RunFolder run;
    const H5Handle writer(H5Fopen(run.file().c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose); // holds flock(2)
    QVERIFY(writer);
    const Result<RunReader> reader = RunReader::open(run.file());
    REQUIRE(reader);
    REQUIRE(reader->snapshot(2, "mix"));
    // And the writer goes on as if nobody had been there.
    test::putDataset(writer.get(), "more", H5T_NATIVE_INT, {2}, nullptr);
    QVERIFY(H5Fflush(writer.get(), H5F_SCOPE_GLOBAL) >= 0);
}

void WritersAtWorkTest::swmrFile_opensWhileItIsWritten()
{
    const test::RunFolder run;
    const fs::path file = writeLatest(run);
    const H5Handle writer = openAsWriter(file, H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE);
    QVERIFY(writer);
    const Result<RunReader> reader = RunReader::open(file);
    REQUIRE(reader);
    REQUIRE(reader->snapshot(2, "mix"));
    QVERIFY(soonest([&] { return bool(RunReader::open(file)); }) < 1500); // not after waiting for the writer (2 s)
}

void WritersAtWorkTest::markedFile_isTriedAgain()
{
    const test::RunFolder run;
    const fs::path file = writeLatest(run);
    const pid_t child = fork(); // HDF5 of one process knows its own files
    if (child == 0) {
        H5Handle writer = openAsWriter(file);
        std::ofstream(run.path("opened")) << "1";
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        writer.close();
        _exit(0);
    }
    QTRY_VERIFY(fs::exists(run.path("opened")));
    const Result<RunReader> reader = RunReader::open(file);
    int status = -1;
    waitpid(child, &status, 0);
    QCOMPARE(status, 0);
    REQUIRE(reader);
    REQUIRE(reader->snapshot(2, "mix"));
}

void WritersAtWorkTest::markedFile_isNamedWithItsRemedy()
{
    const test::RunFolder run;
    const fs::path file = writeLatest(run);
    H5Handle writer = openAsWriter(file);
    QVERIFY(writer);
    H5Fflush(writer.get(), H5F_SCOPE_GLOBAL);
    QElapsedTimer timer;
    timer.start();
    const Result<RunReader> reader = RunReader::open(file);
    QVERIFY(!reader);
    QVERIFY2(reader.error().message.find("h5clear") != std::string::npos, reader.error().message.c_str());
    QCOMPARE(reader.error().file, file.string());
    QVERIFY(timer.elapsed() >= 1500 && timer.elapsed() < 6000); // bounded: about 2 s, more on a busy machine
}

void WritersAtWorkTest::markOfADeadWriter_isNotWaitedFor()
{
    const test::RunFolder run;
    const fs::path file = writeLatest(run);
    H5Handle writer = openAsWriter(file);
    H5Fflush(writer.get(), H5F_SCOPE_GLOBAL);
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
    QVERIFY(soonest([&] { return !RunReader::open(file); }) < 1500);
}

void WritersAtWorkTest::reading_leavesTheRunAsItIs_data()
{
    QTest::addColumn<bool>("isFile");
    QTest::newRow("folder") << false;
    QTest::newRow("file") << true;
}

/// Bytes and times stay, and no permission to write is needed.
void WritersAtWorkTest::reading_leavesTheRunAsItIs()
{
    QFETCH(bool, isFile);
    const test::RunFolder run;
    const fs::path path = isFile ? run.file() : run.folder();
    std::vector<fs::path> all{path};
    if (!isFile)
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path))
            all.push_back(entry.path());
    constexpr fs::perms writing = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
    for (const fs::path& each : all) {
        fs::permissions(each, writing, fs::perm_options::remove);
        fs::permissions(each, fs::perms(0555) & (fs::is_directory(each) ? fs::perms::all : fs::perms(0444)),
                        fs::perm_options::add);
    }
    const std::string before = test::fingerprint(path);
    // As somebody who owns nothing here, where this process may become that.
    const bool nobody = geteuid() == 0;
    if (nobody) {
        fs::permissions(path.parent_path(), fs::perms(0555), fs::perm_options::add);
        QVERIFY(seteuid(65534) == 0);
    }
    const Result<RunReader> reader = RunReader::open(path);
    std::optional<Error> error = reader ? std::nullopt : std::optional(reader.error());
    for (const std::int64_t epoch : reader ? reader->epochs() : std::vector<std::int64_t>())
        if (!error)
            error = test::firstError(*reader, epoch);
    const bool valid = io::checkRun(path, true).valid();
    if (nobody)
        QVERIFY(seteuid(0) == 0);
    QVERIFY2(!error, error ? error->message.c_str() : "");
    QVERIFY(valid);
    QCOMPARE(test::fingerprint(path), before);
    for (const fs::path& each : all)
        fs::permissions(each, fs::perms::owner_write, fs::perm_options::add);
}

/// A writer as fast as it can and three readers: no error, no lock, no missed epoch. A minute with NCSCOPE_LONG_TESTS.
void WritersAtWorkTest::readersFollowAWriterAtFullSpeed()
{
    const QTemporaryDir dir;
    const fs::path folder = fs::path(dir.path().toStdString()) / "run";
    constexpr Index rows = 500, dim = 64;
    io::RunHeader header;
    header.classNames = {"a", "b"};
    Split split;
    split.name = "clean";
    split.labelA.assign(rows, 1);
    header.splits.push_back(split);
    Result<io::RunWriter> writer = io::RunWriter::create(folder, header);
    REQUIRE(writer);
    const std::string lastFile = (fs::path(dir.path().toStdString()) / "last").string();

    std::vector<pid_t> readers;
    for (int i = 0; i < 3; ++i) {
        const pid_t child = fork();
        if (child == 0) { // the last epoch is known when the writer is done
            int code = 0;
            while (code == 0 && !fs::exists(lastFile))
                code = follow(folder, static_cast<std::int64_t>(RunReader::open(folder)->epochs().size()) - 1);
            std::int64_t last = 0;
            std::ifstream(lastFile) >> last;
            _exit(code ? code : follow(folder, last));
        }
        readers.push_back(child);
    }
    std::int64_t number = 0;
    QElapsedTimer timer;
    timer.start();
    for (; timer.elapsed() < seconds(3, 60) * 1000; ++number) {
        const RowMatrixF features = RowMatrixF::Constant(rows, dim, static_cast<float>(number));
        io::EpochData data;
        data.epoch = number;
        data.features.push_back({"clean", "penultimate", features, io::FloatType::Float32});
        REQUIRE(writer->writeEpoch(data));
    }
    std::ofstream(lastFile + ".part") << number - 1;
    fs::rename(lastFile + ".part", lastFile);
    for (const pid_t reader : readers) {
        int status = -1;
        waitpid(reader, &status, 0);
        QVERIFY2(WIFEXITED(status) && WEXITSTATUS(status) == 0,
                 ("a reader ended with " + std::to_string(WEXITSTATUS(status))).c_str());
    }
    QVERIFY(number > 10);
    QVERIFY(io::checkRun(folder, false).valid());
}

QTEST_APPLESS_MAIN(WritersAtWorkTest)
#include "tst_writers_at_work.moc"
