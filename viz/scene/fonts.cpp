#include "viz/scene/fonts.h"

#include <QFile>
#include <QFontDatabase>

#include "viz/scene/resources.h"

namespace nc::scene
{

namespace
{

const char* fileName(FontFamily family, FontFace face)
{
    if (family == FontFamily::Serif) // has no middle weight: titles stand out by size
        return face == FontFace::Italic ? "NCScopeSerif-Italic" : "NCScopeSerif-Regular";
    switch (face) {
    case FontFace::Italic:
        return "NCScopeUI-Italic";
    case FontFace::Strong:
        return "NCScopeUI-Medium";
    case FontFace::Upright:
        break;
    }
    return "NCScopeUI-Regular";
}

QByteArray fontBytes(FontFamily family, FontFace face)
{
    initResources();
    QFile file(QStringLiteral(":/nc/fonts/%1.otf").arg(QLatin1String(fileName(family, face))));
    (void)file.open(QIODevice::ReadOnly); // compiled in: cannot fail
    return file.readAll();
}

constexpr FontFace faces[] = {FontFace::Upright, FontFace::Italic, FontFace::Strong};

} // namespace

void registerFonts()
{
    static const bool registered = [] {
        for (const FontFamily family : {FontFamily::Serif, FontFamily::Sans})
            for (const FontFace face : faces)
                if (family == FontFamily::Sans || face != FontFace::Strong)
                    QFontDatabase::addApplicationFontFromData(fontBytes(family, face));
        return true;
    }();
    (void)registered;
}

Fonts::Fonts(FontFamily family)
    : m_family(family)
{
    for (const FontFace face : faces)
        m_raw[static_cast<std::size_t>(face)] = QRawFont(fontBytes(family, face), emUnits, QFont::PreferNoHinting);
}

QString Fonts::familyName() const
{
    return m_family == FontFamily::Serif ? QStringLiteral("NCScope Serif") : QStringLiteral("NCScope UI");
}

QFont Fonts::font(FontFace face, double sizePt) const
{
    registerFonts();
    QFont font(familyName());
    font.setPointSizeF(sizePt);
    font.setItalic(face == FontFace::Italic);
    font.setWeight(face == FontFace::Strong && m_family == FontFamily::Sans ? QFont::Medium : QFont::Normal);
    font.setHintingPreference(QFont::PreferNoHinting);
    font.setStyleStrategy(QFont::NoFontMerging);
    return font;
}

} // namespace nc::scene
