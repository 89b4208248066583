#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace nc::scene
{

enum class ThemeMode { Light, Dark };

/// sRGB, 8 bits a channel, opaque.
struct Rgb {
    std::uint8_t r = 0, g = 0, b = 0;
    bool operator==(const Rgb&) const = default;
};

/// `t` of the way from `a` to `b`, per channel in sRGB.
[[nodiscard]] Rgb mix(Rgb a, Rgb b, double t);
/// WCAG contrast ratio, 1 to 21.
[[nodiscard]] double contrast(Rgb a, Rgb b);

/// A colour scale: stops spaced evenly over [0, 1], linear between them.
struct Ramp {
    std::vector<Rgb> stops;
    [[nodiscard]] Rgb at(double t) const; ///< t is clamped to [0, 1]
};

/// One theme as resources/theme.json has it; every colour of the program stands there once.
struct Theme {
    ThemeMode mode = ThemeMode::Light;
    Rgb bg, panel, raised, control, hover, border, line, canvas;
    Rgb text, text2, text3; ///< text3 also for edges of the ideal simplex and classes without a colour
    Rgb accent, fill, tint, ok, warn, err, errbg;
    Rgb ink;                        ///< classifier arrows, theory curves; their casing is `canvas`
    std::vector<Rgb> classes;       ///< 20, in order of choice; beyond them text3
    Ramp lambda;                    ///< λ from 0 to 1
    Ramp sameKind;                  ///< |2λ-1| from 0 to 1, mixes within a class
    Ramp differentKind;             ///< |2λ-1| from 0 to 1, mixes of two classes
    Ramp reproSame, reproDifferent; ///< the same, in the colours of the public reproduction
    Ramp residual;                  ///< from below through none to above
    std::vector<Rgb> runs;          ///< run A, B, C, D

    /// Colour of the class chosen as number `slot` (0-based); text3 below 0 and beyond the list.
    [[nodiscard]] Rgb classColour(int slot) const;
    int paleSlot = -1; ///< the class colour too pale to stand on the canvas alone, drawn with a rim; -1: none
    Rgb paleRim;
};

/// Read once from the bundled file; the same object for the life of the program. Thread-safe.
[[nodiscard]] const Theme& theme(ThemeMode mode);

} // namespace nc::scene
