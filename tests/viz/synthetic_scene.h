#pragma once

#include <cmath>
#include <random>

#include "core/ufm_optimum.h"
#include "viz/scene/figure.h"

/// Scenes as a mixup run gives them: optimal features of docs/maths.md, section 4, with a spread of beta and some
/// noise.
namespace nc::scene
{

inline Matrix helmert(int classes)
{
    Matrix a = Matrix::Zero(classes - 1, classes);
    for (int r = 1; r < classes; ++r) {
        const double norm = std::sqrt(static_cast<double>(r) * (r + 1));
        for (int c = 0; c < r; ++c)
            a(r - 1, c) = -1 / norm;
        a(r - 1, r) = r / norm;
    }
    a.row(0) *= -1;
    return a;
}

struct SyntheticOptions {
    int classes = 3; ///< shown, of ten
    int perPair = 300;
    int perClass = 200;
    bool theory = true;
    unsigned seed = 1;
};

inline SceneModel syntheticScene(const SyntheticOptions& options = {})
{
    constexpr int allClasses = 10;
    constexpr double beta = 88;
    static const std::string names[] = {"Sneaker", "Bag", "Shirt", "Dress"};
    const int dims = options.classes - 1;
    const Matrix corners = helmert(options.classes);
    const auto at = [&](double xi, double xj, int i, int j) -> Vector {
        return xi * corners.col(i) + xj * corners.col(j);
    };
    std::mt19937 random(options.seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;

    SceneModel model;
    model.dims = dims;
    for (int k = 0; k < options.classes; ++k) {
        model.classes.push_back({10 + k, names[k]});
        model.classifiers.push_back({Vector::Zero(dims), corners.col(k), k});
    }
    const int pairs = options.classes * (options.classes - 1) / 2;
    model.cloud.positions.resize(options.classes * options.perClass + pairs * options.perPair, dims);
    Index row = 0;
    for (int i = 0; i < options.classes; ++i)
        for (int j = i; j < options.classes; ++j)
            for (int n = 0; n < (i == j ? options.perClass : options.perPair); ++n) {
                const double lambda = uniform(random);
                const auto optimum =
                    ufm::mixOptimum(allClasses, beta * std::exp(0.6 * normal(random)), i == j ? 1 : lambda);
                const Vector place = at(optimum.xi, optimum.xj, i, j) / 2;
                for (int d = 0; d < dims; ++d)
                    model.cloud.positions(row, d) = static_cast<float>(place[d] + 0.1 * normal(random));
                ++row;
                model.cloud.labelA.push_back(10 + i);
                model.cloud.labelB.push_back(10 + j);
                model.cloud.lambda.push_back(static_cast<float>(lambda));
            }
    model.simplex = SimplexFrame{corners.transpose(), completeEdges(options.classes)};
    if (options.theory) {
        model.theory.emplace();
        for (int i = 0; i < options.classes; ++i)
            for (int j = i + 1; j < options.classes; ++j) {
                const auto curve = ufm::mixCurve(allClasses, beta, 60, ufm::Spacing::Arc);
                Matrix points(static_cast<Index>(curve.size()), dims);
                for (std::size_t p = 0; p < curve.size(); ++p)
                    points.row(static_cast<Index>(p)) = at(curve[p].xi, curve[p].xj, i, j) / 2;
                model.theory->curves.push_back(std::move(points));
            }
    }
    RegionField regions{corners.transpose(), Vector::Zero(options.classes), Vector::Zero(dims)};
    model.regions = std::move(regions);
    return model;
}

/// The plane of three classes with λ upright.
inline SceneModel raisedScene(const SyntheticOptions& options = {})
{
    SceneModel model = syntheticScene(options);
    model.third = ThirdAxis{ThirdQuantity::Lambda, 1, 0.25, 2.5};
    model.dims = 3;
    const auto withHeight = [](const auto& flat, double height) {
        auto raised = flat;
        raised.conservativeResize(flat.rows(), 3);
        raised.col(2).setConstant(static_cast<typename std::decay_t<decltype(flat)>::Scalar>(height));
        return raised;
    };
    model.cloud.positions = withHeight(model.cloud.positions, 0);
    for (Index r = 0; r < model.cloud.size(); ++r)
        model.cloud.positions(r, 2) = 2.5F * model.cloud.lambda[static_cast<std::size_t>(r)];
    for (ClassifierArrow& arrow : model.classifiers)
        arrow = {Vector::Zero(3), Vector{{arrow.tip[0], arrow.tip[1], 0}}, arrow.slot};
    model.simplex->vertices = withHeight(model.simplex->vertices, 0);
    if (model.theory)
        for (Matrix& curve : model.theory->curves)
            curve = withHeight(curve, 1.25);
    model.layers.set(Layer::Axes);
    model.camera = {-72, 24, 1};
    return model;
}

} // namespace nc::scene
