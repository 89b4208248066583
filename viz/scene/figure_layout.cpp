#include "viz/scene/figure_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "viz/scene/legend.h"
#include "viz/scene/panel_axes.h"
#include "viz/scene/panel_drawing.h"
#include "viz/scene/plots/plot_layout.h"

namespace nc::scene
{

namespace
{

// Multiples of the font size.
constexpr double titleSize = 1.125;
constexpr double badgeSize = 0.875;
constexpr double figureTitleSize = 1.35;
constexpr double linePitch = 1.3;
constexpr double gutter = 0.9;
constexpr double rowGap = 0.7;
constexpr double titleGap = 0.25;
constexpr double legendGap = 1.4;
constexpr double captionGap = 0.9;
constexpr double narrowestPanel = 7.5; ///< where the layout chooses the columns

constexpr double cellPadPt = 1.6;    ///< dots and casings reach over their centres
constexpr double highestCell = 1.35; ///< times its width
constexpr double smallestCellPt = 20;
constexpr double inkShare =
    0.22; ///< of the scene's rectangle that dots of automatic size would cover, were none hidden
constexpr double smallestDotPt = 0.45, largestDotPt = 1.5;

using Lines = std::vector<TextLine>;

int columnsOf(const Figure& figure)
{
    const auto count = static_cast<int>(figure.panels.size());
    if (figure.columns > 0)
        return std::min(figure.columns, count);
    if (count > 6)
        return static_cast<int>(std::ceil(std::sqrt(count)));
    const double width = (figure.page.widthPt - 2 * figure.page.marginPt) / figure.page.fontSizePt;
    const int most = std::max(1, static_cast<int>(width / narrowestPanel));
    const int rows = (count + most - 1) / most; // a column of a paper takes a strip in two rows
    return (count + rows - 1) / rows;
}

class FigureLayout
{
public:
    FigureLayout(const Figure& figure, Drawing& drawing)
        : m_figure(figure)
        , m_drawing(drawing)
        , m_theme(theme(figure.page.theme))
        , m_em(figure.page.fontSizePt)
        , m_columns(columnsOf(figure))
        , m_rows((static_cast<int>(figure.panels.size()) + m_columns - 1) / m_columns)
        , m_style{m_theme, drawing.fonts, m_em, 1, figure.page.lineScale}
        , m_windows(static_cast<std::size_t>(figure.rowScales ? m_rows : 1))
    {
    }

    Result<void> run()
    {
        projectPanels();
        measureTexts();
        placeLegend(false);
        m_style.lineScale *= lineFactor();
        placeLegend(namesOf() == NameStyle::Symbol && someClassHasName());
        m_names = namesOf();
        measureCells();
        if (m_cell.width() < smallestCellPt || m_cell.height() < smallestCellPt ||
            m_legend.size.height() > m_mostLegend)
            return usageError("Cannot draw the figure: its page is too small for " +
                              std::to_string(m_figure.panels.size()) + " panel(s), their titles and the legend");
        m_style.dotDiameterPt = dotDiameter();
        drawPanels();
        drawTexts();
        drawLegend();
        m_drawing.size = {m_figure.page.widthPt, m_pageHeight};
        return {};
    }

private:
    [[nodiscard]] double innerWidth() const { return m_figure.page.widthPt - 2 * m_figure.page.marginPt; }
    [[nodiscard]] bool legendRight() const { return m_place == LegendPlace::Right && !m_legend.items.empty(); }
    [[nodiscard]] bool legendBelow() const { return m_place == LegendPlace::Below && !m_legend.items.empty(); }

