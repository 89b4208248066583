#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <QByteArray>

#include "app/figure_builder.h"

/// A figure as a file, and as the words of the command line that draw it anew.
namespace nc::app
{

enum class FigureFormat { Pdf, Svg, Png };
[[nodiscard]] std::string_view figureEnding(FigureFormat format); ///< "pdf", "svg", "png"
[[nodiscard]] std::optional<FigureFormat> figureFormatOf(const std::filesystem::path& path);

/// The bytes of viz/scene/figure_painter.h; its errors and its demands.
[[nodiscard]] Result<QByteArray> paintFigure(const scene::Figure& figure, FigureFormat format, int threads = 0);

/// Of all its panels and plots.
[[nodiscard]] Index pointsOf(const scene::Figure& figure);

/// Name as --view takes it.
[[nodiscard]] std::string_view viewShapeName(ViewShape shape);

/// Words after the program's name: `render RUN …` draws what buildFigure() draws for this request, byte for byte.
/// Only what differs from the preset's page and from the command's defaults is named. `preset` may be empty.
[[nodiscard]] std::vector<std::string> renderWords(const std::string& run, std::int64_t epoch,
                                                   const FigureRequest& request, const std::string& preset,
                                                   const std::string& output);

/// Of these words those that say how the figure looks, not what it shows: colours, layers, page, title, output.
[[nodiscard]] std::vector<std::string> lookWords(const FigureRequest& request, const std::string& preset,
                                                 const std::string& output);

/// Words as one line for a POSIX shell, quoted where they need it.
[[nodiscard]] std::string shellLine(const std::vector<std::string>& words);

} // namespace nc::app
