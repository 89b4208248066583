#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include <malloc.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/trainer/command_listener.h"
#include "app/trainer/data_fetch.h"
#include "app/trainer/dry_run.h"
#include "app/trainer/options.h"
#include "app/trainer/sweep.h"
#include "app/trainer/training_session.h"
#include "core/config/data_folder.h"
#include "core/config/data_sets.h"
#include "core/exit_code.h"
#include "core/training/image_data.h"
#include "core/training/trainer.h"

namespace
{

using namespace nc;
using Json = nlohmann::ordered_json;

/// The one place where an error is shown: for people on stderr, as a protocol line where stdout is read by a program.
int fail(const Error& error, bool asLine)
{
    std::fprintf(stderr, "ncscope-train: error: %s\n", error.message.c_str());
    if (asLine)
        trainer::sendError(error);
    return exitCode(error.kind);
}

Result<int> listData(const trainer::Options& options)
{
    Json list = Json::array();
    for (const DataSetFacts& facts : knownDataSets()) {
        const Result<std::filesystem::path> found = findDataSet(facts.name, options.data);
        list.push_back({{"name", facts.name}, {"folder", found ? Json(found->string()) : Json(nullptr)}});
        if (!options.json)
            std::printf("%-14s %s\n", std::string(facts.name).c_str(),
                        found ? found->c_str() : ("not found (" + std::string(facts.whereFrom) + ")").c_str());
    }
    if (options.json)
        std::puts(list.dump().c_str());
    return 0;
}

/// Into --data, else NCSCOPE_DATA, else the user's data folder, there into a folder named like the set.
Result<int> fetchData(const trainer::Options& options)
{
    const char* variable = std::getenv("NCSCOPE_DATA");
    const std::filesystem::path root = !options.data.empty()   ? options.data
                                       : variable && *variable ? std::filesystem::path(variable)
                                                               : userDataFolder();
    if (root.empty())
        return usageError("data fetch needs --data DIR, there is no home folder");
    const std::filesystem::path folder = root / options.dataSet;
    trainer::RemoteSet set = trainer::remoteSet(options.dataSet);
    if (!options.from.empty())
        set.url = options.from;
    const Result<void> done = trainer::fetch(set, folder, [&](const std::string& line) {
        if (!options.quiet)
            std::fprintf(stderr, "%s\n", line.c_str());
    });
    if (!done)
        return done.error();
    if (options.json)
        std::puts(Json{{"name", options.dataSet}, {"folder", folder.string()}}.dump().c_str());
    else
        std::puts(folder.c_str());
    return 0;
}

/// libgomp's threads, which are LibTorch's, wait for each other by spinning for milliseconds. Where other programs want
/// the cores too, that takes ten times as long as the work itself (docs/benchmarks.md), so they are told to go to sleep
/// soon, unless the user says how. libgomp reads that while it is loaded: the program begins anew.
void letThreadsSleep(char** words)
{
    if (std::getenv("GOMP_SPINCOUNT") || std::getenv("OMP_WAIT_POLICY"))
        return;
    if (setenv("GOMP_SPINCOUNT", "1000", 1) != 0)
        return;
    std::error_code failed;
    const std::string program = std::filesystem::read_symlink("/proc/self/exe", failed).string();
    if (!failed)
        execv(program.c_str(), words); // comes back where it cannot: then it is only slower
}

/// `commands`: of Train and Sweep, null for what ends by itself.
Result<int> dispatch(const trainer::Options& options, trainer::CommandListener* commands, training::Communicator& group)
{
    switch (options.action) {
    case trainer::Action::Help:
        std::fputs(trainer::helpText().c_str(), stdout);
        return 0;
    case trainer::Action::Version:
        std::printf("ncscope-train " NCSCOPE_VERSION "\n%s", training::engineVersions().c_str());
        return 0;
    case trainer::Action::Schema:
        std::puts(configSchema().c_str());
        return 0;
    case trainer::Action::DataList:
        return listData(options);
    case trainer::Action::DataFetch:
        return fetchData(options);
    case trainer::Action::DryRun:
        return trainer::dryRun(options);
    case trainer::Action::Record:
        return trainer::recordRun(options);
    case trainer::Action::Train:
    case trainer::Action::Sweep:
        break;
    }
    if (options.action == trainer::Action::Sweep)
        return trainer::runSweep(options, *commands);
    return trainer::runTraining(options, *commands, group);
}

/// Freed memory stays with the process: each step needs as much again as the one before, and taking it from the kernel
/// anew page by page costs up to a tenth of the training.
void keepFreedMemory()
{
    mallopt(M_MMAP_THRESHOLD, 32 << 20); // the most that glibc takes
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

} // namespace

int main(int argc, char** argv)
{
    keepFreedMemory();
    const std::vector<char*> words(argv + 1, argv + argc);
    const Result<trainer::Options> options = trainer::parseOptions(words);
    if (!options)
        return fail(options.error(), std::find(words.begin(), words.end(), std::string_view("--json")) != words.end());
    const bool computes = options->action == trainer::Action::Train || options->action == trainer::Action::DryRun ||
                          options->action == trainer::Action::Record;
    if (computes)
        letThreadsSleep(argv);
    const bool asLine =
        options->json || options->action == trainer::Action::Train || options->action == trainer::Action::Record;
    std::optional<trainer::CommandListener> commands; // before any other thread, MPI's among them
    if (options->action == trainer::Action::Train || options->action == trainer::Action::Sweep)
        commands.emplace();
    Result<training::Communicator> group =
        options->action == trainer::Action::Train ? training::Communicator::join() : training::Communicator();
    if (!group)
        return fail(group.error(), asLine);
    try {
        const Result<int> code = dispatch(*options, commands ? &*commands : nullptr, *group);
        return group->leave(code ? *code : fail(code.error(), asLine),
                            !code && code.error().kind != ErrorKind::Interrupted);
    } catch (const std::exception& error) {
        return group->leave(fail(environmentError(std::string("Failed: ") + error.what()), asLine), true);
    }
}
