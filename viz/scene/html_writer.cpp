#include "viz/scene/html_writer.h"

#include <algorithm>

#include <QFile>

#include <nlohmann/json.hpp>

#include "viz/scene/point_colours.h"
#include "viz/scene/resources.h"

namespace nc::scene
{
namespace
{

using Json = nlohmann::ordered_json;

std::string hex(Rgb colour)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string text("#");
    for (const std::uint8_t channel : {colour.r, colour.g, colour.b})
        (text += digits[channel >> 4U]) += digits[channel & 15U];
    return text;
}

/// Numbers as the page reads them: little-endian, base64.
template <typename T>
std::string packed(const T* values, std::size_t count)
{
    return QByteArray(reinterpret_cast<const char*>(values), static_cast<qsizetype>(count * sizeof(T)))
        .toBase64()
        .toStdString();
}

Json place(const Eigen::Ref<const Vector>& point)
{
    Json list = Json::array();
    for (Index d = 0; d < point.size(); ++d)
        list.push_back(static_cast<float>(point[d]));
    return list;
}

Json curve(const Matrix& points)
{
    Json list = Json::array();
    for (Index r = 0; r < points.rows(); ++r)
        list.push_back(place(points.row(r).transpose()));
    return list;
}

Json epochJson(const SceneModel& scene, const std::string& name, const PointColours& colours)
{
    const Layers& layers = scene.layers;
    Json json{
        {"name", name},
        {"positions", packed(scene.cloud.positions.data(), static_cast<std::size_t>(scene.cloud.positions.size()))},
        {"entry", packed(colours.entry.data(), colours.entry.size())},
        {"arrows", Json::array()},
        {"simplex", Json::array()},
        {"theory", Json::array()},
        {"channels", Json::array()}};
    if (layers.has(Layer::Classifiers))
        for (const ClassifierArrow& arrow : scene.classifiers)
            json["arrows"].push_back({{"class", scene.classes[static_cast<std::size_t>(arrow.slot)].index},
                                      {"tail", place(arrow.tail)},
                                      {"tip", place(arrow.tail + scene.classifierLength * (arrow.tip - arrow.tail))}});
    if (scene.simplex && layers.has(Layer::Simplex))
        for (const auto& [a, b] : scene.simplex->edges)
            json["simplex"].push_back({place(scene.classifierLength * scene.simplex->vertices.row(a).transpose()),
                                       place(scene.classifierLength * scene.simplex->vertices.row(b).transpose())});
    if (scene.theory && layers.has(Layer::Theory))
        for (const Matrix& points : scene.theory->curves)
            json["theory"].push_back(curve(points));
    if (layers.has(Layer::Channels))
        for (const Matrix& points : scene.channels)
            json["channels"].push_back(curve(points));
    return json;
}

/// What the colours mean, as far as one line each can say it.
Json legendJson(const SceneModel& scene, const Theme& theme)
{
    Json list = Json::array();
    const auto add = [&](const std::string& text, const std::vector<Rgb>& colours) {
        Json names = Json::array();
        for (const Rgb colour : colours)
            names.push_back(hex(colour));
        list.push_back({{"text", text}, {"colours", names}});
    };
    switch (scene.colorBy) {
    case ColorBy::KindLambda:
        add("same class, λ ½ to 0, 1", theme.sameKind.stops);
        add("different class, λ ½ to 0, 1", theme.differentKind.stops);
        break;
    case ColorBy::Repro:
        add("same class, λ ½ to 0, 1", theme.reproSame.stops);
        add("different class, λ ½ to 0, 1", theme.reproDifferent.stops);
        break;
    case ColorBy::Kind:
        add("same class", {kindColour(true, theme)});
        add("different class", {kindColour(false, theme)});
        break;
    case ColorBy::Lambda:
    case ColorBy::Confidence:
    case ColorBy::Residual:
        if (const auto scale = colourScale(scene.colorBy, theme))
            add(scale->title.plain() + " " + scale->ticks[0] + " to " + scale->ticks[2], scale->ramp.stops);
        break;
    case ColorBy::ClassLambda:
    case ColorBy::Class:
    case ColorBy::Pair:
    case ColorBy::Correct:
        for (std::size_t slot = 0; slot < scene.classes.size(); ++slot)
            add(scene.classes[slot].name, {theme.classColour(scene.colourOf(static_cast<int>(slot)))});
        if (scene.colorBy == ColorBy::ClassLambda)
            add("different class, λ 0 to 1", theme.lambda.stops);
        break;
    }
    return list;
}

bool sameRows(const SceneModel& a, const SceneModel& b)
{
    return a.dims == b.dims && a.cloud.labelA == b.cloud.labelA && a.cloud.labelB == b.cloud.labelB &&
           a.cloud.lambda == b.cloud.lambda;
}

} // namespace

