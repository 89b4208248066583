#include "viz/scene/figure.h"

namespace nc::scene
{

namespace
{

Page paperPage(double widthInches, double fontSizePt)
{
    Page page;
    page.widthPt = 72 * widthInches;
    page.fontSizePt = fontSizePt;
    return page;
}

Page screenPage(double widthPt, double heightPt, double fontSizePt)
{
    Page page;
    page.widthPt = widthPt;
    page.heightPt = heightPt;
    page.marginPt = 1.5 * fontSizePt;
    page.fontSizePt = fontSizePt;
    page.family = FontFamily::Sans;
    page.lineScale = fontSizePt / 8;
    return page;
}

struct Preset {
    std::string_view name;
    Page page;
};

const std::vector<Preset>& presets()
{
    static const std::vector<Preset> all = {
        {"iclr", paperPage(5.5, 8)},        {"neurips", paperPage(5.5, 8)},       {"icml", paperPage(6.75, 8)},
        {"two-column", paperPage(3.25, 8)}, {"slides", screenPage(960, 540, 18)}, {"poster", screenPage(1728, 0, 28)},
        {"repro", paperPage(6, 10)},
    };
    return all;
}

} // namespace

std::optional<Page> pagePreset(std::string_view name)
{
    for (const Preset& preset : presets())
        if (preset.name == name)
            return preset.page;
    return {};
}

std::vector<std::string_view> pagePresetNames()
{
    std::vector<std::string_view> names;
    for (const Preset& preset : presets())
        names.push_back(preset.name);
    return names;
}

} // namespace nc::scene
