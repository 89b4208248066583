#include <set>

#include <QtTest>

#include "synthetic_scene.h"
#include "viz/scene/figure_layout.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/panel_drawing.h"

using namespace nc;
using namespace nc::scene;

namespace
{

Figure figureOf(int panels, const SceneModel& scene)
{
    Figure figure;
    for (int i = 0; i < panels; ++i)
        figure.panels.push_back({scene, "epoch " + std::to_string(i)});
    figure.caption =
        "mixed training data, evaluation mode, one fixed basis, a caption that is long enough to be wrapped at "
        "least once at the width of a column";
    return figure;
}

/// Where a text's ink is on the page.
QRectF inkOf(const Drawing& drawing, const Text& text)
{
    QTransform place;
    place.translate(text.baseline.x(), text.baseline.y());
    place.rotate(-text.angleDeg);
    return place.mapRect(outline(drawing.fonts, text.line).boundingRect());
}

std::string wordsOf(const Text& text)
{
    QString all;
    for (const GlyphRun& run : text.line.runs)
        all += run.text;
    return all.toStdString();
}

void collectPoints(const Drawing& drawing, std::vector<QPointF>& points)
{
    for (const DrawingItem& item : drawing.items) {
        if (const auto* dots = std::get_if<Dots>(&item))
            points.insert(points.end(), dots->centres.begin(), dots->centres.end());
        if (const auto* stroke = std::get_if<Stroke>(&item))
            points.insert(points.end(), stroke->points.begin(), stroke->points.end());
        if (const auto* fill = std::get_if<Fill>(&item))
            points.insert(points.end(), fill->points.begin(), fill->points.end());
    }
}

/// Texts lie inside the page and do not overlap each other.
void verifyTexts(const Drawing& drawing)
{
    std::vector<QRectF> inks;
    for (const DrawingItem& item : drawing.items)
        if (const auto* text = std::get_if<Text>(&item)) {
            const QRectF ink = inkOf(drawing, *text);
            QVERIFY2(QRectF({0, 0}, drawing.size).contains(ink), wordsOf(*text).c_str());
            for (const QRectF& other : inks)
                QVERIFY2(!ink.adjusted(0.2, 0.2, -0.2, -0.2).intersects(other), wordsOf(*text).c_str());
            inks.push_back(ink);
        }
}

std::size_t dotsOf(const Drawing& drawing)
{
    std::size_t count = 0;
    for (const DrawingItem& item : drawing.items)
        if (const auto* dots = std::get_if<Dots>(&item))
            count += dots->centres.size();
    return count;
}

bool shows(const Drawing& drawing, const std::string& words)
{
    return std::any_of(drawing.items.begin(), drawing.items.end(), [&](const DrawingItem& item) {
        const auto* text = std::get_if<Text>(&item);
        return text && wordsOf(*text) == words;
    });
}

} // namespace

