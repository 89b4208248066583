#include <cmath>

#include <QImage>
#include <QPainter>
#include <QtTest>

#include "synthetic_scene.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/screen_painter.h"

using namespace nc;
using namespace nc::scene;

namespace
{

constexpr QSize viewSize(480, 320);

QImage frame(ScreenPainter& screen, const ScreenView& view, const ScreenStyle& style, double ratio = 1, int threads = 2,
             QSize size = viewSize)
{
    QImage picture((QSizeF(size) * ratio).toSize(), QImage::Format_RGB32);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::magenta);
    QPainter painter(&picture);
    screen.paint(painter, size, ratio, view, style, threads);
    painter.end();
    return picture;
}

bool isNear(QRgb pixel, Rgb colour, int slack = 12)
{
    return std::abs(qRed(pixel) - colour.r) <= slack && std::abs(qGreen(pixel) - colour.g) <= slack &&
           std::abs(qBlue(pixel) - colour.b) <= slack;
}

/// Share of the pixels of a part of the picture (all of it: {}) that have a colour.
double inkOf(const QImage& picture, Rgb colour, QRect part = {}, int slack = 12)
{
    if (part.isNull())
        part = picture.rect();
    int found = 0;
    for (int y = part.top(); y <= part.bottom(); ++y)
        for (int x = part.left(); x <= part.right(); ++x)
            found += isNear(picture.pixel(x, y), colour, slack);
    return static_cast<double>(found) / part.width() / part.height();
}

Rgb canvasOf(ThemeMode mode)
{
    return theme(mode).canvas;
}
Rgb classOf(int slot, ThemeMode mode = ThemeMode::Dark)
{
    return theme(mode).classColour(slot);
}

std::shared_ptr<const SceneModel> synthetic(int classes)
{
    return std::make_shared<SceneModel>(syntheticScene({classes, 200, 200}));
}

/// Points of the classes 0, 1, … at given places, and nothing else.
std::shared_ptr<SceneModel> pointsAt(const RowMatrixF& places, std::vector<std::int32_t> labels)
{
    auto model = std::make_shared<SceneModel>();
    model->dims = static_cast<int>(places.cols());
    model->classes = std::vector<SceneClass>{{0, "a"}, {1, "b"}, {2, "c"}};
    model->cloud.positions = places;
    model->cloud.labelA = labels;
    model->cloud.labelB = std::move(labels);
    model->cloud.lambda.assign(static_cast<std::size_t>(places.rows()), 1.0F);
    return model;
}

ScreenStyle bigDots()
{
    ScreenStyle style;
    style.pointDiameterPx = 12;
    return style;
}

QRect around(QPointF place, int reach)
{
    const QPoint centre = place.toPoint();
    return {centre - QPoint(reach, reach), centre + QPoint(reach, reach)};
}

} // namespace

