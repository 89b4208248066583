#include "app/third_axis.h"

#include <algorithm>
#include <cmath>

#include "viz/scene/panel_axes.h"

namespace nc::app
{

namespace
{

using scene::SceneModel;
using scene::ThirdQuantity;

constexpr double heightShare =
    1.35; ///< of the axis, times the distance from the origin within which the plane's cloud lies

/// Rows of D numbers with a last one more.
Matrix withHeights(const Matrix& flat, const Vector& heights)
{
    Matrix raised(flat.rows(), flat.cols() + 1);
    raised << flat, heights;
    return raised;
}

Vector withZero(const Vector& flat)
{
    Vector raised = Vector::Zero(flat.size() + 1);
    raised.head(flat.size()) = flat;
    return raised;
}

/// Distance from the origin within which 99 of 100 points lie.
double reachOf(const RowMatrixF& flat)
{
    std::vector<float> radii;
    for (Index r = 0; r < flat.rows(); ++r)
        radii.push_back(flat.row(r).norm());
    if (radii.empty())
        return 1;
    const auto most = radii.begin() + static_cast<std::ptrdiff_t>(radii.size() * 99 / 100);
    std::nth_element(radii.begin(), most, radii.end());
    return *most > 0 ? static_cast<double>(*most) : 1;
}

scene::ThirdAxis axisFor(ThirdQuantity quantity, double most)
{
    scene::ThirdAxis axis{quantity};
    if (quantity == ThirdQuantity::Lambda || !(most > 0))
        return axis;
    axis.step = scene::niceStep(most, 5);
    axis.high = axis.step * std::ceil(most / axis.step - 1e-9);
    return axis;
}

/// Heights (in values) along the curve of the pair of slots (i, j).
Vector heightsOf(const SceneModel& model, ThirdQuantity quantity, const ArmTheory& theory, int i, int j)
{
    Vector heights(static_cast<Index>(theory.arm.size()));
    const bool ascending =
        model.classes[static_cast<std::size_t>(i)].index < model.classes[static_cast<std::size_t>(j)].index;
    for (std::size_t s = 0; s < theory.arm.size(); ++s) {
        const double value = optimalThird(quantity, theory.arm[s], theory);
        const bool other = quantity == ThirdQuantity::Lambda && !ascending; // λ of the lower class index
        heights[static_cast<Index>(s)] = other ? 1 - value : value;
    }
    return heights;
}

void raiseTheory(SceneModel& model, const ArmTheory& theory)
{
    const scene::ThirdAxis& axis = *model.third;
    std::vector<Matrix>& curves = model.theory->curves;
    const auto classes = static_cast<int>(model.classes.size());
    std::vector<Matrix> pillars;
    std::size_t at = 0;
    for (int i = 0; i < classes; ++i)
        for (int j = i + 1; j < classes; ++j, ++at) {
            if (axis.quantity == ThirdQuantity::Lambda && static_cast<int>(pillars.size()) <= j) { // first met with 0
                if (pillars.empty())
                    pillars.push_back(curves[at].bottomRows(1)); // lambda 1: all of class i
                pillars.push_back(curves[at].topRows(1));
            }
            curves[at] = withHeights(curves[at], axis.unit * heightsOf(model, axis.quantity, theory, i, j));
        }
    for (const Matrix& foot : pillars) {
        Matrix ends(2, foot.cols());
        ends << foot, foot;
        curves.push_back(withHeights(ends, Vector{{0, axis.unit}}));
    }
}

} // namespace

double optimalThird(ThirdQuantity quantity, const ufm::MixOptimum& optimum, const ArmTheory& theory)
{
    switch (quantity) {
    case ThirdQuantity::Lambda:
        return optimum.lambda;
    case ThirdQuantity::OffView: {
        const double share = 1 / static_cast<double>(theory.shownClasses) - 1 / static_cast<double>(theory.classes);
        return std::abs(optimum.xi + optimum.xj) * std::sqrt(std::max(0.0, share) / theory.kappa);
    }
    case ThirdQuantity::Residual:
        return 0;
    case ThirdQuantity::Loss:
        return optimum.crossEntropy;
    }
    return 0;
}

void raise(SceneModel& plane, ThirdQuantity quantity, const std::vector<float>& values,
           const std::optional<ArmTheory>& theory)
{
    double most = values.empty() ? 0 : static_cast<double>(*std::max_element(values.begin(), values.end()));
    if (theory && plane.theory)
        for (const ufm::MixOptimum& optimum : theory->arm)
            most = std::max(most, optimalThird(quantity, optimum, *theory));
    scene::ThirdAxis axis = axisFor(quantity, most);
    axis.unit = heightShare * reachOf(plane.cloud.positions) / axis.high;

    RowMatrixF raised(plane.cloud.positions.rows(), plane.cloud.positions.cols() + 1);
    raised.leftCols(plane.cloud.positions.cols()) = plane.cloud.positions;
    for (Index r = 0; r < raised.rows(); ++r)
        raised(r, raised.cols() - 1) =
            static_cast<float>(static_cast<double>(values[static_cast<std::size_t>(r)]) * axis.unit);
    plane.cloud.positions = std::move(raised);
    plane.third = axis;
    plane.dims = 3;
    for (scene::ClassifierArrow& arrow : plane.classifiers)
        arrow = {withZero(arrow.tail), withZero(arrow.tip), arrow.slot};
    if (plane.simplex)
        plane.simplex->vertices = withHeights(plane.simplex->vertices, Vector::Zero(plane.simplex->vertices.rows()));
    if (plane.means.size() != 0)
        plane.means = withHeights(plane.means, Vector::Zero(plane.means.rows()));
    if (plane.theory && theory)
        raiseTheory(plane, *theory);
    else
        plane.theory.reset();
}

void shareThirdAxis(const std::vector<SceneModel*>& scenes)
{
    double high = 0, height = 0;
    for (const SceneModel* model : scenes)
        if (model->third) {
            high = std::max(high, model->third->high);
            height = std::max(height, model->third->high * model->third->unit * model->scale);
        }
    for (SceneModel* model : scenes)
        if (model->third) {
            scene::rescaleThird(*model, height / model->scale / high);
            const scene::ThirdAxis shared = axisFor(model->third->quantity, high);
            model->third->high = shared.high;
            model->third->step = shared.step;
        }
}

} // namespace nc::app
