#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "app/figure_caption.h"
#include "app/metrics_report.h"
#include "app/plots/plot_source.h"
#include "app/text.h"

namespace nc::app
{

namespace
{

using scene::Plot;
using scene::PlotColour;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

struct Curve {
    const char* title;
    const char* metric; ///< measured on the split, or
    bool logarithmic = false, fromZero = false;
    const char* scalar = ""; ///< recorded by the trainer
};
constexpr Curve allCurves[] = {
    {"NC1", "nc1.pinv", true},
    {"NC2, class means", "nc2.means_etf_error", false, true},
    {"NC2, classifier", "nc2.weights_etf_error", false, true},
    {"NC3", "nc3.duality", false, true},
    {"NC4", "nc4.mismatch", false, true},
    {"loss", "", false, true, "train_loss"},
    {"accuracy", "accuracy"},
    {"ECE", "calibration.ece", false, true},
    {"NC1, all pictures", "", true, false, "whole_train_nc1_quotient"},
    {"accuracy, all pictures", "", false, false, "whole_train_accuracy"},
};
constexpr std::size_t lossCurve = 5;
constexpr std::size_t weightsCurve = 2;
constexpr std::size_t wholeTrainCurve = 8; ///< the first of them

/// Every curve's values of one run, epoch by epoch.
struct RunCurves {
    std::vector<std::int64_t> epochs;
    std::map<std::int64_t, std::array<double, std::size(allCurves)>> values;
    std::map<std::int64_t, double> sampleLoss; ///< of the split; `values` holds the trainer's own
    double chance = missing;                   ///< ETF error of random weights of this size
};

Result<RunCurves> readCurves(const OpenRun& run, const std::string& epochWords, const io::SplitInfo& split)
{
    const auto epochs = selectEpochs(epochWords, run.reader);
    if (!epochs)
        return epochs.error();
    RunCurves curves;
    curves.epochs = *epochs;
    for (const std::int64_t epoch : *epochs) {
        const auto entry = measureRun(run.reader, run.summary, epoch, split.name, "penultimate", {});
        if (!entry)
            return entry.error();
        const auto valueOf = [&](const char* name) {
            const Metric& metric = (*entry)[name];
            return metric.available() ? metric.value : missing;
        };
        auto& values = curves.values[epoch];
        for (std::size_t c = 0; c < std::size(allCurves); ++c)
            values[c] = *allCurves[c].metric ? valueOf(allCurves[c].metric) : missing;
        if (entry->chanceWeightsEtfError)
            curves.chance = *entry->chanceWeightsEtfError;
        curves.sampleLoss[epoch] = valueOf("calibration.nll");
        if (const auto scalars = run.reader.scalars(epoch))
            for (std::size_t c = 0; c < std::size(allCurves); ++c)
                if (const auto found = scalars->find(allCurves[c].scalar); found != scalars->end())
                    values[c] = found->second;
    }
    return curves;
}

/// The trainer's own loss where every run recorded it, else that of the split, for all: only like is compared.
bool chooseLoss(std::vector<RunCurves>& runs)
{
    const bool recorded = std::all_of(runs.begin(), runs.end(), [](const RunCurves& run) {
        return std::any_of(run.values.begin(), run.values.end(),
                           [](const auto& row) { return std::isfinite(row.second[lossCurve]); });
    });
    if (!recorded)
        for (RunCurves& run : runs)
            for (auto& [epoch, values] : run.values)
                values[lossCurve] = run.sampleLoss[epoch];
    return recorded;
}

/// One line a group: its mean, and where there are several runs the band from the lowest to the highest.
void addGroup(Plot& plot, std::size_t curve, const std::vector<const RunCurves*>& runs, int slot)
{
    scene::PlotCurve line{{}, {PlotColour::Role::Run, slot}, scene::runDash(slot), 0.9};
    std::vector<QPointF> lower, upper;
    for (const auto& [epoch, values] : runs.front()->values) {
        double sum = 0, low = std::numeric_limits<double>::infinity(), high = -low;
        bool everywhere = true;
        for (const RunCurves* run : runs) {
            const auto at = run->values.find(epoch);
            everywhere = everywhere && at != run->values.end();
            const double value = everywhere ? at->second[curve] : missing;
            sum += value;
            low = std::min(low, value);
            high = std::max(high, value);
        }
        if (!everywhere)
            continue;
        const auto x = static_cast<double>(epoch);
        line.points.emplace_back(x, sum / static_cast<double>(runs.size()));
        if (std::isfinite(sum)) {
            lower.emplace_back(x, low);
            upper.emplace_back(x, high);
        }
    }
    line.marked = line.points.size() <= 12;
    if (runs.size() > 1 && lower.size() > 1) {
        lower.insert(lower.end(), upper.rbegin(), upper.rend());
        plot.areas.push_back({std::move(lower), {PlotColour::Role::Run, slot, 0, 0.75}});
    }
    plot.curves.push_back(std::move(line));
}

bool hasValues(const Plot& plot)
{
    for (const scene::PlotCurve& curve : plot.curves)
        for (const QPointF& at : curve.points)
            if (std::isfinite(at.y()))
                return true;
    return false;
}

Plot curvePlot(std::size_t curve, const std::vector<std::vector<std::size_t>>& groups,
               const std::vector<RunCurves>& runs)
{
    const Curve& what = allCurves[curve];
    Plot plot;
    plot.title = what.title;
    plot.x.title = "epoch";
    plot.x.tight = true;
    if (what.logarithmic)
        plot.y.scale = scene::PlotAxis::Scale::Log;
    if (what.fromZero)
        plot.y.low = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        std::vector<const RunCurves*> members;
        for (const std::size_t r : groups[g])
            members.push_back(&runs[r]);
        addGroup(plot, curve, members, static_cast<int>(g));
    }
    return plot;
}

/// The level that random weights of the same size have; where all runs have one size.
void addChance(Plot& plot, const std::vector<RunCurves>& runs)
{
    const double chance = runs.front().chance;
    double first = std::numeric_limits<double>::infinity(), last = -first;
    for (const RunCurves& run : runs) {
        if (!(run.chance == chance))
            return;
        first = std::min(first, static_cast<double>(run.epochs.front()));
        last = std::max(last, static_cast<double>(run.epochs.back()));
    }
    plot.curves.insert(
        plot.curves.begin(),
        scene::PlotCurve{{{first, chance}, {last, chance}}, {PlotColour::Role::Grey}, scene::PlotDash::Dashes, 0.6});
}

std::vector<scene::PlotKey> keysOf(const std::vector<std::vector<std::size_t>>& groups,
                                   const std::vector<OpenRun>& runs, bool chance)
{
    const std::vector<std::string> names = distinctNames(runs);
    std::vector<scene::PlotKey> keys;
    using Sample = scene::PlotKey::Sample;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        std::string name = std::string(1, static_cast<char>('A' + g % 26)) + "  " + names[groups[g].front()];
        if (groups[g].size() > 1)
            name += " (" + std::to_string(groups[g].size()) + " seeds)";
        const auto slot = static_cast<int>(g);
        if (runs.size() > 1)
            keys.push_back({name, Sample::Line, {PlotColour::Role::Run, slot}, scene::runDash(slot)});
    }
    if (chance)
        keys.push_back({"random weights", Sample::Line, {PlotColour::Role::Grey}, scene::PlotDash::Dashes});
    return keys;
}

