#include <filesystem>
#include <fstream>

#include <QCryptographicHash>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "app/trainer/data_fetch.h"
#include "core/config/data_folder.h"
#include "core/config/data_sets.h"

using namespace nc;
using namespace nc::trainer;
namespace fs = std::filesystem;

/// Fetching from a folder of this machine (file:), by the same way as from a server.
class DataFetchTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(m_dir.path().toStdString()) / name; }

    RemoteFile serve(const std::string& name, const QByteArray& bytes) const
    {
        fs::create_directories(path("server"));
        std::ofstream(path("server/" + name), std::ios::binary) << bytes.toStdString();
        return {name, QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().toStdString(), bytes.size()};
    }
    [[nodiscard]] std::string server() const { return "file://" + path("server").string(); }
    static void silent(const std::string&) {}
    static QByteArray bytesOf(const fs::path& file)
    {
        QFile in(QString::fromStdString(file.string()));
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray("none");
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("curl").isEmpty())
            QSKIP("no curl");
    }

    void files_areFetchedAndChecked()
    {
        const QByteArray bytes(100'000, 'x');
        const RemoteSet set{server(), {serve("a.bin", bytes), serve("b.bin", "b")}, {}};
        int lines = 0;
        const auto done = fetch(set, path("here"), [&](const std::string&) { ++lines; });
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QCOMPARE(lines, 2);
        QCOMPARE(bytesOf(path("here/a.bin")), bytes);
        QVERIFY(!fs::exists(path("here/a.bin.part")));
        fs::remove_all(path("server")); // what is there and right is not fetched again
        QVERIFY(fetch(set, path("here"), silent));
    }

    void whatWasBegun_isGoneOnWith()
    {
        QByteArray bytes;
        for (int i = 0; i < 50'000; ++i)
            bytes.append(static_cast<char>(i * i >> 3));
        const RemoteSet set{server(), {serve("long.bin", bytes)}, {}};
        fs::create_directories(path("begun"));
        std::ofstream(path("begun/long.bin.part"), std::ios::binary) << bytes.left(20'000).toStdString();
        const auto done = fetch(set, path("begun"), silent);
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QCOMPARE(bytesOf(path("begun/long.bin")), bytes);
    }

    void anotherChecksum_isRefused()
    {
        RemoteSet set{server(), {serve("wrong.bin", "right")}, {}};
        serve("wrong.bin", "wrong");
        const auto done = fetch(set, path("refused"), silent);
        QVERIFY(!done && done.error().kind == ErrorKind::Data);
        QVERIFY(done.error().message.find("SHA-256") != std::string::npos);
        QVERIFY(fs::is_empty(path("refused")));
    }

    void withoutConnection_oneSentenceSaysWhatToPutWhere()
    {
        for (const char* url : {"http://127.0.0.1:9", "http://name.invalid"}) {
            const RemoteSet set{url, {{"a.bin", "", 1}, {"b.bin", "", 1}}, {}};
            const auto done = fetch(set, path("offline"), silent);
            QVERIFY(!done && done.error().kind == ErrorKind::Environment);
            const QString message = QString::fromStdString(done.error().message);
            QVERIFY2(message.contains("put a.bin, b.bin into " + m_dir.filePath("offline")), qPrintable(message));
            QVERIFY2(message.contains("no connection") || message.contains("no network"), qPrintable(message));
        }
    }

    void archive_isUnpackedWhole()
    {
        fs::create_directories(path("batches"));
        for (const char* name : {"one.bin", "two.bin"})
            std::ofstream(path(std::string("batches/") + name)) << name;
        const QString archive = m_dir.filePath("set.tar.gz");
        QCOMPARE(QProcess::execute("tar", {"-czf", archive, "-C", m_dir.path(), "batches"}), 0);
        const RemoteSet set{
            server(), {serve("set.tar.gz", bytesOf(archive.toStdString()))}, {"batches/one.bin", "batches/two.bin"}};
        const auto done = fetch(set, path("unpacked"), silent);
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QCOMPARE(bytesOf(path("unpacked/two.bin")), QByteArray("two.bin"));
        QCOMPARE(std::distance(fs::directory_iterator(path("unpacked")), {}), 2);
        fs::remove_all(path("server"));
        QVERIFY(fetch(set, path("unpacked"), silent));
    }

    void everyKnownSet_bringsTheFilesThatAreLookedFor()
    {
        for (const DataSetFacts& facts : knownDataSets()) {
            const RemoteSet set = remoteSet(facts.name);
            std::vector<std::string> brought;
            for (const std::string& member : set.members)
                brought.push_back(fs::path(member).filename().string());
            for (const RemoteFile& file : set.files) {
                QCOMPARE(file.sha256.size(), 64U);
                brought.push_back(fs::path(file.name).stem().string()); // without .gz
            }
            const DataSetFiles wanted = dataSetFiles(facts.name);
            for (const auto* list : {&wanted.train, &wanted.test})
                for (const std::string& file : *list)
                    QVERIFY2(std::find(brought.begin(), brought.end(), file) != brought.end(), file.c_str());
        }
    }
};

QTEST_APPLESS_MAIN(DataFetchTest)
#include "tst_data_fetch.moc"
