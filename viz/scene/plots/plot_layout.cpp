#include "viz/scene/plots/plot_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <QPolygonF>

#include "viz/scene/clip.h"
#include "viz/scene/label_placement.h"
#include "viz/scene/legend.h"
#include "viz/scene/plots/axis_scale.h"
#include "viz/scene/projected_scene.h"

namespace nc::scene
{

namespace
{

// Multiples of the font size.
constexpr double titleSize = 1.125;
constexpr double figureTitleSize = 1.35;
constexpr double numberSize = 0.875;
constexpr double linePitch = 1.3;
constexpr double gutter = 1.4;
constexpr double rowGap = 0.8;
constexpr double titleGap = 0.35;
constexpr double legendGap = 1.1;
constexpr double captionGap = 0.9;
constexpr double narrowestPlot = 11; ///< where the number of columns is free
constexpr double sampleWidth = 2.1;

constexpr double frameRatio = 0.72, wideRatio = 0.5; ///< height to width: of plots side by side, of one alone
constexpr double smallestFramePt = 30;
constexpr double axisPt = 0.5;
constexpr double tickPt = 2.2, smallTickPt = 1.2;
constexpr double markRadiusPt = 1.0;
constexpr double casingPt = 0.6;
constexpr double numberGap = 0.42; ///< between an axis and its numbers, times their size
constexpr double noteMargin = 0.6; ///< between a note and the frame, times its size
constexpr double inkStepPt = 3;    ///< between the places of an area that notes keep clear of
constexpr double inkShare = 0.12;  ///< of a frame that dots of automatic size would cover, were none hidden
constexpr double smallestDotPt = 0.45, largestDotPt = 1.5;

using Lines = std::vector<TextLine>;

Rgb colourOf(const PlotColour& colour, const Theme& theme)
{
    Rgb full = theme.ink;
    switch (colour.role) {
    case PlotColour::Role::Ink:
        break;
    case PlotColour::Role::Grey:
        full = theme.text3;
        break;
    case PlotColour::Role::Run:
        full = theme.runs[static_cast<std::size_t>(colour.slot) % theme.runs.size()];
        break;
    case PlotColour::Role::SameKind:
        full = theme.sameKind.at(colour.shade);
        break;
    case PlotColour::Role::DifferentKind:
        full = theme.differentKind.at(colour.shade);
        break;
    case PlotColour::Role::Gap:
        full = theme.residual.at(1);
        break;
    }
    return mix(full, theme.canvas, colour.canvas);
}

Stroke strokeOf(PlotDash dash, double widthPt, Rgb colour)
{
    Stroke stroke{{}, widthPt, colour, {}, dash == PlotDash::Solid || dash == PlotDash::Dots};
    switch (dash) {
    case PlotDash::Solid:
        break;
    case PlotDash::Dots:
        stroke.dash = {0.01 * widthPt, 2.2 * widthPt};
        break;
    case PlotDash::Dashes:
        stroke.dash = {4 * widthPt, 2 * widthPt};
        break;
    case PlotDash::DashDot:
        stroke.dash = {5 * widthPt, 2 * widthPt, widthPt, 2 * widthPt};
        break;
    }
    return stroke;
}

/// Lowest and highest finite value of one coordinate; on a logarithmic axis of the positive ones.
class Range
{
public:
    explicit Range(PlotAxis::Scale scale)
        : m_log(scale == PlotAxis::Scale::Log)
    {
    }
    void add(double value)
    {
        if (!std::isfinite(value) || (m_log && value <= 0))
            return;
        m_range = {std::min(m_range.first, value), std::max(m_range.second, value)};
    }
    [[nodiscard]] std::pair<double, double> get() const { return m_range; }

private:
    bool m_log;
    std::pair<double, double> m_range{std::numeric_limits<double>::infinity(),
                                      -std::numeric_limits<double>::infinity()};
};

template <typename Visit>
void eachPoint(const Plot& plot, const Visit& visit)
{
    for (const PlotCurve& curve : plot.curves)
        std::for_each(curve.points.begin(), curve.points.end(), visit);
    for (const PlotArea& area : plot.areas)
        std::for_each(area.outline.begin(), area.outline.end(), visit);
    for (const PlotDots& dots : plot.dots)
        std::for_each(dots.at.begin(), dots.at.end(), visit);
}

/// One plot with its scales, in its frame.
class PlotDrawer
{
public:
    PlotDrawer(const Plot& plot, const AxisScale& x, const AxisScale& y, const QRectF& frame, const Page& page,
               bool bottom, Drawing& drawing)
        : m_plot(plot)
        , m_x(x)
        , m_y(y)
        , m_frame(frame)
        , m_page(page)
        , m_bottom(bottom)
        , m_theme(theme(page.theme))
        , m_drawing(drawing)
        , m_size(numberSize * page.fontSizePt)
    {
    }

