#include <cmath>

#include "app/metrics_report.h"
#include "app/plots/plot_source.h"
#include "app/text.h"
#include "core/calibration.h"
#include "viz/scene/panel_axes.h"

namespace nc::app
{

namespace
{

using scene::Plot;
using scene::PlotColour;

constexpr int bins = 15;
constexpr PlotColour barColour{PlotColour::Role::Ink, 0, 0, 0.68};
constexpr PlotColour gapColour{PlotColour::Role::Gap, 0, 0, 0.45};

/// A bar over a bin, a little narrower than it.
scene::PlotArea bar(int bin, double low, double high, const PlotColour& colour)
{
    const double left = (bin + 0.06) / bins, right = (bin + 0.94) / bins;
    return {{{left, low}, {right, low}, {right, high}, {left, high}}, colour};
}

Plot accuracyPlot(const calibration::Reliability& reliability)
{
    Plot plot;
    plot.x = {"confidence", {}, 0, 1};
    plot.y = {"accuracy", {}, 0, 1};
    for (int b = 0; b < bins; ++b) {
        const calibration::ReliabilityBin& bin = reliability.bins[static_cast<std::size_t>(b)];
        if (bin.count == 0)
            continue;
        plot.areas.push_back(bar(b, 0, bin.accuracy, barColour));
        plot.areas.push_back(
            bar(b, std::min(bin.accuracy, bin.confidence), std::max(bin.accuracy, bin.confidence), gapColour));
    }
    plot.curves.push_back({{{0, 0}, {1, 1}}, {PlotColour::Role::Grey}, scene::PlotDash::Dashes, 0.7});
    return plot;
}

Plot countPlot(const calibration::Reliability& reliability, Index samples)
{
    Plot plot;
    plot.height = 0.38;
    plot.x = {"confidence", {}, 0, 1};
    plot.y = {"share", {}, 0, {}};
    for (int b = 0; b < bins; ++b)
        if (const Index count = reliability.bins[static_cast<std::size_t>(b)].count; count > 0)
            plot.areas.push_back(bar(b, 0, static_cast<double>(count) / static_cast<double>(samples), barColour));
    return plot;
}

scene::RichText noteOf(const MetricEntry& entry)
{
    scene::RichText note;
    const auto add = [&](const char* name, const Metric& metric) {
        if (metric.available())
            note.text((note.empty() ? "" : ", ") + std::string(name) + " " +
                      scene::unbroken(scene::tickText(100 * metric.value, 0.1).plain() + " %"));
    };
    add("ECE", entry["calibration.ece"]);
    add("accuracy", entry["accuracy"]);
    if (const Metric& temperature = entry["calibration.temperature"]; temperature.available())
        note.text(", ").italic("T").text(scene::unbroken(" = " + scene::tickText(temperature.value, 0.01).plain()));
    return note;
}

} // namespace

Result<scene::Figure> buildReliability(const std::vector<PlotTarget>& targets, const FigureRequest& request)
{
    scene::Figure figure = emptyFigure(request);
    std::vector<Plot> counts;
    std::string samples;
    bool temperatures = false;
    for (const PlotTarget& target : targets) {
        const OpenRun& run = *target.run;
        const auto split = selectSplit(request.view.split, SplitKind::Clean, run.summary);
        if (!split)
            return split.error();
        const std::string path = run.reader.path().string();
        if (split->kind == SplitKind::Mix)
            return dataError("--view reliability needs a clean split, '" + split->name + "' holds mixes: " + path,
                             path);
        const auto labels = run.reader.split(target.epoch, split->name);
        if (!labels)
            return labels.error();
        const auto logits = SplitLogits::open(run, target.epoch, split->name);
        if (!logits)
            return logits.error();
        const auto figures = sampleFigures(logits->rows(), *labels);
        if (!figures)
            return figures.error();
        if (figures->correct.empty())
            return dataError("--view reliability needs samples, split '" + split->name + "' holds none: " + path, path);
        MetricOptions options;
        options.calibrationBins = bins;
        const auto entry = measureRun(run.reader, run.summary, target.epoch, split->name, "penultimate", options);
        if (!entry)
            return entry.error();
        const auto reliability = calibration::reliability(figures->confidence, figures->correct, bins);
        figure.plots.push_back(accuracyPlot(reliability));
        figure.plots.back().title = target.title;
        figure.plots.back().note = noteOf(*entry);
        temperatures |= (*entry)["calibration.temperature"].available();
        counts.push_back(countPlot(reliability, labels->rows()));
        samples = groupedNumber(labels->rows()) + " " + samplesOf(*split);
    }
    figure.columns = static_cast<int>(targets.size());
    for (std::size_t column = 1; column < targets.size(); ++column)
        figure.plots[column].y.title = counts[column].y.title = {};
    std::move(counts.begin(), counts.end(), std::back_inserter(figure.plots));
    using Sample = scene::PlotKey::Sample;
    figure.keys = {{"accuracy", Sample::Patch, barColour},
                   {"gap to confidence", Sample::Patch, gapColour},
                   {"ideal", Sample::Line, {PlotColour::Role::Grey}, scene::PlotDash::Dashes}};
    figure.caption = "Reliability at " + epochsText(targets) + ": accuracy in " + std::to_string(bins) +
                     " right-closed bins of the largest probability, below it the share of samples in each; " +
                     samples + (targets.size() > 1 ? " in each panel" : "");
    if (temperatures)
        figure.caption.text("; ").italic("T").text(": temperature that maximises the likelihood on half of them");
    return figure;
}

} // namespace nc::app
