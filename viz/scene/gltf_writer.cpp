#include "viz/scene/gltf_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include <nlohmann/json.hpp>

#include "viz/scene/point_colours.h"

namespace nc::scene
{
namespace
{

using Json = nlohmann::ordered_json;
using Triples = std::vector<std::array<float, 3>>;

enum Component { UnsignedByte = 5121, UnsignedInt = 5125, Float = 5126 };
enum Mode { Points = 0, Lines = 1, LineStrip = 3 };

/// The JSON and the numbers of a file under construction.
class Gltf
{
public:
    Gltf()
    {
        m_json["asset"] = {{"version", "2.0"}, {"generator", "NCScope"}};
        for (const char* list : {"bufferViews", "accessors", "materials", "meshes", "nodes"})
            m_json[list] = Json::array();
        // Points and lines have no normals: colours as they are, without light.
        m_json["materials"].push_back({{"name", "plain"},
                                       {"pbrMetallicRoughness", {{"metallicFactor", 0}, {"roughnessFactor", 1}}},
                                       {"extensions", {{"KHR_materials_unlit", Json::object()}}}});
        m_json["extensionsUsed"] = {"KHR_materials_unlit"};
    }

    int positions(const Triples& values)
    {
        std::array<float, 3> low{}, high{};
        low.fill(std::numeric_limits<float>::max());
        high.fill(std::numeric_limits<float>::lowest());
        for (const auto& p : values)
            for (std::size_t c = 0; c < 3; ++c) {
                low[c] = std::min(low[c], p[c]);
                high[c] = std::max(high[c], p[c]);
            }
        const int index = accessor(values.data(), values.size() * sizeof values[0], values.size(), Float, "VEC3");
        m_json["accessors"][index]["min"] = low;
        m_json["accessors"][index]["max"] = high;
        return index;
    }
    int colours(const std::vector<std::array<std::uint8_t, 4>>& values)
    {
        const int index = accessor(values.data(), values.size() * 4, values.size(), UnsignedByte, "VEC4");
        m_json["accessors"][index]["normalized"] = true;
        return index;
    }
    int numbers(const std::vector<float>& values)
    {
        const int index = accessor(values.data(), values.size() * sizeof(float), values.size(), Float, "SCALAR");
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        m_json["accessors"][index]["min"] = {*low};
        m_json["accessors"][index]["max"] = {*high};
        return index;
    }

    /// A mesh of one primitive and a node that shows it. Returns the primitive for what else belongs to it.
    Json& add(const std::string& name, Mode mode, int positions, int colours)
    {
        Json primitive{{"attributes", {{"POSITION", positions}}}, {"mode", mode}, {"material", 0}};
        if (colours >= 0)
            primitive["attributes"]["COLOR_0"] = colours;
        m_json["meshes"].push_back({{"name", name}, {"primitives", {primitive}}});
        m_json["nodes"].push_back({{"name", name}, {"mesh", m_json["meshes"].size() - 1}});
        return m_json["meshes"].back();
    }

    Json& json() { return m_json; }

    QByteArray bytes()
    {
        Json all = Json::array();
        for (std::size_t i = 0; i < m_json["nodes"].size(); ++i)
            all.push_back(i);
        m_json["scenes"] = {{{"nodes", all}}};
        m_json["scene"] = 0;
        m_json["buffers"] = {{{"byteLength", m_numbers.size()}}};
        std::string text = m_json.dump(-1, ' ', false, Json::error_handler_t::replace);
        text.append((4 - text.size() % 4) % 4, ' ');
        QByteArray file;
        const auto word = [&](std::size_t value) {
            const auto bits = static_cast<std::uint32_t>(value);
            file.append(reinterpret_cast<const char*>(&bits), sizeof bits);
        };
        constexpr std::size_t header = 12, chunkHeader = 8;
        file.append("glTF");
        word(2);
        word(header + 2 * chunkHeader + text.size() + static_cast<std::size_t>(m_numbers.size()));
        word(text.size());
        file.append("JSON");
        file.append(text.data(), static_cast<qsizetype>(text.size()));
        word(static_cast<std::size_t>(m_numbers.size()));
        file.append("BIN\0", 4);
        return file + m_numbers;
    }

private:
    int accessor(const void* data, std::size_t size, std::size_t count, Component component, const char* type)
    {
        const qsizetype offset = m_numbers.size();
        m_numbers.append(static_cast<const char*>(data), static_cast<qsizetype>(size));
        m_numbers.append((4 - m_numbers.size() % 4) % 4, '\0');
        m_json["bufferViews"].push_back({{"buffer", 0}, {"byteOffset", offset}, {"byteLength", size}});
        m_json["accessors"].push_back({{"bufferView", m_json["bufferViews"].size() - 1},
                                       {"componentType", component},
                                       {"count", count},
                                       {"type", type}});
        return static_cast<int>(m_json["accessors"].size()) - 1;
    }

