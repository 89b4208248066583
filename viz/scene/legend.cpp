#include "viz/scene/legend.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "viz/scene/point_colours.h"

namespace nc::scene
{

namespace
{

// Multiples of the font size.
constexpr double lineHeight = 1.25;
constexpr double barWidth = 6;
constexpr double barHeight = 0.62;
constexpr double sampleWidth = 2.1;
constexpr double blockGap = 0.9;
constexpr double tickSize = 0.875;
constexpr double reasonWidth = 10; ///< no wider than the keys that it stands under

/// What the panels show together.
struct Shown {
    CloudKinds kinds;
    std::vector<std::pair<SceneClass, int>> classes; ///< of all panels, each once, with its colour's place
    std::vector<ColorBy> colourings;                 ///< of all panels, each once
    [[nodiscard]] bool by(ColorBy which) const
    {
        return std::find(colourings.begin(), colourings.end(), which) != colourings.end();
    }
    /// Classes are told by colours, which names them.
    [[nodiscard]] bool byClasses() const
    {
        return by(ColorBy::ClassLambda) || by(ColorBy::Class) || by(ColorBy::Pair) || by(ColorBy::Correct);
    }
    std::vector<std::pair<RichText, Rgb>> pairs; ///< of ColorBy::Pair, each once
    std::vector<std::string> refusals;           ///< why panels show no theory, each once but for its numbers
    double classifierLength = 1;                 ///< the shortest of the panels'
    bool classifiers = false, simplex = false, theory = false, channels = false, boundaries = false,
         triplePoint = false, means = false;
};

void addKinds(CloudKinds& all, const CloudKinds& more)
{
    all.same |= more.same;
    all.different |= more.different;
    all.other |= more.other;
    all.wrong |= more.wrong;
}

/// The shortest text of a number, with a point whatever the locale.
std::string shortest(double number)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.begin(), text.end(), number).ptr;
    return {text.begin(), end};
}

std::string classWords(const SceneClass& entry)
{
    return entry.name.empty() ? "class " + std::to_string(entry.index) : entry.name;
}

void addPairs(Shown& shown, const SceneModel& model, const Theme& theme)
{
    for (std::size_t b = 0; b < model.classes.size(); ++b)
        for (std::size_t a = 0; a < b; ++a) {
            std::pair entry(RichText(classWords(model.classes[a]) + ", " + classWords(model.classes[b])),
                            pairColour(model, static_cast<int>(a), static_cast<int>(b), theme));
            if (std::find(shown.pairs.begin(), shown.pairs.end(), entry) == shown.pairs.end())
                shown.pairs.push_back(std::move(entry));
        }
}

std::string withoutDigits(std::string text)
{
    text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }), text.end());
    return text;
}

/// The last of those that differ in numbers alone stands for all.
void addRefusal(Shown& shown, const std::string& reason)
{
    const auto known = std::find_if(shown.refusals.begin(), shown.refusals.end(), [&](const std::string& other) {
        return withoutDigits(other) == withoutDigits(reason);
    });
    if (known == shown.refusals.end())
        shown.refusals.push_back(reason);
    else
        *known = reason;
}

Shown shownBy(const std::vector<FigurePanel>& panels, const Theme& theme)
{
    Shown shown;
    for (const FigurePanel& panel : panels) {
        const SceneModel& model = panel.scene;
        const Layers& layers = model.layers;
        if (!layers.has(Layer::Legend))
            continue;
        for (const SceneClass& entry : model.classes)
            if (const std::pair named(entry, model.colourOf(model.slotOf(entry.index)));
                std::find(shown.classes.begin(), shown.classes.end(), named) == shown.classes.end())
                shown.classes.push_back(named);
        if (layers.has(Layer::Cloud) && model.cloud.size() != 0) {
            addKinds(shown.kinds, cloudKinds(model));
            if (!shown.by(model.colorBy))
                shown.colourings.push_back(model.colorBy);
            if (model.colorBy == ColorBy::Pair)
                addPairs(shown, model, theme);
        }
        const bool ribbon = std::any_of(model.guides.begin(), model.guides.end(),
                                        [](const GuideLine& guide) { return !guide.lambdas.empty(); });
        if (ribbon && !shown.by(ColorBy::Lambda))
            shown.colourings.push_back(ColorBy::Lambda);
        const bool borders = layers.has(Layer::Boundaries) || layers.has(Layer::Regions);
        shown.classifierLength = std::min(shown.classifierLength, model.classifierLength);
        shown.classifiers |= layers.has(Layer::Classifiers) && !model.classifiers.empty();
        shown.simplex |= layers.has(Layer::Simplex) && model.simplex.has_value();
        shown.theory |= layers.has(Layer::Theory) && model.theory && !model.theory->curves.empty();
        if (layers.has(Layer::Theory) && !model.theory && !model.theoryRefused.empty())
            addRefusal(shown, model.theoryRefused);
        shown.channels |= layers.has(Layer::Channels) && !model.channels.empty();
        shown.boundaries |= layers.has(Layer::Boundaries) && model.regions.has_value();
        shown.triplePoint |= borders && model.regions && model.regions->triplePoint;
        shown.means |= layers.has(Layer::Means) && model.means.size() != 0;
    }
    return shown;
}

