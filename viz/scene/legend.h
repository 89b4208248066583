#pragma once

#include <vector>

#include "viz/scene/panel_drawing.h"

namespace nc::scene
{

/// A part of the legend, drawn from (0, 0) to the right and down.
struct LegendBlock {
    QSizeF size;
    std::vector<DrawingItem> items;
};

struct LegendOptions {
    bool listNames = false; ///< w and number beside each class: panels show only these
    bool wide = false;      ///< for a row of blocks: none of them high
    bool reasons = true;    ///< why panels show no theory
};

/// The legend that explains every panel: colours that occur, then names (where panels show only symbols), then line
/// keys. `widthPt`: none is wider; long names are wrapped. Empty where nothing needs explaining.
[[nodiscard]] std::vector<LegendBlock> legendBlocks(const std::vector<FigurePanel>& panels,
                                                    const LegendOptions& options, const PanelStyle& style,
                                                    double widthPt);

/// Blocks one below the other, or side by side in centred rows of at most `widthPt`, as one block.
[[nodiscard]] LegendBlock stackBlocks(std::vector<LegendBlock> blocks, double fontSizePt);
[[nodiscard]] LegendBlock flowBlocks(std::vector<LegendBlock> blocks, double fontSizePt, double widthPt);

/// Moves items by an offset.
void translate(std::vector<DrawingItem>& items, QPointF offset);

} // namespace nc::scene
