#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include "app/synthetic_run.h"
#include "tests/app/growing_run.h"
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
        app::SyntheticSettings four;
        four.classes = 4;
        four.samples = 400;
        four.epochs = 2;
        QVERIFY(app::writeSyntheticRun(path("runs/b").toStdString(), four));
        QVERIFY(QDir().mkpath(path("figures")));
    }

    void figure_isRemadeByteForByte_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("render") << QStringList{"render", path("runs/a"), "--preset", "iclr", "--title", "-5 °"};
        QTest::newRow("svg") << QStringList{"render", path("runs/a"), "--epoch", "first", "--basis-epoch", "same"};
        QTest::newRow("grid") << QStringList{"grid", path("runs/a")};
        QTest::newRow("tour") << QStringList{"render", path("runs/b"), "--view", "tour", "--tour", "1.5"};
        QTest::newRow("eye") << QStringList{"render",       path("runs/b"), "--view",   "tetra",
                                            "--projection", "perspective",  "--camera", "20,10,1"};
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

    /// A caption that is not drawn is told to LaTeX all the same.
    void latex_saysWhatIsShown()
    {
        const QString recipe = path("figures/bare.json");
        QCOMPARE(Program::run({"render", path("runs/a"), "--show", "-caption", "-o", path("figures/bare.pdf"),
                               "--recipe", recipe})
                     .exitCode,
                 0);
        const QByteArray latex = QJsonDocument::fromJson(bytes("figures/bare.json"))["latex"].toString().toUtf8();
        for (const char* part :
             {"\\includegraphics{bare.pdf}", "all classes", "epoch 3", "basis: classifier W of epoch 3",
              "mixes in eval mode", "of 600 shown", "\\% of |h~$-$~m|"})
            QVERIFY2(latex.contains(part), latex + " lacks " + part);
    }

    void fiftyProcessesAtOnce_doNotDisturbEachOther()
    {
        const auto words = [this](int n, const char* where) {
            return QStringList{
                "render",
                path("runs/a"),
                "--epoch",
                QString::number(n % 4),
                "--width",
                QString::number(200 + n) + "pt",
                "-o",
                path(QString("figures/%1%2.%3").arg(where).arg(n).arg(QStringList{"pdf", "svg", "png"}[n % 3]))};
        };
        std::vector<std::unique_ptr<QProcess>> all;
        for (int n = 0; n < 50; ++n) {
            all.push_back(std::make_unique<QProcess>());
            all.back()->start(QStringLiteral(NCSCOPE_PROGRAM), words(n, "many"));
        }
        for (const auto& process : all)
            QVERIFY(process->waitForFinished(120'000) && process->exitCode() == 0);
        for (int n = 0; n < 50; n += 7) { // some alone, for comparison
            QCOMPARE(Program::run(words(n, "alone")).exitCode, 0);
            const QString ending = QStringList{"pdf", "svg", "png"}[n % 3];
            QVERIFY(bytes(QString("figures/alone%1.%2").arg(n).arg(ending)).size() > 1000);
            QVERIFY(bytes(QString("figures/alone%1.%2").arg(n).arg(ending)) ==
                    bytes(QString("figures/many%1.%2").arg(n).arg(ending)));
        }
    }

    void follow_drawsAtEachNewEpoch_untilTheTrainingEnds()
    {
        test::GrowingRun growing(4);
        QVERIFY(growing.good());
        const QString run = QString::fromStdString(growing.folder().string());
        QProcess follower;
        follower.start(QStringLiteral(NCSCOPE_PROGRAM), {"render", run, "--follow", "-o", path("figures/live.svg")});
        QVERIFY(follower.waitForStarted());
        const auto now = [&] {
            const int code = Program::run({"render", run, "-o", path("figures/now.svg")}).exitCode;
            return code == 0 ? bytes("figures/now.svg") : QByteArray();
        };
        for (int epoch = 0; epoch < 4; ++epoch) {
            if (epoch > 0)
                growing.addEpoch();
            const QByteArray expected = now();
            QVERIFY(expected.size() > 1000);
            QTRY_VERIFY_WITH_TIMEOUT(bytes("figures/live.svg") == expected, 60'000);
            QCOMPARE(follower.state(), QProcess::Running);
        }
        growing.setState(io::RunWriter::State::Finished);
        QVERIFY(growing.good());
        QVERIFY(follower.waitForFinished(60'000));
        QCOMPARE(follower.exitCode(), 0);
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
        for (const QStringList& words : {QStringList{"--view", "tour", "--third", "lambda"},
                                         {"--tour", "1"},
                                         {"--view", "tour", "--tour", "-1"},
                                         {"--view", "tour", "--classes", "0,1,2"}})
            QCOMPARE(Program::run(QStringList{"render", path("runs/b"), "-o", path("wrong.pdf")} + words).exitCode, 2);
    }

    void classes_byRank_areToldInTheCaption()
    {
        const Program made = Program::run(
            {"render", path("runs/b"), "--classes", "median", "--view", "plane", "-o", path("rank.svg"), "--json"});
        QVERIFY2(made.exitCode == 0, made.err);
        QVERIFY2(made.json()["caption"].toString().contains("the median of 4 triples"), made.out);
    }

    void html_isOnePageWithoutANetwork()
    {
        const Program made =
            Program::run({"render", path("runs/b"), "--view", "tetra", "-o", path("b.html"), "--json"});
        QVERIFY2(made.exitCode == 0, made.err);
        QCOMPARE(made.json()["epochs"].toArray().size(), 3);
        const QByteArray page = bytes("b.html");
        QVERIFY(page.startsWith("<!doctype html>") && !page.contains("@DATA@") && !page.contains("http"));
        const qsizetype start = page.indexOf(">", page.indexOf("id=\"data\"")) + 1;
        const QJsonObject data =
            QJsonDocument::fromJson(page.mid(start, page.indexOf("</script>", start) - start)).object();
        QCOMPARE(data["points"].toInt(), 400);
        const QByteArray at = QByteArray::fromBase64(data["epochs"][2]["positions"].toString().toLatin1());
        QCOMPARE(at.size(), qsizetype(400 * 3 * sizeof(float)));
        QCOMPARE(data["epochs"][0]["arrows"].toArray().size(), 4);
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
