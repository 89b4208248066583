#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "io/run_check.h"

namespace nc::cli
{

namespace
{

constexpr Option options[] = {{"--deep", "", "read every number: finite features, checksums, logits against W h + b"}};

Json reportJson(const io::CheckReport& report)
{
    const auto orNull = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
    Json problems = Json::array();
    for (const io::Problem& problem : report.problems)
        problems.push_back({{"severity", problem.severity == io::Severity::Error ? "error" : "warning"},
                            {"file", orNull(problem.file)},
                            {"dataset", orNull(problem.dataset)},
                            {"epoch", problem.epoch ? Json(*problem.epoch) : Json()},
                            {"message", problem.message}});
    return {{"valid", report.valid()}, {"problems", problems}};
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const std::string& path = arguments.positionals()[0];
    const bool deep = arguments.has("--deep");
    const Result<io::ReadOptions> read = readOptions(arguments);
    if (!read)
        return read.error();
    const io::CheckReport report = io::checkRun(path, deep, console.progress("checking"), read->mapping);
    if (console.json) {
        console.printJson(reportJson(report));
        return report.valid() ? 0 : 1;
    }
    std::size_t errors = 0;
    for (const io::Problem& problem : report.problems) {
        const bool isError = problem.severity == io::Severity::Error;
        errors += isError;
        console.print((isError ? "error: " : "warning: ") + problem.message);
    }
    const std::size_t warnings = report.problems.size() - errors;
    const auto counted = [](std::size_t n, const char* what) {
        return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
    };
    console.print((report.valid() ? "valid" : "not valid") + std::string(": ") + counted(errors, "error") + ", " +
                  counted(warnings, "warning") + (deep ? ", every number read" : ", headers read") + ": " + path);
    return report.valid() ? 0 : 1;
}

} // namespace

const Command checkCommand{"check",
                           "PATH",
                           1,
                           1,
                           "Validates a run against the format, all epochs.",
                           options,
                           "  ncscope check runs/mixup\n  ncscope check runs/mixup --deep --json",
                           run,
                           true};

} // namespace nc::cli
