#include <cmath>
#include <random>

#include <Eigen/Dense>
#include <QtTest>

#include "synthetic_scene.h"
#include "viz/scene/projected_scene.h"

using namespace nc;
using namespace nc::scene;

namespace
{

SceneModel pointsInSpace(const std::vector<Eigen::Vector3f>& places)
{
    SceneModel model;
    model.dims = 3;
    model.cloud.positions.resize(static_cast<Index>(places.size()), 3);
    for (std::size_t i = 0; i < places.size(); ++i)
        model.cloud.positions.row(static_cast<Index>(i)) = places[i];
    model.cloud.labelA.assign(places.size(), 0);
    model.cloud.labelB.assign(places.size(), 0);
    model.cloud.lambda.assign(places.size(), 1);
    return model;
}

bool near(QPointF a, QPointF b)
{
    return std::hypot(a.x() - b.x(), a.y() - b.y()) < 1e-6;
}

} // namespace

class TestProjectedScene : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void camera_looksFromItsAzimuthAndElevation()
    {
        SceneModel model = pointsInSpace({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
        model.camera = {0, 0, 1}; // the eye is on the x axis: y to the right, z up
        const ProjectedDots front = projectScene(model, theme(ThemeMode::Light)).dots;
        QCOMPARE(front.source.back(), 0U); // x = 1 is nearest, so drawn last
        for (std::size_t i = 0; i < 3; ++i) {
            const QPointF expected[] = {{0, 0}, {1, 0}, {0, 1}};
            QVERIFY(near(front.at[i], expected[front.source[i]]));
        }
        model.camera = {0, 90, 1}; // from above
        const ProjectedDots above = projectScene(model, theme(ThemeMode::Light)).dots;
        QCOMPARE(above.source.back(), 2U);
        model.camera = {90, 0, 1};
        QCOMPARE(projectScene(model, theme(ThemeMode::Light)).dots.source.back(), 1U);
    }

    void perspective_enlargesWhatIsNear_andKeepsLinesStraight()
    {
        SceneModel model = pointsInSpace({{1, 1, 1}, {-1, 1, 1}, {0, 1, 1}});
        model.camera = {0, 0, 1, 5}; // on the x axis, five units away
        const ProjectedDots dots = projectScene(model, theme(ThemeMode::Light)).dots;
        const QPointF expected[] = {{1.25, 1.25}, {5.0 / 6, 5.0 / 6}, {1, 1}}; // 5/(5 - x)
        for (std::size_t i = 0; i < 3; ++i)
            QVERIFY(near(dots.at[i], expected[dots.source[i]]));
        QCOMPARE(dots.source.back(), 0U);
        // Depths along a line in space stay linear along its picture: what hides what is reckoned so.
        const Eye eye(model);
        const Eigen::Vector3d from = eye(Eigen::RowVector3d(-1, 0.5, 0)), to = eye(Eigen::RowVector3d(1, -1, 1)),
                              middle = eye(Eigen::RowVector3d(0, -0.25, 0.5));
        QVERIFY((to - from).cross(middle - from).norm() < 1e-12);
        model.camera.distance = 2; // the farthest point is 1.7 away from the middle
        QVERIFY(!validate(model));
    }

    void plane_keepsCoordinatesTimesScale()
    {
        SceneModel model = syntheticScene({3, 10, 10});
        model.scale = 0.5;
        const ProjectedScene scene = projectScene(model, theme(ThemeMode::Light));
        QCOMPARE(scene.dots.at.size(), std::size_t(model.cloud.size()));
        std::vector<bool> seen(scene.dots.at.size());
        for (std::size_t i = 0; i < scene.dots.at.size(); ++i) {
            const auto row = model.cloud.positions.row(scene.dots.source[i]);
            QVERIFY(near(scene.dots.at[i], 0.5 * QPointF(static_cast<double>(row[0]), static_cast<double>(row[1]))));
            seen[scene.dots.source[i]] = true;
            QVERIFY(scene.bounds.adjusted(-1e-9, -1e-9, 1e-9, 1e-9).contains(scene.dots.at[i]));
        }
        QVERIFY(std::all_of(seen.begin(), seen.end(), [](bool s) { return s; })); // every point once
        QVERIFY(near(scene.arrows[0].tip, 0.5 * QPointF(model.classifiers[size_t(scene.arrows[0].slot)].tip[0],
                                                        model.classifiers[size_t(scene.arrows[0].slot)].tip[1])));
    }

    /// Rows in a file stand class by class; drawn in that order the last class would cover the first.
    void plane_orderDoesNotFavourTheEndOfTheFile()
    {
        const SceneModel model = syntheticScene({3, 2000, 2000, false});
        const ProjectedDots dots = projectScene(model, theme(ThemeMode::Light)).dots;
        const auto half = static_cast<std::ptrdiff_t>(dots.source.size() / 2);
        double below = 0, above = 0;
        for (std::ptrdiff_t i = 0; i < half; ++i) {
            below += dots.source[static_cast<std::size_t>(i)];
            above += dots.source[static_cast<std::size_t>(i + half)];
        }
        // Means of 6,000 uniform numbers below 12,000 differ by 63 (one sigma); half the file would differ by 6,000.
        QVERIFY(std::abs(below - above) / static_cast<double>(half) < 300);
    }

    void space_isDrawnFarToNear_andFogged()
    {
        const SceneModel model = syntheticScene({4, 50, 30});
        const Theme& light = theme(ThemeMode::Light);
        const ProjectedDots dots = projectScene(model, light).dots;
        QVERIFY(std::is_sorted(dots.depth.begin(), dots.depth.end()));
        SceneModel flat = pointsInSpace({{-1, 0, 0}, {1, 0, 0}});
        flat.camera = {0, 0, 1};
        const ProjectedDots two = projectScene(flat, light).dots;
        QCOMPARE(two.table[two.entry[1]], light.sameKind.at(1)); // nearest: its own colour
        QCOMPARE(two.table[two.entry[0]], mix(light.sameKind.at(1), light.canvas, 0.42));
    }

    void thirdAxis_standsAtTheLeftOfAFloorThatHoldsEverything()
    {
        SceneModel model = raisedScene({3, 50, 30});
        for (const double azimuth : {-160.0, -72.0, 15.0, 100.0}) {
            model.camera = {azimuth, 90, 1}; // from above: the floor is seen whole
            const ProjectedScene above = projectScene(model, theme(ThemeMode::Light));
            const QPolygonF floor(QList<QPointF>(above.floor.begin(), above.floor.end()));
            for (const QPointF& at : above.dots.at)
                QVERIFY(floor.containsPoint(at, Qt::OddEvenFill));
            model.camera = {azimuth, 20, 1};
            const ProjectedScene scene = projectScene(model, theme(ThemeMode::Light));
            QVERIFY(scene.upright && scene.axes.empty());
            const QPointF foot = scene.upright->points[0], head = scene.upright->points.back();
            for (const QPointF& corner : scene.floor)
                QVERIFY(foot.x() <= corner.x() + 1e-9);
            // Upright on the screen, as long as the axis seen from its elevation: 1 * 2.5 * cos(20 degrees).
            QVERIFY(near(head - foot, QPointF(0, 2.5 * 0.9396926207859084)));
            for (const QPointF& at : scene.dots.at)
                QVERIFY(scene.bounds.adjusted(-1e-9, -1e-9, 1e-9, 1e-9).contains(at));
        }
    }

    void thirdAxis_boundariesStayOnTheFloor()
    {
        SceneModel model = raisedScene({3, 50, 30});
        model.layers.set(Layer::Boundaries);
        model.camera = {0, 90, 1};
        const ProjectedScene scene = projectScene(model, theme(ThemeMode::Light));
        QCOMPARE(scene.boundaries.size(), std::size_t{3});
        QPolygonF floor(QList<QPointF>(scene.floor.begin(), scene.floor.end()));
        const QRectF rect = floor.boundingRect().adjusted(-1e-9, -1e-9, 1e-9, 1e-9);
        for (const ProjectedLine& ray : scene.boundaries)
            for (const QPointF& end : ray.points)
                QVERIFY(rect.contains(end));
    }

    void layers_leftOut_areEmpty()
    {
        SceneModel model = syntheticScene();
        model.layers = Layers::none();
        const ProjectedScene scene = projectScene(model, theme(ThemeMode::Light));
        QVERIFY(scene.dots.at.empty() && scene.arrows.empty() && scene.simplex.empty() && scene.theory.empty() &&
                scene.boundaries.empty() && !scene.triplePoint);
        QVERIFY(scene.bounds.isValid());
    }

    /// docs/maths.md, 3.2 with the numbers of 3.3: walls are rays from y0 where two logits tie and the third is lower.
    void boundaries_startAtTheTriplePoint()
    {
        SceneModel model;
        model.classes = std::vector<SceneClass>{{0, ""}, {1, ""}, {2, ""}};
        Eigen::Matrix3d u;
        // slope = P W B^T for B of docs/maths.md, 3.3, worked out from P z = slope y + P b at three features.
        Matrix w(3, 4), b(2, 4);
        w << 2, 0, 1, -1, -1, 3, 0, 1, 0, -1, 2, 2;
        b << 0.64870805520534, -0.567184458248641, 0.170945131203614, -0.477762924001727, -0.213002417662829,
            -0.641403052479834, 0.403668899747203, 0.616671317410032;
        const Matrix centring = Matrix::Identity(3, 3) - Matrix::Constant(3, 3, 1.0 / 3);
        const Vector bias = Eigen::Vector3d(0.1, -0.2, 0.3);
        const Vector y0 = Eigen::Vector2d(-0.0540009925929741, -0.0926204875860721);
        model.regions = RegionField{centring * w * b.transpose(), centring * bias, y0};
        model.layers.set(Layer::Boundaries);
        const ProjectedScene scene = projectScene(model, theme(ThemeMode::Light));
        QCOMPARE(scene.boundaries.size(), std::size_t{3});
        for (const ProjectedLine& wall : scene.boundaries) {
            const QPointF start(y0[0], y0[1]);
            QVERIFY(near(wall.points[0], start) || near(wall.points[1], start));
            const QPointF middle = (wall.points[0] + wall.points[1]) / 2;
            Vector z = model.regions->slope * Eigen::Vector2d(middle.x(), middle.y()) + model.regions->offset;
            std::sort(z.begin(), z.end());
            QVERIFY(std::abs(z[2] - z[1]) < 1e-9);
            QVERIFY(z[0] < z[1] - 0.1);
        }
        QVERIFY(scene.triplePoint && near(*scene.triplePoint, QPointF(y0[0], y0[1])));
    }

    void boundaries_inSpace_areTheFourEdges()
    {
        SceneModel model = syntheticScene({4, 5, 5});
        model.layers.set(Layer::Boundaries);
        QCOMPARE(projectScene(model, theme(ThemeMode::Light)).boundaries.size(), std::size_t{4});
    }

    /// Brute force on a fine grid: what the kept dots cover is what all dots cover, with the same owner.
    void visibleDots_leavesThePictureAlone()
    {
        std::mt19937 random(3);
        std::uniform_real_distribution<double> uniform(0, 4);
        std::vector<QPointF> centres;
        for (int i = 0; i < 400; ++i)
            centres.emplace_back(uniform(random), uniform(random));
        const double radius = 0.6;
        const std::vector<std::uint32_t> kept = visibleDots(centres, radius);
        QVERIFY(kept.size() < centres.size()); // this crowded, some are hidden
        QVERIFY(std::is_sorted(kept.begin(), kept.end()));
        const auto owner = [&](QPointF place, const auto& numbers) {
            for (auto at = numbers.rbegin(); at != numbers.rend(); ++at) {
                const QPointF d = centres[*at] - place;
                if (d.x() * d.x() + d.y() * d.y() < radius * radius)
                    return static_cast<int>(*at);
            }
            return -1;
        };
        std::vector<std::uint32_t> all(centres.size());
        std::iota(all.begin(), all.end(), 0U);
        for (double y = -0.6; y < 4.6; y += 0.02)
            for (double x = -0.6; x < 4.6; x += 0.02)
                QCOMPARE(owner({x, y}, kept), owner({x, y}, all));
    }
};

QTEST_APPLESS_MAIN(TestProjectedScene)
#include "tst_projected_scene.moc"