    void draw()
    {
        for (const PlotArea& area : m_plot.areas)
            drawArea(area);
        for (const PlotDots& dots : m_plot.dots)
            drawDots(dots);
        for (const PlotCurve& curve : m_plot.curves)
            drawCurve(curve);
        drawAxes();
        drawNote();
    }

private:
    [[nodiscard]] QPointF place(QPointF value) const
    {
        return {m_frame.left() + m_x.share(value.x()) * m_frame.width(),
                m_frame.bottom() - m_y.share(value.y()) * m_frame.height()};
    }
    static bool finite(QPointF at) { return std::isfinite(at.x()) && std::isfinite(at.y()); }
    [[nodiscard]] QPointF inFrame(QPointF at) const
    {
        return {std::clamp(at.x(), m_frame.left(), m_frame.right()),
                std::clamp(at.y(), m_frame.top(), m_frame.bottom())};
    }

    void drawArea(const PlotArea& area)
    {
        std::vector<QPointF> outline;
        for (const QPointF& value : area.outline) {
            QPointF at = place(value);
            if (std::isnan(at.y()) || at.y() > m_frame.bottom()) // a logarithmic axis has no zero
                at.setY(m_frame.bottom());
            outline.push_back(inFrame(at));
        }
        const QPolygonF shape(QList<QPointF>(outline.begin(), outline.end()));
        const QRectF box = shape.boundingRect();
        std::vector<QPointF> inside;
        for (double y = box.top() + 1; y < box.bottom(); y += inkStepPt)
            for (double x = box.left() + 1; x < box.right(); x += inkStepPt)
                if (shape.containsPoint({x, y}, Qt::OddEvenFill))
                    inside.emplace_back(x, y);
        m_ink.addDots(inside);
        m_drawing.items.emplace_back(Fill{std::move(outline), colourOf(area.colour, m_theme)});
    }

    void drawDots(const PlotDots& source)
    {
        Dots dots;
        for (const PlotColour& colour : source.table)
            dots.table.push_back(colourOf(colour, m_theme));
        std::vector<std::uint32_t> order(source.at.size());
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(), [](auto a, auto b) { return shuffleKey(a) < shuffleKey(b); });
        for (const std::uint32_t i : order) {
            const QPointF at = place(source.at[i]);
            if (!finite(at) || !m_frame.contains(at))
                continue;
            dots.centres.push_back(at);
            dots.entry.push_back(source.entry[i]);
        }
        const double share = inkShare * m_frame.width() * m_frame.height() / static_cast<double>(order.size() + 1);
        dots.diameterPt = m_page.pointDiameterPt > 0 ? m_page.pointDiameterPt
                                                     : std::clamp(std::sqrt(share * 4 / std::numbers::pi),
                                                                  smallestDotPt, largestDotPt * m_page.lineScale);
        if (dots.centres.empty())
            return;
        m_ink.addDots(dots.centres);
        m_drawing.items.emplace_back(std::move(dots));
    }

    void drawCurve(const PlotCurve& curve)
    {
        const double width = curve.widthPt * m_page.lineScale;
        const Rgb colour = colourOf(curve.colour, m_theme);
        for (const auto& piece : pieces(curve)) {
            m_ink.addLine(piece);
            if (curve.cased)
                m_drawing.items.emplace_back(
                    Stroke{piece, width + 2 * casingPt * m_page.lineScale, m_theme.canvas, {}, true});
            Stroke stroke = strokeOf(curve.dash, width, colour);
            stroke.points = piece;
            m_drawing.items.emplace_back(std::move(stroke));
        }
        for (const QPointF& value : curve.points) {
            const QPointF at = place(value);
            if (curve.marked && finite(at) && m_frame.adjusted(-0.1, -0.1, 0.1, 0.1).contains(at))
                m_drawing.items.emplace_back(Disc{at, markRadiusPt * m_page.lineScale, colour});
        }
    }

