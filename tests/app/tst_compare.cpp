#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include "app/synthetic_run.h"
#include "tests/app/program.h"

using namespace nc;

/// `ncscope compare` as a script runs it.
class TestCompare : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    [[nodiscard]] QString path(const QString& name) const { return m_dir.filePath(name); }

private Q_SLOTS:
    void initTestCase()
    {
        for (const int seed : {1, 2}) {
            app::SyntheticSettings settings;
            settings.classes = 3;
            settings.samples = 600;
            settings.epochs = 2;
            settings.seed = static_cast<std::uint64_t>(seed);
            QVERIFY(app::writeSyntheticRun(path("run" + QString::number(seed)).toStdString(), settings));
        }
        QImage picture(80, 60, QImage::Format_RGB32);
        picture.fill(Qt::white);
        QVERIFY(picture.save(path("white.png")));
        for (int x = 10; x < 50; ++x)
            for (int y = 10; y < 30; ++y)
                picture.setPixel(x, y, qRgb(20, 90, 200));
        QVERIFY(picture.save(path("box.png")));
        QVERIFY(picture.scaled(40, 30).save(path("small.png")));
    }

    void pictures_areTheSameOrNot()
    {
        const Program same = Program::run({"compare", path("box.png"), path("box.png"), "--json"});
        QCOMPARE(same.exitCode, 0);
        QCOMPARE(same.json()["distance"].toDouble(), 0.0);
        QVERIFY(same.json()["same"].toBool());
        const Program other =
            Program::run({"compare", path("box.png"), path("white.png"), "--json", "--diff", path("diff.png")});
        QCOMPARE(other.exitCode, 1);
        QVERIFY(other.json()["distance"].toDouble() > 0.3 && !other.json()["same"].toBool());
        QCOMPARE(QImage(path("diff.png")).size(), QSize(80, 60));
        QCOMPARE(Program::run({"compare", path("box.png"), path("white.png"), "--threshold", "2"}).exitCode, 0);
    }

    void picturesOfOtherSizes_areDifferent()
    {
        const Program result = Program::run({"compare", path("box.png"), path("small.png"), "--json"});
        QCOMPARE(result.exitCode, 1);
        QVERIFY(result.json()["distance"].isNull() && !result.json()["same"].toBool());
    }

    void runs_differInConfigurationAndMetrics()
    {
        const Program result = Program::run({"compare", path("run1"), path("run2"), "--json"});
        QCOMPARE(result.exitCode, 0);
        const QJsonArray metrics = result.json()["metrics"].toArray();
        int clean = 0, mixes = 0, different = 0;
        for (const auto& value : metrics) {
            const QJsonObject metric = value.toObject();
            clean += metric["name"] == "nc1.pinv";
            mixes += metric["name"] == "mixup.theory_gap";
            different += metric["a"] != metric["b"];
        }
        QCOMPARE(clean, 1); // on the mix split it is null in both
        QCOMPARE(mixes, 1);
        QVERIFY(different > 5);
        QVERIFY(Program::run({"compare", path("run1"), path("run2")}).out.contains("mixup.theory_gap"));
    }

    void wrongWords_haveTheirExitCode()
    {
        QCOMPARE(Program::run({"compare", path("box.png"), path("run1")}).exitCode, 2);
        QCOMPARE(Program::run({"compare", path("box.png")}).exitCode, 2);
        QCOMPARE(Program::run({"compare", path("box.png"), path("box.png"), "--threshold", "x"}).exitCode, 2);
        QCOMPARE(Program::run({"compare", path("run1"), path("run2"), "--diff", path("d.png")}).exitCode, 2);
        QCOMPARE(Program::run({"compare", path("none.png"), path("box.png")}).exitCode, 1);
        QCOMPARE(Program::run({"compare", path("box.png"), path("white.png"), "--diff", "/nowhere/d.png"}).exitCode, 3);
    }
};

QTEST_APPLESS_MAIN(TestCompare)
#include "tst_compare.moc"