    void projectPanels()
    {
        for (const FigurePanel& panel : m_figure.panels) {
            m_scenes.push_back(projectScene(panel.scene, m_theme));
            const QRectF& bounds = m_scenes.back().bounds;
            widen(m_windows[m_figure.rowScales ? (m_scenes.size() - 1) / static_cast<std::size_t>(m_columns) : 0],
                  bounds);
            const bool axes = panel.scene.layers.has(Layer::Axes) && panel.scene.dims == 2;
            const bool upright = panel.scene.layers.has(Layer::Axes) && panel.scene.third;
            m_hasAxes |= axes;
            m_hasThird |= upright;
            m_hasAxisNames |= axes && !(panel.scene.axisNames[0].empty() && panel.scene.axisNames[1].empty());
            m_hasNames |= panel.scene.layers.has(Layer::Names) && !m_scenes.back().arrows.empty();
        }
        if (m_figure.window)
            m_windows.front() = *m_figure.window;
        for (QRectF& window : m_windows) {
            // A flat scene (two classes) still gets a panel of some height.
            const double least = 0.25 * std::max({window.width(), window.height(), 1e-12});
            const double addX = std::max(0.0, least - window.width()) / 2;
            const double addY = std::max(0.0, least - window.height()) / 2;
            window.adjust(-addX, -addY, addX, addY);
        }
    }
    static void widen(QRectF& window, const QRectF& bounds)
    {
        window = window.isNull() ? bounds : window.united(bounds);
    }
    [[nodiscard]] std::size_t windowOf(std::size_t panel) const
    {
        return m_figure.rowScales ? panel / static_cast<std::size_t>(m_columns) : 0;
    }

    [[nodiscard]] RichText titleOf(std::size_t panel) const
    {
        RichText text;
        if (m_figure.letters && m_rows == 1 && m_figure.panels.size() > 1 && panel < 26)
            text.text(std::string("(") + static_cast<char>('a' + panel) + ") ");
        return text.append(m_figure.panels[panel].title);
    }

    /// Why the theory does not apply, where it is shown nevertheless.
    [[nodiscard]] std::string badgeOf(std::size_t panel) const
    {
        const std::optional<TheoryArms>& theory = m_figure.panels[panel].scene.theory;
        return theory && !m_scenes[panel].theory.empty() ? theory->badge : std::string();
    }

    void measureTexts()
    {
        const double likelyCell = 0.75 * innerWidth() / m_columns;
        for (const RichText& label : m_figure.rowLabels) {
            const bool fits = layoutLine(m_drawing.fonts, label, titleSize * m_em, true).width < 0.9 * likelyCell;
            m_rowLabelLines = std::max(m_rowLabelLines, fits ? 1 : 2);
        }
        m_left = m_rowLabelLines > 0 ? (m_rowLabelLines * linePitch * titleSize + titleGap) * m_em : 0;
        if (m_hasAxes) {
            m_axisLeft = (m_hasAxisNames ? 3.8 : 2.6) * m_em;
            m_axisBottom = (m_hasAxisNames ? 2.6 : 1.4) * m_em;
        }
        if (m_hasThird)
            m_axisLeft = std::max(m_axisLeft, 3.8 * m_em);
        m_left += m_axisLeft;
        m_caption =
            wrapText(m_drawing.fonts, m_figure.showsCaption ? m_figure.caption : RichText(), m_em, innerWidth());
        m_title = wrapText(m_drawing.fonts, m_figure.title, figureTitleSize * m_em, innerWidth(), true);
    }

    /// Decides where the legend stands and how wide the cells become beside it. On a page of little height it gives no
    /// reasons.
    void placeLegend(bool listNames)
    {
        placeLegend(listNames, true);
        if (m_figure.page.heightPt > 0 && m_legend.size.height() > 0.6 * m_figure.page.heightPt)
            placeLegend(listNames, false);
    }
    void placeLegend(bool listNames, bool reasons)
    {
        const auto blocks = [&](double width, bool wide) {
            return legendBlocks(m_figure.panels, {listNames, wide, reasons}, m_style, width);
        };
        m_place = m_figure.page.legend;
        m_legend = stackBlocks(blocks(0.34 * innerWidth(), false), m_em);
        const double rightCell = cellWidthWith(m_legend.size.width() + legendGap * m_em);
        if (m_place == LegendPlace::Auto)
            m_place = rightCell < 7 * m_em ? LegendPlace::Below : LegendPlace::Right;
        if (m_place == LegendPlace::Below)
            m_legend = flowBlocks(blocks(innerWidth(), true), m_em, innerWidth());
        m_cell.setWidth(legendRight() ? rightCell : cellWidthWith(0));
    }