    /// Between gaps, inside the frame.
    [[nodiscard]] std::vector<std::vector<QPointF>> pieces(const PlotCurve& curve) const
    {
        std::vector<std::vector<QPointF>> all;
        std::vector<QPointF> run;
        const auto flush = [&] {
            for (auto& piece : clipLine(run, m_frame.adjusted(-0.01, -0.01, 0.01, 0.01)))
                all.push_back(std::move(piece));
            run.clear();
        };
        for (const QPointF& value : curve.points) {
            const QPointF at = place(value);
            if (finite(at))
                run.push_back(at);
            else
                flush();
        }
        flush();
        return all;
    }

    void line(QPointF from, QPointF to)
    {
        m_drawing.items.emplace_back(Stroke{{from, to}, axisPt * m_page.lineScale, m_theme.text2});
    }
    void text(const TextLine& words, QPointF baseline, double angleDeg = 0)
    {
        m_drawing.items.emplace_back(Text{words, baseline, m_theme.ink, angleDeg, {}, 0});
    }
    [[nodiscard]] TextLine words(const RichText& content, double size) const
    {
        return layoutLine(m_drawing.fonts, content, size);
    }

    void drawAxes()
    {
        const double em = m_page.fontSizePt;
        line(m_frame.bottomLeft(), m_frame.bottomRight());
        line(m_frame.bottomLeft(), m_frame.topLeft());
        double free = -std::numeric_limits<double>::infinity(); // no number touches the one before
        for (const AxisScale::Tick& tick : m_x.ticks()) {
            const double x = m_frame.left() + m_x.share(tick.value) * m_frame.width();
            const double length = (tick.text.empty() ? smallTickPt : tickPt) * m_page.lineScale;
            line({x, m_frame.bottom()}, {x, m_frame.bottom() - length});
            const TextLine number = words(tick.text, m_size);
            const double left = x - number.width / 2;
            if (tick.text.empty() || left < free)
                continue;
            text(number, {left, m_frame.bottom() + numberGap * m_size + number.ascent});
            free = left + number.width + 0.5 * m_size;
        }
        double widest = 0;
        for (const AxisScale::Tick& tick : m_y.ticks()) {
            const double y = m_frame.bottom() - m_y.share(tick.value) * m_frame.height();
            const double length = (tick.text.empty() ? smallTickPt : tickPt) * m_page.lineScale;
            line({m_frame.left(), y}, {m_frame.left() + length, y});
            const TextLine number = words(tick.text, m_size);
            widest = std::max(widest, number.width);
            text(number, {m_frame.left() - 0.35 * m_size - number.width, y + 0.36 * m_size});
        }
        const TextLine below = words(m_plot.x.title, em);
        if (m_bottom)
            text(below, {m_frame.center().x() - below.width / 2,
                         m_frame.bottom() + (numberGap + 1.15) * m_size + below.ascent});
        const TextLine beside = words(m_plot.y.title, em);
        if (!m_plot.y.title.empty())
            text(beside, {m_frame.left() - widest - 0.35 * m_size - 0.6 * em, m_frame.center().y() + beside.width / 2},
                 90);
    }

    /// Where lines of text hide least.
    [[nodiscard]] QRectF emptiestCorner(const Lines& lines, double pitch) const
    {
        double width = 0;
        for (const TextLine& part : lines)
            width = std::max(width, part.width);
        const QSizeF size(width, pitch * static_cast<double>(lines.size()));
        const double margin = noteMargin * m_size;
        const double left = m_frame.left() + margin, right = m_frame.right() - margin - width;
        const double top = m_frame.top() + margin, bottom = m_frame.bottom() - margin - size.height();
        QRectF best;
        double least = std::numeric_limits<double>::infinity();
        for (const QPointF corner :
             {QPointF(left, top), QPointF(right, top), QPointF(right, bottom), QPointF(left, bottom)})
            if (const double under = m_ink.under(QRectF(corner, size)); under < least - 1e-9) {
                least = under;
                best = QRectF(corner, size);
            }
        return best;
    }

    /// No word was broken for want of width.
    [[nodiscard]] bool startAtWords(const Lines& lines) const
    {
        QString text;
        for (const TextLine& line : lines) {
            text += text.isEmpty() ? QString() : QStringLiteral(" ");
            for (const GlyphRun& run : line.runs)
                text += run.text;
        }
        return text.toStdString() == m_plot.note.plain();
    }

