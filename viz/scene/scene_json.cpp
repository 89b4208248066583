#include <nlohmann/json.hpp>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

namespace
{

using Json = nlohmann::json;

template <typename Derived>
Json rowsToJson(const Eigen::MatrixBase<Derived>& matrix)
{
    Json rows = Json::array();
    for (Index r = 0; r < matrix.rows(); ++r) {
        Json row = Json::array();
        for (Index c = 0; c < matrix.cols(); ++c)
            row.push_back(matrix(r, c));
        rows.push_back(std::move(row));
    }
    return rows;
}

template <typename MatrixType>
MatrixType rowsFromJson(const Json& rows)
{
    const auto columns = rows.empty() ? Index{0} : static_cast<Index>(rows.at(0).size());
    MatrixType matrix(static_cast<Index>(rows.size()), columns);
    for (Index r = 0; r < matrix.rows(); ++r) {
        const Json& row = rows.at(static_cast<std::size_t>(r));
        if (static_cast<Index>(row.size()) != columns)
            throw std::invalid_argument("the rows of a matrix differ in length");
        for (Index c = 0; c < columns; ++c)
            matrix(r, c) = row.at(static_cast<std::size_t>(c)).template get<typename MatrixType::Scalar>();
    }
    return matrix;
}

Json vectorToJson(const Vector& vector)
{
    return std::vector<double>(vector.begin(), vector.end());
}

Vector vectorFromJson(const Json& json)
{
    const auto values = json.get<std::vector<double>>();
    return Eigen::Map<const Vector>(values.data(), static_cast<Index>(values.size()));
}

Json cloudToJson(const Cloud& cloud)
{
    Json json = {{"positions", rowsToJson(cloud.positions)},
                 {"label_a", cloud.labelA},
                 {"label_b", cloud.labelB},
                 {"lambda", cloud.lambda},
                 {"row", cloud.row}};
    if (!cloud.correct.empty())
        json["correct"] = std::vector<int>(cloud.correct.begin(), cloud.correct.end());
    if (!cloud.confidence.empty())
        json["confidence"] = cloud.confidence;
    if (!cloud.residual.empty())
        json["residual"] = cloud.residual;
    return json;
}

Cloud cloudFromJson(const Json& json)
{
    Cloud cloud;
    cloud.positions = rowsFromJson<RowMatrixF>(json.at("positions"));
    json.at("label_a").get_to(cloud.labelA);
    json.at("label_b").get_to(cloud.labelB);
    json.at("lambda").get_to(cloud.lambda);
    json.at("row").get_to(cloud.row);
    for (const int right : json.value("correct", std::vector<int>()))
        cloud.correct.push_back(right != 0 ? 1 : 0);
    cloud.confidence = json.value("confidence", std::vector<float>());
    cloud.residual = json.value("residual", std::vector<float>());
    return cloud;
}

Json layersToJson(const Layers& layers)
{
    Json names = Json::array();
    for (const Layer layer : allLayers)
        if (layers.has(layer))
            names.push_back(layerName(layer));
    return names;
}

Layers layersFromJson(const Json& json)
{
    Layers layers = Layers::none();
    for (const auto& name : json.get<std::vector<std::string>>()) {
        const auto layer = layerFromName(name);
        if (!layer)
            throw std::invalid_argument("there is no layer '" + name + "'");
        layers.set(*layer);
    }
    return layers;
}

Json guideToJson(const GuideLine& guide)
{
    Json label = Json::array();
    for (const TextRun& run : guide.label.runs())
        label.push_back({{"text", run.text},
                         {"italic", run.italic},
                         {"subscript", run.subscript},
                         {"superscript", run.superscript}});
    return {{"points", rowsToJson(guide.points)},
            {"label", std::move(label)},
            {"slot", guide.slot},
            {"dashed", guide.dashed},
            {"lambdas", guide.lambdas}};
}

GuideLine guideFromJson(const Json& json)
{
    GuideLine guide{rowsFromJson<Matrix>(json.at("points")),
                    {},
                    json.at("slot").get<int>(),
                    json.at("dashed").get<bool>(),
                    json.at("lambdas").get<std::vector<double>>()};
    for (const Json& run : json.at("label"))
        guide.label.append({run.at("text").get<std::string>(), run.at("italic").get<bool>(),
                            run.at("subscript").get<bool>(), run.at("superscript").get<bool>()});
    return guide;
}

void frameToJson(Json& json, const SceneModel& model)
{
    for (const ClassifierArrow& arrow : model.classifiers)
        json["classifiers"].push_back(
            {{"tail", vectorToJson(arrow.tail)}, {"tip", vectorToJson(arrow.tip)}, {"slot", arrow.slot}});
    if (model.simplex) {
        Json edges = Json::array();
        for (const auto& [a, b] : model.simplex->edges) {
            Json edge = Json::array();
            edge.push_back(a);
            edge.push_back(b);
            edges.push_back(std::move(edge));
        }
        json["simplex"] = {{"vertices", rowsToJson(model.simplex->vertices)}, {"edges", std::move(edges)}};
    }
    if (model.theory) {
        Json curves = Json::array();
        for (const Matrix& curve : model.theory->curves)
            curves.push_back(rowsToJson(curve));
        json["theory"] = {{"curves", std::move(curves)}, {"badge", model.theory->badge}};
    }
    for (const Matrix& line : model.channels)
        json["channels"].push_back(rowsToJson(line));
    if (!model.theoryRefused.empty())
        json["theory_refused"] = model.theoryRefused;
    if (model.regions) {
        json["regions"] = {{"slope", rowsToJson(model.regions->slope)},
                           {"offset", vectorToJson(model.regions->offset)}};
        if (model.regions->triplePoint)
            json["regions"]["triple_point"] = vectorToJson(*model.regions->triplePoint);
    }
    if (const auto& third = model.third)
        json["third"] = {{"quantity", thirdName(third->quantity)},
                         {"high", third->high},
                         {"step", third->step},
                         {"unit", third->unit}};
    for (const GuideLine& guide : model.guides)
        json["guides"].push_back(guideToJson(guide));
    if (model.means.size() != 0)
        json["means"] = rowsToJson(model.means);
}

void frameFromJson(const Json& json, SceneModel& model)
{
    for (const Json& arrow : json.value("classifiers", Json::array()))
        model.classifiers.push_back(
            {vectorFromJson(arrow.at("tail")), vectorFromJson(arrow.at("tip")), arrow.at("slot").get<int>()});
    if (const auto simplex = json.find("simplex"); simplex != json.end())
        model.simplex = SimplexFrame{rowsFromJson<Matrix>(simplex->at("vertices")),
                                     simplex->at("edges").get<std::vector<std::array<int, 2>>>()};
    model.theoryRefused = json.value("theory_refused", std::string());
    if (const auto theory = json.find("theory"); theory != json.end()) {
        model.theory = TheoryArms{{}, theory->at("badge").get<std::string>()};
        for (const Json& curve : theory->at("curves"))
            model.theory->curves.push_back(rowsFromJson<Matrix>(curve));
    }
    for (const Json& line : json.value("channels", Json::array()))
        model.channels.push_back(rowsFromJson<Matrix>(line));
    if (const auto regions = json.find("regions"); regions != json.end()) {
        model.regions =
            RegionField{rowsFromJson<Matrix>(regions->at("slope")), vectorFromJson(regions->at("offset")), {}};
        if (const auto point = regions->find("triple_point"); point != regions->end())
            model.regions->triplePoint = vectorFromJson(*point);
    }
    if (const auto third = json.find("third"); third != json.end()) {
        const auto name = third->at("quantity").get<std::string>();
        const auto quantity = thirdFromName(name);
        if (!quantity)
            throw std::invalid_argument("there is no third axis '" + name + "'");
        model.third = ThirdAxis{*quantity, third->at("high").get<double>(), third->at("step").get<double>(),
                                third->at("unit").get<double>()};
    }
    for (const Json& guide : json.value("guides", Json::array()))
        model.guides.push_back(guideFromJson(guide));
    if (const auto means = json.find("means"); means != json.end())
        model.means = rowsFromJson<Matrix>(*means);
}

SceneModel parseScene(const Json& json)
{
    SceneModel model;
    json.at("dims").get_to(model.dims);
    for (const Json& entry : json.at("classes"))
        model.classes.push_back(
            {entry.at("index").get<std::int32_t>(), entry.at("name").get<std::string>(), entry.value("colour", -1)});
    model.cloud = cloudFromJson(json.at("cloud"));
    frameFromJson(json, model);
    json.at("scale").get_to(model.scale);
    json.at("classifier_length").get_to(model.classifierLength);
    json.at("axis_names").get_to(model.axisNames);
    const auto name = json.at("color_by").get<std::string>();
    const auto colorBy = colorByFromName(name);
    if (!colorBy)
        throw std::invalid_argument("there is no colouring '" + name + "'");
    model.colorBy = *colorBy;
    model.layers = layersFromJson(json.at("show"));
    const Json& camera = json.at("camera");
    model.camera = {camera.at(0).get<double>(), camera.at(1).get<double>(), camera.at(2).get<double>(),
                    camera.size() > 3 ? camera.at(3).get<double>() : 0};
    return model;
}

} // namespace

std::string toJson(const SceneModel& model)
{
    Json json = {
        {"dims", model.dims},
        {"cloud", cloudToJson(model.cloud)},
        {"scale", model.scale},
        {"classifier_length", model.classifierLength},
        {"axis_names", model.axisNames},
        {"color_by", colorByName(model.colorBy)},
        {"show", layersToJson(model.layers)},
        {"camera", {model.camera.azimuthDeg, model.camera.elevationDeg, model.camera.zoom, model.camera.distance}},
        {"classes", Json::array()},
    };
    for (const SceneClass& entry : model.classes) {
        json["classes"].push_back({{"index", entry.index}, {"name", entry.name}});
        if (entry.colour >= 0)
            json["classes"].back()["colour"] = entry.colour;
    }
    frameToJson(json, model);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<SceneModel> sceneFromJson(std::string_view text)
{
    try {
        SceneModel model = parseScene(Json::parse(text));
        if (const auto sound = validate(model); !sound)
            return sound.error();
        return model;
    } catch (const std::exception& reason) { // nlohmann-json's own and the ones above
        return dataError(std::string("Cannot read the scene: ") + reason.what());
    }
}

} // namespace nc::scene
