#include <cmath>

#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include "program.h"

namespace
{

/// Dotted names of all values of an entry of metrics, lists left whole.
QMap<QString, QJsonValue> flattened(const QJsonObject& object, const QString& before = {})
{
    QMap<QString, QJsonValue> values;
    for (const QString& key : object.keys()) {
        if (key == "unavailable")
            continue;
        if (object[key].isObject())
            values.insert(flattened(object[key].toObject(), before + key + "."));
        else
            values.insert(before + key, object[key]);
    }
    return values;
}

QStringList nulls(const QJsonObject& entry)
{
    QStringList names;
    const QMap<QString, QJsonValue> values = flattened(entry);
    for (const QString& name : values.keys())
        if (values[name].isNull())
            names << name;
    for (const QJsonValue& pair : entry["pairs"].toArray())
        for (const QString& name : pair.toObject().keys())
            if (pair[name].isNull())
                names << QString("pairs.%1.%2.%3").arg(pair["i"].toInt()).arg(pair["j"].toInt()).arg(name);
    names.sort();
    return names;
}

} // namespace

/// What metrics, project and theory print, name by name.
class FiguresAsTextTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    /// A run with eight mixes: too few for channels and for most pairs.
    QString m_run = m_dir.filePath("few, \"all\" of them");

    [[nodiscard]] QJsonArray entries(const QStringList& options) const
    {
        return Program::run(QStringList{"metrics", m_run, "--json"} + options).json()["epochs"].toArray();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const Program demo = Program::run(
            {"demo", m_run, "--kind", "synthetic", "--classes", "4", "--dim", "6", "--samples", "8", "--epochs", "1"});
        QVERIFY2(demo.exitCode == 0, demo.err.constData());
    }

    void metrics_csv_hasTheNamesAndValuesOfTheJson()
    {
        const QJsonArray json = entries({});
        const QList<QByteArray> lines = Program::run({"metrics", m_run, "--csv"}).out.trimmed().split('\n');
        QCOMPARE(lines.size(), 1 + json.size());
        const QList<QByteArray> header = lines[0].split(',');
        QCOMPARE(header.mid(0, 5).join(','), QByteArray("epoch,split,layer,samples,classes"));
        QCOMPARE(header.last(), QByteArray("chance.nc2.weights_cos_std"));
        for (qsizetype n = 0; n < json.size(); ++n) {
            const QMap<QString, QJsonValue> values = flattened(json[n].toObject());
            const QList<QByteArray> fields = lines[n + 1].split(',');
            QCOMPARE(fields.size(), header.size());
            const bool mix = !json[n]["mixup"].isNull();
            QCOMPARE(values.size(), header.size() - (mix ? 0 : 18)); // on a clean split `mixup` is null as a whole
            for (qsizetype k = 0; k < header.size(); ++k) {
                const QJsonValue value = values[header[k]];
                if (value.isDouble())
                    QCOMPARE(fields[k].toDouble(), value.toDouble());
                else
                    QCOMPARE(QString(fields[k]),
                             value.isBool() ? (value.toBool() ? "true" : "false") : value.toString());
            }
        }
    }

    void metrics_everyNull_hasAReason()
    {
        qsizetype count = 0;
        for (const QJsonValue& entry : entries({"--per-pair", "--triples"})) {
            const QJsonObject reasons = entry["unavailable"].toObject();
            QStringList named = reasons.keys();
            if (entry["mixup"]["valid"].isBool())
                named.removeAll("mixup.valid"); // says why it is false
            QCOMPARE(named, nulls(entry.toObject()));
            count += named.size();
            for (const QString& name : named)
                QVERIFY2(!reasons[name].toString().isEmpty(), qPrintable(name));
        }
        QVERIFY(count > 20);
    }

    void metrics_groupsAsCsv_quoteTheirPaths()
    {
        const QList<QByteArray> lines =
            Program::run({"metrics", m_run, m_run, "--epoch", "last", "--csv"}).out.trimmed().split('\n');
        QVERIFY(lines.size() >= 3);
        QByteArray quoted = m_run.toUtf8();
        quoted = '"' + quoted.replace("\"", "\"\"") + '"';
        for (const QByteArray& line : lines.mid(1)) {
            QVERIFY2(line.startsWith(quoted + ","), line.constData());
            QCOMPARE(line.mid(quoted.size()).count(','), lines[0].count(','));
        }
    }

    void project_everyNull_hasAReason_data()
    {
        QTest::addColumn<QString>("basis");
        QTest::addColumn<QStringList>("absent");
        QTest::newRow("classifier") << "classifier" << QStringList();
        QTest::newRow("means") << "means" << QStringList{"triple_point"};
        QTest::newRow("etf") << "etf" << QStringList{"triple_point"};
        QTest::newRow("kgon") << "kgon" << QStringList{"triple_point"};
        QTest::newRow("pca") << "pca" << QStringList{"fit_error", "triple_point", "vertices"};
    }
    void project_everyNull_hasAReason()
    {
        QFETCH(QString, basis);
        QFETCH(QStringList, absent);
        const Program project =
            Program::run({"project", m_run, "--classes", "0,1,2", "--epoch", "last", "--basis", basis, "--json"});
        QVERIFY2(project.exitCode == 0, project.err.constData());
        QCOMPARE(nulls(project.json()), absent);
        QCOMPARE(project.json()["unavailable"].toObject().keys(), absent);
    }

    void theory_squaredError_servesEveryTarget()
    {
        const double beta = 4, scale = beta / (1 + beta);
        const auto points = [&](const QStringList& options) {
            return Program::run(QStringList{"theory", "--classes", "3", "--beta", "4", "--loss", "mse", "--json"} +
                                options)
                .json();
        };
        const QJsonObject same = points({"--target", "same", "--lambda", "0.2,0.7"});
        for (const QJsonValue& point : same["points"].toArray()) {
            QVERIFY(std::abs(point["x_i"].toDouble() - scale) < 1e-15);
            QCOMPARE(point["x_j"].toDouble(), 0.0);
            QVERIFY(std::abs(point["norm"].toDouble() - scale * std::sqrt(2.0 / 3)) < 1e-15);
            QVERIFY(point["p_i"].isNull());
        }
        QVERIFY(!same["unavailable"]["points.p_i"].toString().isEmpty());
        const QJsonObject smooth = points({"--target", "label-smoothing:0.3", "--steps", "2"});
        QVERIFY(std::abs(smooth["points"][0]["x_i"].toDouble() - 0.7 * scale) < 1e-15);
        const QJsonObject label = points({"--labels", "0.5,0.25,0.25"});
        QVERIFY(label["points"][0]["p"].isNull());
        QVERIFY(!label["unavailable"]["points.p"].toString().isEmpty());
        // 1/2|z-t|^2 + |z|^2/(2 beta) at z = scale (t - 1/3), |t - 1/3|^2 = 1/24.
        const double squared = 1.0 / 24, expected = 0.5 * ((1 - scale) * (1 - scale) * squared + 1.0 / 3) +
                                                    scale * scale * squared / (2 * beta);
        QVERIFY(std::abs(label["points"][0]["objective"].toDouble() - expected) < 1e-15);
    }

    void theory_run_scalesEveryNormByItsKappa()
    {
        const QString run = m_dir.filePath("run");
        QCOMPARE(Program::run({"demo", run, "--kind", "synthetic", "--samples", "800", "--epochs", "2"}).exitCode, 0);
        for (const char* loss : {"ce", "mse"}) {
            const QJsonObject own =
                Program::run({"theory", "--run", run, "--loss", loss, "--lambda", "0.8", "--json"}).json();
            const QString beta = QString::number(own["beta"].toDouble(), 'g', 17);
            const QJsonObject unit =
                Program::run({"theory", "--classes", "10", "--beta", beta, "--loss", loss, "--lambda", "0.8", "--json"})
                    .json();
            const double ratio = unit["points"][0]["norm"].toDouble() / own["points"][0]["norm"].toDouble();
            QVERIFY(std::abs(ratio * ratio / own["kappa"].toDouble() - 1) < 1e-12);
        }
    }
};

QTEST_GUILESS_MAIN(FiguresAsTextTest)
#include "tst_figures_as_text.moc"