    Json m_json;
    QByteArray m_numbers;
};

/// glTF looks along -z with y up; our z is up where there are three dimensions.
template <typename Row>
std::array<float, 3> placed(const SceneModel& scene, const Row& p)
{
    const auto at = [&](Index i) { return static_cast<float>(static_cast<double>(p(i)) * scene.scale); };
    return scene.dims == 2 ? std::array<float, 3>{at(0), at(1), 0.0F} : std::array<float, 3>{at(0), at(2), -at(1)};
}

Triples cloudOf(const SceneModel& scene)
{
    Triples points;
    for (Index i = 0; i < scene.cloud.size(); ++i)
        points.push_back(placed(scene, scene.cloud.positions.row(i)));
    return points;
}

bool sameRows(const SceneModel& a, const SceneModel& b)
{
    return a.dims == b.dims && a.cloud.labelA == b.cloud.labelA && a.cloud.labelB == b.cloud.labelB &&
           a.cloud.lambda == b.cloud.lambda && a.cloud.row == b.cloud.row;
}

std::vector<std::array<std::uint8_t, 4>> coloursOf(const SceneModel& scene, const Theme& theme)
{
    const PointColours colours = pointColours(scene, theme);
    std::vector<std::array<std::uint8_t, 4>> list;
    for (const std::uint16_t entry : colours.entry) {
        const Rgb c = colours.table[entry];
        list.push_back({c.r, c.g, c.b, 255});
    }
    return list;
}

void addCloud(Gltf& file, const std::vector<const SceneModel*>& scenes, const Theme& theme)
{
    const SceneModel& last = *scenes.back();
    if (last.cloud.size() == 0)
        return;
    const bool animated = scenes.size() > 1 && std::all_of(scenes.begin(), scenes.end(),
                                                           [&](const SceneModel* s) { return sameRows(*s, last); });
    const Triples base = cloudOf(animated ? *scenes.front() : last);
    Json& mesh = file.add("mixes", Points, file.positions(base), file.colours(coloursOf(last, theme)));
    if (!animated)
        return;
    Json targets = Json::array();
    for (std::size_t e = 1; e < scenes.size(); ++e) {
        Triples moved = cloudOf(*scenes[e]);
        for (std::size_t i = 0; i < moved.size(); ++i)
            for (std::size_t c = 0; c < 3; ++c)
                moved[i][c] -= base[i][c];
        targets.push_back({{"POSITION", file.positions(moved)}});
    }
    const std::size_t count = targets.size();
    // The accessors were added after the mesh was referred to: the list of meshes is another one.
    mesh["primitives"][0]["targets"] = targets;
    std::vector<float> rest(count, 0), times, weights;
    rest.back() = 1; // viewers without animation show the last epoch
    mesh["weights"] = rest;
    for (std::size_t e = 0; e <= count; ++e) {
        times.push_back(static_cast<float>(e));
        for (std::size_t t = 0; t < count; ++t)
            weights.push_back(t + 1 == e ? 1.0F : 0.0F);
    }
    const int input = file.numbers(times), output = file.numbers(weights);
    file.json()["animations"] = {{{"name", "epochs"},
                                  {"samplers", {{{"input", input}, {"output", output}, {"interpolation", "STEP"}}}},
                                  {"channels", {{{"sampler", 0}, {"target", {{"node", 0}, {"path", "weights"}}}}}}}};
}

void addLines(Gltf& file, const SceneModel& scene, const Theme& theme)
{
    const auto inked = [&](const std::string& name, Mode mode, const Triples& points, Rgb colour) {
        const std::vector<std::array<std::uint8_t, 4>> colours(points.size(), {colour.r, colour.g, colour.b, 255});
        file.add(name, mode, file.positions(points), file.colours(colours));
    };
    if (scene.layers.has(Layer::Classifiers))
        for (const ClassifierArrow& arrow : scene.classifiers) {
            const Vector tip = arrow.tail + scene.classifierLength * (arrow.tip - arrow.tail);
            const SceneClass& of = scene.classes[static_cast<std::size_t>(arrow.slot)];
            inked("classifier " + (of.name.empty() ? std::to_string(of.index) : of.name), Lines,
                  {placed(scene, arrow.tail), placed(scene, tip)}, theme.classColour(scene.colourOf(arrow.slot)));
        }
    if (scene.layers.has(Layer::Simplex) && scene.simplex) {
        Triples ends;
        for (const auto& [from, to] : scene.simplex->edges)
            for (const int corner : {from, to})
                ends.push_back(placed(scene, (scene.classifierLength * scene.simplex->vertices.row(corner)).eval()));
        if (!ends.empty())
            inked("simplex ETF", Lines, ends, theme.text3);
    }
    if (scene.layers.has(Layer::Theory) && scene.theory)
        for (const Matrix& curve : scene.theory->curves) {
            Triples points;
            for (Index i = 0; i < curve.rows(); ++i)
                points.push_back(placed(scene, curve.row(i)));
            inked("optimal features", LineStrip, points, theme.ink);
        }
    if (scene.layers.has(Layer::Channels))
        for (const Matrix& line : scene.channels) {
            Triples points;
            for (Index i = 0; i < line.rows(); ++i)
                points.push_back(placed(scene, line.row(i)));
            inked("channel", LineStrip, points, theme.text2);
        }
}

} // namespace

QByteArray glbBytes(const std::vector<const SceneModel*>& scenes)
{
    const Theme& colours = theme(ThemeMode::Light);
    Gltf file;
    addCloud(file, scenes, colours);
    addLines(file, *scenes.back(), colours);
    return file.bytes();
}

} // namespace nc::scene
