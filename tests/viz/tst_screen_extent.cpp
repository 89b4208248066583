#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <QTest>

#include "viz/scene/screen_painter.h"

using namespace nc;
using namespace nc::scene;

namespace
{

/// Points of a box around a middle, evenly spread.
std::shared_ptr<const SceneModel> boxOfPoints(int dims, const Eigen::Vector3d& middle, const Eigen::Vector3d& half)
{
    constexpr Index count = 400;
    auto scene = std::make_shared<SceneModel>();
    scene->dims = dims;
    scene->classes = {{0, "a"}, {1, "b"}, {2, "c"}};
    scene->cloud.positions.resize(count, dims);
    for (Index r = 0; r < count; ++r)
        for (int d = 0; d < dims; ++d) {
            const double spread = std::sin(static_cast<double>((r + 1) * (d + 2)) * 1.7); // in [-1, 1]
            scene->cloud.positions(r, d) = static_cast<float>(middle[d] + half[d] * spread);
        }
    scene->cloud.labelA.assign(count, 0);
    scene->cloud.labelB.assign(count, 0);
    scene->cloud.lambda.assign(count, 1);
    return scene;
}

/// Whether every point stands inside a small picture, whichever way it is turned.
bool fits(const std::shared_ptr<const SceneModel>& scene, const ScreenExtent& extent)
{
    ScreenPainter screen;
    screen.setScene(scene, extent);
    QImage picture(240, 180, QImage::Format_RGB32);
    for (int azimuth = 0; azimuth < 360; azimuth += 40)
        for (int elevation : {-90, -40, 0, 20, 60}) {
            QPainter painter(&picture);
            ScreenView view;
            view.camera.azimuthDeg = azimuth;
            view.camera.elevationDeg = elevation;
            screen.paint(painter, picture.size(), 1, view, {}, 1);
            for (Index r = 0; r < scene->cloud.size(); ++r)
                if (!QRectF(picture.rect()).contains(screen.frame().placeOf(static_cast<std::uint32_t>(r))))
                    return false;
        }
    return true;
}

} // namespace

class ScreenExtentTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void grow_twoScenes_holdsBoth_data()
    {
        QTest::addColumn<int>("dims");
        QTest::newRow("plane") << 2;
        QTest::newRow("space") << 3;
    }
    void grow_twoScenes_holdsBoth()
    {
        QFETCH(int, dims);
        const auto wide = boxOfPoints(dims, {0, 0, 0}, {4, 1, 0.5});
        const auto aside = boxOfPoints(dims, {3, 5, 2}, {0.5, 0.5, 3});
        ScreenExtent extent = screenExtent(*wide);
        QVERIFY(fits(wide, extent));
        QVERIFY(!fits(aside, extent)); // so there is something to grow for
        QVERIFY(extent.growFor(screenExtent(*aside)));
        QVERIFY(fits(wide, extent));
        QVERIFY(fits(aside, extent));
        const ScreenExtent grown = extent;
        QVERIFY(!extent.growFor(screenExtent(*wide))); // only grows, and not without need
        QVERIFY(!extent.growFor(screenExtent(*aside)));
        QVERIFY(extent == grown);
    }
    void grow_smallerScene_changesNothing()
    {
        ScreenExtent extent = screenExtent(*boxOfPoints(3, {0, 0, 0}, {4, 4, 4}));
        const ScreenExtent before = extent;
        QVERIFY(!extent.growFor(screenExtent(*boxOfPoints(3, {0, 0, 0}, {1, 1, 1}))));
        QVERIFY(extent == before);
    }
};

QTEST_MAIN(ScreenExtentTest)
#include "tst_screen_extent.moc"
