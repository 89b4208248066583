#include <cstdlib>
#include <fstream>
#include <sstream>

#include <QTest>

#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;

namespace
{

/// The first program in docs/format.md.
std::string pythonExample()
{
    std::ostringstream text;
    text << std::ifstream(NCSCOPE_FORMAT_DOCUMENT).rdbuf();
    const std::string document = text.str(), opening = "```python\n";
    const std::size_t first = document.find(opening), last = document.find("```", first + opening.size());
    return first == std::string::npos ? std::string()
                                      : document.substr(first + opening.size(), last - first - opening.size());
}

} // namespace

class FormatDocumentTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pythonExample_writesAValidRun();
};

void FormatDocumentTest::pythonExample_writesAValidRun()
{
    const std::string python = NCSCOPE_PYTHON;
    if (python.empty() || std::system((python + " -c 'import h5py' 2>/dev/null").c_str()) != 0)
        QSKIP("no Python with h5py");
    const QTemporaryDir dir;
    const fs::path folder = dir.path().toStdString();
    const std::string example = pythonExample();
    QVERIFY(!example.empty());
    std::ofstream(folder / "example.py") << example;
    QCOMPARE(std::system(("cd " + folder.string() + " && " + python + " example.py").c_str()), 0);
    const io::CheckReport report = io::checkRun(folder / "my-run.h5", true);
    QVERIFY2(report.problems.empty(), report.problems.empty() ? "" : report.problems.front().message.c_str());
    const Result<io::RunReader> reader = io::RunReader::open(folder / "my-run.h5");
    REQUIRE(reader);
    QCOMPARE(reader->epochs(), (std::vector<std::int64_t>{0, 1, 5, 20}));
    QCOMPARE(reader->classNames(), (std::vector<std::string>{"cat", "dog", "bird"}));
    QCOMPARE(reader->title(), std::string("my run"));
    const Result<Snapshot> snapshot = reader->snapshot(20, "test");
    REQUIRE(snapshot);
    QCOMPARE(snapshot->rows(), Index{200});
    QVERIFY(snapshot->classifier && !snapshot->classifier->hasBias);
}

QTEST_APPLESS_MAIN(FormatDocumentTest)
#include "tst_format_document.moc"