QByteArray htmlBytes(const std::vector<const SceneModel*>& scenes, const std::vector<std::string>& names,
                     const std::string& title, const std::string& caption, ThemeMode mode)
{
    const Theme& look = theme(mode);
    const SceneModel& last = *scenes.back();
    const bool all = std::all_of(scenes.begin(), scenes.end(), [&](const auto* s) { return sameRows(*s, last); });
    const Cloud& cloud = last.cloud;
    Json json{{"points", cloud.size()},
              {"dims", last.dims},
              {"camera", {last.camera.azimuthDeg, last.camera.elevationDeg}},
              {"canvas", hex(look.canvas)},
              {"ink", hex(look.ink)},
              {"grey", hex(look.text3)},
              {"classes", Json::array()},
              {"legend", last.layers.has(Layer::Legend) ? legendJson(last, look) : Json::array()},
              {"label_a", packed(cloud.labelA.data(), cloud.labelA.size())},
              {"label_b", packed(cloud.labelB.data(), cloud.labelB.size())},
              {"lambda", packed(cloud.lambda.data(), cloud.lambda.size())},
              {"table", Json::array()},
              {"epochs", Json::array()}};
    for (const SceneClass& entry : last.classes)
        json["classes"].push_back({{"index", entry.index}, {"name", entry.name}});
    for (std::size_t s = all ? 0 : scenes.size() - 1; s < scenes.size(); ++s) {
        const PointColours colours = pointColours(*scenes[s], look);
        if (json["table"].empty())
            for (const Rgb colour : colours.table)
                json["table"].push_back(hex(colour));
        json["epochs"].push_back(epochJson(*scenes[s], names[s], colours));
    }

    initResources();
    QFile file(QStringLiteral(":/nc/html_viewer.html"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray page = file.readAll();
    const auto escaped = [](const std::string& text) {
        return QString::fromStdString(text)
            .toHtmlEscaped()
            .replace(QStringLiteral("|²"), QStringLiteral("|\u2060²")) // a browser would break the line before the ²
            .toUtf8();
    };
    // '<' may stand in a name: inside a script element it must not end it.
    QByteArray data = QByteArray::fromStdString(json.dump(-1, ' ', false, Json::error_handler_t::replace));
    data.replace("<", "\\u003c");
    for (const auto& [key, value] : {std::pair<const char*, QByteArray>{"@TITLE@", escaped(title)},
                                     {"@CAPTION@", escaped(caption)},
                                     {"@CANVAS@", QByteArray::fromStdString(hex(look.canvas))},
                                     {"@INK@", QByteArray::fromStdString(hex(look.ink))},
                                     {"@LINE@", QByteArray::fromStdString(hex(look.line))},
                                     {"@TEXT2@", QByteArray::fromStdString(hex(look.text2))},
                                     {"@ACCENT@", QByteArray::fromStdString(hex(look.accent))},
                                     {"@DATA@", data}})
        page.replace(key, value);
    return page;
}

} // namespace nc::scene