    [[nodiscard]] double cellWidthWith(double legendWidth) const
    {
        return (innerWidth() - m_left - legendWidth - (m_columns - 1) * gutter * m_em) / m_columns;
    }

    /// Large panels carry heavier lines, the small ones of a film strip finer lines.
    [[nodiscard]] double lineFactor() const
    {
        const Page& page = m_figure.page;
        const double side = page.heightPt > 0 ? std::min(m_cell.width(), page.heightPt / m_rows) : m_cell.width();
        return std::clamp(std::sqrt(side / m_em / 17), 0.7, 1.25);
    }

    /// Full names where two of them fit side by side under the picture.
    [[nodiscard]] NameStyle namesOf() const
    {
        double widest = 0;
        for (const FigurePanel& panel : m_figure.panels)
            for (const SceneClass& entry : panel.scene.classes)
                widest = std::max(widest, layoutLine(m_drawing.fonts, arrowName(entry, NameStyle::Full), m_em).width);
        return widest <= 0.42 * m_cell.width() ? NameStyle::Full : NameStyle::Symbol;
    }

    [[nodiscard]] bool someClassHasName() const
    {
        for (const FigurePanel& panel : m_figure.panels)
            for (const SceneClass& entry : panel.scene.classes)
                if (arrowName(entry, NameStyle::Full) != arrowName(entry, NameStyle::Symbol))
                    return m_hasNames;
        return false;
    }

    /// Names stand in the last panel of a row, and wherever the next panel shows other classes.
    [[nodiscard]] NameStyle namesAt(std::size_t panel) const
    {
        const SceneModel& scene = m_figure.panels[panel].scene;
        if (!scene.layers.has(Layer::Names))
            return NameStyle::None;
        const bool last = panel + 1 == m_figure.panels.size() || static_cast<int>(panel) % m_columns == m_columns - 1;
        return last || m_figure.panels[panel + 1].scene.classes != scene.classes ? m_names : NameStyle::None;
    }

    void measureCells()
    {
        const double titleWidth = m_cell.width() + 0.8 * gutter * m_em;
        const double titleHeight = linePitch * titleSize * m_em;
        for (std::size_t i = 0; i < m_figure.panels.size(); ++i)
            m_panelTitles.push_back(wrapText(m_drawing.fonts, titleOf(i), titleSize * m_em, titleWidth, true));
        m_rowTitleHeights.assign(static_cast<std::size_t>(m_rows), 0.0);
        for (std::size_t i = 0; i < m_panelTitles.size(); ++i) {
            double& height = m_rowTitleHeights[i / static_cast<std::size_t>(m_columns)];
            const auto lines = static_cast<double>(m_panelTitles[i].size());
            height = std::max(height, lines * titleHeight + (lines > 0 ? titleGap * m_em : 0));
        }
        m_rowBadgeHeights.assign(static_cast<std::size_t>(m_rows), 0.0);
        for (std::size_t i = 0; i < m_figure.panels.size(); ++i) {
            m_badges.push_back(wrapText(m_drawing.fonts, badgeOf(i), badgeSize * m_em, titleWidth));
            double& height = m_rowBadgeHeights[i / static_cast<std::size_t>(m_columns)];
            height = std::max(height, static_cast<double>(m_badges.back().size()) * linePitch * badgeSize * m_em);
        }
        for (const RichText& label : m_figure.columnLabels)
            m_columnTitles.push_back(wrapText(m_drawing.fonts, label, titleSize * m_em, titleWidth, true));
        std::size_t columnLines = 0;
        for (const Lines& lines : m_columnTitles)
            columnLines = std::max(columnLines, lines.size());

        m_top = m_figure.page.marginPt + (m_title.empty() ? 0 : titleGap * m_em) +
                static_cast<double>(m_title.size()) * linePitch * figureTitleSize * m_em;
        m_cellsTop = m_top + static_cast<double>(columnLines) * titleHeight + (columnLines > 0 ? titleGap * m_em : 0);
        m_below =
            m_axisBottom + (legendBelow() ? legendGap * m_em + m_legend.size.height() : 0) +
            (m_caption.empty() ? 0 : captionGap * m_em + static_cast<double>(m_caption.size()) * linePitch * m_em) +
            m_figure.page.marginPt;
        solveScale();
    }

