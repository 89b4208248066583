#include "viz/scene/theme.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <QFile>
#include <nlohmann/json.hpp>

#include "viz/scene/resources.h"

namespace nc::scene
{

namespace
{

using Json = nlohmann::json;

Rgb parseColour(const Json& value)
{
    const auto number = std::stoul(value.get<std::string>().substr(1), nullptr, 16);
    return {static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
            static_cast<std::uint8_t>(number)};
}

std::vector<Rgb> parseColours(const Json& values)
{
    std::vector<Rgb> colours;
    for (const Json& value : values)
        colours.push_back(parseColour(value));
    return colours;
}

Theme parseTheme(const Json& json, ThemeMode mode)
{
    Theme result;
    result.mode = mode;
    const std::pair<const char*, Rgb*> roles[] = {
        {"bg", &result.bg},       {"panel", &result.panel},   {"raised", &result.raised}, {"control", &result.control},
        {"hover", &result.hover}, {"border", &result.border}, {"line", &result.line},     {"canvas", &result.canvas},
        {"text", &result.text},   {"text2", &result.text2},   {"text3", &result.text3},   {"accent", &result.accent},
        {"fill", &result.fill},   {"tint", &result.tint},     {"ok", &result.ok},         {"warn", &result.warn},
        {"err", &result.err},     {"errbg", &result.errbg},   {"ink", &result.ink},
    };
    for (const auto& [name, colour] : roles)
        *colour = parseColour(json.at(name));
    result.classes = parseColours(json.at("classes"));
    result.lambda.stops = parseColours(json.at("lambda"));
    result.sameKind.stops = parseColours(json.at("kind").at("same"));
    result.differentKind.stops = parseColours(json.at("kind").at("different"));
    result.reproSame.stops = parseColours(json.at("repro").at("same"));
    result.reproDifferent.stops = parseColours(json.at("repro").at("different"));
    result.residual.stops = parseColours(json.at("residual"));
    result.runs = parseColours(json.at("runs"));
    if (const auto pale = json.find("palePoint"); pale != json.end()) {
        const auto at = std::find(result.classes.begin(), result.classes.end(), parseColour(pale->at("class")));
        result.paleSlot = static_cast<int>(at - result.classes.begin());
        result.paleRim = parseColour(pale->at("rim"));
    }
    return result;
}

struct Themes {
    Theme light, dark;
};

// The file is part of the program: were it broken, nothing could be shown, so its errors are not handled but tested
// for.
Themes readThemes()
{
    initResources();
    QFile file(QStringLiteral(":/nc/theme.json"));
    (void)file.open(QIODevice::ReadOnly);
    const QByteArray bytes = file.readAll();
    const Json json = Json::parse(bytes.begin(), bytes.end());
    return {parseTheme(json.at("light"), ThemeMode::Light), parseTheme(json.at("dark"), ThemeMode::Dark)};
}

double luminance(Rgb colour)
{
    const auto linear = [](std::uint8_t channel) {
        const double c = channel / 255.0;
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b);
}

} // namespace

Rgb mix(Rgb a, Rgb b, double t)
{
    const auto channel = [t](std::uint8_t from, std::uint8_t to) {
        return static_cast<std::uint8_t>(std::lround(from + t * (to - from)));
    };
    return {channel(a.r, b.r), channel(a.g, b.g), channel(a.b, b.b)};
}

double contrast(Rgb a, Rgb b)
{
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

Rgb Ramp::at(double t) const
{
    const double place = std::clamp(t, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    return mix(stops[below], stops[below + 1], place - static_cast<double>(below));
}

Rgb Theme::classColour(int slot) const
{
    const bool known = slot >= 0 && static_cast<std::size_t>(slot) < classes.size();
    return known ? classes[static_cast<std::size_t>(slot)] : text3;
}

const Theme& theme(ThemeMode mode)
{
    static const Themes themes = readThemes();
    return mode == ThemeMode::Light ? themes.light : themes.dark;
}

} // namespace nc::scene
