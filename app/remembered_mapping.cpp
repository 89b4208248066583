#include "app/remembered_mapping.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QSettings>

namespace nc::app
{

namespace
{

QString fileName()
{
    return QFileInfo(QSettings().fileName()).dir().filePath(QStringLiteral("mappings.json"));
}

QJsonObject readAll()
{
    QFile file(fileName());
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

} // namespace

std::optional<io::ForeignMapping> rememberedMapping(const QString& path)
{
    const QJsonObject all = readAll();
    if (!all.contains(path))
        return {};
    const QByteArray text = QJsonDocument(all[path].toObject()).toJson();
    const Result<io::ForeignMapping> mapping = io::ForeignMapping::fromJson(text.toStdString());
    return mapping ? std::optional(*mapping) : std::nullopt;
}

void rememberMapping(const QString& path, const io::ForeignMapping& mapping)
{
    QJsonObject all = readAll();
    all[path] = QJsonDocument::fromJson(QByteArray::fromStdString(mapping.toJson())).object();
    QDir().mkpath(QFileInfo(fileName()).path());
    QSaveFile file(fileName());
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QJsonDocument(all).toJson());
        file.commit();
    }
}

} // namespace nc::app