    /// One scale for all panels: as large as the cells allow.
    void solveScale()
    {
        const bool multiple = m_figure.panels.size() > 1;
        const double padX = cellPadPt + (m_hasNames && !multiple ? 0.5 * m_em : 0);
        const double padY = cellPadPt + (m_hasNames ? (multiple ? 0.3 : 0.9) * m_em : 0);
        const double titles = std::accumulate(m_rowTitleHeights.begin(), m_rowTitleHeights.end(), 0.0);
        const double badges = std::accumulate(m_rowBadgeHeights.begin(), m_rowBadgeHeights.end(), 0.0);
        const double between = titles + badges + (m_rows - 1) * rowGap * m_em;
        double wanted = 0;
        for (const QRectF& window : m_windows) {
            m_scales.push_back((m_cell.width() - 2 * padX) / window.width());
            wanted = std::max(wanted, window.height() * m_scales.back() + 2 * padY);
        }
        if (m_figure.page.heightPt > 0)
            m_cell.setHeight((m_figure.page.heightPt - m_cellsTop - m_below - between) / m_rows);
        else
            m_cell.setHeight(std::min(wanted, highestCell * m_cell.width()));
        for (std::size_t w = 0; w < m_windows.size(); ++w)
            m_scales[w] = std::min(m_scales[w], (m_cell.height() - 2 * padY) / m_windows[w].height());

        m_mostLegend = m_figure.page.heightPt > 0 ? m_figure.page.heightPt : m_legend.size.height();
        if (legendRight() && m_figure.page.heightPt <= 0) // a legend that is higher than its panels gives them room
            m_cell.setHeight(std::max(m_cell.height(), (m_legend.size.height() - between) / m_rows));
        m_pageHeight = m_figure.page.heightPt > 0 ? m_figure.page.heightPt
                                                  : m_cellsTop + between + m_rows * m_cell.height() + m_below;
    }

    [[nodiscard]] double dotDiameter() const
    {
        if (m_figure.page.pointDiameterPt > 0)
            return m_figure.page.pointDiameterPt;
        std::size_t most = 1;
        for (const ProjectedScene& scene : m_scenes)
            most = std::max(most, scene.dots.at.size());
        double area = 0;
        for (std::size_t w = 0; w < m_windows.size(); ++w)
            area = std::max(area, m_windows[w].width() * m_windows[w].height() * m_scales[w] * m_scales[w]);
        const double diameter = std::sqrt(inkShare * area / static_cast<double>(most) * 4 / std::numbers::pi);
        return std::clamp(diameter, smallestDotPt, largestDotPt * m_figure.page.lineScale);
    }

    [[nodiscard]] QRectF cellOf(std::size_t panel) const
    {
        const auto row = static_cast<int>(panel) / m_columns;
        const auto column = static_cast<int>(panel) % m_columns;
        double y = m_cellsTop;
        for (int r = 0; r <= row; ++r)
            y += m_rowTitleHeights[static_cast<std::size_t>(r)] +
                 (r > 0 ? m_rowBadgeHeights[static_cast<std::size_t>(r - 1)] : 0);
        y += row * (m_cell.height() + rowGap * m_em);
        return {QPointF(m_figure.page.marginPt + m_left + column * (m_cell.width() + gutter * m_em), y), m_cell};
    }

    [[nodiscard]] bool isBottom(std::size_t panel) const
    {
        return panel + static_cast<std::size_t>(m_columns) >= m_scenes.size();
    }

