#include <memory>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

/// What the paper claims, in numbers and on real pictures: the preset `quick` (four classes of FashionMNIST, ten
/// epochs) and its twins on three seeds each, the same probe for all, measured by `ncscope metrics` after the last
/// epoch.
class TestContrasts : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QJsonObject m_mixup, m_plain, m_squared; ///< name -> {mean, std} over the seeds

    std::unique_ptr<QProcess> startSweep(const QString& preset)
    {
        QFile file(m_dir.filePath(preset + ".json"));
        if (file.open(QIODevice::WriteOnly))
            file.write(QStringLiteral(R"({"preset": "%1", "grid": {"seed": [0, 1, 2]}})").arg(preset).toUtf8());
        auto process = std::make_unique<QProcess>();
        process->setProcessChannelMode(QProcess::MergedChannels);
        process->start(QStringLiteral(NCSCOPE_TRAIN_PROGRAM),
                       {"sweep", file.fileName(), "-o", m_dir.filePath(preset), "--device", "cpu"});
        return process;
    }

    /// The mixup figures of the last epoch, over the seeds of a sweep.
    QJsonObject figures(const QString& preset)
    {
        QStringList words{"metrics"};
        for (int seed = 0; seed < 3; ++seed)
            words << m_dir.filePath(preset + "/seed-" + QString::number(seed));
        QProcess process;
        process.start(QStringLiteral(NCSCOPE_PROGRAM), words + QStringList{"--epoch", "last", "--json"});
        process.waitForFinished(120'000);
        const QJsonObject document = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        const QJsonObject group = document["groups"].toArray().at(0).toObject();
        for (const auto& entry : group["epochs"].toArray())
            if (entry.toObject()["mixup"].isObject() && group["runs"].toArray().size() == 3)
                return entry.toObject()["mixup"].toObject();
        return {};
    }

    static double mean(const QJsonObject& figures, const char* name)
    {
        return figures[name].toObject()["mean"].toDouble(qQNaN());
    }

private Q_SLOTS:
    void initTestCase()
    {
        std::vector<std::unique_ptr<QProcess>> sweeps;
        for (const char* preset : {"quick", "quick-erm", "quick-mse"})
            sweeps.push_back(startSweep(preset)); // side by side, one thread each
        for (const auto& sweep : sweeps)
            QVERIFY2(sweep->waitForFinished(1'700'000) && sweep->exitCode() == 0, sweep->readAll().constData());
        m_mixup = figures("quick");
        m_plain = figures("quick-erm");
        m_squared = figures("quick-mse");
        for (const auto& [name, arm] : {std::pair{"mixup", m_mixup}, {"plain", m_plain}, {"squared error", m_squared}})
            for (const char* figure : {"theory_gap_different", "channel_width", "arm_ratio", "arm_ratio_theory"})
                qInfo("%s: %s %.3f +- %.3f", name, figure, mean(arm, figure), arm[figure].toObject()["std"].toDouble());
    }

    // The bounds are those of docs/experiments.md.
    void mixes_lieCloserToTheTheoryThanWithoutMixup()
    {
        QVERIFY(mean(m_mixup, "theory_gap_different") <= 0.75 * mean(m_plain, "theory_gap_different"));
    }
    void channels_areNarrowerThanWithoutMixup()
    {
        QVERIFY(mean(m_mixup, "channel_width") <= 0.5 * mean(m_plain, "channel_width"));
    }
    void arms_bulgeWithCrossEntropyAlone()
    {
        QVERIFY(std::abs(mean(m_mixup, "arm_ratio") - mean(m_mixup, "arm_ratio_theory")) <= 0.15);
        QVERIFY(std::abs(mean(m_squared, "arm_ratio") - 0.5) <= 0.05);
        QVERIFY(mean(m_plain, "arm_ratio") < 0.55);
    }
};

QTEST_GUILESS_MAIN(TestContrasts)
#include "tst_contrasts.moc"
