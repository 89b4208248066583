#include <set>

#include <QDir>
#include <QImage>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "app/film_writer.h"
#include "app/synthetic_run.h"
#include "tests/app/program.h"
#include "tests/viz/synthetic_scene.h"
#include "viz/scene/scene_tween.h"

using namespace nc;

class TestMovie : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    [[nodiscard]] QString path(const QString& name) const { return m_dir.filePath(name); }

    /// Films the run into a folder of its own; the frames' bytes in order.
    QList<QByteArray> frames(const QString& name, const QStringList& words, const QString& run = "run")
    {
        QDir(m_dir.path()).mkpath(name);
        const Program made = Program::run(QStringList{"movie", path(run), "--size", "320x240", "--fps", "4",
                                                      "--seconds", "2", "-o", path(name + "/f-{frame:03}.png")} +
                                          words);
        QList<QByteArray> list;
        if (made.exitCode != 0)
            qWarning() << made.err;
        for (const QString& file : QDir(path(name)).entryList({"f-*.png"}, QDir::Files, QDir::Name)) {
            QFile picture(path(name + "/" + file));
            if (picture.open(QIODevice::ReadOnly))
                list.append(picture.readAll());
        }
        return list;
    }

private Q_SLOTS:
    void initTestCase()
    {
        app::SyntheticSettings settings;
        settings.classes = 3;
        settings.samples = 400;
        settings.epochs = 3; // and epoch 0
        QVERIFY(app::writeSyntheticRun(path("run").toStdString(), settings));
    }

    void frameNames_countFromThePattern()
    {
        QCOMPARE(app::framePath("a/frame-{frame:05}.png", 12), std::string("a/frame-00012.png"));
        QCOMPARE(app::framePath("{frame}.png", 7), std::string("7.png"));
        QCOMPARE(app::framePath("{frame:2}.png", 1234), std::string("1234.png"));
        QCOMPARE(app::framePath("frame.png", 1), std::string());
    }

    void recordedEpochs_areEachSeenAsLong()
    {
        const auto list = frames("still", {});
        QCOMPARE(list.size(), 8);
        QCOMPARE(QDir(path("still")).entryList(QDir::Files).first(), "f-000.png");
        QCOMPARE(std::set<QByteArray>(list.begin(), list.end()).size(), std::size_t{4});
        QVERIFY(list[0] == list[1] && list[0] != list[2] && list[6] == list[7]);
        QCOMPARE(QImage::fromData(list[0]).size(), QSize(320, 240));
        QCOMPARE(frames("again", {"--threads", "1"}), list);
    }

    void tween_movesBetweenThem()
    {
        const auto list = frames("tween", {"--tween"});
        QCOMPARE(std::set<QByteArray>(list.begin(), list.end()).size(), std::size_t{8});
    }

    void tour_turnsFromFrameToFrame()
    {
        app::SyntheticSettings settings;
        settings.classes = 5;
        settings.samples = 300;
        settings.epochs = 1;
        QVERIFY(app::writeSyntheticRun(path("five").toStdString(), settings));
        const QStringList words{"--view", "tour", "--epoch", "last", "--tour", "0..2"};
        const auto list = frames("tour", words, "five");
        QCOMPARE(std::set<QByteArray>(list.begin(), list.end()).size(), std::size_t{8});
        QCOMPARE(frames("tour again", words + QStringList{"--threads", "1"}, "five"), list);
        QVERIFY(frames("tour elsewhere", words + QStringList{"--tour-seed", "2"}, "five") != list);
    }

    void seenThrough_turnsEverythingAlike()
    {
        scene::SceneModel whole = scene::syntheticScene({4, 30, 30});
        Matrix frame(2, 3);
        frame << 0.6, 0.8, 0, 0, 0, 1;
        const scene::SceneModel seen = scene::seenThrough(whole, frame);
        QVERIFY(scene::validate(seen) && seen.dims == 2 && !seen.regions);
        for (Index r = 0; r < seen.cloud.size(); ++r)
            QVERIFY((seen.cloud.positions.row(r).transpose() -
                     frame.cast<float>() * whole.cloud.positions.row(r).transpose())
                        .norm() < 1e-5F);
        QVERIFY(seen.classifiers[2].tip.isApprox(frame * whole.classifiers[2].tip, 1e-12));
        QVERIFY(seen.theory->curves[0].isApprox(whole.theory->curves[0] * frame.transpose(), 1e-12));
    }

    void between_isHalfWay()
    {
        const scene::SceneModel a = scene::syntheticScene(), other = scene::syntheticScene({.seed = 2});
        scene::SceneModel b = a;
        b.cloud.positions *= 3;
        QVERIFY(scene::between(a, b, 0.5).cloud.positions.isApprox(2 * a.cloud.positions, 1e-6F));
        QVERIFY(scene::between(a, b, 0).cloud.positions == a.cloud.positions);
        QVERIFY(scene::between(a, b, 1).cloud.positions == b.cloud.positions);
        QVERIFY(scene::between(a, other, 0.4).cloud.positions == a.cloud.positions); // other rows: the nearer
    }

    void films_needTheirEncoder()
    {
        const QStringList words{"movie", path("run"), "--size", "320x240", "--fps", "5", "--seconds", "1", "-o"};
        const Program without = Program::run(words + QStringList{path("a.mp4")}, {"PATH=/nowhere"});
        QCOMPARE(without.exitCode, 3);
        QVERIFY(without.err.contains("ffmpeg"));
        if (QStandardPaths::findExecutable("ffmpeg").isEmpty())
            QSKIP("ffmpeg is not installed");
        for (const char* ending : {"mp4", "webm", "gif"}) {
            const QString file = path(QString("a.") + ending);
            const Program made = Program::run(words + QStringList{file});
            QVERIFY2(made.exitCode == 0, made.err);
            QVERIFY(QFileInfo(file).size() > 1000);
        }
        QCOMPARE(QDir(m_dir.path()).entryList({"*.part*"}, QDir::Files).size(), 0);
    }

    void wrongWords_haveTheirExitCode()
    {
        QCOMPARE(Program::run({"movie", path("run"), "-o", path("a.avi")}).exitCode, 2);
        QCOMPARE(Program::run({"movie", path("run"), "-o", path("none/f-{frame}.png")}).exitCode, 3);
        QCOMPARE(Program::run({"movie", path("run"), "--view", "curves", "-o", path("f-{frame}.png")}).exitCode, 2);
        QCOMPARE(Program::run({"movie", path("run"), "--fps", "0", "-o", path("f-{frame}.png")}).exitCode, 2);
    }
};

QTEST_APPLESS_MAIN(TestMovie)
#include "tst_movie.moc"