    void drawPanels()
    {
        for (std::size_t i = 0; i < m_scenes.size(); ++i) {
            const SceneModel& model = m_figure.panels[i].scene;
            const PanelPlace place{cellOf(i), m_windows[windowOf(i)].center(),
                                   m_scales[windowOf(i)] * model.camera.zoom};
            drawPanel(model, m_scenes[i], place, m_style, namesAt(i), m_drawing.items);
            m_scenes[i].dots = {}; // on the page now; a million of them are not small
            if (model.layers.has(Layer::Axes) && model.dims == 2) {
                const bool left = static_cast<int>(i) % m_columns == 0;
                drawAxes(model, place, m_style, left, isBottom(i), m_drawing.items);
            }
            if (model.layers.has(Layer::Axes) && model.third)
                drawThirdAxis(model, m_scenes[i], place, m_style, static_cast<int>(i) % m_columns == 0,
                              m_drawing.items);
        }
    }

    void addText(const TextLine& line, QPointF baseline, double angleDeg = 0)
    {
        m_drawing.items.emplace_back(Text{line, baseline, m_theme.ink, angleDeg, {}, 0});
    }

    /// Lines centred on x, the last one ending at `bottom`.
    void addCentred(const Lines& lines, double x, double bottom, double pitch)
    {
        double baseline = bottom - 0.28 * pitch - pitch * static_cast<double>(lines.size() - 1);
        for (const TextLine& line : lines) {
            const double most = m_figure.page.widthPt - m_figure.page.marginPt - line.width;
            addText(line, {std::clamp(x - line.width / 2, std::min(m_figure.page.marginPt, most), most), baseline});
            baseline += pitch;
        }
    }

    void drawTexts()
    {
        const double pitch = linePitch * titleSize * m_em;
        const double titlePitch = linePitch * figureTitleSize * m_em;
        if (!m_title.empty())
            addCentred(m_title, m_figure.page.widthPt / 2,
                       m_figure.page.marginPt + static_cast<double>(m_title.size()) * titlePitch, titlePitch);
        for (std::size_t i = 0; i < m_panelTitles.size(); ++i)
            if (!m_panelTitles[i].empty())
                addCentred(m_panelTitles[i], cellOf(i).center().x(), cellOf(i).top() - titleGap * m_em, pitch);
        for (std::size_t i = 0; i < m_badges.size(); ++i)
            drawBadge(m_badges[i], cellOf(i), isBottom(i));
        for (std::size_t c = 0; c < m_columnTitles.size() && c < static_cast<std::size_t>(m_columns); ++c)
            if (!m_columnTitles[c].empty())
                addCentred(m_columnTitles[c], cellOf(c).center().x(), m_cellsTop - titleGap * m_em, pitch);
        for (std::size_t r = 0; r < m_figure.rowLabels.size() && r < static_cast<std::size_t>(m_rows); ++r)
            drawRowLabel(m_figure.rowLabels[r], cellOf(r * static_cast<std::size_t>(m_columns)));
        double baseline = m_pageHeight - m_figure.page.marginPt - 0.28 * linePitch * m_em -
                          static_cast<double>(m_caption.size()) * linePitch * m_em;
        for (const TextLine& line : m_caption)
            addText(line, {m_figure.page.marginPt, baseline += linePitch * m_em});
    }

    void drawBadge(const Lines& lines, const QRectF& cell, bool belowNumbers)
    {
        double baseline = cell.bottom() + (belowNumbers ? m_axisBottom : 0);
        for (const TextLine& line : lines) {
            baseline += linePitch * badgeSize * m_em;
            m_drawing.items.emplace_back(Text{line,
                                              {cell.center().x() - line.width / 2, baseline - 0.28 * badgeSize * m_em},
                                              m_theme.warn,
                                              0,
                                              {},
                                              0});
        }
    }

