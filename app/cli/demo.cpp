#include <filesystem>

#include "app/cli/command.h"
#include "app/program_files.h"
#include "app/synthetic_run.h"
#include "io/run_writer.h"

namespace nc::cli
{

namespace
{

constexpr Option options[] = {
    {"--kind", "tiny|synthetic", "the bundled real run, or a synthetic collapse (default: tiny)"},
    {"--classes", "C", "of the synthetic run (default: 10)"},
    {"--dim", "D", "feature dimension of the synthetic run (default: 64)"},
    {"--samples", "N", "rows a split of the synthetic run (default: 5000)"},
    {"--epochs", "E", "of the synthetic run (default: 20)"},
    {"--seed", "S", "of the synthetic run (default: 0)"},
};

Result<app::SyntheticSettings> readSettings(const Arguments& arguments)
{
    app::SyntheticSettings settings;
    const Result<std::int64_t> classes = arguments.integer("--classes", settings.classes, 2, 1000);
    const Result<std::int64_t> dim =
        arguments.integer("--dim", std::max<std::int64_t>(64, classes ? *classes : 0), 1, 100'000);
    const Result<std::int64_t> samples = arguments.integer("--samples", settings.samples, 1, 10'000'000);
    const Result<std::int64_t> epochs = arguments.integer("--epochs", settings.epochs, 0, 100'000);
    const Result<std::int64_t> seed = arguments.integer("--seed", 0, 0, std::int64_t{1} << 53);
    for (const auto* number : {&classes, &dim, &samples, &epochs, &seed})
        if (!*number)
            return number->error();
    if (*dim < *classes - 1)
        return usageError("--dim must be at least " + std::to_string(*classes - 1) + " to hold a simplex ETF of " +
                          std::to_string(*classes) + " classes");
    settings.classes = *classes;
    settings.dim = *dim;
    settings.samples = *samples;
    settings.epochs = *epochs;
    settings.seed = static_cast<std::uint64_t>(*seed);
    return settings;
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const std::filesystem::path folder = arguments.positionals()[0];
    const bool tiny = arguments.valueOr("--kind", "tiny") == "tiny";
    std::error_code ignored;
    if (std::filesystem::exists(folder, ignored) &&
        (!std::filesystem::is_directory(folder, ignored) || !std::filesystem::is_empty(folder, ignored)))
        return dataError("the folder is not empty, a demo run needs a new one: " + folder.string(), folder.string());
    if (tiny) {
        for (const Option& option : options)
            if (option.name != "--kind" && arguments.has(option.name))
                return usageError(std::string(option.name) + " belongs to --kind synthetic");
        const std::filesystem::path bundled = app::sharedFile("demo-run.h5");
        if (!std::filesystem::exists(bundled, ignored))
            return environmentError("the bundled demo run is not installed: " + bundled.string(), bundled.string());
        if (Result<void> done = io::unpackRun(bundled, folder); !done)
            return done.error();
    } else {
        const Result<app::SyntheticSettings> settings = readSettings(arguments);
        if (!settings)
            return settings.error();
        if (Result<void> done = app::writeSyntheticRun(folder, *settings); !done)
            return done.error();
    }
    if (console.json)
        console.printJson(Json{{"run", folder.string()}});
    else
        console.note("wrote " + folder.string() + ", look at it with: ncscope render " + folder.string() +
                     " -o figure.pdf");
    return 0;
}

} // namespace

const Command demoCommand{"demo",
                          "DIR",
                          1,
                          1,
                          "Writes a run to try things on: the bundled real one or a synthetic collapse.",
                          options,
                          "  ncscope demo demo-run\n  ncscope demo collapse --kind synthetic --classes 10 --epochs 20",
                          run};

} // namespace nc::cli
