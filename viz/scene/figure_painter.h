#pragma once

#include <QByteArray>
#include <QSizeF>

#include "core/result.h"
#include "viz/scene/figure.h"

/// A figure as a file's bytes. Needs a QGuiApplication (platform "offscreen" is enough: no display, no system fonts).
/// The same figure gives the same bytes whatever the time zone, locale, HOME and number of threads; there are no dates
/// in the files. `threads` 0 means one for each core. Errors (Usage): a page too small for its content, no panels;
/// (Data): a scene whose shapes do not fit together or whose coordinates are not finite.
namespace nc::scene
{

/// One page; fonts embedded, text can be selected and searched.
[[nodiscard]] Result<QByteArray> paintPdf(const Figure& figure, int threads = 0);
/// SVG 1.1; text as outlines unless Page::svgTextAsText.
[[nodiscard]] Result<QByteArray> paintSvg(const Figure& figure, int threads = 0);
/// widthPt x dpi / 72 pixels wide, antialiased, with its resolution noted.
[[nodiscard]] Result<QByteArray> paintPng(const Figure& figure, int threads = 0);

/// Size of the page in points once heightPt = 0 has been worked out.
[[nodiscard]] Result<QSizeF> pageSize(const Figure& figure);

} // namespace nc::scene
