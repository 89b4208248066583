#include <cmath>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include "app/channel_ridges.h"
#include "core/grand_tour.h"
#include "program.h"

using namespace nc;

namespace
{

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Rows of numbers of a CSV file, without its header.
std::vector<std::vector<double>> numbersOf(const QString& path)
{
    std::vector<std::vector<double>> rows;
    for (const QByteArray& line : bytesOf(path).trimmed().split('\n').mid(1)) {
        rows.emplace_back();
        for (const QByteArray& field : line.split(','))
            rows.back().push_back(field.toDouble());
    }
    return rows;
}

Matrix matrixOf(const QJsonValue& json)
{
    const QJsonArray rows = json.toArray();
    Matrix matrix(rows.size(), rows.empty() ? 0 : rows[0].toArray().size());
    for (Index r = 0; r < matrix.rows(); ++r)
        for (Index c = 0; c < matrix.cols(); ++c)
            matrix(r, c) = rows[r].toArray()[c].toDouble();
    return matrix;
}

} // namespace

/// Every sub-command from outside: what it prints, its exit codes, and that a fault leaves nothing behind.
class CommandsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QString m_run;

    [[nodiscard]] QString path(const QString& name) const { return m_dir.filePath(name); }

private Q_SLOTS:
    void initTestCase()
    {
        m_run = path("run");
        const Program demo = Program::run({"demo", m_run, "--kind", "synthetic", "--classes", "5", "--dim", "12",
                                           "--samples", "800", "--epochs", "4"});
        QVERIFY2(demo.exitCode == 0, demo.err.constData());
        QCOMPARE(demo.out, QByteArray());
    }

    // --- what each prints

    void help_everyCommand_hasTwoExamples_data()
    {
        QTest::addColumn<QString>("command");
        for (const char* name :
             {"info", "check", "metrics", "project", "theory", "render", "grid", "train", "demo", "pack", "unpack"})
            QTest::newRow(name) << name;
    }
    void help_everyCommand_hasTwoExamples()
    {
        QFETCH(QString, command);
        const Program help = Program::run({command, "--help"});
        QCOMPARE(help.exitCode, 0);
        QCOMPARE(help.err, QByteArray());
        const QString text = QString::fromUtf8(help.out);
        QVERIFY2(text.section("Examples", 1).count("ncscope " + command) >= 2, qPrintable(text));
        QVERIFY(Program::run({"--help"}).out.contains(command.toUtf8()));
    }
    void version_namesTheLibraries()
    {
        const Program version = Program::run({"--version"});
        QCOMPARE(version.exitCode, 0);
        for (const char* name : {"ncscope ", "Qt 6", "HDF5 1", "Eigen 3"})
            QVERIFY2(version.out.contains(name), name);
    }
    void info_json_namesWhatIsThere()
    {
        const QJsonObject info = Program::run({"info", m_run, "--json"}).json();
        QCOMPARE(info["format_version"].toInt(), 1);
        QCOMPARE(info["classes"].toArray().size(), 5);
        QCOMPARE(info["epochs"].toArray().size(), 5);
        QVERIFY(info["complete"].toBool());
        QVERIFY(info["bytes"].toDouble() > 100'000);
        const QJsonObject has = info["has"].toObject();
        QVERIFY(has["classifier"].toBool() && has["logits"].toBool() && has["images"].toBool());
        const QJsonArray splits = info["splits"].toArray();
        QCOMPARE(splits.size(), 2);
        const QJsonObject mix = splits[1].toObject();
        QCOMPARE(mix["name"].toString(), QString("train-mix"));
        QCOMPARE(mix["kind"].toString(), QString("mix"));
        QCOMPARE(mix["samples"].toInt(), 800);
        QCOMPARE(mix["layers"].toArray()[0].toObject()["dim"].toInt(), 12);
    }
    void check_goodRun_isValid()
    {
        const Program check = Program::run({"check", m_run, "--deep", "--json"});
        QCOMPARE(check.exitCode, 0);
        QVERIFY(check.json()["valid"].toBool());
    }
    void metrics_json_hasEveryName()
    {
        const QJsonArray epochs =
            Program::run({"metrics", m_run, "--epoch", "last", "--json"}).json()["epochs"].toArray();
        QCOMPARE(epochs.size(), 2); // the first clean and the first mix split
        const QJsonObject clean = epochs[0].toObject(), mix = epochs[1].toObject();
        QCOMPARE(clean["split"].toString(), QString("train"));
        QVERIFY(clean["mixup"].isNull());
        QVERIFY(clean["nc1"].toObject()["pinv"].toDouble() > 0);
        QCOMPARE(clean["calibration"].toObject()["bins"].toInt(), 15);
        QVERIFY(mix["nc1"].toObject()["pinv"].isNull());
        QVERIFY(!mix["unavailable"].toObject()["nc1.pinv"].toString().isEmpty());
        const QJsonObject figures = mix["mixup"].toObject();
        for (const char* name :
             {"cosine_same", "cosine_same_centred", "cosine_same_subspace", "cosine_same_view", "norm_cv_same",
              "off_classifier", "off_pair", "theory_gap", "theory_gap_same", "theory_gap_different", "convexity_gap",
              "arm_ratio", "arm_ratio_theory", "channel_width", "channel_along", "beta", "ln_beta_se", "kappa"})
            QVERIFY2(figures[name].isDouble(), name);
        QVERIFY(figures["valid"].toBool());
        QVERIFY(mix["chance"].toObject()["nc2.weights_etf_error"].isDouble());
    }
    void metrics_csv_oneRowAnEpochAndSplit()
    {
        const Program csv = Program::run({"metrics", m_run, "--csv"});
        const QList<QByteArray> lines = csv.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 1 + 5 * 2);
        QVERIFY(lines[0].startsWith("epoch,split,layer,samples,classes,nc1.pinv,"));
        for (const QByteArray& line : lines)
            QCOMPARE(line.count(','), lines[0].count(','));
    }
    void metrics_perPairAndTriples_areListed()
    {
        const QJsonObject mix = Program::run({"metrics", m_run, "--epoch", "4", "--split", "train-mix", "--per-pair",
                                              "--triples", "--json"})
                                    .json()["epochs"]
                                    .toArray()[0]
                                    .toObject();
        QCOMPARE(mix["pairs"].toArray().size(), 10);
        const QJsonObject triples = mix["triples"].toObject();
        QVERIFY(triples["min"].toObject()["cosine_same_view"].toDouble() <=
                triples["max"].toObject()["cosine_same_view"].toDouble());
        QCOMPARE(triples["median"].toObject()["classes"].toArray().size(), 3);
    }
    void project_csv_hasTheContractsColumns()
    {
        const QString file = path("coordinates.csv");
        const Program project =
            Program::run({"project", m_run, "--classes", "4,0,2", "--epoch", "3,4", "--json", "-o", file});
        QVERIFY2(project.exitCode == 0, project.err.constData());
        const QList<QByteArray> lines = bytesOf(file).trimmed().split('\n');
        QCOMPARE(lines[0], QByteArray("epoch,index,x,y,label_a,label_b,lambda,off_view"));
        QVERIFY(lines.size() > 100);
        for (qsizetype k = 1; k < lines.size(); ++k) {
            const QList<QByteArray> cells = lines[k].split(',');
            QVERIFY(QByteArray("402").contains(cells[4]) && QByteArray("402").contains(cells[5]));
        }
        const QJsonArray bases = project.json()["epochs"].toArray();
        QCOMPARE(bases.size(), 2);
        const QJsonObject basis = bases[1].toObject();
        QCOMPARE(basis["epoch"].toInt(), 4);
        QCOMPARE(basis["B"].toArray().size(), 2);
        QCOMPARE(basis["B"].toArray()[0].toArray().size(), 12);
        QCOMPARE(basis["vertices"].toArray().size(), 3);
        QCOMPARE(basis["projected_classifiers"].toArray().size(), 3);
        QCOMPARE(basis["triple_point"].toArray().size(), 2);
        QVERIFY(basis["fit_error"].toDouble() < 1e-6); // the last epoch's classifier is an exact simplex ETF
    }
    void project_fixedBasis_isPrintedOnce()
    {
        const QJsonObject basis = Program::run({"project", m_run, "--basis-epoch", "last", "--json"}).json();
        QCOMPARE(basis["epoch"].toInt(), 4);
        QVERIFY(basis["B"].isArray());
    }
    /// A frame of the tour shows F y of all K-1 coordinates y: the plane of the figure at the same place.
    void project_tour_seesAllCoordinatesFromItsSides()
    {
        const QString all = path("all.csv"), seen = path("tour.csv");
        const QStringList words{"project", m_run, "--epoch", "4", "--classes", "0,1,2,3,4", "--json"};
        const Program whole = Program::run(words + QStringList{"--all-dims", "-o", all});
        const Program tour =
            Program::run(words + QStringList{"--tour", "0.5..2.5", "--frames", "3", "--tour-seed", "7", "-o", seen});
        QVERIFY2(whole.exitCode == 0 && tour.exitCode == 0, tour.err.constData());
        const QJsonArray sides = tour.json()["epochs"].toArray();
        QCOMPARE(sides.size(), 3);
        const auto rows = numbersOf(all), turned = numbersOf(seen);
        QCOMPARE(turned.size(), 3 * rows.size());
        tour::GrandTour way(Matrix::Identity(2, 4), 7);
        for (qsizetype k = 0; k < 3; ++k) {
            const double distance = 0.5 + static_cast<double>(k);
            const Matrix frame = way.at(distance);
            QCOMPARE(sides[k]["tour"].toDouble(), distance);
            QVERIFY((matrixOf(sides[k]["frame"]) - frame).norm() < 1e-12);
            QVERIFY((matrixOf(sides[k]["B"]) - frame * matrixOf(whole.json()["B"])).norm() < 1e-12);
            QVERIFY(sides[k]["triple_point"].isNull() && !sides[k]["unavailable"]["triple_point"].toString().isEmpty());
            for (std::size_t r = 0; r < rows.size(); r += 50) {
                const std::vector<double>& row = turned[static_cast<std::size_t>(k) * rows.size() + r];
                const Vector shown = frame * Eigen::Map<const Vector>(rows[r].data() + 2, 4);
                QVERIFY(std::hypot(shown[0] - row[2], shown[1] - row[3]) < 1e-9);
                QCOMPARE(row.back(), distance);
                QVERIFY(row[7] >= rows[r][9] - 1e-9); // a plane hides more than all coordinates do
            }
        }
        const QString table = path("render-tour.csv");
        QCOMPARE(Program::run({"render", m_run, "--epoch", "4", "--classes", "0,1,2,3,4", "--view", "tour", "--tour",
                               "0.5", "--tour-seed", "7", "-o", table})
                     .exitCode,
                 0);
        const auto rendered = numbersOf(table);
        QCOMPARE(rendered.size(), rows.size());
        for (std::size_t r = 0; r < rows.size(); ++r) // the first of the three frames, to the last digit
            QVERIFY(rendered[r] == turned[r]);
    }
    /// What --ridge writes is the ridge of what project writes without it.
    void project_ridge_isThatOfTheCoordinates()
    {
        const QString run = path("channels"), samples = path("samples.csv"), lines = path("ridge.csv");
        QCOMPARE(Program::run({"demo", run, "--kind", "synthetic", "--classes", "4", "--dim", "8", "--samples", "3000",
                               "--epochs", "2"})
                     .exitCode,
                 0);
        const QStringList words{"project", run, "--epoch", "1", "--classes", "2,0,3", "-o"};
        QCOMPARE(Program::run(words + QStringList{samples}).exitCode, 0);
        const Program made = Program::run(words + QStringList{lines, "--ridge"});
        QVERIFY2(made.exitCode == 0, made.err.constData());
        QVERIFY(bytesOf(lines).startsWith("epoch,label_a,label_b,lambda,x,y\n"));
        Split split;
        const auto rows = numbersOf(samples);
        RowMatrixD coordinates(static_cast<Index>(rows.size()), 2);
        std::vector<Index> numbers;
        for (std::size_t r = 0; r < rows.size(); ++r) {
            numbers.push_back(static_cast<Index>(r));
            coordinates.row(static_cast<Index>(r)) << rows[r][2], rows[r][3];
            split.labelA.push_back(static_cast<std::int32_t>(rows[r][4]));
            split.labelB.push_back(static_cast<std::int32_t>(rows[r][5]));
            split.lambda.push_back(rows[r][6]);
        }
        const auto ridges = app::channelRidges(split, numbers, coordinates);
        QVERIFY(ridges);
        QCOMPARE(ridges->size(), std::size_t{3});
        const auto written = numbersOf(lines);
        std::size_t line = 0;
        for (const app::ChannelRidge& ridge : *ridges)
            for (std::size_t n = 0; n < ridge.lambda.size(); ++n, ++line) {
                QVERIFY(line < written.size());
                const std::vector<double> expected{1,
                                                   static_cast<double>(ridge.lower),
                                                   static_cast<double>(ridge.upper),
                                                   ridge.lambda[n],
                                                   ridge.points(static_cast<Index>(n), 0),
                                                   ridge.points(static_cast<Index>(n), 1)};
                QVERIFY(written[line] == expected);
            }
        QCOMPARE(line, written.size());
        QVERIFY(line > 3 * 15);
    }
    void project_principalAxes_sayWhatTheyExplain()
    {
        const QString file = path("coordinates.h5");
        const Program project = Program::run(
            {"project", m_run, "--classes", "0,1,2", "--epoch", "4", "--basis", "pca", "--json", "-o", file});
        QVERIFY2(project.exitCode == 0, project.err.constData());
        const QJsonObject basis = project.json();
        QCOMPARE(basis["explained_variance"].toArray().size(), 2);
        QVERIFY(basis["explained_variance"].toArray()[0].toDouble() > 0.3);
        QVERIFY(basis["vertices"].isNull() && basis["fit_error"].isNull() && basis["triple_point"].isNull());
        QVERIFY(bytesOf(file).startsWith("\x89HDF"));
    }
    void metrics_severalRuns_areGrouped()
    {
        const QJsonArray groups =
            Program::run({"metrics", m_run, m_run, "--epoch", "last", "--json"}).json()["groups"].toArray();
        qsizetype runs = 0;
        for (const QJsonValue& group : groups) {
            runs += group["runs"].toArray().size();
            const QJsonValue entry = group["epochs"][0];
            QCOMPARE(entry["runs"].toInteger(), group["runs"].toArray().size());
            QCOMPARE(entry["nc1"]["pinv"]["std"].toDouble(), 0.0); // the same run twice, or once
        }
        QCOMPARE(runs, 2);
        QCOMPARE(Program::run({"metrics", m_run, m_run, "--triples", "--json"}).exitCode, 2);
    }
    void render_everyBasis_isDrawn_data()
    {
        QTest::addColumn<QString>("caption");
        QTest::newRow("classifier") << "classifier";
        QTest::newRow("means") << "class means";
        QTest::newRow("etf") << "ideal simplex ETF";
        QTest::newRow("probe") << "linear probe";
        QTest::newRow("pca") << "principal axes";
    }
    void render_everyBasis_isDrawn()
    {
        QFETCH(QString, caption);
        const QString basis = QString::fromLatin1(QTest::currentDataTag());
        const Program render = Program::run(
            {"render", m_run, "-o", path("basis-" + basis + ".svg"), "--basis", basis, "--classes", "0,1,2", "--json"});
        QVERIFY2(render.exitCode == 0, render.err.constData());
        QVERIFY2(render.json()["caption"].toString().contains(caption), render.out.constData());
        // The rows that project writes lie in the same frame: the figure's own table says so.
        const QString table = path("basis-" + basis + ".csv"), coordinates = path("coordinates-" + basis + ".csv");
        QCOMPARE(Program::run({"render", m_run, "-o", table, "--basis", basis, "--classes", "0,1,2"}).exitCode, 0);
        QCOMPARE(Program::run({"project", m_run, "-o", coordinates, "--basis", basis, "--classes", "0,1,2", "--epoch",
                               "last", "--basis-epoch", "last"})
                     .exitCode,
                 0);
        QCOMPARE(bytesOf(table), bytesOf(coordinates));
    }
    void theory_json_matchesTheClosedForm()
    {
        const QJsonObject answer =
            Program::run({"theory", "--classes", "10", "--beta", "100", "--lambda", "0.5,0.9", "--json"}).json();
        const QJsonObject half = answer["points"].toArray()[0].toObject();
        // docs/maths.md, 4.6
        QVERIFY(std::abs(half["x_i"].toDouble() - 4.054548808617) < 1e-12);
        QVERIFY(std::abs(half["p_rest"].toDouble() - 0.008109097617233) < 1e-14);
        QVERIFY(std::abs(answer["points"].toArray()[1].toObject()["x_j"].toDouble() - 2.439902880977) < 1e-12);
    }
    void theory_run_readsBetaOff()
    {
        const QJsonObject answer = Program::run({"theory", "--run", m_run, "--json"}).json();
        QCOMPARE(answer["classes"].toInt(), 5);
        QVERIFY(std::abs(answer["beta"].toDouble() / 100 - 1) < 0.1); // the synthetic run was put at beta 100
        QVERIFY(std::abs(answer["kappa"].toDouble() - 5) < 1e-4);
    }
    void render_everyFormat_isMadeAndTheSameAgain_data()
    {
        QTest::addColumn<QString>("ending");
        QTest::addColumn<QByteArray>("magic");
        QTest::newRow("pdf") << "pdf" << QByteArray("%PDF-");
        QTest::newRow("svg") << "svg" << QByteArray("<?xml");
        QTest::newRow("png") << "png" << QByteArray("\x89PNG");
    }
    void render_everyFormat_isMadeAndTheSameAgain()
    {
        QFETCH(QString, ending);
        QFETCH(QByteArray, magic);
        const QString first = path("first." + ending), second = path("second." + ending);
        const Program render = Program::run({"render", m_run, "-o", first});
        QVERIFY2(render.exitCode == 0, render.err.constData());
        QVERIFY(bytesOf(first).startsWith(magic));
        const Program again = Program::run({"render", m_run, "-o", second, "--threads", "1"},
                                           {"TZ=Pacific/Auckland", "LC_ALL=de_DE.UTF-8", "HOME=/nonexistent"});
        QCOMPARE(again.exitCode, 0);
        QVERIFY(bytesOf(first) == bytesOf(second));
    }
    void render_png_showsInkOfBothKinds()
    {
        const QString file = path("ink.png");
        QCOMPARE(Program::run({"render", m_run, "--size", "600x500", "-o", file}).exitCode, 0);
        const QImage picture(file);
        QCOMPARE(picture.size(), QSize(600, 500));
        int orange = 0, blue = 0;
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x) {
                const QColor c = picture.pixelColor(x, y);
                orange += c.red() > c.blue() + 60;
                blue += c.blue() > c.red() + 60;
            }
        QVERIFY2(orange > 500, qPrintable(QString::number(orange)));
        QVERIFY2(blue > 500, qPrintable(QString::number(blue)));
    }
    void render_everyView_isMade_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("tetrahedron") << QStringList{"--classes", "0,1,2,3", "--view", "tetra"};
        QTest::newRow("polygon") << QStringList{"--classes", "0,1,2,3,4", "--view", "kgon"};
        QTest::newRow("class means") << QStringList{"--basis", "means"};
        QTest::newRow("ideal frame") << QStringList{"--basis", "etf"};
        QTest::newRow("three dimensions") << QStringList{"--view", "3d"};
        QTest::newRow("off-view norm, regions") << QStringList{"--third", "off-view", "--show", "+regions,+boundaries"};
        for (const char* view : {"kgon", "matrix", "curves", "reliability", "residuals", "lambda"})
            QTest::newRow(view) << QStringList{"--view", view};
        QTest::newRow("clean split") << QStringList{"--split", "train"};
        QTest::newRow("dark") << QStringList{"--theme",      "dark",   "--color-by",
                                             "class-lambda", "--show", "+regions,+boundaries"};
        for (const char* colours : {"pair", "lambda", "kind", "correct", "confidence", "residual"})
            QTest::newRow(colours) << QStringList{"--color-by", colours};
        QTest::newRow("preset") << QStringList{"--preset", "slides", "--title", "Collapse & more"};
        QTest::newRow("bare") << QStringList{"--show", "none", "--transparent"};
    }
    void render_everyView_isMade()
    {
        QFETCH(QStringList, words);
        const Program render =
            Program::run(QStringList{"render", m_run, "-o", path("view.png"), "--dpi", "100"} + words);
        QVERIFY2(render.exitCode == 0, render.err.constData());
        QVERIFY(!QImage(path("view.png")).isNull());
        QFile::remove(path("view.png"));
    }
    void grid_twoRuns_makesRowsAndColumns()
    {
        const Program grid =
            Program::run({"grid", m_run, m_run, "--epochs", "0,2,4", "-o", path("grid.pdf"), "--json"});
        QVERIFY2(grid.exitCode == 0, grid.err.constData());
        QCOMPARE(grid.json()["panels"].toInt(), 6);
    }
    void packAndUnpack_keepTheRun()
    {
        QCOMPARE(Program::run({"pack", m_run, path("packed.h5")}).exitCode, 0);
        QCOMPARE(Program::run({"unpack", path("packed.h5"), path("unpacked")}).exitCode, 0);
        for (const QString& run : {path("packed.h5"), path("unpacked")})
            QCOMPARE(Program::run({"metrics", run, "--csv"}).out, Program::run({"metrics", m_run, "--csv"}).out);
    }
    void train_dryRun_printsTheConfiguration()
    {
        const Program dry = Program::run({"train", "--preset", "quick", "--set", "epochs=7", "--dry-run", "--json"});
        QVERIFY2(dry.exitCode == 0, dry.err.constData());
        QCOMPARE(dry.json()["config"].toObject()["epochs"].toInt(), 7);
        QVERIFY(dry.json()["parameters"].toInt() > 1000);
        QVERIFY(dry.json().contains("seconds_per_epoch")); // null where there is no trainer
    }

    void train_smallRun_isValidAndResumesToItself()
    {
        const QStringList words{"train",
                                "--preset",
                                "quick",
                                "--set",
                                "epochs=1",
                                "--set",
                                "train_samples=256",
                                "--set",
                                "recording.clean_train=50",
                                "--set",
                                "recording.clean_test=50",
                                "--set",
                                "probe_samples=100",
                                "-o",
                                path("trained")};
        const Program train = Program::run(words);
        if (!QFile::exists(QFileInfo(QStringLiteral(NCSCOPE_PROGRAM)).dir().filePath("ncscope-train"))) {
            QCOMPARE(train.exitCode, 3); // built without the trainer: a sentence that says what to do
            QVERIFY2(train.errorLine().contains("./bootstrap build"), train.err.constData());
            return;
        }
        QVERIFY2(train.exitCode == 0, train.err.constData());
        QCOMPARE(Program::run({"check", path("trained"), "--deep"}).exitCode, 0);
        const QByteArray before = bytesOf(path("trained/epochs/000001.h5"));
        QVERIFY(!before.isEmpty());
        QCOMPARE(Program::run({"train", "--resume", "-o", path("trained")}).exitCode, 0);
        QVERIFY(bytesOf(path("trained/epochs/000001.h5")) == before);
    }
    void window_withoutDisplay_isEnvironment()
    {
        for (const QStringList& words : {QStringList(), QStringList{m_run}}) {
            const Program window = Program::run(words);
            QCOMPARE(window.exitCode, 3);
            QVERIFY2(window.errorLine().contains("display"), window.err.constData());
        }
        const Program broken = Program::run({m_run}, {"DISPLAY=:4711"});
        QCOMPARE(broken.exitCode, 3);
        QVERIFY2(broken.errorLine().contains(":4711"), broken.err.constData());
    }

    // --- faults

    void faults_haveTheirExitCode_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const QStringList& words, int code, const char* part) {
            QTest::newRow(name) << words << code << QString(part);
        };
        // RUN and OUT stand for the run and a writable folder.
        row("unknown word", {"frobnicate"}, 2, "unknown command or missing file");
        row("unknown option", {"info", "RUN", "--nonsense"}, 2, "--nonsense");
        row("no operand", {"info"}, 2, "PATH");
        row("too many operands", {"info", "RUN", "RUN"}, 2, "does not know what to do");
        row("missing run", {"info", "/nonexistent/run"}, 1, "/nonexistent/run");
        row("empty folder", {"info", "OUT"}, 1, "OUT");
        row("missing run, check", {"check", "/nonexistent/run"}, 1, "");
        row("epoch not recorded", {"metrics", "RUN", "--epoch", "99"}, 1, "99");
        row("epoch that is no epoch", {"metrics", "RUN", "--epoch", "soon"}, 2, "--epoch");
        row("unknown split", {"metrics", "RUN", "--split", "validation"}, 1, "validation");
        row("unknown layer", {"metrics", "RUN", "--layer", "stem"}, 1, "stem");
        row("unknown class", {"render", "RUN", "--classes", "0,1,Hat", "-o", "OUT/f.pdf"}, 1, "Hat");
        row("class twice", {"project", "RUN", "--classes", "0,1,1", "-o", "OUT/f.csv"}, 2, "twice");
        row("too many classes", {"project", "RUN", "--classes", "0,1,2,3,4", "-o", "OUT/f.csv"}, 2, "kgon");
        row("tour of a plane", {"project", "RUN", "--classes", "0,1,2", "--tour", "1", "-o", "OUT/f.csv"}, 2, "four");
        row("frames of no tour", {"project", "RUN", "--frames", "3", "-o", "OUT/f.csv"}, 2, "--tour");
        row("ridge of samples", {"project", "RUN", "--split", "train", "--ridge", "-o", "OUT/f.csv"}, 1, "mixes");
        row("ridge from a side", {"project", "RUN", "--ridge", "--tour", "1", "-o", "OUT/f.csv"}, 2, "--ridge");
        row("unknown basis epoch", {"project", "RUN", "--basis-epoch", "77", "-o", "OUT/f.csv"}, 1, "77");
        row("unknown ending", {"render", "RUN", "-o", "OUT/f.docx"}, 2, ".docx");
        row("missing output folder", {"render", "RUN", "-o", "OUT/nowhere/f.pdf"}, 3, "nowhere");
        row("plane of four", {"render", "RUN", "--classes", "0,1,2,3", "--view", "plane", "-o", "OUT/f.pdf"}, 2,
            "three");
        row("third axis of four",
            {"render", "RUN", "--classes", "0,1,2,3", "--third", "loss", "--view", "tetra", "-o", "OUT/f.pdf"}, 2,
            "--third");
        row("lambda of no mixes", {"render", "RUN", "--split", "train", "--third", "lambda", "-o", "OUT/f.pdf"}, 1,
            "needs mixes");
        row("matrix of two", {"render", "RUN", "--view", "matrix", "--classes", "0,1", "-o", "OUT/f.pdf"}, 2,
            "3 to 10");
        row("grid of matrices", {"grid", "RUN", "--view", "matrix", "-o", "OUT/f.pdf"}, 2, "one epoch");
        row("reliability of mixes",
            {"render", "RUN", "--view", "reliability", "--split", "train-mix", "-o", "OUT/f.pdf"}, 1, "clean");
        row("residuals of no mixes", {"render", "RUN", "--view", "residuals", "--split", "train", "-o", "OUT/f.pdf"}, 1,
            "mixes");
        row("bad size", {"render", "RUN", "--size", "big", "-o", "OUT/f.png"}, 2, "--size");
        row("bad preset", {"render", "RUN", "--preset", "nature", "-o", "OUT/f.png"}, 2, "iclr");
        row("excluding options", {"render", "RUN", "--size", "100x100", "--width", "3in", "-o", "OUT/f.png"}, 2,
            "exclude");
        row("layer of the picture", {"render", "RUN", "--show", "fog", "-o", "OUT/f.png"}, 2, "fog");
        row("grid, linked and each epoch's own basis",
            {"grid", "RUN", "--link-basis", "--basis-epoch", "same", "-o", "OUT/f.pdf"}, 2, "exclude");
        row("grid, epoch not recorded", {"grid", "RUN", "--epochs", "0,50", "-o", "OUT/f.pdf"}, 1, "50");
        row("render, axes in a polygon", {"render", m_run, "-o", path("f.svg"), "--view", "kgon", "--basis", "pca"}, 2,
            "--view kgon");
        row("theory without beta", {"theory", "--classes", "3"}, 2, "--beta");
        row("theory, beta and gap", {"theory", "--classes", "3", "--beta", "1", "--gap", "2"}, 2, "exclude");
        row("theory, labels that do not sum", {"theory", "--classes", "3", "--beta", "1", "--labels", "1,1,0"}, 2,
            "sum");
        row("theory, one class", {"theory", "--classes", "1", "--beta", "1"}, 2, "--classes");
        row("demo into a folder in use", {"demo", "RUN", "--kind", "synthetic"}, 1, "not empty");
        row("train, unknown preset", {"train", "--preset", "huge", "-o", "OUT/t"}, 2, "huge");
        row("train, unknown key", {"train", "--preset", "quick", "--set", "epoch=1", "-o", "OUT/t"}, 2, "epoch");
        row("train, bad value", {"train", "--preset", "quick", "--set", "epochs=-1", "-o", "OUT/t"}, 2, "epochs");
        row("train, no output", {"train", "--preset", "quick"}, 2, "-o");
        row("train, configuration missing", {"train", "/nonexistent.json", "-o", "OUT/t"}, 1, "nonexistent.json");
    }
    void faults_haveTheirExitCode()
    {
        QFETCH(QStringList, words);
        QFETCH(int, code);
        QFETCH(QString, part);
        QTemporaryDir out;
        words.replaceInStrings("RUN", m_run).replaceInStrings("OUT", out.path());
        part.replace("OUT", out.path());
        const Program plain = Program::run(words);
        QCOMPARE(plain.exitCode, code);
        if (words[0] != "check") {
            QVERIFY2(plain.errorLine().startsWith("ncscope: error: "), plain.err.constData());
            QCOMPARE(plain.errorLine().count('\n'), 0);
            QVERIFY2(plain.errorLine().contains(part), plain.err.constData());
            const Program json = Program::run(words << "--json");
            QCOMPARE(json.exitCode, code);
            const QJsonObject error = json.json()["error"].toObject();
            QCOMPARE(error.keys(), (QStringList{"dataset", "file", "message"}));
            QVERIFY(error["message"].toString().contains(part));
        }
        QCOMPARE(QDir(out.path()).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::Hidden), QStringList());
    }
    void project_withoutOutput_isUsage()
    {
        const Program project = Program::run({"project", m_run});
        QCOMPARE(project.exitCode, 2);
        QVERIFY(project.errorLine().contains("-o"));
    }
    void brokenRun_oneEpoch_leavesTheOthersUsable()
    {
        const QString broken = path("broken");
        QCOMPARE(Program::run({"pack", m_run, path("b.h5")}).exitCode, 0);
        QCOMPARE(Program::run({"unpack", path("b.h5"), broken}).exitCode, 0);
        QFile epoch(broken + "/epochs/000002.h5");
        QVERIFY(epoch.resize(epoch.size() / 3));
        QCOMPARE(Program::run({"metrics", broken, "--epoch", "3"}).exitCode, 0);
        const Program bad = Program::run({"metrics", broken, "--epoch", "2", "--json"});
        QCOMPARE(bad.exitCode, 1);
        QVERIFY(bad.json()["error"].toObject()["file"].toString().endsWith("000002.h5"));
        const Program check = Program::run({"check", broken, "--json"});
        QCOMPARE(check.exitCode, 1);
        QVERIFY(!check.json()["valid"].toBool());
        QCOMPARE(check.json()["problems"].toArray()[0].toObject()["epoch"].toInt(), 2);
        QVERIFY(!Program::run({"info", broken, "--json"}).json()["complete"].toBool());
    }
    void unwritableOutput_isEnvironment()
    {
        const Program render = Program::run({"render", m_run, "-o", "/proc/figure.pdf"});
        QCOMPARE(render.exitCode, 3);
        QVERIFY(render.errorLine().contains("/proc"));
    }
};

QTEST_GUILESS_MAIN(CommandsTest)
#include "tst_commands.moc"
