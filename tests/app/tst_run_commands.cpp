#include <filesystem>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <hdf5.h>

#include "io/h5_writer.h"
#include "program.h"

using namespace nc;

/// What the commands say about runs that are not one plain run of our own: foreign dumps.
class RunCommandsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void foreignDump_isServedByEveryReadingCommand_data();
    void foreignDump_isServedByEveryReadingCommand();
    void foreignDump_figureIsRemadeByItsRecipe();
    void foreignDump_isNotPacked();
    void info_namesTheMapping();
    void map_wrongWordsAreUsage_data();
    void map_wrongWordsAreUsage();
    void map_missingDatasetIsTheDatasFault();
    void map_isForReadingCommandsOnly();
    void runs_listsWhatIsBelow();
    void runs_ofNothing();
    void pack_reduces();

private:
    [[nodiscard]] QString path(const char* name) const { return m_dir.filePath(QString::fromLatin1(name)); }
    QTemporaryDir m_dir;
};

void RunCommandsTest::initTestCase()
{
    RowMatrixF features = RowMatrixF::Zero(60, 5), weight = RowMatrixF::Zero(3, 5);
    std::vector<std::int32_t> labels(60);
    for (Index n = 0; n < 60; ++n) {
        const Index k = n % 3;
        labels[static_cast<std::size_t>(n)] = static_cast<std::int32_t>(k);
        weight(k, k) = 1;
        features(n, k) = 2;
        features(n, 3) = static_cast<float>(n % 7) / 8;
    }
    io::h5::Writer file(path("dump.h5").toStdString());
    file.dataset("enc", features, io::FloatType::Float32);
    file.dataset("cls", std::span<const std::int32_t>(labels));
    file.dataset("top", weight, io::FloatType::Float32);
    file.dataset("short", std::span<const std::int32_t>(labels).first(10));
    QVERIFY(file.finish());
}

void RunCommandsTest::foreignDump_isServedByEveryReadingCommand_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("info") << QStringList{"info", "PATH"};
    QTest::newRow("check") << QStringList{"check", "PATH", "--deep"};
    QTest::newRow("metrics") << QStringList{"metrics", "PATH"};
    QTest::newRow("project") << QStringList{"project", "PATH", "--classes", "0,1,2", "-o", path("p.csv")};
    QTest::newRow("render") << QStringList{"render", "PATH", "-o", path("f.svg")};
    QTest::newRow("grid") << QStringList{"grid", "PATH", "-o", path("g.svg")};
}

void RunCommandsTest::foreignDump_isServedByEveryReadingCommand()
{
    QFETCH(QStringList, words);
    words.replaceInStrings("PATH", path("dump.h5"));
    const Program told = Program::run(words + QStringList{"--map", "features=/enc,labels=/cls,weight=/top"});
    QVERIFY2(told.exitCode == 0, told.err);
}