class BlockBuilder
{
public:
    BlockBuilder(const PanelStyle& style, double widthPt)
        : m_style(&style)
        , m_em(style.fontSizePt)
        , m_limit(widthPt)
    {
    }

    [[nodiscard]] bool empty() const { return m_block.items.empty(); }
    [[nodiscard]] LegendBlock take() { return std::move(m_block); }
    void space(double ems) { m_y += ems * m_em; }

    /// A line of text, wrapped.
    void text(const RichText& content, Rgb colour, double sizePt, double indent = 0,
              double most = std::numeric_limits<double>::infinity())
    {
        for (const TextLine& line : wrapText(m_style->fonts, content, sizePt, std::min(most, m_limit - indent))) {
            const double pitch = lineHeight * sizePt;
            put(Text{line, {indent, m_y + 0.5 * (pitch + line.ascent - line.descent)}, colour, 0, {}, 0});
            m_y += pitch;
            reach(indent + line.width, m_y);
        }
    }
    void label(const RichText& content) { text(content, m_style->theme.ink, m_em); }

    void bar(const Ramp& ramp)
    {
        const QRectF rect(0, m_y + 0.12 * m_em, barWidth * m_em, barHeight * m_em);
        put(ColourBar{rect, ramp});
        m_y = rect.bottom();
        reach(rect.right(), m_y);
    }

    void scale(const ColourScale& shown)
    {
        label(shown.title);
        bar(shown.ramp);
        ticks(shown.ticks[0], shown.ticks[1], shown.ticks[2]);
    }

    /// Three words under a bar: at its left end, its middle, its right end.
    void ticks(const RichText& left, const RichText& middle, const RichText& right)
    {
        const double size = tickSize * m_em;
        const double baseline = m_y + 0.1 * m_em + 0.95 * size;
        const double width = barWidth * m_em;
        const TextLine lines[] = {layoutLine(m_style->fonts, left, size), layoutLine(m_style->fonts, middle, size),
                                  layoutLine(m_style->fonts, right, size)};
        const double starts[] = {0, (width - lines[1].width) / 2, width - lines[2].width};
        for (int i = 0; i < 3; ++i)
            put(Text{lines[i], {starts[i], baseline}, m_style->theme.ink, 0, {}, 0});
        m_y += lineHeight * size;
        reach(width, m_y);
    }

    /// A row whose sample `draw(from, to)` puts on the text's middle line.
    template <typename Draw>
    void key(const RichText& content, double sampleEms, const Draw& draw)
    {
        const double middle = m_y + lineHeight * m_em / 2;
        draw(QPointF(0, middle), QPointF(sampleEms * m_em, middle), m_block.items);
        text(content, m_style->theme.ink, m_em, (sampleEms + 0.5) * m_em);
    }

    void swatch(const RichText& content, Rgb colour, Rgb rim)
    {
        key(content, 0.6, [&](QPointF from, QPointF to, std::vector<DrawingItem>& items) {
            items.emplace_back(Disc{(from + to) / 2, 0.28 * m_em, colour, rim, rim == colour ? 0.0 : 0.5});
        });
    }
    /// A disc in a ring of ink.
    void ring(const RichText& content, Rgb colour)
    {
        key(content, 0.6, [&](QPointF from, QPointF to, std::vector<DrawingItem>& items) {
            items.emplace_back(Disc{(from + to) / 2, 0.28 * m_em, colour, m_style->theme.ink, 0.14 * m_em});
        });
    }

private:
    template <typename Item>
    void put(Item item)
    {
        m_block.items.emplace_back(std::move(item));
    }
    void reach(double right, double bottom)
    {
        m_block.size = {std::max(m_block.size.width(), right), std::max(m_block.size.height(), bottom)};
    }

    const PanelStyle* m_style;
    double m_em, m_limit;
    double m_y = 0;
    LegendBlock m_block{QSizeF(0, 0), {}};
};

