#include <cmath>

#include <QGuiApplication>
#include <QtTest>

#include "viz/scene/figure_layout.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/plots/axis_scale.h"

using namespace nc;
using namespace nc::scene;

namespace
{

QStringList numbersOf(const AxisScale& scale)
{
    QStringList numbers;
    for (const AxisScale::Tick& tick : scale.ticks())
        if (!tick.text.empty())
            numbers << QString::fromStdString(tick.text.plain());
    return numbers;
}

/// A parabola, a band under it and two dots, one of them outside the frame.
Plot samplePlot()
{
    Plot plot;
    plot.title = "squares";
    plot.x.title = "epoch";
    plot.y = {"value", {}, 0, 100};
    PlotCurve curve;
    for (int i = 0; i <= 10; ++i)
        curve.points.emplace_back(i, i * i);
    plot.curves.push_back(curve);
    plot.areas.push_back({{{0, 0}, {10, 0}, {10, 20}, {0, 20}}, {PlotColour::Role::Run, 1, 0, 0.5}});
    plot.dots.push_back({{{5, 50}, {5, 500}}, {0, 0}, {{PlotColour::Role::DifferentKind, 0, 1}}});
    return plot;
}

template <typename Item>
std::vector<Item> itemsOf(const Drawing& drawing)
{
    std::vector<Item> found;
    for (const DrawingItem& item : drawing.items)
        if (const auto* wanted = std::get_if<Item>(&item))
            found.push_back(*wanted);
    return found;
}

QStringList textsOf(const Drawing& drawing)
{
    QStringList texts;
    for (const Text& text : itemsOf<Text>(drawing)) {
        QString line;
        for (const GlyphRun& run : text.line.runs)
            line += run.text;
        texts << line;
    }
    return texts;
}

} // namespace

class PlotsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void linearAxis_ticksAreRoundAndEndAtTicks()
    {
        const AxisScale scale(PlotAxis{}, {-1.3, 4.2}, 6);
        QCOMPARE(numbersOf(scale), (QStringList{"−2", "−1", "0", "1", "2", "3", "4", "5"}));
        QCOMPARE(scale.share(-2), 0.0);
        QCOMPARE(scale.share(5), 1.0);
        QCOMPARE(scale.share(1.5), 0.5);
    }
    void linearAxis_tight_endsAtTheData()
    {
        const AxisScale scale(PlotAxis{.title = {}, .tight = true}, {0, 24}, 3);
        QCOMPARE(numbersOf(scale), (QStringList{"0", "10", "20"}));
        QCOMPARE(scale.share(24), 1.0);
    }
    void linearAxis_oneValue_keepsTheAskedEnd()
    {
        const AxisScale scale(PlotAxis{.title = {}, .low = 0}, {0, 0}, 4);
        QCOMPARE(scale.low(), 0.0);
        QVERIFY(scale.high() > 0);
        QVERIFY(numbersOf(scale).size() >= 2);
    }
    void logAxis_namesPowersOfTen()
    {
        // 10^-3 has an exponent; from 0.01 to 1000 they are written out.
        const AxisScale all(PlotAxis{.title = {}, .scale = PlotAxis::Scale::Log}, {2e-4, 40}, 8);
        QCOMPARE(numbersOf(all), (QStringList{"10−3", "0.01", "0.1", "1", "10"}));
        QVERIFY(all.ticks().size() > 5 * 8); // small ticks at 2 … 9
        QVERIFY(std::abs(all.share(std::sqrt(all.low() * all.high())) - 0.5) < 1e-12);
    }
    void logAxis_lessThanADecade_namesTwoAndFive()
    {
        const AxisScale scale(PlotAxis{.title = {}, .scale = PlotAxis::Scale::Log}, {0.03, 0.3}, 6);
        QCOMPARE(numbersOf(scale), (QStringList{"0.05", "0.1", "0.2"}));
    }
    void layout_curve_standsWhereItsValuesAre()
    {
        Figure figure;
        figure.plots = {samplePlot()};
        const auto drawing = layoutFigure(figure);
        QVERIFY2(drawing, drawing ? "" : drawing.error().message.c_str());
        const Stroke* curve = nullptr;
        const auto strokes = itemsOf<Stroke>(*drawing);
        for (const Stroke& stroke : strokes)
            if (stroke.points.size() == 11)
                curve = &stroke;
        QVERIFY(curve);
        const QPointF low = curve->points.front(), high = curve->points.back();
        for (std::size_t i = 0; i < 11; ++i) { // equal steps to the right, squares up
            const double t = static_cast<double>(i) / 10;
            QVERIFY(std::abs(curve->points[i].x() - (low.x() + t * (high.x() - low.x()))) < 1e-9);
            QVERIFY(std::abs(curve->points[i].y() - (low.y() + t * t * (high.y() - low.y()))) < 1e-9);
        }
        const auto dots = itemsOf<Dots>(*drawing);
        QCOMPARE(dots.size(), std::size_t{1});
        QCOMPARE(dots[0].centres.size(), std::size_t{1}); // the other lies outside
        QVERIFY(std::abs(dots[0].centres[0].y() - (low.y() + high.y()) / 2) < 1e-9);
    }
    void layout_texts_stayOnThePage()
    {
        Figure figure;
        for (int i = 0; i < 8; ++i)
            figure.plots.push_back(samplePlot());
        figure.keys = {{"first run", PlotKey::Sample::Line}, {"band", PlotKey::Sample::Patch}};
        figure.caption = "What is drawn.";
        for (const char* preset : {"iclr", "two-column", "slides", "poster"}) {
            figure.page = *pagePreset(preset);
            const auto drawing = layoutFigure(figure);
            QVERIFY2(drawing, drawing ? preset : drawing.error().message.c_str());
            const QStringList texts = textsOf(*drawing);
            for (const char* wanted : {"(a) squares", "(h) squares", "epoch", "value", "first run", "band"})
                QVERIFY2(texts.contains(wanted), wanted);
            for (const Text& text : itemsOf<Text>(*drawing)) {
                const bool turned = text.angleDeg != 0;
                const double right = text.baseline.x() + (turned ? 0 : text.line.width);
                const double top = text.baseline.y() - (turned ? text.line.width : text.line.ascent);
                QVERIFY(text.baseline.x() >= 0 && right <= figure.page.widthPt && top >= 0 &&
                        text.baseline.y() <= drawing->size.height());
            }
        }
    }
    void layout_xAxis_isNamedOnceAColumn()
    {
        Figure figure;
        figure.plots = {samplePlot(), samplePlot(), samplePlot(), samplePlot()};
        figure.columns = 2;
        const auto drawing = layoutFigure(figure);
        QVERIFY(drawing);
        QCOMPARE(textsOf(*drawing).count("epoch"), 2);
    }
    void layout_gap_breaksTheCurve()
    {
        Figure figure;
        Plot plot = samplePlot();
        plot.curves[0].points[5].setY(std::nan(""));
        figure.plots = {plot};
        const auto drawing = layoutFigure(figure);
        QVERIFY(drawing);
        int halves = 0;
        for (const Stroke& stroke : itemsOf<Stroke>(*drawing))
            halves += stroke.points.size() == 5;
        QCOMPARE(halves, 2);
    }
    /// A bar leaves the left two fifths free: the note becomes narrow enough to stand there.
    void layout_note_evadesTheBars()
    {
        Plot plot;
        plot.x = {"x", {}, 0, 1};
        plot.y = {"y", {}, 0, 1};
        plot.areas.push_back({{{0.42, 0}, {0.98, 0}, {0.98, 1}, {0.42, 1}}, {PlotColour::Role::Run, 1, 0, 0.5}});
        plot.note = "ECE 5.3, accuracy 98.5, and more";
        Figure figure;
        figure.plots = {plot};
        figure.page.widthPt = 190;
        const auto drawing = layoutFigure(figure);
        QVERIFY(drawing);
        const std::vector<QPointF> corners = itemsOf<Fill>(*drawing).front().points;
        const QRectF bar = QPolygonF(QList<QPointF>(corners.begin(), corners.end())).boundingRect();
        int lines = 0;
        for (const Text& text : itemsOf<Text>(*drawing))
            if (text.halo) {
                ++lines;
                QVERIFY(text.baseline.x() + text.line.width < bar.left());
            }
        QVERIFY(lines >= 2);
    }
    void layout_coloursThatDoNotFit_areRefused()
    {
        Figure figure;
        Plot plot = samplePlot();
        plot.dots[0].entry[1] = 7;
        figure.plots = {plot};
        QVERIFY(!layoutFigure(figure));
    }
    void layout_scenesAndPlots_areRefused()
    {
        Figure figure;
        QVERIFY(!layoutFigure(figure));
        figure.plots = {samplePlot()};
        figure.panels.emplace_back();
        QVERIFY(!layoutFigure(figure));
    }
    void painters_plot_hasItsColours()
    {
        Figure figure;
        figure.plots = {samplePlot()};
        figure.page.dpi = 100;
        const auto png = paintPng(figure);
        QVERIFY(png);
        const QImage picture = QImage::fromData(*png);
        const Rgb band = mix(theme(ThemeMode::Light).runs[1], theme(ThemeMode::Light).canvas, 0.5);
        int found = 0;
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x)
                found += picture.pixel(x, y) == qRgb(band.r, band.g, band.b);
        QVERIFY2(found > 5000, qPrintable(QString::number(found))); // a fifth of the frame
        for (const auto paint : {paintPdf, paintSvg}) {
            const auto first = paint(figure, 1), second = paint(figure, 3);
            QVERIFY(first && second && *first == *second);
            QVERIFY(first->size() > 1000);
        }
    }
};

QTEST_MAIN(PlotsTest)
#include "tst_plots.moc"
