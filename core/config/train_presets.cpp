#include <algorithm>

#include "core/config/train_config.h"

namespace nc
{
namespace
{

struct Preset {
    std::string_view name;
    std::vector<std::string_view> settings;
};

/// Each preset as settings on top of the defaults (which are fashion-cnn's). docs/maths.md 5 tells why these show the
/// phenomenon: linear feature layer, feature penalty, lambda for each sample.
const std::vector<Preset>& presets()
{
    static const std::vector<Preset> list = {
        {"quick",
         {"epochs=10", "threads=1", "train_samples=5000", "data.classes=0,1,7,8", "loss.feature_penalty=0.02",
          "recording.clean_train=1000", "recording.clean_test=1000", "recording.epochs=0,1,2,4,7"}},
        {"demo",
         {"epochs=24", "threads=1", "train_samples=10000", "data.classes=0,1,7,8", "loss.feature_penalty=0.02",
          "recording.clean_train=1000", "recording.clean_test=1000"}},
        // As many mixes and pictures as fit into 8 MB: this is the run in resources/.
        {"demo10",
         {"epochs=24", "threads=1", "train_samples=30000", "probe_samples=10400", "recording.view_classes=1,7,8",
          "recording.epochs=0,1,2,3,4,6,8,11,14,17,20,24", "recording.clean_train=1000", "recording.clean_test=1000",
          "recording.dtype=float16", "recording.logits=false", "recording.thumbnails=14"}},
        {"fashion-cnn", {"recording.view_classes=1,7,8"}},
    };
    return list;
}

/// Twins: the same training without mixing, with squared error, with the classifier frozen to the ideal frame.
const std::vector<Preset>& twins()
{
    static const std::vector<Preset> list = {
        {"-erm", {"mixing.kind=none"}}, {"-mse", {"loss.kind=mse"}}, {"-etf", {"network.classifier=etf"}}};
    return list;
}

Result<TrainConfig> withPreset(const Preset& preset, TrainConfig config)
{
    const std::vector<std::string> settings(preset.settings.begin(), preset.settings.end());
    return withSettings(std::move(config), settings);
}

} // namespace

std::vector<std::string> presetNames()
{
    std::vector<std::string> names;
    for (const Preset& preset : presets()) {
        names.emplace_back(preset.name);
        for (const Preset& twin : twins())
            names.push_back(std::string(preset.name) + std::string(twin.name));
    }
    return names;
}

Result<TrainConfig> presetConfig(std::string_view name)
{
    for (const Preset& preset : presets()) {
        if (name == preset.name)
            return withPreset(preset, {});
        for (const Preset& twin : twins())
            if (name == std::string(preset.name) + std::string(twin.name)) {
                Result<TrainConfig> base = withPreset(preset, {});
                return base ? withPreset(twin, std::move(*base)) : base;
            }
    }
    std::string known;
    for (const std::string& preset : presetNames())
        known += (known.empty() ? "" : ", ") + preset;
    return usageError("Unknown preset '" + std::string(name) + "', the presets are " + known);
}

} // namespace nc
