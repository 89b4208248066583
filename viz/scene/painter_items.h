#pragma once

#include <QPainter>

#include "viz/scene/drawing.h"

/// What PDF and PNG draw alike with QPainter; the painter's unit is a point.
namespace nc::scene
{

[[nodiscard]] inline QColor qColour(Rgb colour)
{
    return {colour.r, colour.g, colour.b};
}

void paintItem(QPainter& painter, const Stroke& stroke);
void paintItem(QPainter& painter, const Fill& fill);
void paintItem(QPainter& painter, const Disc& disc);
void paintItem(QPainter& painter, const Picture& picture);
void paintItem(QPainter& painter, const ColourBar& bar);

/// The halo around a text's letters, where it has one. The painter stands on the text's baseline.
void paintHalo(QPainter& painter, const Text& text, const QPainterPath& letters);
/// The text as filled outlines, unhinted, the same on every machine.
void paintOutlines(QPainter& painter, const Fonts& fonts, const Text& text);
/// Moves the painter to the start of a text's baseline, turned as it asks.
void standOnBaseline(QPainter& painter, const Text& text);

/// The dots as a picture at `dpi`, on the pixel grid of the page.
[[nodiscard]] Picture rasterised(const Dots& dots, double dpi, int threads);

/// Whether the dots of a figure's page are vectors in a vector file.
[[nodiscard]] bool drawsVectorDots(const Drawing& drawing, const Page& page);
/// The dots without those that nobody sees.
[[nodiscard]] Dots withoutHidden(Dots dots);

} // namespace nc::scene