void addKindBars(const Shown& shown, const Ramp& same, const Ramp& different, bool wide, const PanelStyle& style,
                 double width, std::vector<LegendBlock>& blocks)
{
    BlockBuilder block(style, width);
    const auto finish = [&] {
        block.ticks("½", RichText().italic("λ"), "0, 1");
        blocks.push_back(block.take());
        block = BlockBuilder(style, width);
    };
    if (shown.kinds.same) {
        block.label("same class");
        block.bar(same);
        if (wide || !shown.kinds.different)
            finish();
        else
            block.space(0.55);
    }
    if (shown.kinds.different) {
        block.label("different class");
        block.bar(different);
        finish();
    }
}

void addClassSwatches(const Shown& shown, bool symbols, const RichText& heading, const PanelStyle& style, double width,
                      std::vector<LegendBlock>& blocks)
{
    const Theme& theme = style.theme;
    BlockBuilder block(style, width);
    if (!heading.empty())
        block.label(heading);
    for (const auto& [entry, place] : shown.classes) {
        const Rgb colour = theme.classColour(place);
        const bool pale = place == theme.paleSlot;
        block.swatch(symbols ? arrowName(entry, NameStyle::Full) : RichText(classWords(entry)), colour,
                     pale ? theme.paleRim : colour);
    }
    if (shown.kinds.other)
        block.swatch("other classes", theme.classColour(-1), theme.classColour(-1));
    if (shown.by(ColorBy::Correct) && shown.kinds.wrong)
        block.ring("wrong answer", theme.text3);
    blocks.push_back(block.take());
}

/// What needs a swatch for each of its colours but is no class.
void addOtherSwatches(const Shown& shown, const PanelStyle& style, double width, std::vector<LegendBlock>& blocks)
{
    BlockBuilder block(style, width);
    if (!shown.pairs.empty() && shown.kinds.different) {
        block.label("mixes of");
        const Rgb pale = style.theme.paleSlot < 0 ? style.theme.canvas : style.theme.classColour(style.theme.paleSlot);
        for (const auto& [words, colour] : shown.pairs)
            block.swatch(words, colour, colour == pale ? style.theme.paleRim : colour);
    }
    if (shown.by(ColorBy::Kind)) {
        for (const bool same : {true, false})
            if (same ? shown.kinds.same : shown.kinds.different)
                block.swatch(same ? "same class" : "different class", kindColour(same, style.theme),
                             kindColour(same, style.theme));
    }
    if (!block.empty())
        blocks.push_back(block.take());
}

void addColours(const Shown& shown, const LegendOptions& options, const PanelStyle& style, double width,
                std::vector<LegendBlock>& blocks)
{
    const Theme& theme = style.theme;
    if (shown.by(ColorBy::KindLambda))
        addKindBars(shown, theme.sameKind, theme.differentKind, options.wide, style, width, blocks);
    if (shown.by(ColorBy::Repro))
        addKindBars(shown, theme.reproSame, theme.reproDifferent, options.wide, style, width, blocks);
    if (shown.byClasses()) {
        RichText heading;
        if (shown.kinds.different)
            heading = shown.by(ColorBy::ClassLambda) || shown.by(ColorBy::Pair) ? "same class" : "larger share";
        addClassSwatches(shown, options.listNames, heading, style, width, blocks);
    }
    addOtherSwatches(shown, style, width, blocks);
    for (const ColorBy which : shown.colourings)
        if (const auto scale = colourScale(which, theme)) {
            BlockBuilder block(style, width);
            block.scale(*scale);
            blocks.push_back(block.take());
        }
    if (shown.by(ColorBy::ClassLambda) && shown.kinds.different) {
        BlockBuilder block(style, width);
        block.label("different class");
        block.bar(theme.lambda);
        block.ticks("0", RichText().italic("λ"), "1");
        blocks.push_back(block.take());
    }
}

void addNames(const Shown& shown, const PanelStyle& style, double width, std::vector<LegendBlock>& blocks)
{
    BlockBuilder block(style, width);
    std::vector<SceneClass> named; // a class may have another slot in another panel
    for (const auto& [entry, slot] : shown.classes) {
        const bool says = arrowName(entry, NameStyle::Full) != arrowName(entry, NameStyle::Symbol);
        if (!says || std::find(named.begin(), named.end(), entry) != named.end())
            continue;
        named.push_back(entry);
        block.label(arrowName(entry, NameStyle::Full));
    }
    if (!block.empty())
        blocks.push_back(block.take());
}