    void drawNote()
    {
        if (m_plot.note.empty())
            return;
        const double pitch = linePitch * m_size;
        Lines best;
        QRectF place;
        for (const double share : {0.8, 0.5, 0.4}) { // narrower only where it then stands free
            Lines lines = wrapText(m_drawing.fonts, m_plot.note, m_size, share * m_frame.width() - noteMargin * m_size);
            const QRectF corner = emptiestCorner(lines, pitch);
            const bool free = m_ink.under(corner) < 0.02 && startAtWords(lines); // an area of bars is 0.2
            if (share == 0.8 || free) {
                place = corner;
                best = std::move(lines);
            }
            if (free)
                break;
        }
        double baseline = place.top() - 0.28 * pitch;
        for (const TextLine& part : best)
            m_drawing.items.emplace_back(
                Text{part, {place.left(), baseline += pitch}, m_theme.text2, 0, m_theme.canvas, 0.12 * m_size});
    }

    const Plot& m_plot;
    const AxisScale& m_x;
    const AxisScale& m_y;
    QRectF m_frame;
    const Page& m_page;
    bool m_bottom; ///< names its x axis
    const Theme& m_theme;
    Drawing& m_drawing;
    double m_size;
    InkMap m_ink{m_frame, m_size};
};

class PlotLayout
{
public:
    PlotLayout(const Figure& figure, Drawing& drawing)
        : m_figure(figure)
        , m_page(figure.page)
        , m_drawing(drawing)
        , m_em(figure.page.fontSizePt)
        , m_columns(columns())
        , m_rows((figure.plots.size() + m_columns - 1) / m_columns)
    {
    }

    Result<void> run()
    {
        measureTexts();
        fitScales();
        measureFrames();
        if (m_frame.width() < smallestFramePt || m_frame.height() < smallestFramePt)
            return usageError("Cannot draw the figure: its page is too small for " +
                              std::to_string(m_figure.plots.size()) + " plot(s), their titles and the legend");
        for (std::size_t i = 0; i < m_figure.plots.size(); ++i)
            PlotDrawer(m_figure.plots[i], m_scales[2 * i], m_scales[2 * i + 1], frameOf(i), m_page, namesX(i),
                       m_drawing)
                .draw();
        drawTexts();
        m_drawing.size = {m_page.widthPt, m_pageHeight};
        return {};
    }

private:
    [[nodiscard]] double innerWidth() const { return m_page.widthPt - 2 * m_page.marginPt; }

    [[nodiscard]] std::size_t columns() const
    {
        const std::size_t count = m_figure.plots.size();
        if (m_figure.columns > 0)
            return std::min(static_cast<std::size_t>(m_figure.columns), count);
        const auto most = static_cast<std::size_t>(std::max(1.0, innerWidth() / (narrowestPlot * m_em)));
        const std::size_t rows = (count + most - 1) / most;
        return (count + rows - 1) / rows;
    }

    void measureTexts()
    {
        m_title = wrapText(m_drawing.fonts, m_figure.title, figureTitleSize * m_em, innerWidth(), true);
        m_caption =
            wrapText(m_drawing.fonts, m_figure.showsCaption ? m_figure.caption : RichText(), m_em, innerWidth());
        std::vector<LegendBlock> blocks;
        for (const PlotKey& key : m_figure.keys)
            blocks.push_back(keyBlock(key));
        m_legend = flowBlocks(std::move(blocks), m_em, innerWidth());
    }

    [[nodiscard]] LegendBlock keyBlock(const PlotKey& key) const
    {
        const double height = linePitch * m_em, middle = height / 2;
        const Rgb colour = colourOf(key.colour, theme(m_page.theme));
        LegendBlock block;
        double width = sampleWidth * m_em;
        if (key.sample == PlotKey::Sample::Line) {
            Stroke stroke = strokeOf(key.dash, 0.9 * m_page.lineScale, colour);
            stroke.points = {{0, middle}, {width, middle}};
            block.items.emplace_back(std::move(stroke));
        } else if (key.sample == PlotKey::Sample::Patch) {
            width = 1.2 * m_em;
            const double half = 0.35 * m_em;
            block.items.emplace_back(
                Fill{{{0, middle - half}, {width, middle - half}, {width, middle + half}, {0, middle + half}}, colour});
        } else {
            width = 0.6 * m_em;
            block.items.emplace_back(Disc{{width / 2, middle}, 0.25 * m_em, colour});
        }
        const TextLine name = layoutLine(m_drawing.fonts, key.name, m_em);
        block.items.emplace_back(Text{
            name, {width + 0.5 * m_em, middle + (name.ascent - name.descent) / 2}, theme(m_page.theme).ink, 0, {}, 0});
        block.size = {width + 0.5 * m_em + name.width, height};
        return block;
    }

