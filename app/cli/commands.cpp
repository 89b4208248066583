#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

#include "app/atomic_file.h"
#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "app/version.h"
#include "app/window_library.h"
#include "core/exit_code.h"

namespace nc::cli
{

namespace
{

constexpr Option general[] = {
    {"--help", "", "show this help", "-h"},
    {"--json", "", "one JSON document on stdout, errors too"},
    {"--quiet", "", "no progress and no notes on stderr", "-q"},
    {"--verbose", "", "more notes on stderr", "-v"},
    {"--memory-limit", "SIZE", "memory for features, such as 512M or 4G; larger epochs are streamed (default: 1G)"},
    {"--threads", "N", "threads to compute with (default: all cores)"},
    {"--color", "auto|never|always", "colour on a terminal; NO_COLOR is obeyed"},
};

constexpr Option windowOptions[] = {
    {"--renderer", "auto|gpu|cpu", "who draws the view (default auto: a GPU where there is one)"},
    {"--map", "features=/h,labels=/y[,…]", "names in a foreign dump, see ncscope info --help"},
    {"--memory-limit", "SIZE", "memory for each run, such as 512M or 4G (default: 1G)"},
};

void listOptions(std::span<const Option> options, std::string& text)
{
    for (const Option& option : options) {
        std::string left = "  " + std::string(option.name) +
                           (option.alias.empty() ? "" : ", " + std::string(option.alias)) +
                           (option.value.empty() ? "" : " " + std::string(option.value));
        if (left.size() < 30)
            left.resize(30, ' ');
        else
            left += "\n" + std::string(30, ' ');
        text += left + std::string(option.help) + "\n";
    }
}

/// Of the commands that read runs.
constexpr Option reading[] = {
    {"--map", "features=/h,labels=/y[,…]",
     "names in a foreign dump: features, labels, weight, bias, lambda, label_b, epoch, file"},
};

std::string helpText(const Command& command)
{
    std::string text = "ncscope " + std::string(command.name) + " " + std::string(command.operands) + "\n\n" +
                       std::string(command.summary) + "\n\nOptions\n";
    listOptions(command.options, text);
    if (command.readsRuns)
        listOptions(reading, text);
    listOptions(general, text);
    text += "\nExamples\n" + std::string(command.examples) + "\n";
    return text;
}

std::string overview()
{
    std::string text = "NCScope: see neural collapse, and what mixup makes of it, epoch by epoch\n\n"
                       "ncscope [PATH…] [--renderer WHO]      the window\n"
                       "ncscope COMMAND [OPERANDS] [OPTIONS]  everything else, without a display\n\nCommands\n";
    for (const Command& command : commands()) {
        std::string left = "  " + std::string(command.name);
        left.resize(12, ' ');
        text += left + std::string(command.summary) + "\n";
    }
    text += "\nThe window\n";
    listOptions(windowOptions, text);
    text += "\nEach command has --help. Exit codes: 0 good, 1 the data fell short, 2 usage, 3 environment, 130 "
            "interrupted.\n\n"
            "Examples\n"
            "  ncscope info runs/mixup\n"
            "  ncscope render runs/mixup --epoch last -o figure.pdf\n";
    return text;
}

/// What holds for every command is read before its own options, so that even a usage error comes out in the asked-for
/// form.
Result<void> applyGeneralOptions(const Arguments& arguments, Console& console)
{
    if (Result<void> one = arguments.exclusive({"--quiet", "--verbose"}); !one)
        return one;
    if (arguments.has("--quiet"))
        console.verbosity = Console::Verbosity::Quiet;
    if (arguments.has("--verbose"))
        console.verbosity = Console::Verbosity::Verbose;
    const Result<std::int64_t> threads = arguments.integer("--threads", 0, 1, 1024);
    if (!threads)
        return threads.error();
    console.threads = static_cast<int>(*threads);
    if (const Result<io::ReadOptions> read = readOptions(arguments); !read)
        return read.error();
    const std::string color = arguments.valueOr("--color", "auto");
    const char* noColor = std::getenv("NO_COLOR");
    console.color = color == "always" || (color == "auto" && (!noColor || !*noColor) && isatty(STDOUT_FILENO) != 0);
    return {};
}

Result<int> runCommand(const Command& command, std::span<const std::string> words, Console& console)
{
    const Result<Arguments> arguments = Arguments::parse(words, optionsOf(command));
    if (!arguments)
        return arguments.error();
    if (arguments->has("--help")) {
        console.print(helpText(command));
        return 0;
    }
    if (Result<void> applied = applyGeneralOptions(*arguments, console); !applied)
        return applied.error();
    const std::size_t given = arguments->positionals().size();
    if (given < command.leastOperands)
        return usageError("ncscope " + std::string(command.name) + " needs " + std::string(command.operands));
    if (given > command.mostOperands)
        return usageError("ncscope " + std::string(command.name) + " does not know what to do with '" +
                          arguments->positionals().back() + "'");
    return command.run(*arguments, console);
}

Result<int> runWindow(std::span<const std::string> words)
{
    const Result<Arguments> arguments = Arguments::parse(words, windowOptions);
    if (!arguments)
        return arguments.error();
    const Result<io::ReadOptions> read = readOptions(*arguments);
    if (!read)
        return read.error();
    const std::string who = arguments->valueOr("--renderer", "auto");
    const app::Renderer renderer = who == "gpu"   ? app::Renderer::Gpu
                                   : who == "cpu" ? app::Renderer::Cpu
                                                  : app::Renderer::Auto;
    return app::openWindow(arguments->positionals(), {renderer, *read});
}

} // namespace

std::vector<Option> optionsOf(const Command& command)
{
    std::vector<Option> options(command.options.begin(), command.options.end());
    if (command.readsRuns)
        options.insert(options.end(), std::begin(reading), std::end(reading));
    options.insert(options.end(), std::begin(general), std::end(general));
    return options;
}

std::span<const Command> commands()
{
    static const Command table[] = {infoCommand,   checkCommand, metricsCommand, projectCommand, theoryCommand,
                                    renderCommand, gridCommand,  movieCommand,   compareCommand, trainCommand,
                                    demoCommand,   packCommand,  unpackCommand,  runsCommand};
    return table;
}

int runCommandLine(std::span<const std::string> words)
{
    app::removeUnfinishedFilesOnInterrupt();
    Console console;
    console.json = std::find(words.begin(), words.end(), "--json") != words.end();
    const auto finish = [&console](const Result<int>& result) {
        if (result)
            return *result;
        console.fail(result.error());
        return exitCode(result.error().kind);
    };
    if (words.empty())
        return finish(runWindow({}));
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        console.print(overview());
        return 0;
    }
    if (words[0] == "--version") {
        console.print(app::versionText());
        return 0;
    }
    for (const Command& command : commands())
        if (words[0] == command.name)
            return finish(runCommand(command, words.subspan(1), console));
    std::error_code ignored;
    const bool isWindowOption =
        std::any_of(std::begin(windowOptions), std::end(windowOptions),
                    [&](const Option& option) { return words[0].substr(0, words[0].find('=')) == option.name; });
    if (isWindowOption || (!words[0].starts_with('-') && std::filesystem::exists(words[0], ignored)))
        return finish(runWindow(words));
    if (words[0].starts_with('-'))
        return finish(usageError("unknown option " + words[0] + ", see ncscope --help"));
    return finish(usageError("unknown command or missing file: " + words[0]));
}

} // namespace nc::cli
