#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include "app/synthetic_run.h"
#include "tests/app/program.h"

using namespace nc;

/// Recipes, .glb and tables by `ncscope render`, as a script runs it.
class TestRecipes : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    [[nodiscard]] QString path(const QString& name) const { return m_dir.filePath(name); }
    [[nodiscard]] QByteArray bytes(const QString& name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void writeRun(std::uint64_t seed)
    {
        QDir(path("runs/a")).removeRecursively();
        QVERIFY(QDir().mkpath(path("runs")));
        app::SyntheticSettings settings;
        settings.classes = 3;
        settings.samples = 600;
        settings.epochs = 3;
        settings.seed = seed;
        QVERIFY(app::writeSyntheticRun(path("runs/a").toStdString(), settings));
    }

private Q_SLOTS:
    void initTestCase()
    {
        writeRun(1);
        QVERIFY(QDir().mkpath(path("figures")));
    }

    void figure_isRemadeByteForByte_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("render") << QStringList{"render", path("runs/a"), "--preset", "iclr", "--title", "-5 °"};
        QTest::newRow("svg") << QStringList{"render", path("runs/a"), "--epoch", "first", "--basis-epoch", "same"};
        QTest::newRow("grid") << QStringList{"grid", path("runs/a")};
        QTest::newRow("curves") << QStringList{"grid", path("runs/a"), "--view", "curves"};
    }
    void figure_isRemadeByteForByte()
    {
        QFETCH(QStringList, words);
        const QString ending = qstrcmp(QTest::currentDataTag(), "svg") == 0 ? "svg" : "pdf";
        const QString figure = QStringLiteral("figures/%1.%2").arg(QTest::currentDataTag(), ending);
        const QString recipe = QStringLiteral("figures/%1.json").arg(QTest::currentDataTag());
        const Program made = Program::run(words + QStringList{"-o", path(figure), "--recipe", path(recipe)});
        QVERIFY2(made.exitCode == 0, made.err);
        const QByteArray before = bytes(figure);
        QVERIFY(before.size() > 1000);
        QVERIFY(QFile::remove(path(figure)));
        // From elsewhere, in another time zone: paths are relative to the recipe.
        const Program again = Program::run({"render", path(recipe)}, {"TZ=Asia/Tokyo", "LC_ALL=C"});
        QVERIFY2(again.exitCode == 0, again.err);
        QVERIFY(bytes(figure) == before);
        QCOMPARE(Program::run({"render", path(recipe), "-o", path("figures/other." + ending)}).exitCode, 0);
        QVERIFY(bytes("figures/other." + ending) == before);
    }

    void changedData_areNamed()
    {
        const QString recipe = path("figures/changed.json");
        QCOMPARE(
            Program::run({"render", path("runs/a"), "-o", path("figures/changed.pdf"), "--recipe", recipe}).exitCode,
            0);
        const QByteArray before = bytes("figures/changed.pdf");
        writeRun(2);
        const Program refused = Program::run({"render", recipe, "--json"});
        QCOMPARE(refused.exitCode, 1);
        const QJsonObject error = refused.json()["error"].toObject();
        QVERIFY2(error["dataset"].toString().contains("classifier/weight"), refused.out);
        QVERIFY(bytes("figures/changed.pdf") == before);
        QCOMPARE(Program::run({"render", recipe, "--accept-changed"}).exitCode, 0);
        QVERIFY(bytes("figures/changed.pdf") != before);
        writeRun(1);
        QCOMPARE(Program::run({"render", recipe}).exitCode, 0);
        QVERIFY(bytes("figures/changed.pdf") == before);
    }

    void wrongWords_haveTheirExitCode()
    {
        QFile text(path("none.json"));
        QVERIFY(text.open(QIODevice::WriteOnly) && text.write("{}") > 0);
        text.close();
        QCOMPARE(Program::run({"render", path("none.json")}).exitCode, 1);
        QCOMPARE(Program::run({"render", path("figures/render.json"), "--theme", "dark"}).exitCode, 2);
    }

    void glb_holdsTheEpochs()
    {
        const Program made = Program::run({"render", path("runs/a"), "--epoch", "all", "-o", path("a.glb"), "--json"});
        QVERIFY2(made.exitCode == 0, made.err);
        QVERIFY(bytes("a.glb").startsWith("glTF") && bytes("a.glb").contains("\"animations\""));
        QCOMPARE(made.json()["bytes"].toInt(), int(bytes("a.glb").size()));
    }

    void table_isThatOfProject()
    {
        QCOMPARE(Program::run({"render", path("runs/a"), "-o", path("a.csv")}).exitCode, 0);
        QCOMPARE(
            Program::run({"project", path("runs/a"), "--epoch", "last", "--basis-epoch", "last", "-o", path("b.csv")})
                .exitCode,
            0);
        QVERIFY(bytes("a.csv").size() > 1000);
        QCOMPARE(bytes("a.csv"), bytes("b.csv"));
    }
};

QTEST_APPLESS_MAIN(TestRecipes)
#include "tst_recipes.moc"
