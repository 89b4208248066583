#include "io/run_list.h"

#include <algorithm>

#include "io/foreign_detection.h"
#include "io/open_run.h"
#include "io/own_process.h"
#include "io/run_state.h"
#include "io/utf8.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr int deepest = 16;

using Open = Result<OpenRun> (*)(const fs::path&);

/// Header, list of epochs, and the scalars of the last epoch; nothing else is opened.
Result<RunListing> readListing(const fs::path& path, Open open)
{
    RunListing listing;
    listing.path = path;
    const Result<OpenRun> run = open(path);
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

/// Nothing where the file is neither a run nor a dump that can be read as one.
std::optional<RunListing> listingOf(const fs::path& path, Open open)
{
    Result<RunListing> listing = withinMemory(path, [&] { return readListing(path, open); });
    if (listing)
        return std::move(*listing);
    RunListing other;
    other.path = path;
    if (path.extension() == ".h5" && looksForeign(path)) {
        const Result<RunReader> dump = RunReader::open(path);
        if (!dump)
            return {};
        other.state = "finished";
        other.epochs = dump->epochs().size();
        return other;
    }
    other.state = "broken";
    other.fault = listing.error().message;
    return other;
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

Result<std::vector<RunListing>> listRuns(const fs::path& folder)
{
    const Result<std::vector<fs::path>> paths = runsBelow(folder);
    if (!paths)
        return paths.error();
    // One process tries them all; where HDF5 does not survive one of them, each is tried by itself.
    constexpr unsigned runsPerSecond = 100;
    ProcessLimits limits;
    limits.cpuSeconds += static_cast<unsigned>(paths->size()) / runsPerSecond;
    H5open();
    const Result<void> survived = inOwnProcess(folder, limits, [&]() -> Result<void> {
        for (const fs::path& path : *paths)
            (void)readListing(path, openRunUntried);
        return {};
    });
    std::vector<RunListing> runs;
    for (const fs::path& path : *paths)
        if (std::optional<RunListing> listing = listingOf(path, survived ? openRunUntried : openRun))
            runs.push_back(std::move(*listing));
    return runs;
}

} // namespace nc::io
