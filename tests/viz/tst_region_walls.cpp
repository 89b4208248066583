#include <QtTest>

#include "synthetic_scene.h"
#include "viz/scene/projected_scene.h"
#include "viz/scene/region_walls.h"

using namespace nc;
using namespace nc::scene;

class TestRegionWalls : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void walls_ofATetrahedron_areTiesWithinIt()
    {
        const SceneModel model = syntheticScene({4, 20, 10, true, 7});
        const std::vector<Matrix> walls = regionWalls(model);
        QCOMPARE(walls.size(), std::size_t{6});
        const double reach = model.classifierLength * model.simplex->vertices.rowwise().norm().maxCoeff();
        for (const Matrix& wall : walls) {
            QVERIFY(wall.rows() >= 3);
            for (Index p = 0; p < wall.rows(); ++p) {
                Vector z = model.regions->slope * wall.row(p).transpose() + model.regions->offset;
                std::sort(z.begin(), z.end());
                QVERIFY(z[3] - z[2] < 1e-9 * (1 + z.cwiseAbs().maxCoeff())); // the two highest tie
                QVERIFY(wall.row(p).norm() <= reach * (1 + 1e-9));
            }
        }
        QVERIFY(regionWalls(syntheticScene({3, 20, 10, true, 7})).empty());
    }

    void patches_countTheWallsOfEveryPlace()
    {
        SceneModel model = syntheticScene({4, 20, 10, true, 7});
        model.camera = {20, 25, 1};
        model.layers.set(Layer::Boundaries);
        const ProjectedScene scene = projectScene(model, theme(ThemeMode::Light));
        QVERIFY(scene.walls.size() >= 5);
        const std::vector<WallPatch> patches = wallPatches(scene.walls);
        int most = 0;
        for (int k = 0; k < 900; ++k) {
            const QPointF place(scene.bounds.left() + scene.bounds.width() * (k % 30 + 0.4137) / 30,
                                scene.bounds.top() + scene.bounds.height() * (k / 30 + 0.3719) / 30);
            int drawn = 0; // of the last patch there
            for (const WallPatch& patch : patches)
                if (ProjectedWall{patch.points, 0, {}}.covers(place))
                    drawn = patch.walls;
            QCOMPARE(drawn, wallsBefore(scene.walls, place, -1e9));
            most = std::max(most, drawn);
        }
        QVERIFY(most >= 2);
    }

    void dots_behindAWall_takeItsColour_thoseBeforeDoNot()
    {
        SceneModel model = syntheticScene({4, 200, 100, true, 7});
        model.cloud.positions *= 0.4F; // into the tetrahedron
        const ProjectedScene plain = projectScene(model, theme(ThemeMode::Light));
        model.layers.set(Layer::Boundaries);
        const ProjectedScene walled = projectScene(model, theme(ThemeMode::Light));
        QCOMPARE(walled.dots.source, plain.dots.source);
        int behind = 0, before = 0;
        for (std::size_t i = 0; i < plain.dots.at.size(); ++i) {
            const Rgb own = plain.dots.table[plain.dots.entry[i]];
            const int walls = wallsBefore(walled.walls, plain.dots.at[i], static_cast<double>(plain.dots.depth[i]));
            QCOMPARE(walled.dots.table[walled.dots.entry[i]], throughWalls(own, walls, theme(ThemeMode::Light)));
            (walls > 0 ? behind : before) += 1;
        }
        QVERIFY(behind > 0 && before > 0);
    }
};

QTEST_APPLESS_MAIN(TestRegionWalls)
#include "tst_region_walls.moc"
