#include <algorithm>

#include "app/cli/command.h"
#include "app/text.h"
#include "io/run_list.h"

namespace nc::cli
{

namespace
{

Json listingJson(const io::RunListing& run)
{
    const Json config = run.configuration.empty() ? Json() : Json::parse(run.configuration, nullptr, false);
    Json json = {{"path", run.path.string()}, {"title", run.title},
                 {"state", run.state},        {"epochs", run.epochs},
                 {"metrics", run.metrics},    {"config", config.is_discarded() ? Json() : config}};
    if (!run.fault.empty())
        json["message"] = run.fault;
    return json;
}

std::string tableText(const std::vector<io::RunListing>& runs, const std::filesystem::path& folder,
                      const Console& console)
{
    std::vector<std::string> names{"test_accuracy", "train_accuracy", "train_loss"};
    std::erase_if(names, [&runs](const std::string& name) {
        return std::none_of(runs.begin(), runs.end(), [&](const auto& run) { return run.metrics.contains(name); });
    });
    std::vector<std::vector<std::string>> rows{{"run", "state", "epochs"}};
    rows.front().insert(rows.front().end(), names.begin(), names.end());
    rows.front().emplace_back("title");
    for (const io::RunListing& run : runs) {
        const std::string name = run.path.lexically_relative(folder).string();
        std::vector<std::string> row{name == "." ? run.path.string() : name, run.state, std::to_string(run.epochs)};
        for (const std::string& metric : names) {
            const auto value = run.metrics.find(metric);
            row.push_back(value == run.metrics.end() ? "-" : app::shortNumber(value->second));
        }
        row.push_back(run.title);
        rows.push_back(std::move(row));
    }
    return formatTable(rows, console);
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const std::filesystem::path folder = arguments.positionals().empty() ? "." : arguments.positionals()[0];
    const Result<std::vector<io::RunListing>> runs = io::listRuns(folder);
    if (!runs)
        return runs.error();
    for (const io::RunListing& each : *runs)
        if (!each.fault.empty())
            console.detail(each.fault);
    if (console.json) {
        Json list = Json::array();
        for (const io::RunListing& each : *runs)
            list.push_back(listingJson(each));
        console.printJson(list);
    } else if (runs->empty()) {
        console.note("no runs below " + folder.string());
    } else {
        console.print(tableText(*runs, folder, console));
    }
    return 0;
}

} // namespace

const Command runsCommand{"runs",
                          "[FOLDER]",
                          0,
                          1,
                          "All runs below a folder: state, epochs and the last figures of each.",
                          {},
                          "  ncscope runs\n  ncscope runs /data/runs --json",
                          run};

} // namespace nc::cli
