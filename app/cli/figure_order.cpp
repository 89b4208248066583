#include "app/cli/figure_order.h"

#include "app/cli/figure_options.h"
#include "app/cli/run_argument.h"
#include "app/figure_caption.h"
#include "app/plots/plot_builder.h"

namespace nc::cli
{

namespace
{

Result<std::vector<app::OpenRun>> openRuns(const Arguments& arguments)
{
    std::vector<app::OpenRun> runs;
    for (const std::string& path : arguments.positionals()) {
        Result<app::OpenRun> run = openRun(arguments, path);
        if (!run)
            return run.error();
        runs.push_back(std::move(*run));
    }
    return runs;
}

/// The epochs that a grid shows of each run: the same of all, or each one's own first or last.
Result<std::vector<std::vector<std::int64_t>>> gridEpochs(const Arguments& arguments,
                                                          const std::vector<app::OpenRun>& runs)
{
    std::vector<std::vector<std::int64_t>> epochs;
    const auto words = arguments.value("--epochs");
    for (const app::OpenRun& run : runs) { // a missing epoch is told before anything is read
        if (words) {
            const auto chosen = app::selectEpochs(*words, run.reader);
            if (!chosen)
                return chosen.error();
            epochs.push_back(*chosen);
        } else {
            epochs.push_back(epochs.empty() ? app::filmStripEpochs(run.reader.epochs(), 6) : epochs.front());
        }
        if (epochs.back().empty())
            return dataError("the run holds no epochs: " + run.reader.path().string());
    }
    return epochs;
}

/// A grid of scenes has epochs as its columns, and recipes name epochs once for all runs.
Result<void> requireCommonEpochs(const FigureOrder& order)
{
    for (std::size_t r = 1; r < order.epochs.size(); ++r)
        if (order.epochs[r] != order.epochs.front())
            return dataError(
                "The runs do not hold the same of the wanted epochs, name some that all hold with --epochs: " +
                order.runs[r].reader.path().string());
    return {};
}

Result<void> readRenderEpochs(const Arguments& arguments, FigureOrder& order)
{
    order.epochWords = arguments.valueOr("--epoch", order.view == "curves" ? "all" : "last");
    const auto epochs = app::selectEpochs(order.epochWords, order.runs.front().reader);
    if (!epochs)
        return epochs.error();
    if (order.view != "curves" && epochs->size() != 1)
        return usageError("--epoch takes one epoch here, ncscope grid draws several");
    order.epochs = {*epochs};
    return {};
}

Result<void> readGrid(const Arguments& arguments, FigureOrder& order)
{
    if (const std::string scale = arguments.valueOr("--scale", "auto"); scale != "auto")
        order.request.rowScales = scale == "row";
    const Result<std::int64_t> columns = arguments.integer("--columns", 0, 1, 100);
    if (!columns)
        return columns.error();
    order.columns = static_cast<int>(*columns);
    if (order.view == "matrix")
        return usageError("--view matrix is a figure of one epoch: ncscope render draws it");
    if (order.view == "curves") {
        order.epochWords = arguments.valueOr("--epochs", "all");
        const auto all = app::selectEpochs(order.epochWords, order.runs.front().reader);
        if (!all)
            return all.error();
        order.epochs = {*all};
        return {};
    }
    auto each = gridEpochs(arguments, order.runs);
    if (!each)
        return each.error();
    order.epochs = std::move(*each);
    return order.plot() && !arguments.has("--recipe") ? Result<void>() : requireCommonEpochs(order);
}

/// Runs x epochs as plots, each named by what tells it from the others; one alone needs no name.
std::vector<app::PlotTarget> targetsOf(const FigureOrder& order)
{
    if (order.command == "render")
        return {{&order.runs.front(), order.epochs.front().front(), {}}};
    const std::vector<std::string> names = app::distinctNames(order.runs);
    std::vector<app::PlotTarget> targets;
    for (std::size_t r = 0; r < order.runs.size(); ++r)
        for (const std::int64_t epoch : order.epochs[r]) {
            const std::string number = "epoch " + std::to_string(epoch);
            targets.push_back({&order.runs[r], epoch,
                               order.runs.size() == 1       ? number
                               : order.epochs[r].size() > 1 ? names[r] + ", " + number
                                                            : names[r]});
        }
    return targets;
}

} // namespace

bool isPlot(std::string_view view)
{
    return view == "curves" || view == "reliability" || view == "residuals" || view == "lambda";
}

bool FigureOrder::plot() const
{
    return isPlot(view);
}

bool FigureOrder::single() const
{
    return command == "render" && !plot() && view != "matrix";
}

Result<FigureOrder> readFigureOrder(std::string_view command, const Arguments& arguments)
{
    if (arguments.has("--link-basis") && arguments.valueOr("--basis-epoch", "last") == "same")
        return usageError("--link-basis and --basis-epoch same exclude each other");
    Result<std::vector<app::OpenRun>> runs = openRuns(arguments);
    if (!runs)
        return runs.error();
    FigureOrder order{std::string(command), arguments.valueOr("--view", ""), std::move(*runs), {}, {}, {}, 0};
    Result<app::FigureRequest> request = readFigureRequest(arguments, order.runs.front().reader);
    if (!request)
        return request.error();
    order.request = std::move(*request);
    const Result<void> read = command == "grid" ? readGrid(arguments, order) : readRenderEpochs(arguments, order);
    if (!read)
        return read.error();
    return order;
}

Result<scene::Figure> buildOrder(const FigureOrder& order)
{
    const std::vector<std::int64_t>& epochs = order.epochs.front();
    if (order.view == "curves")
        return app::buildCurves(order.runs, order.epochWords, order.request);
    if (order.view == "reliability")
        return app::buildReliability(targetsOf(order), order.request);
    if (order.view == "residuals")
        return app::buildResiduals(targetsOf(order), order.request);
    if (order.view == "lambda")
        return app::buildLambda(targetsOf(order), order.request);
    if (order.command == "grid")
        return app::buildGrid(order.runs, epochs, order.columns, order.request);
    if (order.view == "matrix")
        return app::buildMatrix(order.runs.front(), epochs.front(), 0, order.request);
    return app::buildFigure(order.runs.front(), epochs.front(), order.request);
}

} // namespace nc::cli
