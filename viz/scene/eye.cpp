#include "viz/scene/eye.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Dense>

namespace nc::scene
{

Eigen::Matrix3d eyeAxes(const Camera& camera, int dims)
{
    Eigen::Matrix3d axes = Eigen::Matrix3d::Identity();
    if (dims != 3)
        return axes;
    const double az = camera.azimuthDeg * std::numbers::pi / 180;
    const double el = camera.elevationDeg * std::numbers::pi / 180;
    axes << -std::sin(az), std::cos(az), 0,                                       // right
        -std::sin(el) * std::cos(az), -std::sin(el) * std::sin(az), std::cos(el), // up
        std::cos(el) * std::cos(az), std::cos(el) * std::sin(az), std::sin(el);   // towards the eye
    return axes;
}

double sceneRadius(const SceneModel& model)
{
    double radius = 0;
    const auto addRows = [&radius](const auto& rows, double share = 1) {
        if (rows.size() != 0)
            radius = std::max(radius, share * static_cast<double>(rows.rowwise().norm().maxCoeff()));
    };
    addRows(model.cloud.positions);
    for (const ClassifierArrow& arrow : model.classifiers)
        radius = std::max({radius, arrow.tail.norm(), model.classifierLength * arrow.tip.norm()});
    if (model.simplex)
        addRows(model.simplex->vertices, model.classifierLength);
    if (model.theory)
        for (const Matrix& curve : model.theory->curves)
            addRows(curve);
    if (model.third)
        radius = std::max(radius, std::hypot(radius, model.third->high * model.third->unit));
    return radius * model.scale;
}

} // namespace nc::scene