    [[nodiscard]] RichText titleOf(std::size_t plot) const
    {
        RichText text;
        if (m_figure.letters && m_figure.plots.size() > 1 && plot < 26 && !m_figure.plots[plot].title.empty())
            text.text(std::string("(") + static_cast<char>('a' + plot) + ") ");
        return text.append(m_figure.plots[plot].title);
    }

    /// The x axis is named once a column, unless the plot below has another one.
    [[nodiscard]] bool namesX(std::size_t plot) const
    {
        const RichText& title = m_figure.plots[plot].x.title;
        const std::size_t below = plot + m_columns;
        return !title.empty() && (below >= m_figure.plots.size() || m_figure.plots[below].x.title != title);
    }

    void fitScales()
    {
        const double size = numberSize * m_em;
        const double width = innerWidth() / static_cast<double>(m_columns) - 3.5 * m_em;
        for (const Plot& plot : m_figure.plots) {
            Range x(plot.x.scale), y(plot.y.scale);
            eachPoint(plot, [&](const QPointF& at) {
                x.add(at.x());
                y.add(at.y());
            });
            const double height = width * (m_columns > 1 ? frameRatio : wideRatio) * plot.height;
            m_scales.emplace_back(plot.x, x.get(), std::clamp(static_cast<int>(width / (3.2 * size)), 2, 8));
            m_scales.emplace_back(plot.y, y.get(), std::clamp(static_cast<int>(height / (2.4 * size)), 2, 6));
        }
    }

    void measureFrames()
    {
        const double size = numberSize * m_em;
        m_lefts.assign(m_columns, 0.0);
        m_tops.assign(m_rows, 0.0);
        m_bottoms.assign(m_rows, 0.0);
        m_heights.assign(m_rows, 0.0);
        for (std::size_t i = 0; i < m_figure.plots.size(); ++i) {
            const Plot& plot = m_figure.plots[i];
            double widest = 0;
            for (const AxisScale::Tick& tick : m_scales[2 * i + 1].ticks())
                widest = std::max(widest, layoutLine(m_drawing.fonts, tick.text, size).width);
            double& left = m_lefts[i % m_columns];
            left = std::max(left, widest + 0.35 * size + (plot.y.title.empty() ? 0 : 1.4 * m_em));
            const std::size_t row = i / m_columns;
            m_heights[row] = std::max(m_heights[row], plot.height);
            m_bottoms[row] = std::max(m_bottoms[row], (numberGap + 1.05) * size + (namesX(i) ? 1.25 * m_em : 0));
        }
        const double lefts = std::accumulate(m_lefts.begin(), m_lefts.end(), 0.0);
        const double right = 0.8 * m_em; // the last number reaches over its tick
        m_frame.setWidth((innerWidth() - lefts - right - static_cast<double>(m_columns - 1) * gutter * m_em) /
                         static_cast<double>(m_columns));
        for (std::size_t i = 0; i < m_figure.plots.size(); ++i) {
            m_titles.push_back(wrapText(m_drawing.fonts, titleOf(i), titleSize * m_em,
                                        m_frame.width() + 0.8 * (gutter + 1) * m_em, true));
            const auto lines = static_cast<double>(m_titles.back().size());
            double& top = m_tops[i / m_columns];
            top = std::max(top, lines * linePitch * titleSize * m_em + (lines > 0 ? titleGap * m_em : 0.5 * size));
        }
        measureHeights();
    }

    void measureHeights()
    {
        m_top = m_page.marginPt + static_cast<double>(m_title.size()) * linePitch * figureTitleSize * m_em +
                (m_title.empty() ? 0 : titleGap * m_em);
        const auto sum = [](const std::vector<double>& all) { return std::accumulate(all.begin(), all.end(), 0.0); };
        const double between = sum(m_tops) + sum(m_bottoms) + static_cast<double>(m_rows - 1) * rowGap * m_em;
        const double below =
            (m_legend.items.empty() ? 0 : legendGap * m_em + m_legend.size.height()) +
            (m_caption.empty() ? 0 : captionGap * m_em + static_cast<double>(m_caption.size()) * linePitch * m_em) +
            m_page.marginPt;
        const double heights = sum(m_heights);
        if (m_page.heightPt > 0)
            m_frame.setHeight((m_page.heightPt - m_top - between - below) / heights);
        else
            m_frame.setHeight(m_frame.width() * (m_columns > 1 ? frameRatio : wideRatio));
        m_pageHeight = m_top + between + heights * m_frame.height() + below;
    }

