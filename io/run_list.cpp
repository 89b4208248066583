#include "io/run_list.h"
#include "core/parallel.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/parallel.h"
#include "io/foreign_detection.h"
#include "io/open_run.h"
#include "io/own_process.h"
#include "io/run_state.h"
#include "io/utf8.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr int deepest = 16;

using Json = nlohmann::json;

/// Header, list of epochs, and the scalars of the last epoch; nothing else is opened.
Result<RunListing> readListing(const fs::path& path)
{
    RunListing listing;
    listing.path = path;
    const Result<OpenRun> run = openRun(path);
    if (!run)
        return run.error();
    listing.title = run->header.title;
    listing.configuration = run->header.configuration;
    listing.epochs = run->entries.size();
    listing.state = run->isFolder ? readRunState(path).name : "finished";
    for (auto entry = run->entries.rbegin(); entry != run->entries.rend(); ++entry) {
        const Result<h5::Group> epoch = openEpoch(*run, *entry);
        if (!epoch)
            continue;
        if (Result<std::map<std::string, double>> scalars = readScalars(*epoch))
            listing.metrics = std::move(*scalars);
        break;
    }
    return listing;
}

/// Numbers keep all their bits, and those that are not finite are told.
std::string encoded(const RunListing& listing)
{
    Json metrics = Json::object();
    for (const auto& [name, value] : listing.metrics) {
        std::array<char, 40> text{};
        std::snprintf(text.data(), text.size(), "%a", value);
        metrics[name] = text.data();
    }
    const Json json{{"title", listing.title},        {"state", listing.state},          {"epochs", listing.epochs},
                    {"metrics", std::move(metrics)}, {"config", listing.configuration}, {"fault", listing.fault}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

RunListing decoded(const fs::path& path, const std::string& text)
{
    const Json json = Json::parse(text);
    RunListing listing{path, json["title"], json["state"], json["epochs"], {}, json["config"], json["fault"]};
    for (const auto& [name, value] : json["metrics"].items())
        listing.metrics[name] = std::strtod(value.get<std::string>().c_str(), nullptr);
    return listing;
}

RunListing brokenListing(const fs::path& path, const Error& error)
{
    return {path, {}, "broken", 0, {}, {}, error.message};
}

/// Sorted.
Result<std::vector<fs::path>> runsBelow(const fs::path& folder)
{
    std::error_code code;
    if (!fs::is_directory(folder, code))
        return dataError("Cannot list runs: there is no such folder: " + printable(folder.string()), folder.string());
    if (fs::exists(folder / "run.h5", code))
        return std::vector<fs::path>{folder};
    std::vector<fs::path> paths;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator it(folder, options, code), end; !code && it != end; it.increment(code)) {
        std::error_code own;
        const bool isFolder = it->is_directory(own);
        if (it.depth() >= deepest)
            it.disable_recursion_pending();
        if (isFolder ? !fs::exists(it->path() / "run.h5", own) : it->path().extension() != ".h5")
            continue;
        if (isFolder)
            it.disable_recursion_pending();
        paths.push_back(it->path());
    }
    if (code)
        return dataError("Cannot list runs: " + code.message() + ": " + printable(folder.string()), folder.string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

} // namespace

Result<std::string> listedRun(const fs::path& path)
{
    const Result<RunListing> listing = readListing(path);
    if (listing)
        return encoded(*listing);
    if (path.extension() != ".h5" || !looksForeign(path))
        return encoded(brokenListing(path, listing.error()));
    const Result<RunReader> dump = RunReader::open(path);
    if (!dump)
        return std::string();
    return encoded({path, {}, "finished", dump->epochs().size(), {}, {}, {}});
}

Result<std::vector<RunListing>> listRuns(const fs::path& folder)
{
    const Result<std::vector<fs::path>> paths = runsBelow(folder);
    if (!paths)
        return paths.error();
    constexpr Index runsAtOnce = 64;
    std::vector<std::optional<RunListing>> listings(paths->size());
    const auto count = static_cast<Index>(paths->size());
    const Index stretches = (count + runsAtOnce - 1) / runsAtOnce;
    parallelFor(stretches, threadCount(0), [&](Index stretch) { // each thread asks a process of its own
        const auto first = static_cast<std::size_t>(stretch * runsAtOnce);
        std::vector<Job> jobs;
        for (std::size_t i = first; i < std::min(first + runsAtOnce, paths->size()); ++i)
            jobs.push_back({{"list", (*paths)[i].string()}, {(*paths)[i].string(), "", {}}});
        inOwnProcess(jobs, [&](std::size_t job, const Result<std::string>& text) {
            const fs::path& path = (*paths)[first + job];
            if (!text)
                listings[first + job] = brokenListing(path, text.error());
            else if (!text->empty())
                listings[first + job] = decoded(path, *text);
        });
    });
    std::vector<RunListing> runs;
    for (std::optional<RunListing>& listing : listings)
        if (listing)
            runs.push_back(std::move(*listing));
    return runs;
}

} // namespace nc::io