void RunCommandsTest::foreignDump_figureIsRemadeByItsRecipe()
{
    const auto bytes = [](const QString& name) {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    const Program made = Program::run({"render", path("dump.h5"), "--map", "features=/enc,labels=/cls,weight=/top",
                                       "-o", path("r.svg"), "--recipe", path("r.json")});
    QVERIFY2(made.exitCode == 0, made.err);
    const QByteArray before = bytes(path("r.svg"));
    QVERIFY(before.size() > 1000 && QFile::remove(path("r.svg")));
    const Program again = Program::run({"render", path("r.json")});
    QVERIFY2(again.exitCode == 0, again.err);
    QCOMPARE(bytes(path("r.svg")), before);
}

void RunCommandsTest::foreignDump_isNotPacked()
{
    for (const QStringList& words : {QStringList{"pack"}, QStringList{"pack", "--reduce"}, QStringList{"unpack"}}) {
        const Program told = Program::run(words + QStringList{path("dump.h5"), path("packed.h5")});
        QCOMPARE(told.exitCode, 1);
        QVERIFY2(told.err.contains("foreign dump") && told.err.contains("ncscope-logger"), told.err);
        QVERIFY(!QFile::exists(path("packed.h5")));
    }
}

void RunCommandsTest::info_namesTheMapping()
{
    const Program told =
        Program::run({"info", path("dump.h5"), "--json", "--map", "features=/enc,labels=/cls,weight=/top"});
    QVERIFY2(told.exitCode == 0, told.err);
    const QJsonObject json = told.json();
    QCOMPARE(json["map"].toString(), QStringLiteral("features=enc,labels=cls,weight=top"));
    QCOMPARE(json["epochs"].toVariant().toList(), QVariantList{0});
    QCOMPARE(json["classes"].toVariant().toStringList(), QStringList({"0", "1", "2"}));
    const QJsonObject split = json["splits"].toArray().first().toObject();
    QCOMPARE(split["name"].toString(), QStringLiteral("data"));
    QCOMPARE(split["kind"].toString(), QStringLiteral("clean"));
    QCOMPARE(split["samples"].toInt(), 60);
}

void RunCommandsTest::map_wrongWordsAreUsage_data()
{
    QTest::addColumn<QString>("map");
    QTest::newRow("unknown key") << "features=/enc,labels=/cls,colour=/c";
    QTest::newRow("no labels") << "features=/enc";
    QTest::newRow("mix without lambda") << "features=/enc,labels=/cls,label_b=/cls";
}

void RunCommandsTest::map_wrongWordsAreUsage()
{
    QFETCH(QString, map);
    for (const char* command : {"info", "check", "metrics"})
        QCOMPARE(Program::run({QString::fromLatin1(command), path("dump.h5"), "--map", map}).exitCode, 2);
}

void RunCommandsTest::map_missingDatasetIsTheDatasFault()
{
    const Program missing = Program::run({"metrics", path("dump.h5"), "--json", "--map", "features=/enc,labels=/no"});
    QCOMPARE(missing.exitCode, 1);
    QCOMPARE(missing.json()["error"].toObject()["dataset"].toString(), QStringLiteral("no"));
    QCOMPARE(Program::run({"metrics", path("dump.h5"), "--map", "features=/enc,labels=/short"}).exitCode, 1);
}

void RunCommandsTest::map_isForReadingCommandsOnly()
{
    QCOMPARE(Program::run({"demo", path("demo"), "--map", "features=/h,labels=/y"}).exitCode, 2);
}

void RunCommandsTest::runs_listsWhatIsBelow()
{
    const QTemporaryDir dir;
    QDir(dir.path()).mkpath("group");
    const QString small = dir.filePath("group/small"), packed = dir.filePath("packed.h5");
    QCOMPARE(Program::run({"demo", small, "--kind", "synthetic", "--classes", "3", "--dim", "8", "--samples", "90",
                           "--epochs", "2"})
                 .exitCode,
             0);
    QCOMPARE(Program::run({"pack", small, packed}).exitCode, 0);
    QVERIFY(QFile::copy(packed, dir.filePath("broken.h5")));
    QVERIFY(QFile::resize(dir.filePath("broken.h5"), 1000));
    QVERIFY(QFile::copy(path("dump.h5"), dir.filePath("z-dump.h5")));
    QVERIFY(QFile(dir.filePath("notes.txt")).open(QIODevice::WriteOnly));
    const Program told = Program::run({"runs", dir.path(), "--json"});
    QVERIFY2(told.exitCode == 0, told.err);
    const QJsonArray runs = QJsonDocument::fromJson(told.out).array();
    QCOMPARE(runs.size(), 4); // with the dump, which has one matrix and as many integers
    const QStringList keys{"config", "epochs", "metrics", "path", "state", "title"};
    QCOMPARE(runs[1].toObject().keys(), keys);
    QCOMPARE(runs[0].toObject()["state"].toString(), QStringLiteral("broken"));
    QVERIFY(runs[0].toObject()["message"].toString().contains("broken.h5"));
    QCOMPARE(runs[1].toObject()["path"].toString(), small);
    QCOMPARE(runs[1].toObject()["state"].toString(), QStringLiteral("finished"));
    QCOMPARE(runs[1].toObject()["epochs"].toInt(), 3);
    QVERIFY(runs[1].toObject()["metrics"].isObject());
    QCOMPARE(runs[2].toObject()["path"].toString(), packed);
    QCOMPARE(runs[3].toObject()["state"].toString(), QStringLiteral("finished"));
    const Program table = Program::run({"runs", dir.path()});
    QCOMPARE(table.exitCode, 0);
    QVERIFY(table.out.contains("group/small"));
    QCOMPARE(table.out.count('\n'), 5); // with the head
}

void RunCommandsTest::runs_ofNothing()
{
    const QTemporaryDir dir;
    const Program none = Program::run({"runs", dir.path(), "--json"});
    QCOMPARE(none.exitCode, 0);
    QCOMPARE(none.out.trimmed(), QByteArray("[]"));
    QCOMPARE(Program::run({"runs", dir.filePath("nowhere")}).exitCode, 1);
    QCOMPARE(Program::run({"runs", dir.path(), dir.path()}).exitCode, 2);
}

void RunCommandsTest::pack_reduces()
{
    const QTemporaryDir dir;
    const QString run = dir.filePath("run"), small = dir.filePath("small.h5");
    QCOMPARE(Program::run({"demo", run, "--kind", "synthetic", "--classes", "3", "--dim", "200", "--samples", "300",
                           "--epochs", "1"})
                 .exitCode,
             0);
    QCOMPARE(Program::run({"pack", "--reduce", run, small}).exitCode, 0);
    QCOMPARE(Program::run({"check", small, "--deep"}).exitCode, 0);
    const auto first = [](const Program& told) {
        return told.json()["splits"].toArray()[0].toObject()["layers"].toArray()[0].toObject()["dim"].toInt();
    };
    QCOMPARE(first(Program::run({"info", run, "--json"})), 200);
    QVERIFY(first(Program::run({"info", small, "--json"})) <= 3 * 3 * 2 + 2);
}

QTEST_GUILESS_MAIN(RunCommandsTest)
#include "tst_run_commands.moc"
