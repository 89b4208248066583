#pragma once

#include <array>

#include <QFont>
#include <QRawFont>

#include "viz/scene/figure.h"

namespace nc::scene
{

enum class FontFace { Upright, Italic, Strong };

/// The bundled faces of a family. Outlines and advances are the fonts' own, unhinted, so that text is the same on every
/// machine. Needs a QGuiApplication; belongs to the thread that made it (as QRawFont does).
class Fonts
{
public:
    explicit Fonts(FontFamily family);

    /// Sized so that one pixel is one design unit of an em of `emUnits`.
    [[nodiscard]] const QRawFont& raw(FontFace face) const { return m_raw[static_cast<std::size_t>(face)]; }
    static constexpr double emUnits = 1000;

    /// The same face for QPainter::drawText, which PDF embeds.
    [[nodiscard]] QFont font(FontFace face, double sizePt) const;
    [[nodiscard]] FontFamily family() const { return m_family; }
    /// Family name as in the font files.
    [[nodiscard]] QString familyName() const;

private:
    FontFamily m_family;
    std::array<QRawFont, 3> m_raw;
};

} // namespace nc::scene
