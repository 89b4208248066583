#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

/// Runs the program as a user's script would and keeps what it said. No DISPLAY: no sub-command needs one.
struct Program {
    int exitCode = -1;
    QByteArray out, err;

    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    [[nodiscard]] QString errorLine() const { return QString::fromUtf8(err).trimmed(); }

    [[nodiscard]] static Program run(const QStringList& words, const QStringList& environment = {})
    {
        QProcess process;
        QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
            variables.remove(QString::fromLatin1(name));
        for (const QString& entry : environment)
            variables.insert(entry.section('=', 0, 0), entry.section('=', 1));
        process.setProcessEnvironment(variables);
        process.start(QStringLiteral(NCSCOPE_PROGRAM), words);
        Program result;
        if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit) {
            result.err = "the program did not end normally: " + process.readAllStandardError();
            return result;
        }
        result.exitCode = process.exitCode();
        result.out = process.readAllStandardOutput();
        result.err = process.readAllStandardError();
        return result;
    }
};
