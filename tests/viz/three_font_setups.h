#pragma once

#include <QDir>
#include <QFile>
#include <QStringList>

namespace nc::test
{

/// FONTCONFIG_FILE of three machines: one without any font, one that smooths nothing, hints everything, makes all bold
/// and takes Courier's kin for every family, and the one this is (empty).
inline QStringList threeFontSetups(const QDir& folder)
{
    const auto written = [&](const char* name, const char* body) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        if (file.open(QIODevice::WriteOnly))
            file.write(QByteArray("<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig>") +
                       body + "</fontconfig>");
        return file.fileName();
    };
    const char* contrary = R"(
        <dir>/usr/share/fonts</dir>
        <match target="pattern">
            <edit name="family" mode="prepend" binding="strong"><string>monospace</string></edit>
            <edit name="antialias" mode="assign"><bool>false</bool></edit>
            <edit name="hintstyle" mode="assign"><const>hintfull</const></edit>
            <edit name="rgba" mode="assign"><const>rgb</const></edit>
        </match>
        <match target="font">
            <edit name="embolden" mode="assign"><bool>true</bool></edit>
            <edit name="antialias" mode="assign"><bool>false</bool></edit>
            <edit name="autohint" mode="assign"><bool>true</bool></edit>
        </match>)";
    return {written("none.conf", ""), written("contrary.conf", contrary), QString()};
}

} // namespace nc::test