class TestScreenPainter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void paint_synthetic_hasTheClassesWhereTheyBelong_data()
    {
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("mode");
        for (const int classes : {3, 4})
            for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light})
                QTest::addRow("%d classes, theme %d", classes, static_cast<int>(mode))
                    << classes << static_cast<int>(mode);
    }
    void paint_synthetic_hasTheClassesWhereTheyBelong()
    {
        QFETCH(int, classes);
        QFETCH(int, mode);
        const auto scene = synthetic(classes);
        ScreenPainter screen;
        screen.setScene(scene);
        ScreenStyle style;
        style.theme = static_cast<ThemeMode>(mode);
        style.layers = Layers::none();
        style.layers.set(Layer::Cloud);
        const QImage picture = frame(screen, {}, style);
        QCOMPARE(screen.frame().shownPoints(), scene->cloud.size());
        QVERIFY(inkOf(picture, canvasOf(style.theme), {}, 0) > 0.5);
        QCOMPARE(inkOf(picture, {255, 0, 255}, {}, 0), 0.0); // all of the view is painted
        if (classes == 4)
            return; // fog changes the colours
        for (int slot = 0; slot < 3; ++slot) {
            // A pure sample's feature lies on its arrow, at 2.2 times its length in this scene.
            const QPointF tip = screen.frame().placeOf(scene->classifiers[static_cast<std::size_t>(slot)].tip * 2.2);
            QVERIFY(inkOf(picture, classOf(slot, style.theme), around(tip, 14)) > 0.15);
            QVERIFY(inkOf(picture, classOf((slot + 1) % 3, style.theme), around(tip, 14)) < 0.02);
        }
    }

    void paint_anyNumberOfThreads_givesTheSamePicture()
    {
        for (const int classes : {3, 4}) {
            ScreenPainter screen;
            screen.setScene(synthetic(classes));
            ScreenStyle style;
            style.layers.set(Layer::Regions);
            style.layers.set(Layer::Boundaries);
            const QImage one = frame(screen, {}, style, 1, 1);
            QCOMPARE(frame(screen, {}, style, 1, 2), one);
            ScreenPainter fresh;
            fresh.setScene(synthetic(classes));
            QCOMPARE(frame(fresh, {}, style, 1, 4), one);
        }
    }

    void paint_everything_fitsWithAMargin()
    {
        for (const int classes : {3, 4}) {
            const auto scene = synthetic(classes);
            ScreenPainter screen;
            screen.setScene(scene);
            const QRectF inside = QRectF(QPointF(0, 0), viewSize).adjusted(15, 15, -15, -15);
            for (const double azimuth : {-62.0, 10.0, 140.0})
                for (const double elevation : {-90.0, -40.0, 0.0, 18.0, 75.0}) {
                    frame(screen, {{azimuth, elevation, 1}, {}}, {});
                    double widest = 0;
                    for (std::uint32_t i = 0; i < scene->cloud.size(); ++i) {
                        QVERIFY(inside.contains(screen.frame().placeOf(i)));
                        widest = std::max(widest, std::abs(screen.frame().placeOf(i).y() - viewSize.height() / 2.0));
                    }
                    QVERIFY(widest > 0.3 * viewSize.height()); // and not needlessly small: half would be all of it
                }
        }
    }

    void paint_longClassifiers_fitAtTheirDrawnLength()
    {
        auto scene = std::make_shared<SceneModel>(syntheticScene({3, 200, 200}));
        ScreenPainter screen;
        screen.setScene(scene);
        frame(screen, {}, {});
        const double unit = screen.frame().pixelsPerUnit();
        auto longer = std::make_shared<SceneModel>(*scene);
        longer->classifierLength = 0.01; // of arrows a hundred times as long: the picture is the same
        for (ClassifierArrow& arrow : longer->classifiers)
            arrow.tip *= 100;
        longer->simplex->vertices *= 100;
        screen.setScene(longer);
        const QImage picture = frame(screen, {}, {});
        QVERIFY(std::abs(screen.frame().pixelsPerUnit() - unit) < 1e-9 * unit);
        screen.setScene(scene);
        QCOMPARE(frame(screen, {}, {}), picture);
    }

    /// Looking at every point finds what the id buffer has, but where discs overlap within an eighth of a pixel.
    void pointAt_withoutIds_findsTheSame()
    {
        for (const int classes : {3, 4}) {
            const auto scene = synthetic(classes);
            ScreenPainter screen;
            screen.setScene(scene);
            ScreenStyle style;
            style.pointDiameterPx = 7;
            style.filter.hiddenClasses = {10};
            frame(screen, {}, style);
            const ScreenFrame& last = screen.frame();
            int found = 0, same = 0;
            for (int y = 0; y < viewSize.height(); y += 3)
                for (int x = 0; x < viewSize.width(); x += 3) {
                    const QPointF place(x + 0.5, y + 0.5);
                    const auto wanted = screen.pointAt(place, 0);
                    const auto point = last.points().pointAt(last.cloudView(), place, 0);
                    found += wanted.has_value() || point.has_value();
                    same += point && point == wanted;
                }
            QVERIFY(found > 300);
            QVERIFY2(same > 0.9 * found, qPrintable(QString("%1 of %2").arg(same).arg(found)));
            for (std::uint32_t i = 0; i < 50; ++i) { // just outside a disc: the reach finds it, or one nearer by
                const QPointF beside = last.placeOf(last.points().source()[i]) + QPointF(4.5, 0);
                QVERIFY(last.points().pointAt(last.cloudView(), beside, 2));
            }
        }
    }

    void pointAt_overAPoint_isThatPoint_andNoneOnTheCanvas()
    {
        RowMatrixF places(3, 2);
        places << -1, -1, 1, -1, 0, 1;
        ScreenPainter screen;
        screen.setScene(pointsAt(places, {0, 1, 2}));
        QVERIFY(!screen.pointAt({10, 10}, 400)); // nothing painted yet
        for (const double ratio : {1.0, 1.5, 2.0}) {
            frame(screen, {}, bigDots(), ratio);
            for (std::uint32_t i = 0; i < 3; ++i) {
                const QPointF place = screen.frame().placeOf(i);
                QCOMPARE(screen.pointAt(place, 0), std::optional(i));
                QCOMPARE(screen.pointAt(place + QPointF(10, 0), 8), std::optional(i)); // 4 px beside the disc
                QVERIFY(!screen.pointAt(place + QPointF(20, 0), 8));
            }
            QVERIFY(!screen.pointAt(QPointF(viewSize.width() / 2.0, viewSize.height() / 2.0), 8));
            QVERIFY(!screen.pointAt({-50, -50}, 8));
        }
    }

    void paint_nearerPoint_winsInSpace()
    {
        // Seen from azimuth 0, elevation 0 the eye is at +x.
        for (const bool firstInFront : {true, false}) {
            RowMatrixF places(4, 3);
            const float x = firstInFront ? 1.0F : -1.0F;
            places << x, 0, 0, -x, 0, 0, 0, -2, -1, 0, 2, 1;
            ScreenPainter screen;
            screen.setScene(pointsAt(places, {0, 1, 2, 2}));
            const QImage picture = frame(screen, {{0, 0, 1}, {}}, bigDots());
            const QPointF centre = screen.frame().placeOf(0U);
            QVERIFY(QLineF(centre, screen.frame().placeOf(1U)).length() < 0.01);
            QCOMPARE(screen.pointAt(centre, 0), std::optional(firstInFront ? 0U : 1U));
            QVERIFY(isNear(picture.pixel(centre.toPoint()), classOf(firstInFront ? 0 : 1)));
        }
    }

    void paint_fog_movesFarPointsTowardsTheCanvas()
    {
        RowMatrixF places(2, 3);
        places << 1, -1, 0, -1, 1, 0;
        ScreenPainter screen;
        screen.setScene(pointsAt(places, {0, 0}));
        const QImage picture = frame(screen, {{0, 0, 1}, {}}, bigDots());
        QVERIFY(isNear(picture.pixel(screen.frame().placeOf(0U).toPoint()), classOf(0), 1));
        const Rgb faded = mix(classOf(0), canvasOf(ThemeMode::Dark), 0.42);
        QVERIFY(isNear(picture.pixel(screen.frame().placeOf(1U).toPoint()), faded, 1));
    }

    void filter_hiddenClass_isGoneFromPictureAndCount()
    {
        const auto scene = synthetic(3);
        ScreenPainter screen;
        screen.setScene(scene);
        ScreenStyle style;
        style.layers = Layers::none();
        style.layers.set(Layer::Cloud);
        QVERIFY(inkOf(frame(screen, {}, style), classOf(1)) > 0.003);
        style.filter.hiddenClasses = {11};
        const QImage picture = frame(screen, {}, style);
        QCOMPARE(screen.frame().shownPoints(), Index{200 * 2 + 200}); // two classes and the mixes of these two
        QCOMPARE(inkOf(picture, classOf(1)), 0.0);
        QVERIFY(inkOf(picture, classOf(0)) > 0.003);
        style.filter = {};
        style.filter.hideSame = true;
        frame(screen, {}, style);
        QCOMPARE(screen.frame().shownPoints(), Index{600});
        style.filter.hideDifferent = true;
        QCOMPARE(inkOf(frame(screen, {}, style), canvasOf(ThemeMode::Dark), {}, 0), 1.0);
        QCOMPARE(screen.frame().shownPoints(), Index{0});
    }

    void filter_lambdaRange_countsTheLowerClassIndex()
    {
        RowMatrixF places(3, 2);
        places << -1, -1, 1, -1, 0, 1;
        auto model = pointsAt(places, {0, 1, 0});
        model->cloud.labelB = {1, 0, 0};
        model->cloud.lambda = {0.2F, 0.2F, 0.9F}; // of class 0: 0.2, 0.8, 0.9
        ScreenPainter screen;
        screen.setScene(model);
        ScreenStyle style = bigDots();
        style.filter.lambdaLow = 0.5F;
        frame(screen, {}, style);
        QCOMPARE(screen.frame().shownPoints(), Index{2});
        QVERIFY(!screen.pointAt(screen.frame().placeOf(0U), 0));
        QCOMPARE(screen.pointAt(screen.frame().placeOf(1U), 0), std::optional(1U));
        QCOMPARE(screen.pointAt(screen.frame().placeOf(2U), 0), std::optional(2U));
    }

    void view_centreAndZoom_moveThePicture()
    {
        const auto scene = synthetic(3);
        ScreenPainter screen;
        screen.setScene(scene);
        frame(screen, {}, {});
        const QPointF middle(viewSize.width() / 2.0, viewSize.height() / 2.0);
        const Vector tip = scene->classifiers[0].tip;
        const QPointF before = screen.frame().placeOf(tip);
        const double unit = screen.frame().pixelsPerUnit();
        QVERIFY(unit > 0);
        ScreenView moved;
        moved.centre = QPointF(30, 20) / unit; // the eye goes right and up, the picture left and down
        frame(screen, moved, {});
        QVERIFY(QLineF(screen.frame().placeOf(tip), before + QPointF(-30, 20)).length() < 1e-6);
        ScreenView zoomed;
        zoomed.camera.zoom = 2;
        frame(screen, zoomed, {});
        QVERIFY(std::abs(screen.frame().pixelsPerUnit() - 2 * unit) < 1e-9 * unit);
        QVERIFY(QLineF(screen.frame().placeOf(tip), middle + (before - middle) * 2).length() < 1e-6);
    }

    void names_nearTheEdge_stayInTheView()
    {
        const auto scene = synthetic(3);
        ScreenPainter screen;
        screen.setScene(scene);
        ScreenStyle style;
        style.layers = Layers::none();
        style.layers.set(Layer::Names);
        style.layers.set(Layer::Classifiers);
        frame(screen, {}, style);
        // Brings a tip to three pixels from the left edge.
        const QPointF tip = screen.frame().placeOf(scene->classifiers[0].tip);
        ScreenView view;
        view.centre = QPointF(tip.x() - 3, 0) / screen.frame().pixelsPerUnit();
        const QImage picture = frame(screen, view, style);
        QVERIFY(std::abs(screen.frame().placeOf(scene->classifiers[0].tip).x() - 3) < 1e-6);
        // The class's dot on its card is wholly visible: about 0.3 em in radius.
        const double dotPixels = inkOf(picture, classOf(0)) * picture.width() * picture.height();
        QVERIFY2(dotPixels > 35 && dotPixels < 60, qPrintable(QString::number(dotPixels)));
    }

    void selected_isRingedInAccent_andOnlyWhereShown()
    {
        const auto scene = synthetic(3);
        ScreenPainter screen;
        screen.setScene(scene);
        ScreenStyle style;
        const Rgb accent = theme(style.theme).accent;
        QCOMPARE(inkOf(frame(screen, {}, style), accent, {}, 3), 0.0);
        style.selected = 0;
        const QImage picture = frame(screen, {}, style);
        QVERIFY(inkOf(picture, accent, around(screen.frame().placeOf(0U), 9), 3) > 0.05);
        style.filter.hiddenClasses = {10};
        QCOMPARE(inkOf(frame(screen, {}, style), accent, {}, 3), 0.0);
    }

    void regions_followTheView_andStandUnderTheCloud()
    {
        const auto scene = synthetic(3);
        ScreenPainter screen;
        screen.setScene(scene);
        ScreenStyle style;
        style.layers = Layers::none();
        style.layers.set(Layer::Regions);
        const QImage picture = frame(screen, {}, style);
        // Far out on an arrow almost only its class remains: its colour at 30 %.
        const QPointF far = screen.frame().placeOf(scene->classifiers[0].tip * 2.5);
        QVERIFY(isNear(picture.pixel(far.toPoint()), mix(canvasOf(style.theme), classOf(0), 0.3), 20));
        QVERIFY(!isNear(picture.pixel(far.toPoint()), canvasOf(style.theme), 20));
        ScreenView view;
        view.centre = {0.4, 0.2};
        const QImage moved = frame(screen, view, style);
        const QRgb before = picture.pixel(QPoint(240, 160));
        const QPointF offset = view.centre * screen.frame().pixelsPerUnit();
        const QRgb after = moved.pixel((QPointF(240, 160) + QPointF(-offset.x(), offset.y())).toPoint());
        QVERIFY(isNear(after,
                       {static_cast<std::uint8_t>(qRed(before)), static_cast<std::uint8_t>(qGreen(before)),
                        static_cast<std::uint8_t>(qBlue(before))},
                       3)); // half resolution, smoothed
    }

    void paint_devicePixelRatio_keepsThePicture()
    {
        ScreenPainter screen;
        screen.setScene(synthetic(3));
        ScreenStyle style;
        style.layers = Layers::none();
        style.layers.set(Layer::Cloud);
        const QImage plain = frame(screen, {}, style);
        for (const double ratio : {1.5, 2.0}) {
            const QImage fine = frame(screen, {}, style, ratio);
            QCOMPARE(fine.size(), (QSizeF(viewSize) * ratio).toSize());
            for (int slot = 0; slot < 3; ++slot) {
                // Rims are mixed colours and take a larger part of small dots.
                const double share = inkOf(fine, classOf(slot), {}, 30) / inkOf(plain, classOf(slot), {}, 30);
                QVERIFY2(share > 0.8 && share < 1.6, qPrintable(QString::number(share)));
            }
        }
    }

    void paint_agreesWithTheFigure_inInkPerClass()
    {
        const auto scene = synthetic(3);
        Figure figure;
        figure.panels.push_back({*scene, ""});
        figure.panels[0].scene.layers = Layers::none();
        figure.panels[0].scene.layers.set(Layer::Cloud);
        figure.panels[0].scene.colorBy = ColorBy::ClassLambda;
        figure.page.theme = ThemeMode::Light;
        figure.page.widthPt = 300;
        figure.page.dpi = 144;
        figure.page.pointDiameterPt = 2;
        const auto bytes = paintPng(figure);
        QVERIFY(bytes);
        QImage page = QImage::fromData(*bytes);

        ScreenPainter screen;
        screen.setScene(scene);
        ScreenStyle style;
        style.theme = ThemeMode::Light;
        style.layers = figure.panels[0].scene.layers;
        style.pointDiameterPx = 4; // 2 pt at 144 dpi
        const QImage picture = frame(screen, {}, style, 1, 2, page.size());
        for (int slot = 0; slot < 3; ++slot) {
            const double onPage = inkOf(page, classOf(slot, ThemeMode::Light), {}, 40);
            const double onScreen = inkOf(picture, classOf(slot, ThemeMode::Light), {}, 40);
            QVERIFY(onPage > 0.002);
            // The page fills its width to the last point, the view keeps a margin: dots overlap a little more.
            QVERIFY2(std::abs(onScreen - onPage) < 0.3 * onPage,
                     qPrintable(QStringLiteral("%1: %2 and %3").arg(slot).arg(onScreen).arg(onPage)));
        }
    }

    void paint_emptyScene_isTheCanvas()
    {
        auto model = std::make_shared<SceneModel>();
        model->cloud.positions.resize(0, 2);
        ScreenPainter screen;
        screen.setScene(model);
        const QImage picture = frame(screen, {}, {});
        QCOMPARE(inkOf(picture, canvasOf(ThemeMode::Dark), {}, 0), 1.0);
        QCOMPARE(screen.frame().shownPoints(), Index{0});
        QVERIFY(!screen.pointAt({100, 100}, 50));
    }
};

QTEST_MAIN(TestScreenPainter)
#include "tst_screen_painter.moc"