scene::RichText captionOf(const io::SplitInfo& split, bool trainLoss, bool wholeTrain, bool bands)
{
    scene::RichText text("NC1: tr(Σ");
    text.subscript("W").text("Σ").subscript("B").superscript("+").text(")/").italic("C");
    text.text(
        "; NC2: distance to a simplex ETF; NC3: classifier against class means; NC4: share where the nearest class "
        "mean and the classifier disagree; on ");
    text.text(samplesOf(split));
    text.text(trainLoss ? "; loss as trained" : "; loss of the same samples");
    if (wholeTrain) {
        text.text("; all pictures: of the whole training set, NC1 as tr Σ").subscript("W").text("/tr Σ");
        text.subscript("B");
    }
    if (bands)
        text.text("; bands from the lowest to the highest seed, lines their mean");
    return text;
}

} // namespace

Result<scene::Figure> buildCurves(const std::vector<OpenRun>& runs, const std::string& epochWords,
                                  const FigureRequest& request)
{
    scene::Figure figure = emptyFigure(request);
    std::vector<RunCurves> curves;
    std::optional<io::SplitInfo> first;
    for (const OpenRun& run : runs) {
        const auto split = selectSplit(request.view.split, SplitKind::Clean, run.summary);
        if (!split)
            return split.error();
        if (!first)
            first = *split;
        auto read = readCurves(run, epochWords, *split);
        if (!read)
            return read.error();
        curves.push_back(std::move(*read));
    }
    const bool trainLoss = chooseLoss(curves);
    const auto groups = groupsBySeed(runs);
    bool chance = false, wholeTrain = false;
    for (std::size_t c = 0; c < std::size(allCurves); ++c) {
        Plot plot = curvePlot(c, groups, curves);
        if (!hasValues(plot))
            continue;
        wholeTrain = wholeTrain || c >= wholeTrainCurve;
        if (c == weightsCurve && std::isfinite(curves.front().chance)) {
            const std::size_t before = plot.curves.size();
            addChance(plot, curves);
            chance = plot.curves.size() > before;
        }
        figure.plots.push_back(std::move(plot));
    }
    if (figure.plots.empty())
        return dataError("--view curves finds nothing to draw: split '" + first->name +
                         "' gives no figure at any epoch: " + runs.front().reader.path().string());
    figure.keys = keysOf(groups, runs, chance);
    figure.caption = captionOf(*first, trainLoss, wholeTrain, groups.size() < runs.size());
    return figure;
}

} // namespace nc::app
