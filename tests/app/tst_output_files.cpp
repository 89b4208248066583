#include <fstream>

#include <sys/stat.h>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include "app/atomic_file.h"
#include "io/atomic_file.h"

using namespace nc;
using namespace nc::app;

namespace
{

std::string contents(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

class OutputFilesTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    [[nodiscard]] std::filesystem::path path(const char* name) const
    {
        return std::filesystem::path(m_dir.path().toStdString()) / name;
    }

private Q_SLOTS:
    void write_replacesOnSuccessOnly()
    {
        QVERIFY(writeFileAtomically(path("a.txt"), "one"));
        QCOMPARE(contents(path("a.txt")), std::string("one"));
        QVERIFY(writeFileAtomically(path("a.txt"), "two"));
        QCOMPARE(contents(path("a.txt")), std::string("two"));
        const auto failed = io::writeAtomically(path("a.txt"), [](const std::filesystem::path& part) -> Result<void> {
            std::ofstream(part) << "half";
            return environmentError("disk full");
        });
        QVERIFY(!failed);
        QCOMPARE(contents(path("a.txt")), std::string("two"));
        QCOMPARE(QDir(m_dir.path()).entryList(QDir::Files), QStringList{"a.txt"});
    }
    void write_missingFolder_isEnvironment()
    {
        const auto failed = writeFileAtomically(path("nowhere/a.txt"), "one");
        QVERIFY(!failed);
        QCOMPARE(failed.error().kind, ErrorKind::Environment);
        QVERIFY(QString::fromStdString(failed.error().message).contains("nowhere"));
    }
    void write_ontoAFolder_isEnvironment()
    {
        QVERIFY(std::filesystem::create_directory(path("folder")));
        QCOMPARE(writeFileAtomically(path("folder"), "one").error().kind, ErrorKind::Environment);
    }
};

QTEST_APPLESS_MAIN(OutputFilesTest)
#include "tst_output_files.moc"
