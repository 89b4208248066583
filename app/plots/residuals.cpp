#include <algorithm>
#include <array>
#include <cmath>

#include "app/metrics_report.h"
#include "app/plots/plot_source.h"
#include "app/text.h"
#include "viz/scene/panel_axes.h"

namespace nc::app
{

namespace
{

using scene::Plot;
using scene::PlotColour;

constexpr double shownShare = 0.995; ///< of the mixes lie on the axis
constexpr int wantedBins = 45;

constexpr PlotColour colourOf(bool same, double canvas)
{
    return {same ? PlotColour::Role::SameKind : PlotColour::Role::DifferentKind, 0, 0.35, canvas};
}

struct Residuals {
    std::array<std::vector<double>, 2> byKind; ///< different, same
    std::string invalid;
};

Result<Residuals> readResiduals(const PlotTarget& target, const io::SplitInfo& split, const FigureRequest& request)
{
    const OpenRun& run = *target.run;
    const std::string path = run.reader.path().string();
    if (split.kind != SplitKind::Mix)
        return dataError("--view residuals needs mixes, split '" + split.name + "' holds none: " + path, path);
    const auto labels = run.reader.split(target.epoch, split.name);
    if (!labels)
        return labels.error();
    MetricOptions options;
    options.configuration = run.reader.configuration();
    options.rowResiduals = true;
    const auto entry = measureRun(run.reader, run.summary, target.epoch, split.name, "penultimate", options);
    if (!entry)
        return entry.error();
    if (const Metric& gap = (*entry)["mixup.theory_gap"]; !gap.available())
        return dataError("--view residuals needs the theory: " + gap.unavailable + ": " + path, path);
    Residuals residuals;
    residuals.invalid = entry->validReason;
    std::vector<Index> rows(static_cast<std::size_t>(labels->rows()));
    for (std::size_t r = 0; r < rows.size(); ++r)
        rows[r] = static_cast<Index>(r);
    if (!request.view.classes.empty())
        rows = chosenRows(*labels, request.view.classes);
    for (const Index r : rows)
        if (const double value = entry->theoryResiduals[static_cast<std::size_t>(r)]; std::isfinite(value))
            residuals.byKind[labels->sameClass(r) ? 1 : 0].push_back(value);
    return residuals;
}

/// How far the axis reaches: where the theory does not hold distances mean little, and must not squeeze the others.
double upperEnd(const std::vector<Residuals>& all)
{
    std::vector<double> values;
    const bool someValid =
        std::any_of(all.begin(), all.end(), [](const Residuals& residuals) { return residuals.invalid.empty(); });
    for (const Residuals& residuals : all)
        if (!someValid || residuals.invalid.empty())
            for (const auto& kind : residuals.byKind)
                values.insert(values.end(), kind.begin(), kind.end());
    if (values.empty())
        return 1;
    const auto place =
        values.begin() + static_cast<std::ptrdiff_t>(shownShare * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place > 0 ? *place : 1;
}

void addHistogram(Plot& plot, const std::vector<double>& values, double step, int bins, bool same)
{
    if (values.empty())
        return;
    std::vector<double> share(static_cast<std::size_t>(bins), 0.0);
    double sum = 0;
    for (const double value : values) {
        sum += value;
        if (const auto bin = static_cast<std::size_t>(value / step); bin < share.size())
            share[bin] += 1.0 / static_cast<double>(values.size());
    }
    std::vector<QPointF> outline{{0, 0}};
    for (int b = 0; b < bins; ++b) {
        outline.emplace_back(b * step, share[static_cast<std::size_t>(b)]);
        outline.emplace_back((b + 1) * step, share[static_cast<std::size_t>(b)]);
    }
    outline.emplace_back(bins * step, 0);
    plot.areas.push_back({outline, colourOf(same, 0.72)});
    plot.curves.push_back({outline, colourOf(same, 0), scene::PlotDash::Solid, 0.8});
    const double mean = sum / static_cast<double>(values.size());
    const double top = *std::max_element(share.begin(), share.end());
    plot.curves.push_back({{{mean, 0}, {mean, 1.04 * top}}, colourOf(same, 0), scene::PlotDash::Dashes, 0.8, true});
}

/// Of a histogram's areas; 1 where there are none.
double highestOf(const Plot& plot)
{
    double highest = 0;
    for (const scene::PlotArea& area : plot.areas)
        for (const QPointF& corner : area.outline)
            highest = std::max(highest, corner.y());
    return highest > 0 ? highest : 1;
}

} // namespace

Result<scene::Figure> buildResiduals(const std::vector<PlotTarget>& targets, const FigureRequest& request)
{
    scene::Figure figure = emptyFigure(request);
    std::vector<Residuals> all;
    std::string samples;
    Index beyond = 0, count = 0;
    for (const PlotTarget& target : targets) {
        const auto split = selectSplit(request.view.split, SplitKind::Mix, target.run->summary);
        if (!split)
            return split.error();
        auto residuals = readResiduals(target, *split, request);
        if (!residuals)
            return residuals.error();
        all.push_back(std::move(*residuals));
        samples = samplesOf(*split);
    }
    const double end = upperEnd(all), step = scene::niceStep(end, wantedBins);
    const int bins = static_cast<int>(std::ceil(end / step));
    for (std::size_t t = 0; t < targets.size(); ++t) {
        Plot plot;
        plot.title = targets[t].title;
        plot.x = {scene::thirdTitle(scene::ThirdQuantity::Residual), {}, 0, bins * step};
        plot.y = {t == 0 ? "share of mixes a bin" : "", {}, 0, {}};
        for (const bool same : {false, true}) {
            const std::vector<double>& values = all[t].byKind[same ? 1 : 0];
            addHistogram(plot, values, step, bins, same);
            count += static_cast<Index>(values.size());
            beyond += std::count_if(values.begin(), values.end(), [&](double v) { return v >= bins * step; });
        }
        if (!all[t].invalid.empty()) {
            plot.note = "not valid here: " + all[t].invalid;
            plot.y.high = 1.8 * highestOf(plot); // room above the bars for these words
        }
        figure.plots.push_back(std::move(plot));
    }
    using Sample = scene::PlotKey::Sample;
    figure.keys = {{"same class", Sample::Patch, colourOf(true, 0.4)},
                   {"different class", Sample::Patch, colourOf(false, 0.4)},
                   {"mean", Sample::Line, {PlotColour::Role::Ink}, scene::PlotDash::Dashes}};
    figure.caption = "Distance of " + groupedNumber(count) + " " + samples + " to the optimum at the effective ";
    figure.caption.italic("β").text(", " + epochsText(targets) + ", as shares of each kind in bins of " +
                                    scene::tickText(step, step).plain() + "; " + groupedNumber(beyond) +
                                    " beyond the axis");
    return figure;
}

} // namespace nc::app