class TestFigureLayout : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void layout_everythingIsInsideThePage_data()
    {
        QTest::addColumn<int>("panels");
        QTest::addColumn<int>("columns");
        QTest::addColumn<int>("classes");
        QTest::addColumn<QString>("preset");
        QTest::addColumn<bool>("everything");
        QTest::newRow("one") << 1 << 0 << 3 << "iclr" << false;
        QTest::newRow("one, all layers") << 1 << 0 << 3 << "iclr" << true;
        QTest::newRow("column") << 1 << 0 << 3 << "two-column" << true;
        QTest::newRow("strip of four") << 4 << 0 << 3 << "iclr" << false;
        QTest::newRow("strip of six") << 6 << 0 << 3 << "iclr" << true;
        QTest::newRow("two by five") << 10 << 5 << 3 << "icml" << false;
        QTest::newRow("slides") << 2 << 0 << 3 << "slides" << true;
        QTest::newRow("tetrahedron") << 1 << 0 << 4 << "iclr" << false;
        QTest::newRow("tetrahedron, all layers") << 3 << 0 << 4 << "poster" << true;
    }
    void layout_everythingIsInsideThePage()
    {
        QFETCH(int, panels);
        QFETCH(int, columns);
        QFETCH(int, classes);
        QFETCH(QString, preset);
        QFETCH(bool, everything);
        SceneModel scene = syntheticScene({classes, 100, 60});
        if (everything) {
            for (const Layer layer : {Layer::Regions, Layer::Boundaries, Layer::Axes, Layer::Means})
                scene.layers.set(layer);
            scene.means = scene.simplex->vertices;
            scene.axisNames = {"first axis", "second axis", "λ"};
            scene.theory->badge = "not valid here: not a cross-entropy mixup run";
            scene.colorBy = ColorBy::ClassLambda;
        }
        Figure figure = figureOf(panels, scene);
        figure.columns = columns;
        figure.page = *pagePreset(preset.toStdString());
        figure.title = "A title over everything";
        if (columns > 0) {
            for (FigurePanel& panel : figure.panels)
                panel.title = RichText();
            figure.rowLabels = {"mixup, 4 classes", "plain, same probe"};
            for (int c = 0; c < columns; ++c)
                figure.columnLabels.emplace_back("epoch " + std::to_string(c));
        }
        const auto drawing = layoutFigure(figure);
        QVERIFY2(drawing, drawing ? "" : drawing.error().message.c_str());
        QCOMPARE(drawing->size.width(), figure.page.widthPt);
        QCOMPARE(dotsOf(*drawing), std::size_t(panels * scene.cloud.size())); // every point is drawn
        std::vector<QPointF> points;
        collectPoints(*drawing, points);
        const QRectF page({0, 0}, drawing->size);
        QVERIFY(std::all_of(points.begin(), points.end(), [&](QPointF p) { return page.contains(p); }));
        verifyTexts(*drawing);
    }

    void layout_panels_shareOneScale()
    {
        SceneModel small = syntheticScene({3, 50, 50, false});
        small.cloud.positions *= 0.1F;
        Figure figure = figureOf(1, syntheticScene({3, 50, 50, false}));
        figure.panels.push_back({small, ""});
        const auto drawing = layoutFigure(figure);
        std::vector<double> widths;
        for (const DrawingItem& item : drawing->items)
            if (const auto* dots = std::get_if<Dots>(&item)) {
                const auto [low, high] = std::minmax_element(dots->centres.begin(), dots->centres.end(),
                                                             [](QPointF a, QPointF b) { return a.x() < b.x(); });
                widths.push_back(high->x() - low->x());
            }
        QCOMPARE(widths.size(), std::size_t{2});
        QVERIFY(std::abs(widths[1] / widths[0] - 0.1) < 1e-3); // float32 positions
    }

    void layout_longClassNames_areNotCutOff()
    {
        SceneModel scene = syntheticScene();
        scene.classes[0].name = "a rather long name of a class, such as people give";
        scene.classes[1].name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
        for (const char* preset : {"iclr", "two-column", "slides"})
            for (const int panels : {1, 5})
                for (const ColorBy colorBy : {ColorBy::KindLambda, ColorBy::ClassLambda}) {
                    scene.colorBy = colorBy;
                    Figure figure = figureOf(panels, scene);
                    figure.page = *pagePreset(preset);
                    figure.letters = false;
                    if (figure.page.heightPt > 0)
                        figure.page.fontSizePt = 12;
                    const auto drawing = layoutFigure(figure);
                    QVERIFY2(drawing, drawing ? "" : drawing.error().message.c_str());
                    verifyTexts(*drawing);
                    QString all;
                    for (const DrawingItem& item : drawing->items)
                        if (const auto* text = std::get_if<Text>(&item))
                            all += QString::fromStdString(wordsOf(*text));
                    all.remove(u' ');
                    for (const int k : {0, 1})
                        QVERIFY(all.contains(QString::fromStdString(scene.classes[size_t(k)].name).remove(u' ')));
                }
    }

    void layout_aStripOnANarrowPage_takesTwoRows()
    {
        for (const auto& [preset, rows] : {std::pair("two-column", std::size_t{2}), {"iclr", std::size_t{1}}}) {
            Figure figure = figureOf(6, syntheticScene({3, 40, 40}));
            figure.page = *pagePreset(preset);
            const auto drawing = layoutFigure(figure);
            QVERIFY(drawing);
            std::set<double> baselines;
            for (const DrawingItem& item : drawing->items)
                if (const auto* text = std::get_if<Text>(&item); text && wordsOf(*text).find("epoch") < 5)
                    baselines.insert(text->baseline.y());
            QCOMPARE(baselines.size(), rows);
        }
    }
    void layout_names_standInTheLastPanelOnly()
    {
        const auto drawing = layoutFigure(figureOf(4, syntheticScene({3, 40, 40})));
        int symbols = 0;
        for (const DrawingItem& item : drawing->items)
            if (const auto* text = std::get_if<Text>(&item))
                symbols += wordsOf(*text) == "w10";
        QCOMPARE(symbols, 1);
        QVERIFY(shows(*drawing, "w10 Sneaker")); // in the legend
        QVERIFY(shows(*drawing, "(b) epoch 1"));
    }

    void layout_guides_areDrawnInTheirColoursWithTheirLabels()
    {
        SceneModel scene = syntheticScene({3, 20, 20});
        const Theme& colours = theme(ThemeMode::Light);
        Matrix line(2, 2), dot(1, 2);
        line << 0.1, -0.2, 0.6, 0.3;
        dot << 0.2, 0.1;
        const auto strokesOf = [&](const Figure& figure, Rgb colour) {
            int count = 0;
            const auto drawing = layoutFigure(figure);
            for (const DrawingItem& item : drawing->items)
                if (const auto* stroke = std::get_if<Stroke>(&item))
                    count += stroke->colour == colour && !stroke->dash.empty();
            return count;
        };
        const int before = strokesOf(figureOf(1, scene), colours.classColour(1));
        scene.guides = {{line, "the way there", 1, true}, {dot, "here"}};
        const Figure figure = figureOf(1, scene);
        QCOMPARE(strokesOf(figure, colours.classColour(1)), before + 1);
        const auto drawing = layoutFigure(figure);
        std::set<std::string> words;
        for (const DrawingItem& item : drawing->items)
            if (const auto* text = std::get_if<Text>(&item))
                words.insert(wordsOf(*text));
        scene.guides = {{line, {}, -1, false, {0, 1}}};
        scene.colorBy = ColorBy::Class;
        const auto ribbon = layoutFigure(figureOf(1, scene));
        int segments = 0, bars = 0;
        for (const DrawingItem& item : ribbon->items) {
            if (const auto* stroke = std::get_if<Stroke>(&item))
                segments += stroke->colour == colours.lambda.at(0.5);
            bars += std::holds_alternative<ColourBar>(item); // what its colours mean
        }
        QCOMPARE(segments, 1);
        QCOMPARE(bars, 1);
        QVERIFY(words.contains("the way there") && words.contains("here"));
        verifyTexts(*drawing);
    }
    void guideLabel_standsBesideTheMiddle_awayFromTheOrigin()
    {
        const QPointF origin(100, 100);
        const LabelWish below = guideLabelWish({{50, 150}, {100, 160}, {150, 150}}, origin, {10, 5});
        QCOMPARE(below.target, QPointF(100, 160));
        QVERIFY(below.away.y() > 0);
        const LabelWish through = guideLabelWish({origin, {200, 130}}, origin, {10, 5}); // no side: above
        QCOMPARE(through.target, QPointF(150, 115));
        QVERIFY(through.away.y() < 0);
        QCOMPARE(guideLabelWish({{130, 100}}, origin, {}).away, QPointF(30, 0));
    }
    void layout_legend_namesAClassOnce_whateverItsSlot()
    {
        Figure figure = figureOf(4, syntheticScene());
        std::swap(figure.panels[1].scene.classes[0], figure.panels[1].scene.classes[1]);
        const auto drawing = layoutFigure(figure);
        QVERIFY(drawing);
        int named = 0;
        for (const DrawingItem& item : drawing->items)
            if (const auto* text = std::get_if<Text>(&item))
                named += wordsOf(*text) == "w10 Sneaker";
        QCOMPARE(named, 1);
    }

    void layout_legend_explainsOnlyWhatIsShown()
    {
        SceneModel scene = syntheticScene({3, 0, 40, false});
        scene.simplex.reset();
        const auto drawing = layoutFigure(figureOf(1, scene));
        QVERIFY(shows(*drawing, "same class") && shows(*drawing, "classifier"));
        QVERIFY(!shows(*drawing, "different class") && !shows(*drawing, "theory") && !shows(*drawing, "ETF"));
        scene.layers.set(Layer::Legend, false);
        QVERIFY(!shows(*layoutFigure(figureOf(1, scene)), "same class"));
    }

    void layout_zoomedIn_staysInItsPanel()
    {
        SceneModel scene = syntheticScene({4, 100, 100});
        scene.camera.zoom = 3;
        const auto drawing = layoutFigure(figureOf(2, scene));
        QVERIFY(dotsOf(*drawing) < std::size_t(2 * scene.cloud.size()));
        QVERIFY(dotsOf(*drawing) > 0);
        std::vector<QPointF> points;
        collectPoints(*drawing, points);
        const QRectF page({0, 0}, drawing->size);
        QVERIFY(std::all_of(points.begin(), points.end(), [&](QPointF p) { return page.contains(p); }));
    }

    void layout_emptyCloud_isStillAFigure()
    {
        SceneModel scene;
        scene.classes = std::vector<SceneClass>{{0, "a"}, {1, "b"}};
        QVERIFY(layoutFigure(figureOf(2, scene)));
    }

    void layout_impossible_saysWhy()
    {
        QVERIFY(layoutFigure(Figure{}).error().kind == ErrorKind::Usage);
        Figure figure = figureOf(12, syntheticScene({3, 5, 5}));
        figure.columns = 12;
        figure.page.widthPt = 150;
        const auto drawing = layoutFigure(figure);
        QVERIFY(!drawing && drawing.error().kind == ErrorKind::Usage);
        QVERIFY(drawing.error().message.find("too small") != std::string::npos);
        figure = figureOf(1, syntheticScene({3, 5, 5}));
        figure.page.heightPt = 30;
        QVERIFY(!layoutFigure(figure));
        figure.page = {};
        figure.page.fontSizePt = 0;
        QVERIFY(!layoutFigure(figure));
        figure.page = {};
        figure.panels[0].scene.cloud.lambda[0] = 2;
        QVERIFY(layoutFigure(figure).error().kind == ErrorKind::Data);
    }

    void pageSize_isThatOfThePreset()
    {
        Figure figure = figureOf(1, syntheticScene({3, 5, 5}));
        figure.page = *pagePreset("slides");
        QCOMPARE(*pageSize(figure), QSizeF(960, 540));
        QVERIFY(!pagePreset("letter"));
        QCOMPARE(pagePresetNames().size(), std::size_t{7});
    }
};

QTEST_MAIN(TestFigureLayout)
#include "tst_figure_layout.moc"
