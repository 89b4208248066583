#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

#include <QTest>

#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;
using test::RunFolder;

namespace
{

constexpr int filesPerRow = 200;
constexpr unsigned secondsPerRow = 60;

std::string contentOf(const fs::path& file)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

/// A few damages at once: bytes set at random or to values that hurt, ranges filled or moved, the end cut off.
std::string mutated(std::string bytes, std::mt19937& random)
{
    const auto below = [&random](std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
    };
    const std::size_t changes = 1 + below(8);
    for (std::size_t i = 0; i < changes && bytes.size() > 64; ++i) {
        const std::size_t at = below(bytes.size()), count = std::min(bytes.size() - at, 1 + below(16));
        switch (below(5)) {
        case 0:
            bytes[at] = static_cast<char>(below(256));
            break;
        case 1:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
            break;
        case 2:
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, below(2) ? '\xff' : '\0');
            break;
        case 3:
            bytes.replace(at, count, bytes.substr(below(bytes.size() - count), count));
            break;
        default:
            if (below(8) == 0)
                bytes.resize(at);
        }
    }
    return bytes;
}

/// Everything that a program does with a run; what it answers does not matter, only that it comes back.
void useRun(const fs::path& path)
{
    if (const Result<io::RunReader> reader = io::RunReader::open(path)) {
        (void)reader->summary();
        for (const std::int64_t epoch : reader->epochs())
            (void)test::firstError(*reader, epoch);
    }
    (void)io::checkRun(path, true);
}

} // namespace

/// Reading never crashes, hangs or asks for absurd memory, whatever the bytes are. Each row is a process of its own
/// with limits on time and memory; seeds are fixed.
class MutatedRunsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mutatedEpoch_isSurvived_data();
    void mutatedEpoch_isSurvived();
};

void MutatedRunsTest::mutatedEpoch_isSurvived_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 3; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

void MutatedRunsTest::mutatedEpoch_isSurvived()
{
    QFETCH(int, seed);
    const RunFolder run;
    const fs::path target = run.folder() / "epochs/000002.h5", log = run.path("last");
    const std::string original = contentOf(target);
    const pid_t child = fork();
    if (child == 0) {
        alarm(secondsPerRow);
        std::mt19937 random(static_cast<unsigned>(seed));
        for (int i = 0; i < filesPerRow; ++i) {
            std::ofstream(log) << i;
            fs::remove(target); // a new inode, so that nothing of the last one is remembered
            std::ofstream(target, std::ios::binary) << mutated(original, random);
            useRun(run.folder());
        }
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    QVERIFY2(status == 0, ("status " + std::to_string(status) + " at file " + contentOf(log)).c_str());
}

QTEST_APPLESS_MAIN(MutatedRunsTest)
#include "tst_mutated_runs.moc"