    [[nodiscard]] QRectF frameOf(std::size_t plot) const
    {
        const std::size_t row = plot / m_columns, column = plot % m_columns;
        double x = m_page.marginPt, y = m_top;
        for (std::size_t c = 0; c < column; ++c)
            x += m_lefts[c] + m_frame.width() + gutter * m_em;
        for (std::size_t r = 0; r < row; ++r)
            y += m_tops[r] + m_heights[r] * m_frame.height() + m_bottoms[r] + rowGap * m_em;
        return {x + m_lefts[column], y + m_tops[row], m_frame.width(), m_heights[row] * m_frame.height()};
    }

    void addLines(const Lines& lines, double centre, double bottom, double pitch)
    {
        double baseline = bottom - 0.28 * pitch - pitch * static_cast<double>(lines.size() - 1);
        for (const TextLine& line : lines) {
            const double most = m_page.widthPt - m_page.marginPt - line.width;
            const double left = std::clamp(centre - line.width / 2, std::min(m_page.marginPt, most), most);
            m_drawing.items.emplace_back(Text{line, {left, baseline}, theme(m_page.theme).ink, 0, {}, 0});
            baseline += pitch;
        }
    }

    void drawTexts()
    {
        if (!m_title.empty())
            addLines(m_title, m_page.widthPt / 2,
                     m_page.marginPt + static_cast<double>(m_title.size()) * linePitch * figureTitleSize * m_em,
                     linePitch * figureTitleSize * m_em);
        for (std::size_t i = 0; i < m_titles.size(); ++i)
            if (!m_titles[i].empty())
                addLines(m_titles[i], frameOf(i).center().x(), frameOf(i).top() - titleGap * m_em,
                         linePitch * titleSize * m_em);
        double baseline = m_pageHeight - m_page.marginPt - 0.28 * linePitch * m_em -
                          static_cast<double>(m_caption.size()) * linePitch * m_em;
        for (const TextLine& line : m_caption)
            m_drawing.items.emplace_back(
                Text{line, {m_page.marginPt, baseline += linePitch * m_em}, theme(m_page.theme).ink, 0, {}, 0});
        if (m_legend.items.empty())
            return;
        const std::size_t last = m_figure.plots.size() - 1, row = last / m_columns;
        const double bottom = frameOf(row * m_columns).bottom() + m_bottoms[row];
        translate(m_legend.items, {m_page.marginPt, bottom + legendGap * m_em});
        std::move(m_legend.items.begin(), m_legend.items.end(), std::back_inserter(m_drawing.items));
    }

    const Figure& m_figure;
    const Page& m_page;
    Drawing& m_drawing;
    double m_em;
    std::size_t m_columns, m_rows;

    std::vector<AxisScale> m_scales; ///< x and y of each plot
    Lines m_title, m_caption;
    std::vector<Lines> m_titles;
    LegendBlock m_legend;
    QSizeF m_frame{0, 0}; ///< of a plot of height 1
    std::vector<double> m_lefts, m_tops, m_bottoms, m_heights;
    double m_top = 0, m_pageHeight = 0;
};

} // namespace

PlotDash runDash(int slot)
{
    constexpr PlotDash dashes[] = {PlotDash::Solid, PlotDash::Dots, PlotDash::Dashes, PlotDash::DashDot};
    return dashes[slot % 4];
}

Result<void> layoutPlots(const Figure& figure, Drawing& drawing)
{
    for (const Plot& plot : figure.plots)
        for (const PlotDots& dots : plot.dots)
            if (dots.entry.size() != dots.at.size() ||
                std::any_of(dots.entry.begin(), dots.entry.end(),
                            [&](auto entry) { return entry >= dots.table.size(); }))
                return dataError("Cannot draw the plot: its dots and their colours do not fit together");
    return PlotLayout(figure, drawing).run();
}

} // namespace nc::scene
