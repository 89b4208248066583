#include "viz/scene/scene_tween.h"

#include <algorithm>
#include <cmath>

#include "viz/scene/projected_scene.h"

namespace nc::scene
{
namespace
{

bool canBeMixed(const SceneModel& a, const SceneModel& b)
{
    return a.dims == b.dims && a.classes == b.classes && a.cloud.labelA == b.cloud.labelA &&
           a.cloud.labelB == b.cloud.labelB && a.cloud.lambda == b.cloud.lambda && a.cloud.row == b.cloud.row &&
           a.classifiers.size() == b.classifiers.size() && a.scale == b.scale &&
           a.classifierLength == b.classifierLength;
}

} // namespace

SceneModel between(const SceneModel& a, const SceneModel& b, double t)
{
    SceneModel scene = t < 0.5 ? a : b;
    if (t <= 0 || t >= 1 || !canBeMixed(a, b))
        return scene;
    const auto share = static_cast<float>(t);
    scene.cloud.positions = (1 - share) * a.cloud.positions + share * b.cloud.positions;
    for (std::size_t k = 0; k < scene.classifiers.size(); ++k) {
        scene.classifiers[k].tail = (1 - t) * a.classifiers[k].tail + t * b.classifiers[k].tail;
        scene.classifiers[k].tip = (1 - t) * a.classifiers[k].tip + t * b.classifiers[k].tip;
    }
    if (a.simplex && b.simplex && a.simplex->vertices.rows() == b.simplex->vertices.rows())
        scene.simplex->vertices = (1 - t) * a.simplex->vertices + t * b.simplex->vertices;
    const auto sameShape = [](const Matrix& one, const Matrix& other) { return one.rows() == other.rows(); };
    if (std::equal(a.channels.begin(), a.channels.end(), b.channels.begin(), b.channels.end(), sameShape))
        for (std::size_t k = 0; k < scene.channels.size(); ++k)
            scene.channels[k] = (1 - t) * a.channels[k] + t * b.channels[k];
    if (a.means.rows() == b.means.rows() && a.means.cols() == b.means.cols())
        scene.means = (1 - t) * a.means + t * b.means;
    return scene;
}

SceneModel seenThrough(const SceneModel& scene, const Matrix& frame)
{
    SceneModel seen = scene;
    seen.dims = static_cast<int>(frame.rows());
    seen.cloud.positions = scene.cloud.positions * frame.transpose().cast<float>();
    for (ClassifierArrow& arrow : seen.classifiers)
        arrow = {frame * arrow.tail, frame * arrow.tip, arrow.slot};
    if (seen.simplex)
        seen.simplex->vertices = scene.simplex->vertices * frame.transpose();
    if (seen.theory)
        for (Matrix& curve : seen.theory->curves)
            curve *= frame.transpose();
    for (GuideLine& guide : seen.guides)
        guide.points *= frame.transpose();
    for (Matrix& line : seen.channels)
        line *= frame.transpose();
    if (scene.means.size() != 0)
        seen.means = scene.means * frame.transpose();
    seen.regions.reset();
    return seen;
}

QRectF commonWindow(const std::vector<const SceneModel*>& scenes, double orbitDeg)
{
    constexpr double stepDeg = 15;
    const int turns = static_cast<int>(std::ceil(std::min(std::abs(orbitDeg), 360.0) / stepDeg));
    QRectF window;
    for (const SceneModel* scene : scenes) {
        const int steps = scene->dims == 2 ? 0 : turns;
        SceneModel turned = *scene;
        for (int i = 0; i <= steps; ++i) {
            turned.camera.azimuthDeg = scene->camera.azimuthDeg + (steps > 0 ? orbitDeg * i / steps : 0);
            const QRectF bounds = projectScene(turned, theme(ThemeMode::Light)).bounds;
            window = window.isNull() ? bounds : window.united(bounds);
        }
    }
    return window;
}

} // namespace nc::scene
