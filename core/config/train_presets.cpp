#include <cstdio>

#include "core/config/data_sets.h"
#include "core/config/train_config.h"

namespace nc
{
namespace
{

struct Preset {
    std::string name;
    std::string summary;
    std::vector<std::string> settings;
};

/// The protocol of the public reproduction (docs/maths.md, 2): what every repro preset shares.
std::vector<std::string> reproSettings(const std::string& data, const std::string& network)
{
    std::vector<std::string> settings{"data.name=" + data, "epochs=500", "mixing.lambda_per=batch",
                                      "loss.feature_penalty=0", "network.classifier_bias=true",
                                      // After 1, 3, 5, … passes: the reproduction counts its epochs 0, 2, 4, … from 0.
                                      "recording.epochs=1,3,5,9,17,33,65,129,201,251,301,351,401"};
    if (data == "cifar100") // of three classes 11 batches a pass
        settings.emplace_back("recording.loops=10");
    if (data == "fashion-mnist")
        settings.insert(settings.end(), {"data.side=32", "data.augment=crop"});
    else
        settings.insert(settings.end(), {"data.augment=crop-flip", "recording.thumbnails=32"});
    const Result<std::vector<std::string>> named = networkSettings(network);
    settings.insert(settings.end(), named->begin(), named->end());
    return settings;
}

Preset wideResNetPreset(const std::string& name, const std::string& data)
{
    Preset preset{name,
                  "WideResNet-40-10 on " + std::string(dataSetFacts(data).title) +
                      ", 500 epochs: needs a GPU. Network and data set as in the paper; optimiser, schedule and "
                      "recording after the public reproduction.",
                  reproSettings(data, "wrn-40-10")};
    preset.settings.insert(preset.settings.end(), {"optimiser.learning_rate=0.1", "optimiser.weight_decay=0.0001",
                                                   "optimiser.schedule=step", "optimiser.drops=0.3,0.5,0.9"});
    return preset;
}

Preset transformerPreset(const std::string& name, const std::string& data)
{
    Preset preset{name,
                  "ViT-B (patch 4) on " + std::string(dataSetFacts(data).title) +
                      ", 500 epochs: needs a GPU. Network and data set as in the paper, recording after the public "
                      "reproduction; AdamW with warm-up and cosine is our own choice.",
                  reproSettings(data, "vit-b")};
    preset.settings.insert(preset.settings.end(),
                           {"optimiser.kind=adamw", "optimiser.learning_rate=0.0001", "optimiser.weight_decay=0.05",
                            "optimiser.decay_on=weights", "optimiser.warmup=0.02", "optimiser.clip_norm=1"});
    return preset;
}

/// Each preset as settings on top of the defaults (which are fashion-cnn's). docs/maths.md 5 tells why these show the
/// phenomenon: linear feature layer, feature penalty, lambda for each sample.
const std::vector<Preset>& presets()
{
    static const std::vector<Preset> list = {
        {"quick",
         "Four classes of FashionMNIST, a small CNN, ten epochs: a minute on one CPU core.",
         {"epochs=10", "threads=1", "train_samples=5000", "data.classes=0,1,7,8", "loss.feature_penalty=0.02",
          "recording.clean_train=1000", "recording.clean_test=1000", "recording.epochs=0,1,2,4,7"}},
        {"demo",
         "Four classes of FashionMNIST, a small CNN, 24 epochs: a few minutes on one CPU core.",
         {"epochs=24", "threads=1", "train_samples=10000", "data.classes=0,1,7,8", "loss.feature_penalty=0.02",
          "recording.clean_train=1000", "recording.clean_test=1000"}},
        // As many mixes and pictures as fit into 8 MB: this is the run in resources/.
        {"demo10",
         "All classes of FashionMNIST, recorded small: how the bundled run was made.",
         {"epochs=24", "threads=1", "train_samples=30000", "probe_samples=10400", "recording.view_classes=1,7,8",
          "recording.epochs=0,1,2,3,4,6,8,11,14,17,20,24", "recording.clean_train=1000", "recording.clean_test=1000",
          "recording.dtype=float16", "recording.logits=false", "recording.thumbnails=14"}},
        {"fashion-cnn",
         "All of FashionMNIST, a small CNN with linear 16-dimensional features, 30 epochs: an hour or two on a CPU.",
         {"recording.view_classes=1,7,8"}},
        {"ufm",
         "Unconstrained features model of four classes: free features and a learned classifier, no network; half a "
         "minute on one CPU core. With -etf its optimum is known in closed form.",
         {"epochs=300", "threads=1", "data.classes=0,1,7,8", "network.kind=ufm", "loss.feature_penalty=0.02",
          "optimiser.learning_rate=0.5", "optimiser.momentum=0.5", "recording.clean_train=1000",
          "recording.thumbnails=0"}},
        wideResNetPreset("repro-wrn-fashion", "fashion-mnist"),
        wideResNetPreset("repro-wrn-cifar10", "cifar10"),
        wideResNetPreset("repro-wrn-cifar100", "cifar100"),
        transformerPreset("repro-vit-fashion", "fashion-mnist"),
        transformerPreset("repro-vit-cifar10", "cifar10"),
        transformerPreset("repro-vit-cifar100", "cifar100"),
    };
    return list;
}

/// Twins: the same training without mixing, with squared error, with the classifier frozen to the ideal frame, or
/// recorded in another way.
const std::vector<Preset>& twins()
{
    static const std::vector<Preset> list = {
        {"-erm", "Without mixing.", {"mixing.kind=none"}},
        {"-mse", "With squared error.", {"loss.kind=mse"}},
        {"-etf", "With the classifier frozen to a simplex ETF.", {"network.classifier=etf"}},
        {"-protocol",
         "Recorded as the public reproduction plots it: batches of three classes, augmented, one lambda a batch, batch "
         "statistics of these classes.",
         {"recording.probe=batches", "recording.lambda_per=batch", "recording.mode=train-chosen"}}};
    return list;
}

Result<TrainConfig> withPreset(const Preset& preset, TrainConfig config)
{
    return withSettings(std::move(config), preset.settings);
}

} // namespace

std::vector<std::string> presetNames()
{
    std::vector<std::string> names;
    for (const Preset& preset : presets()) {
        names.push_back(preset.name);
        for (const Preset& twin : twins())
            names.push_back(preset.name + twin.name);
    }
    return names;
}

Result<TrainConfig> presetConfig(std::string_view name)
{
    for (const Preset& preset : presets()) {
        if (name == preset.name)
            return withPreset(preset, {});
        for (const Preset& twin : twins())
            if (name == preset.name + twin.name) {
                Result<TrainConfig> base = withPreset(preset, {});
                return base ? withPreset(twin, std::move(*base)) : base;
            }
    }
    std::string known;
    for (const std::string& preset : presetNames())
        known += (known.empty() ? "" : ", ") + preset;
    return usageError("Unknown preset '" + std::string(name) + "', the presets are " + known);
}

std::string presetSummary(std::string_view name)
{
    for (const Preset& preset : presets()) {
        if (name == preset.name)
            return preset.summary;
        for (const Preset& twin : twins())
            if (name == preset.name + twin.name)
                return preset.summary + " " + twin.summary;
    }
    return {};
}

Result<std::vector<std::string>> networkSettings(std::string_view name)
{
    using Settings = std::vector<std::string>;
    const auto transformer = [](const char* dim, const char* heads) {
        return Settings{"network.kind=vit", "network.depth=12", "network.patch=4",
                        std::string("network.embed_dim=") + dim, std::string("network.heads=") + heads};
    };
    if (name == "vit-b")
        return transformer("768", "12");
    if (name == "vit-s")
        return transformer("384", "6");
    if (name == "vit-ti")
        return transformer("192", "3");
    if (name == "preact-resnet-18")
        return Settings{"network.kind=preact-resnet"};
    if (name == "mlp" || name == "residual" || name == "plain")
        return Settings{"network.kind=" + std::string(name)};
    int depth = 0, width = 0, end = 0;
    const std::string text(name);
    if (std::sscanf(text.c_str(), "wrn-%d-%d%n", &depth, &width, &end) == 2 && end == static_cast<int>(text.size()))
        return Settings{"network.kind=wide-resnet", "network.depth=" + std::to_string(depth),
                        "network.width=" + std::to_string(width)};
    return usageError("Unknown network '" + text +
                      "', the networks are wrn-DEPTH-WIDTH (such as wrn-40-10), vit-b, vit-s, vit-ti, "
                      "preact-resnet-18, mlp, residual and plain");
}

} // namespace nc
