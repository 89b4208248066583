#include <nlohmann/json.hpp>

#include "app/plots/plot_builder.h"

namespace nc::app
{

namespace
{

/// The configuration without what does not change the experiment; empty where there is none.
std::string experimentOf(const OpenRun& run)
{
    auto config = nlohmann::json::parse(run.reader.configuration(), nullptr, false);
    if (!config.is_object())
        return {};
    for (const char* key : {"seed", "device", "threads"})
        config.erase(key);
    return config.dump();
}

} // namespace

std::vector<std::vector<std::size_t>> groupsBySeed(const std::vector<OpenRun>& runs)
{
    std::vector<std::vector<std::size_t>> groups;
    std::vector<std::string> experiments;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const std::string experiment = experimentOf(runs[r]);
        std::size_t g = 0;
        while (g < groups.size() && (experiment.empty() || experiments[g] != experiment))
            ++g;
        if (g == groups.size()) {
            groups.emplace_back();
            experiments.push_back(experiment);
        }
        groups[g].push_back(r);
    }
    return groups;
}

} // namespace nc::app