    /// Turned, centred beside its row, in as many lines as there is room for; shrunk where even so it is longer than
    /// the row is high.
    void drawRowLabel(const RichText& label, const QRectF& cell)
    {
        double size = titleSize * m_em;
        const double room = m_cell.height();
        Lines lines = wrapText(m_drawing.fonts, label, size, room, true);
        while (size > 0.5 * m_em && (std::ssize(lines) > m_rowLabelLines || widest(lines) > room)) {
            size *= 0.95;
            lines = wrapText(m_drawing.fonts, label, size, room, true);
        }
        const double pitch = linePitch * size;
        double right = cell.left() - m_axisLeft - titleGap * m_em - 0.28 * pitch;
        for (auto line = lines.rbegin(); line != lines.rend(); ++line, right -= pitch)
            addText(*line, {right, cell.center().y() + line->width / 2}, 90);
    }
    static double widest(const Lines& lines)
    {
        double width = 0;
        for (const TextLine& line : lines)
            width = std::max(width, line.width);
        return width;
    }

    void drawLegend()
    {
        if (m_legend.items.empty())
            return;
        QPointF at(m_figure.page.marginPt,
                   cellOf(m_scenes.size() - 1).bottom() + m_rowBadgeHeights.back() + m_axisBottom + legendGap * m_em);
        if (legendRight()) {
            const double middle = (cellOf(0).top() + cellOf(m_scenes.size() - 1).bottom()) / 2;
            const double lowest = m_pageHeight - m_below - m_legend.size.height();
            at = {m_figure.page.widthPt - m_figure.page.marginPt - m_legend.size.width(),
                  std::max(m_top, std::min(lowest, middle - m_legend.size.height() / 2))};
        }
        translate(m_legend.items, at);
        std::move(m_legend.items.begin(), m_legend.items.end(), std::back_inserter(m_drawing.items));
    }

    const Figure& m_figure;
    Drawing& m_drawing;
    const Theme& m_theme;
    double m_em;
    int m_columns, m_rows;
    PanelStyle m_style;

    std::vector<ProjectedScene> m_scenes;
    std::vector<QRectF> m_windows; ///< what every panel of a row shows, or of all, in scene units, y up
    bool m_hasAxes = false, m_hasThird = false, m_hasAxisNames = false, m_hasNames = false;
    NameStyle m_names = NameStyle::None;
    LegendPlace m_place = LegendPlace::Right;
    LegendBlock m_legend;
    Lines m_title, m_caption;
    std::vector<Lines> m_panelTitles, m_columnTitles;
    std::vector<Lines> m_badges;
    std::vector<double> m_rowTitleHeights, m_rowBadgeHeights;

    QSizeF m_cell{0, 0};
    std::vector<double> m_scales; ///< of each window, points a scene unit
    int m_rowLabelLines = 0;
    double m_left = 0, m_axisLeft = 0, m_axisBottom = 0;
    double m_top = 0, m_cellsTop = 0, m_below = 0, m_pageHeight = 0, m_mostLegend = 0;
};

Result<void> checkPage(const Page& page)
{
    const auto positive = [](double value) { return std::isfinite(value) && value > 0; };
    if (!positive(page.widthPt) || !(std::isfinite(page.heightPt) && page.heightPt >= 0) ||
        !positive(page.fontSizePt) || !positive(page.dpi) || !positive(page.lineScale) ||
        !(page.pointDiameterPt >= 0) || !(page.marginPt >= 0))
        return usageError("Cannot draw the figure: the page's width, font size, line scale and dpi must be positive");
    return {};
}

} // namespace

Result<Drawing> layoutFigure(const Figure& figure)
{
    if (figure.panels.empty() == figure.plots.empty())
        return usageError("Cannot draw the figure: it has no panels, or both scenes and plots");
    if (const auto sound = checkPage(figure.page); !sound)
        return sound.error();
    for (const FigurePanel& panel : figure.panels)
        if (const auto sound = validate(panel.scene); !sound)
            return sound.error();
    Drawing drawing{{}, {}, Fonts(figure.page.family), {}};
    if (!figure.page.transparent)
        drawing.background = theme(figure.page.theme).canvas;
    if (!figure.plots.empty()) {
        if (const auto done = layoutPlots(figure, drawing); !done)
            return done.error();
        return drawing;
    }
    if (const auto done = FigureLayout(figure, drawing).run(); !done)
        return done.error();
    return drawing;
}

} // namespace nc::scene
