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

/// Fetching from a folder of this machine (file:), and from a server on it that knows no ranges.
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

    /// The URL of a server of `folder`, which ends with `process`; empty where Python cannot serve.
    static std::string startServer(QProcess& process, const fs::path& folder)
    {
        process.start("python3", {NCSCOPE_PICTURE_SERVER, QString::fromStdString(folder.string())});
        for (int tries = 0; tries < 600 && !process.canReadLine() && process.state() != QProcess::NotRunning; ++tries)
            process.waitForReadyRead(100);
        const QByteArray port = process.readLine().trimmed();
        return port.isEmpty() ? std::string() : "http://127.0.0.1:" + port.toStdString();
    }
    static void endServer(QProcess& process)
    {
        process.kill();
        process.waitForFinished();
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("curl").isEmpty())
            QSKIP("no curl");
        qputenv("no_proxy", "127.0.0.1"); // whatever else the environment says
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

    // The data set itself, as its servers have it: names, sizes and checksums are those in the table.
    void fashionMnist_isFetchedFromAServer()
    {
        const fs::path source = "/usr/share/datasets/fashion-mnist";
        RemoteSet set = remoteSet("fashion-mnist");
        for (const RemoteFile& file : set.files)
            if (!fs::exists(source / file.name))
                QSKIP("no FashionMNIST in /usr/share/datasets");
        QProcess process;
        set.url = startServer(process, source);
        if (set.url.empty())
            QSKIP("no python3 to serve it");
        // Debian packs the same bytes anew, under other checksums: the table's would be refused, and are in other
        // tests.
        for (RemoteFile& file : set.files) {
            const QByteArray bytes = bytesOf(source / file.name);
            file.bytes = bytes.size();
            file.sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().toStdString();
        }
        const auto done = fetch(set, path("mnist/fashion-mnist"), silent);
        endServer(process);
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        const auto found = findDataSet("fashion-mnist", path("mnist"));
        QVERIFY(found && *found == path("mnist/fashion-mnist"));
    }

    void brokenConnection_isToldAndGoneOnWith()
    {
        const QByteArray bytes(3'000'000, 'x');
        RemoteSet set{{}, {serve("broken.bin", bytes), serve("other.bin", "other")}, {}};
        QProcess process;
        set.url = startServer(process, path("server"));
        if (set.url.empty())
            QSKIP("no python3 to serve it");
        RemoteSet cut = set;
        cut.url += "/cut";
        const auto first = fetch(cut, path("broken"), silent);
        QVERIFY(!first && first.error().kind == ErrorKind::Environment);
        QVERIFY2(first.error().message.find("the connection broke") != std::string::npos,
                 first.error().message.c_str());
        QVERIFY(fs::file_size(path("broken/broken.bin.part")) < static_cast<std::uintmax_t>(bytes.size()));
        const auto second = fetch(set, path("broken"), silent); // it cannot give the rest alone: begun anew
        endServer(process);
        QVERIFY2(second, second ? "" : second.error().message.c_str());
        QCOMPARE(bytesOf(path("broken/broken.bin")), bytes);
        QVERIFY(!fs::exists(path("broken/broken.bin.part")));
    }

    void serverWithoutTheFileOrWithAnother_isToldAndLeavesNothing()
    {
        RemoteSet set{{}, {serve("there.bin", "right")}, {}};
        serve("there.bin", "wrong");
        QProcess process;
        set.url = startServer(process, path("server"));
        if (set.url.empty())
            QSKIP("no python3 to serve it");
        const auto wrong = fetch(set, path("wrong"), silent);
        set.files = {{"nowhere.bin", std::string(64, '0'), 5}};
        const auto missing = fetch(set, path("wrong"), silent);
        endServer(process);
        QVERIFY(!wrong && wrong.error().kind == ErrorKind::Data);
        QVERIFY(wrong.error().message.find("SHA-256") != std::string::npos);
        QVERIFY(!missing && missing.error().kind == ErrorKind::Environment);
        QVERIFY2(missing.error().message.find("the server does not have it; put nowhere.bin into") != std::string::npos,
                 missing.error().message.c_str());
        QVERIFY(fs::is_empty(path("wrong")));
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
