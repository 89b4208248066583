#pragma once

#include <QString>

#include "app/figure_output.h"

namespace nc::window
{

/// How the last figure was exported; the next begins there.
struct ExportChoice {
    enum class LengthUnit { Inch, Millimetre, Point };

    std::string preset = "iclr";
    app::FigureFormat format = app::FigureFormat::Pdf;
    LengthUnit unit = LengthUnit::Inch;
    scene::Page page; ///< of the preset, changed where the user did
    scene::ColorBy colorBy = scene::ColorBy::KindLambda;
    scene::Layers layers;
    bool caption = true;
    bool recipe = true; ///< written beside the figure
    QString folder;
};

/// Points of one unit, as the command line has them.
[[nodiscard]] double pointsOf(ExportChoice::LengthUnit unit);

/// From and to the settings file.
[[nodiscard]] ExportChoice readExportChoice();
void writeExportChoice(const ExportChoice& choice);

} // namespace nc::window
