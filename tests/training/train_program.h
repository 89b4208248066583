#pragma once

#include <filesystem>

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "io/run_check.h"
#include "io/run_reader.h"

/// ncscope-train under test, and what it leaves behind.
namespace nc::test
{

/// The program as a window or a script runs it.
class Train
{
public:
    /// `processes` > 1: by mpirun, as many of them.
    explicit Train(const QStringList& words, const QStringList& environment = {}, int processes = 1)
    {
        QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
        for (const QString& entry : environment)
            variables.insert(entry.section('=', 0, 0), entry.section('=', 1));
        m_process.setProcessEnvironment(variables);
        const QString program = QStringLiteral(NCSCOPE_TRAIN_PROGRAM);
        if (processes == 1)
            m_process.start(program, words);
        else
            m_process.start("mpirun", QStringList{"--allow-run-as-root", "--oversubscribe", "-n",
                                                  QString::number(processes), program} +
                                          words);
    }

    static bool onManyProcesses()
    {
        Train version({"--version"});
        return version.finish() == 0 && version.out().contains("MPI Open MPI") &&
               !QStandardPaths::findExecutable("mpirun").isEmpty();
    }

    QProcess& process() { return m_process; }

    int finish()
    {
        if (!m_process.waitForFinished(120'000))
            return -1;
        m_out += m_process.readAllStandardOutput();
        m_err += m_process.readAllStandardError();
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -2;
    }

    /// Waits for a protocol line of this type with epoch >= `epoch`.
    bool waitFor(const QString& type, int epoch)
    {
        for (int tries = 0; tries < 1200; ++tries) {
            m_process.waitForReadyRead(100);
            m_out += m_process.readAllStandardOutput();
            for (const QJsonObject& line : lines())
                if (line["type"].toString() == type && line["epoch"].toInt() >= epoch)
                    return true;
        }
        return false;
    }

    [[nodiscard]] QList<QJsonObject> lines() const
    {
        QList<QJsonObject> list;
        for (const QByteArray& line : m_out.split('\n'))
            if (!line.isEmpty())
                list.append(QJsonDocument::fromJson(line).object());
        return list;
    }
    [[nodiscard]] const QByteArray& out() const { return m_out; }
    [[nodiscard]] const QByteArray& err() const { return m_err; }

private:
    QProcess m_process;
    QByteArray m_out, m_err;
};

/// Words of a training of seconds on real images.
inline QStringList tiny(const QString& folder, const QStringList& settings = {})
{
    QStringList words{"--preset", "quick", "-o", folder};
    QStringList all{"epochs=2",
                    "train_samples=800",
                    "probe_samples=100",
                    "recording.clean_train=100",
                    "recording.clean_test=100",
                    "network.widths=8,16",
                    "device=cpu"};
    for (const QString& setting : all + settings)
        words << "--set" << setting;
    return words;
}

inline std::filesystem::path pathOf(const QString& folder)
{
    return folder.toStdString();
}

/// Empty when the run is valid to the last number, else what is wrong.
inline QString faults(const QString& folder)
{
    QString text;
    for (const io::Problem& problem : io::checkRun(pathOf(folder), true).problems)
        text += QString::fromStdString(problem.message) + "\n";
    return text;
}

inline RowMatrixD rowsOf(const RowSource& source)
{
    RowMatrixD rows(source.rows(), source.dim());
    const auto read = source.read(0, rows);
    Q_ASSERT(read);
    return rows;
}

/// Every recorded number of a run, for comparing two.
inline QString compareRuns(const QString& first, const QString& second)
{
    const auto a = io::RunReader::open(pathOf(first)), b = io::RunReader::open(pathOf(second));
    if (!a || !b)
        return "cannot open";
    if (a->epochs() != b->epochs())
        return "other epochs";
    for (const std::int64_t epoch : a->epochs()) {
        if (*a->scalars(epoch) != *b->scalars(epoch))
            return "other scalars in epoch " + QString::number(epoch);
        if ((*a->classifier(epoch))->weight != (*b->classifier(epoch))->weight)
            return "other classifier in epoch " + QString::number(epoch);
        for (const char* split : {"mix", "clean", "test"})
            if (rowsOf(**a->features(epoch, split)) != rowsOf(**b->features(epoch, split)) ||
                rowsOf(**a->logits(epoch, split)) != rowsOf(**b->logits(epoch, split)))
                return "other numbers in epoch " + QString::number(epoch);
    }
    return {};
}

} // namespace nc::test
