#include "viz/scene/scene_model.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "viz/scene/eye.h"

namespace nc::scene
{

namespace
{

constexpr std::pair<ColorBy, std::string_view> colorByNames[] = {
    {ColorBy::KindLambda, "kind-lambda"},
    {ColorBy::ClassLambda, "class-lambda"},
    {ColorBy::Repro, "repro"},
    {ColorBy::Class, "class"},
    {ColorBy::Pair, "pair"},
    {ColorBy::Lambda, "lambda"},
    {ColorBy::Kind, "kind"},
    {ColorBy::Correct, "correct"},
    {ColorBy::Confidence, "confidence"},
    {ColorBy::Residual, "residual"},
};

constexpr std::pair<Layer, std::string_view> layerNames[] = {
    {Layer::Cloud, "cloud"},     {Layer::Classifiers, "classifiers"},
    {Layer::Names, "names"},     {Layer::Simplex, "simplex"},
    {Layer::Regions, "regions"}, {Layer::Boundaries, "boundaries"},
    {Layer::Theory, "theory"},   {Layer::Channels, "channels"},
    {Layer::Means, "means"},     {Layer::Legend, "legend"},
    {Layer::Axes, "axes"},
};

constexpr std::pair<ThirdQuantity, std::string_view> thirdNames[] = {
    {ThirdQuantity::Lambda, "lambda"},
    {ThirdQuantity::OffView, "off-view"},
    {ThirdQuantity::Residual, "residual"},
    {ThirdQuantity::Loss, "loss"},
};

template <typename Value, std::size_t count>
std::string_view nameIn(const std::pair<Value, std::string_view> (&table)[count], Value value)
{
    return std::find_if(std::begin(table), std::end(table), [=](const auto& row) { return row.first == value; })
        ->second;
}

template <typename Value, std::size_t count>
std::optional<Value> valueIn(const std::pair<Value, std::string_view> (&table)[count], std::string_view name)
{
    for (const auto& [value, text] : table)
        if (text == name)
            return value;
    return {};
}

/// Collects the first thing that is wrong; the checks read as a list.
class Check
{
public:
    void that(bool holds, std::string_view what)
    {
        if (!holds && m_problem.empty())
            m_problem = what;
    }
    [[nodiscard]] Result<void> result() const
    {
        if (m_problem.empty())
            return {};
        return dataError("Cannot draw the scene: " + m_problem);
    }

private:
    std::string m_problem;
};

void checkCloud(Check& check, const Cloud& cloud, int dims)
{
    const auto count = static_cast<std::size_t>(cloud.size());
    check.that(cloud.size() == 0 || cloud.positions.cols() == dims, "its positions have " +
                                                                        std::to_string(cloud.positions.cols()) +
                                                                        " columns, expected " + std::to_string(dims));
    check.that(cloud.labelA.size() == count && cloud.labelB.size() == count && cloud.lambda.size() == count &&
                   (cloud.row.empty() || cloud.row.size() == count),
               "its labels, lambdas and positions differ in length");
    check.that(cloud.positions.allFinite(), "a position is not finite");
    check.that(std::all_of(cloud.lambda.begin(), cloud.lambda.end(), [](float l) { return l >= 0 && l <= 1; }),
               "a lambda is not between 0 and 1");
    for (const std::size_t held : {cloud.correct.size(), cloud.confidence.size(), cloud.residual.size()})
        check.that(held == 0 || held == count, "its values and positions differ in length");
    check.that(std::all_of(cloud.confidence.begin(), cloud.confidence.end(), [](float c) { return c >= 0 && c <= 1; }),
               "a confidence is not between 0 and 1");
    check.that(
        std::all_of(cloud.residual.begin(), cloud.residual.end(), [](float r) { return std::isfinite(r) && r >= 0; }),
        "a residual is not a number from 0");
}

void checkFrame(Check& check, const SceneModel& model)
{
    const auto classes = static_cast<Index>(model.classes.size());
    for (const ClassifierArrow& arrow : model.classifiers) {
        check.that(arrow.tail.size() == model.dims && arrow.tip.size() == model.dims && arrow.tail.allFinite() &&
                       arrow.tip.allFinite(),
                   "a classifier arrow has the wrong dimension or is not finite");
        check.that(arrow.slot >= 0 && arrow.slot < classes, "a classifier arrow names a class that is not in the view");
    }
    if (model.simplex) {
        const Matrix& corners = model.simplex->vertices;
        check.that(corners.cols() == model.dims && corners.allFinite(),
                   "the simplex has the wrong dimension or is not finite");
        for (const auto& [a, b] : model.simplex->edges)
            check.that(a >= 0 && b >= 0 && a < corners.rows() && b < corners.rows(),
                       "an edge of the simplex ends nowhere");
    }
    for (const GuideLine& guide : model.guides) {
        check.that(guide.points.rows() > 0 && guide.points.cols() == model.dims && guide.points.allFinite(),
                   "a guide line has no points, the wrong dimension or is not finite");
        check.that(guide.lambdas.empty() || static_cast<Index>(guide.lambdas.size()) == guide.points.rows(),
                   "a guide line's lambdas and points differ in length");
        check.that(guide.slot < classes, "a guide line names a class that is not in the view");
    }
    check.that(model.means.size() == 0 || (model.means.rows() == classes && model.means.cols() == model.dims),
               "there is not one class mean for each class");
}

} // namespace

std::string_view colorByName(ColorBy colorBy)
{
    return nameIn(colorByNames, colorBy);
}

std::optional<ColorBy> colorByFromName(std::string_view name)
{
    return valueIn(colorByNames, name);
}

bool needsValues(ColorBy colorBy)
{
    return colorBy == ColorBy::Correct || colorBy == ColorBy::Confidence || colorBy == ColorBy::Residual;
}

bool needsMixes(ColorBy colorBy)
{
    return colorBy != ColorBy::Class && colorBy != ColorBy::Correct && colorBy != ColorBy::Confidence;
}

ColorBy drawnColorBy(const Cloud& cloud, ColorBy wanted)
{
    const auto count = static_cast<std::size_t>(cloud.size());
    const std::size_t held = wanted == ColorBy::Correct      ? cloud.correct.size()
                             : wanted == ColorBy::Confidence ? cloud.confidence.size()
                             : wanted == ColorBy::Residual   ? cloud.residual.size()
                                                             : count;
    return held == count ? wanted : ColorBy::Class;
}

std::string_view layerName(Layer layer)
{
    return nameIn(layerNames, layer);
}

std::optional<Layer> layerFromName(std::string_view name)
{
    return valueIn(layerNames, name);
}

std::string_view thirdName(ThirdQuantity quantity)
{
    return nameIn(thirdNames, quantity);
}

std::optional<ThirdQuantity> thirdFromName(std::string_view name)
{
    return valueIn(thirdNames, name);
}

RichText thirdTitle(ThirdQuantity quantity)
{
    switch (quantity) {
    case ThirdQuantity::Lambda:
        return RichText().italic("λ");
    case ThirdQuantity::OffView:
        return "off-view norm";
    case ThirdQuantity::Residual:
        return RichText("residual |").italic("u").text(" − ").italic("h").text("*| / |").italic("h").text("*|");
    case ThirdQuantity::Loss:
        return "loss";
    }
    return {};
}

void rescaleThird(SceneModel& model, double unit)
{
    const double factor = unit / model.third->unit;
    model.third->unit = unit;
    if (model.cloud.size() != 0)
        model.cloud.positions.col(2) *= static_cast<float>(factor);
    if (model.theory)
        for (Matrix& curve : model.theory->curves)
            curve.col(2) *= factor;
    for (GuideLine& guide : model.guides)
        guide.points.col(2) *= factor;
    for (Matrix& line : model.channels)
        line.col(2) *= factor;
}

Layers Layers::none()
{
    Layers layers;
    layers.m_bits = 0;
    return layers;
}

std::vector<std::array<int, 2>> completeEdges(int count)
{
    std::vector<std::array<int, 2>> edges;
    for (int a = 0; a < count; ++a)
        for (int b = a + 1; b < count; ++b)
            edges.push_back({a, b});
    return edges;
}

int SceneModel::slotOf(std::int32_t classIndex) const
{
    const auto at =
        std::find_if(classes.begin(), classes.end(), [=](const SceneClass& c) { return c.index == classIndex; });
    return at == classes.end() ? -1 : static_cast<int>(at - classes.begin());
}

int SceneModel::colourOf(int slot) const
{
    if (slot < 0)
        return -1;
    const int own = classes[static_cast<std::size_t>(slot)].colour;
    return own < 0 ? slot : own;
}

Result<void> validate(const SceneModel& model)
{
    Check check;
    check.that(model.dims == 2 || model.dims == 3,
               "it has " + std::to_string(model.dims) + " dimensions, expected 2 or 3");
    check.that(std::isfinite(model.scale) && model.scale > 0, "its scale is not positive");
    check.that(model.classifierLength > 0 && model.classifierLength <= 1, "its classifier length is not in (0, 1]");
    check.that(std::isfinite(model.camera.azimuthDeg) && std::isfinite(model.camera.elevationDeg) &&
                   std::isfinite(model.camera.zoom) && model.camera.zoom > 0,
               "its camera is not finite or its zoom not positive");
    const double distance = model.camera.distance;
    check.that(distance == 0 || (std::isfinite(distance) && distance > nearestEye * sceneRadius(model)),
               "its eye stands too near to what it sees");
    if (const auto& third = model.third) {
        const auto positive = [](double value) { return std::isfinite(value) && value > 0; };
        check.that(model.dims == 3, "it has a third axis but two dimensions");
        check.that(positive(third->high) && positive(third->step) && positive(third->unit) &&
                       third->high <= 1000 * third->step,
                   "its third axis has no sound scale");
    }
    checkCloud(check, model.cloud, model.dims);
    check.that(drawnColorBy(model.cloud, model.colorBy) == model.colorBy,
               "its cloud does not hold what it is coloured by, '" + std::string(colorByName(model.colorBy)) + "'");
    checkFrame(check, model);
    if (model.theory)
        for (const Matrix& curve : model.theory->curves)
            check.that(curve.cols() == model.dims && curve.allFinite(),
                       "a theory curve has the wrong dimension or is not finite");
    for (const Matrix& line : model.channels)
        check.that(line.cols() == model.dims && line.rows() >= 2 && line.allFinite(),
                   "the centreline of a channel has the wrong shape or is not finite");
    if (model.regions) {
        const auto classes = static_cast<Index>(model.classes.size());
        const RegionField& field = *model.regions;
        check.that(field.slope.rows() == classes && field.slope.cols() == model.flatDims() &&
                       field.offset.size() == classes &&
                       (!field.triplePoint || field.triplePoint->size() == model.flatDims()),
                   "its decision regions do not fit its classes");
        check.that(field.slope.allFinite() && field.offset.allFinite() &&
                       (!field.triplePoint || field.triplePoint->allFinite()),
                   "its decision regions are not finite");
    }
    return check.result();
}

} // namespace nc::scene
