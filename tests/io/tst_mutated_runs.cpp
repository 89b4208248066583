#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <new>
#include <random>
#include <sstream>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTest>

#include "io/run_check.h"
#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;
using test::RunFolder;

namespace
{

constexpr unsigned secondsPerFile = 10;
constexpr long mostKilobytes = 1 << 20;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool isSanitized = true; // reserves more addresses than any limit
#else
constexpr bool isSanitized = false;
#endif

/// Mutations of each file: 10,000 in all where NCSCOPE_LONG_TESTS is set.
int filesPerTarget()
{
    return std::getenv("NCSCOPE_LONG_TESTS") ? 1700 : isSanitized ? 60 : 150;
}

std::string contentOf(const fs::path& file)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

using Change = std::function<void(const fs::path&)>;

void compressFeatures(const fs::path& file)
{
    const RowMatrixF values = RowMatrixF::Random(30, 6);
    test::edit(file, [&values](hid_t root) {
        test::putChunked(root, "features/mix/penultimate", H5T_NATIVE_FLOAT, {30, 6}, {7, 4}, values.data(), true);
    });
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
void useRun(const fs::path& path, bool convert)
{
    if (const Result<io::RunReader> reader = io::RunReader::open(path)) {
        (void)reader->summary();
        for (const std::int64_t epoch : reader->epochs())
            (void)test::firstError(*reader, epoch);
    }
    (void)io::checkRun(path, true);
    if (!convert)
        return;
    const fs::path other = path.string() + ".other";
    (void)(fs::is_directory(path) ? io::packRun(path, other) : io::unpackRun(path, other));
    fs::remove_all(other);
}

/// A number in memory that parent and child share: the file at work.
class SharedNumber
{
public:
    SharedNumber()
        : m_memory(mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
        , m_value(new (m_memory) std::atomic<int>(0))
    {
    }
    ~SharedNumber() { munmap(m_memory, sizeof(std::atomic<int>)); }
    SharedNumber(const SharedNumber&) = delete;
    SharedNumber& operator=(const SharedNumber&) = delete;
    [[nodiscard]] std::atomic<int>& value() const { return *m_value; }

private:
    void* m_memory;
    std::atomic<int>* m_value;
};

/// In a process of its own, with limits on time and memory: files `first` to `last` one after the other. Says why it
/// ended where one of them is the end of the process, and `at` tells which.
QString useMutated(const RunFolder& run, const fs::path& target, const std::string& original, int first, int last,
                   std::atomic<int>& at)
{
    const pid_t child = fork();
    if (child == 0) {
        for (const int fatal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE}) // without the stack trace of Qt Test
            std::signal(fatal, SIG_DFL);
        for (at = first; at < last; ++at) {
            alarm(secondsPerFile);
            std::mt19937 random(static_cast<unsigned>(at));
            fs::remove(target); // a new inode, so that nothing of the last one is remembered
            std::ofstream(target, std::ios::binary) << mutated(original, random);
            useRun(target == run.file() ? run.file() : run.folder(), at % 8 == 0);
            rusage usage = {};
            if (getrusage(RUSAGE_SELF, &usage) != 0 || (!isSanitized && usage.ru_maxrss > mostKilobytes))
                _exit(2);
        }
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    if (status == 0)
        return {};
    const QString end = !WIFSIGNALED(status)          ? QString("exit %1").arg(WEXITSTATUS(status))
                        : WTERMSIG(status) == SIGALRM ? QString("hang")
                                                      : QString("signal %1").arg(WTERMSIG(status));
    return QString("%1 at file %2").arg(end).arg(at);
}

} // namespace

/// Reading never crashes, hangs or asks for absurd memory, whatever the bytes are. Seeds are fixed: file n of a target
/// is always the same.
class MutatedRunsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mutatedFile_isSurvived_data();
    void mutatedFile_isSurvived();
};

void MutatedRunsTest::mutatedFile_isSurvived_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<Change>("change");
    const Change none = [](const fs::path&) {};
    QTest::addRow("epoch") << "run/epochs/000002.h5" << none;
    QTest::addRow("static part") << "run/run.h5" << none;
    QTest::addRow("file run") << "run.h5" << none;
    QTest::addRow("static part, newer layout") << "run/run.h5" << Change(test::rewriteInNewerLayout);
    QTest::addRow("file run, newer layout") << "run.h5" << Change(test::rewriteInNewerLayout);
    QTest::addRow("compressed epoch") << "run/epochs/000002.h5" << Change(compressFeatures);
}

void MutatedRunsTest::mutatedFile_isSurvived()
{
    QFETCH(QString, file);
    QFETCH(Change, change);
    const RunFolder run;
    const fs::path target = run.path(file.toStdString());
    change(target);
    const std::string original = contentOf(target);
    const SharedNumber shared;
    std::atomic<int>& at = shared.value();
    QStringList deaths; // of the child, each goes on behind the last
    for (int first = 0, last = filesPerTarget(); first < last; first = at + 1) {
        const QString death = useMutated(run, target, original, first, last, at);
        if (death.isEmpty())
            break;
        deaths << death;
    }
    QVERIFY2(deaths.isEmpty(), qPrintable(deaths.join(", ")));
}

QTEST_APPLESS_MAIN(MutatedRunsTest)
#include "tst_mutated_runs.moc"
