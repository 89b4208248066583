#include <ctime>
#include <fstream>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <hdf5.h>

#include "app/run_session.h"
#include "app/text.h"
#include "io/h5_handle.h"
#include "io/run_writer.h"

using namespace nc;
namespace fs = std::filesystem;
using io::H5Handle;

namespace
{

constexpr Index rows = 500'000, dim = 512, epochs = 20; // 20.5 GB, of which the disk holds none

/// Space for the dataset without a number in it: the file is one hole.
void putHole(hid_t file, const char* path, const std::vector<hsize_t>& shape)
{
    const H5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    const H5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose), link(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
    H5Pset_create_intermediate_group(link.get(), 1);
    const H5Handle made(H5Dcreate2(file, path, H5T_NATIVE_FLOAT, space.get(), link.get(), creation.get(), H5P_DEFAULT),
                        H5Dclose);
}

fs::path writeLargeRun(const fs::path& folder)
{
    io::RunHeader header;
    header.classNames = {"a", "b", "c"};
    Split mix;
    mix.name = "mix";
    mix.kind = SplitKind::Mix;
    for (Index n = 0; n < rows; ++n) {
        mix.labelA.push_back(static_cast<std::int32_t>(n % 3));
        mix.labelB.push_back(static_cast<std::int32_t>(n / 3 % 3));
        mix.lambda.push_back(0.25);
    }
    header.splits = {mix};
    io::RunWriter writer = *io::RunWriter::create(folder, header);
    (void)writer.setState(io::RunWriter::State::Finished);
    fs::create_directory(folder / "epochs");
    std::vector<float> weight(3 * dim, 0.0f);
    for (std::size_t k = 0; k < 3; ++k)
        weight[k * dim + k] = 1;
    for (Index epoch = 0; epoch < epochs; ++epoch) {
        const std::string name = "00000" + std::to_string(epoch);
        const fs::path path = folder / "epochs" / (name.substr(name.size() - 6) + ".h5");
        const H5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
        putHole(file.get(), "features/mix/penultimate", {rows, dim});
        putHole(file.get(), "classifier/weight", {3, dim});
        const H5Handle made(H5Dopen2(file.get(), "classifier/weight", H5P_DEFAULT), H5Dclose);
        H5Dwrite(made.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, weight.data());
    }
    return folder;
}

/// The most memory that this process ever had, in bytes.
std::size_t peakMemory()
{
    std::ifstream status("/proc/self/status");
    std::string word;
    std::size_t kilobytes = 0;
    while (status >> word)
        if (word == "VmHWM:")
            status >> kilobytes;
    return kilobytes * 1024;
}

} // namespace

/// A run far larger than memory, in a process that says how much it took.
class LargeRunTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { QVERIFY2(peakMemory() < std::size_t{1} << 30, std::to_string(peakMemory()).c_str()); }
    void opensAtOnce();
    void snapshotBeyondTheLimit_isRefused();
    void scrubsWithinOneGigabyte();
    void byteSizes_areRead_data();
    void byteSizes_areRead();

private:
    QTemporaryDir m_dir;
    fs::path m_run;
};

void LargeRunTest::initTestCase()
{
    m_run = writeLargeRun(fs::path(m_dir.path().toStdString()) / "run");
}

void LargeRunTest::opensAtOnce()
{
    const std::clock_t before = std::clock();
    const Result<io::RunReader> reader = io::RunReader::open(m_run);
    QVERIFY(reader);
    const Result<io::RunSummary> summary = reader->summary();
    QVERIFY(summary);
    QVERIFY(summary->complete);
    QVERIFY(summary->bytes > std::uintmax_t{20} * 1'000'000'000);
    const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    QVERIFY2(seconds < 1, std::to_string(seconds).c_str()); // of this process alone, so that others may be busy
}

void LargeRunTest::snapshotBeyondTheLimit_isRefused()
{
    const Result<io::RunReader> reader = io::RunReader::open(m_run, {{}, std::size_t{1} << 29});
    QVERIFY(reader);
    const Result<Snapshot> snapshot = reader->snapshot(3, "mix");
    QVERIFY(!snapshot);
    QVERIFY2(snapshot.error().message.starts_with("Cannot hold epoch 3 in memory"), snapshot.error().message.c_str());
}

/// Two epochs as one goes through them, or all twenty with NCSCOPE_LONG_TESTS.
void LargeRunTest::scrubsWithinOneGigabyte()
{
    app::RunSession session(QString::fromStdString(m_run.string()), nullptr, {{}, std::size_t{1} << 30});
    QSignalSpy opened(&session, &app::RunSession::opened);
    QVERIFY(opened.wait(30'000));
    session.setRequest({});
    const std::size_t wanted = qEnvironmentVariableIsSet("NCSCOPE_LONG_TESTS") ? epochs : 2;
    for (std::size_t k = 0; k < wanted; ++k) {
        const auto epoch = static_cast<std::int64_t>(7 * k % epochs);
        session.setEpoch(epoch, 1);
        QTRY_VERIFY_WITH_TIMEOUT(session.isLoaded(epoch) || session.failure(epoch), 120'000);
        QVERIFY2(!session.failure(epoch), qPrintable(session.failure(epoch).value_or(QString())));
        QVERIFY(session.panel(epoch)->shown > rows / 2);
    }
    QVERIFY(session.bytes() <= std::size_t{1} << 29);
}

void LargeRunTest::byteSizes_areRead_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qulonglong>("bytes"); // 0: none
    const auto row = [](const char* text, qulonglong bytes) {
        QTest::newRow(text) << QString::fromLatin1(text) << bytes;
    };
    row("1000000", 1'000'000);
    row("512M", 512ull << 20);
    row("1.5G", 3ull << 29);
    row("4GiB", 4ull << 30);
    row("2 gb", 2ull << 30);
    row("64k", 64ull << 10);
    row("100B", 100);
    row("0", 0);
    row("-1G", 0);
    row("G", 0);
    row("1X", 0);
    row("1GG", 0);
    row("", 0);
}

void LargeRunTest::byteSizes_areRead()
{
    QFETCH(QString, text);
    QFETCH(qulonglong, bytes);
    QCOMPARE(app::parseByteSize(text.toStdString()).value_or(0), std::uint64_t{bytes});
}

QTEST_GUILESS_MAIN(LargeRunTest)
#include "tst_large_run.moc"