void addKeys(const Shown& shown, const PanelStyle& style, double width, std::vector<LegendBlock>& blocks)
{
    using Items = std::vector<DrawingItem>;
    BlockBuilder block(style, width);
    const auto line = [](Stroke stroke) {
        return [stroke](QPointF from, QPointF to, Items& items) {
            Stroke sample = stroke;
            sample.points = {from, to};
            items.emplace_back(std::move(sample));
        };
    };
    const std::string length = shown.classifierLength < 1 ? " × " + shortest(shown.classifierLength) : std::string();
    if (shown.classifiers)
        block.key("classifier" + length, sampleWidth,
                  [&](QPointF from, QPointF to, Items& items) { drawArrow(from, to, style, items); });
    if (shown.simplex)
        block.key("ETF" + length, sampleWidth, line(simplexStroke(style)));
    if (shown.theory)
        block.key("theory", sampleWidth, [&](QPointF from, QPointF to, Items& items) {
            drawTheoryLine({from, to}, style, items);
        });
    if (shown.channels)
        block.key("channel", sampleWidth, [&](QPointF from, QPointF to, Items& items) {
            drawChannelLine({from, to}, style, items);
        });
    const std::string refused = shown.theory ? "not drawn: " : "no theory: ";
    for (const std::string& reason : shown.refusals)
        block.text(refused + reason, style.theme.text2, tickSize * style.fontSizePt, 0, reasonWidth * style.fontSizePt);
    if (shown.boundaries)
        block.key("boundary", sampleWidth, line(boundaryStroke(style)));
    if (shown.triplePoint) {
        RichText name("point ");
        name.italic("y").subscript("0");
        block.key(name, sampleWidth, [&](QPointF from, QPointF to, Items& items) {
            items.emplace_back(triplePointDisc((from + to) / 2, style));
        });
    }
    if (shown.means)
        block.key("class mean", sampleWidth, [&](QPointF from, QPointF to, Items& items) {
            items.emplace_back(meanDisc((from + to) / 2, style.theme.text3, style));
        });
    if (!block.empty())
        blocks.push_back(block.take());
}

void moveItem(DrawingItem& item, QPointF offset)
{
    struct Mover {
        QPointF by;
        void operator()(Stroke& stroke) const { movePoints(stroke.points); }
        void operator()(Fill& fill) const { movePoints(fill.points); }
        void operator()(Disc& disc) const { disc.centre += by; }
        void operator()(Dots& dots) const { movePoints(dots.centres); }
        void operator()(Text& text) const { text.baseline += by; }
        void operator()(Picture& picture) const { picture.rect.translate(by); }
        void operator()(ColourBar& bar) const { bar.rect.translate(by); }
        void movePoints(std::vector<QPointF>& points) const
        {
            for (QPointF& point : points)
                point += by;
        }
    };
    std::visit(Mover{offset}, item);
}

void append(LegendBlock& whole, LegendBlock part, QPointF at)
{
    translate(part.items, at);
    std::move(part.items.begin(), part.items.end(), std::back_inserter(whole.items));
    whole.size = {std::max(whole.size.width(), at.x() + part.size.width()),
                  std::max(whole.size.height(), at.y() + part.size.height())};
}

} // namespace

std::vector<LegendBlock> legendBlocks(const std::vector<FigurePanel>& panels, const LegendOptions& options,
                                      const PanelStyle& style, double widthPt)
{
    Shown shown = shownBy(panels, style.theme);
    if (!options.reasons)
        shown.refusals.clear();
    std::vector<LegendBlock> blocks;
    addColours(shown, options, style, widthPt, blocks);
    if (options.listNames && !shown.byClasses())
        addNames(shown, style, widthPt, blocks);
    addKeys(shown, style, widthPt, blocks);
    return blocks;
}

LegendBlock stackBlocks(std::vector<LegendBlock> blocks, double fontSizePt)
{
    LegendBlock whole{QSizeF(0, 0), {}};
    double y = 0;
    for (LegendBlock& block : blocks) {
        const double height = block.size.height();
        append(whole, std::move(block), {0, y});
        y += height + blockGap * fontSizePt;
    }
    return whole;
}

LegendBlock flowBlocks(std::vector<LegendBlock> blocks, double fontSizePt, double widthPt)
{
    const double gap = 2 * fontSizePt;
    LegendBlock whole{QSizeF(0, 0), {}};
    double y = 0;
    for (std::size_t first = 0, last = 0; first < blocks.size(); first = last) {
        double width = blocks[first].size.width();
        double height = blocks[first].size.height();
        for (last = first + 1; last < blocks.size() && width + gap + blocks[last].size.width() <= widthPt; ++last) {
            width += gap + blocks[last].size.width();
            height = std::max(height, blocks[last].size.height());
        }
        double x = std::max(0.0, (widthPt - width) / 2);
        for (std::size_t i = first; i < last; ++i) {
            const double blockWidth = blocks[i].size.width();
            append(whole, std::move(blocks[i]), {x, y});
            x += blockWidth + gap;
        }
        y += height + blockGap * fontSizePt;
    }
    whole.size.setWidth(widthPt);
    return whole;
}

void translate(std::vector<DrawingItem>& items, QPointF offset)
{
    for (DrawingItem& item : items)
        moveItem(item, offset);
}

} // namespace nc::scene
