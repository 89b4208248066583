#include <algorithm>
#include <cmath>

#include "app/figure_caption.h"
#include "app/metrics_report.h"
#include "app/plots/plot_source.h"
#include "app/text.h"
#include "core/ufm_optimum.h"

namespace nc::app
{

namespace
{

using scene::Plot;
using scene::PlotColour;
using scene::RichText;

constexpr int shades = 17; ///< of |2λ-1|
constexpr int calibrationBins = 20;
constexpr Index leastInBin = 5;
constexpr Index lawPoints = 201;

/// Mixes of two classes, the pair taken as (lower, higher) class number.
struct Mixes {
    std::vector<double> lambda;        ///< of the lower class
    std::vector<double> across, along; ///< x_i - x_j; (x_i + x_j)/2, NaN for two classes
    Index classes = 0;
    std::optional<double> beta; ///< effective, where the law is drawn
    std::string invalid;
};

Result<Mixes> readMixes(const PlotTarget& target, const io::SplitInfo& split, const FigureRequest& request)
{
    const OpenRun& run = *target.run;
    const std::string path = run.reader.path().string();
    if (split.kind != SplitKind::Mix)
        return dataError("--view lambda needs mixes, split '" + split.name + "' holds none: " + path, path);
    const auto labels = run.reader.split(target.epoch, split.name);
    if (!labels)
        return labels.error();
    const auto logits = SplitLogits::open(run, target.epoch, split.name);
    if (!logits)
        return logits.error();
    const auto chosen = [&](std::int32_t label) {
        const auto& classes = request.view.classes;
        return classes.empty() || std::find(classes.begin(), classes.end(), label) != classes.end();
    };
    Mixes mixes;
    mixes.classes = run.reader.classes();
    const auto others = static_cast<double>(mixes.classes - 2);
    const auto visit = [&](Index first, const auto& rows) {
        for (Index n = 0; n < rows.rows(); ++n) {
            const auto row = static_cast<std::size_t>(first + n);
            const std::int32_t a = labels->labelA[row], b = labels->labelB[row];
            if (a == b || !chosen(a) || !chosen(b))
                continue;
            const double zi = rows(n, std::min(a, b)), zj = rows(n, std::max(a, b));
            mixes.lambda.push_back(a < b ? labels->lambda[row] : 1 - labels->lambda[row]);
            mixes.across.push_back(zi - zj);
            const double rest = (rows.row(n).sum() - zi - zj) / others;
            mixes.along.push_back(others > 0 ? (zi + zj) / 2 - rest : std::nan(""));
        }
    };
    if (Result<void> done = forEachBlock<double>(logits->rows(), visit); !done)
        return done.error();
    MetricOptions options;
    options.configuration = run.reader.configuration();
    const auto entry = measureRun(run.reader, run.summary, target.epoch, split.name, "penultimate", options);
    if (!entry)
        return entry.error();
    mixes.invalid = entry->validReason;
    const Metric& beta = (*entry)["mixup.beta"];
    if (beta.available() && beta.value > 0 && (mixes.invalid.empty() || request.theoryAskedFor))
        mixes.beta = beta.value;
    return mixes;
}

scene::PlotDots dotsOf(const Mixes& mixes, const std::vector<double>& values)
{
    scene::PlotDots dots;
    for (int shade = 0; shade < shades; ++shade)
        dots.table.push_back({PlotColour::Role::DifferentKind, 0, static_cast<double>(shade) / (shades - 1)});
    for (std::size_t i = 0; i < values.size(); ++i) {
        dots.at.emplace_back(mixes.lambda[i], values[i]);
        dots.entry.push_back(static_cast<std::uint16_t>(std::lround(std::abs(2 * mixes.lambda[i] - 1) * (shades - 1))));
    }
    return dots;
}

template <typename Value>
void addLaw(Plot& plot, const std::vector<ufm::MixOptimum>& law, const Value& value)
{
    scene::PlotCurve curve{{}, {}, scene::PlotDash::Dashes, 0.9, true};
    for (const ufm::MixOptimum& point : law)
        curve.points.emplace_back(point.lambda, value(point));
    if (!curve.points.empty())
        plot.curves.push_back(std::move(curve));
}

/// Mean of p_i/(p_i + p_j) in bins of lambda, with the middle half of the mixes as a band.
Plot calibrationPlot(const Mixes& mixes)
{
    std::vector<std::vector<double>> bins(calibrationBins);
    std::vector<double> lambdaSum(calibrationBins, 0.0);
    for (std::size_t i = 0; i < mixes.lambda.size(); ++i) {
        const auto bin = static_cast<std::size_t>(
            std::clamp(static_cast<int>(mixes.lambda[i] * calibrationBins), 0, calibrationBins - 1));
        bins[bin].push_back(1 / (1 + std::exp(-mixes.across[i])));
        lambdaSum[bin] += mixes.lambda[i];
    }
    Plot plot;
    plot.y = {{}, {}, 0, 1};
    scene::PlotCurve mean{{}, {PlotColour::Role::DifferentKind, 0, 0.2}, scene::PlotDash::Solid, 1.0, false, true};
    std::vector<QPointF> lower, upper;
    for (std::size_t b = 0; b < bins.size(); ++b) {
        std::vector<double>& values = bins[b];
        if (static_cast<Index>(values.size()) < leastInBin)
            continue;
        const auto count = static_cast<double>(values.size());
        const double lambda = lambdaSum[b] / count;
        std::sort(values.begin(), values.end());
        double sum = 0;
        for (const double value : values)
            sum += value;
        mean.points.emplace_back(lambda, sum / count);
        lower.emplace_back(lambda, values[values.size() / 4]);
        upper.emplace_back(lambda, values[values.size() * 3 / 4]);
    }
    std::vector<QPointF> band = lower;
    band.insert(band.end(), upper.rbegin(), upper.rend());
    plot.areas.push_back({std::move(band), {PlotColour::Role::DifferentKind, 0, 1, 0.55}});
    plot.curves.push_back({{{0, 0}, {1, 1}}, {PlotColour::Role::Grey}, scene::PlotDash::Dashes, 0.7});
    plot.curves.push_back(std::move(mean));
    return plot;
}

/// A letter with a letter as its index, both slanted.
RichText indexed(const char* letter, const char* index)
{
    return RichText().italic(letter).append({index, true, true});
}

RichText gap(char sign)
{
    RichText text;
    return text.append(indexed("x", "i")).text(sign == '-' ? " − " : " + ").append(indexed("x", "j"));
}

/// Three plots of one target; one less for two classes, which have no way along their boundary.
void addRow(scene::Figure& figure, const Mixes& mixes, const std::string& title)
{
    std::vector<ufm::MixOptimum> law;
    if (mixes.beta)
        law = ufm::mixCurve(mixes.classes, *mixes.beta, lawPoints);
    const std::string prefix = title.empty() ? std::string() : title + ": ";
    scene::PlotAxis lambda{RichText().italic("λ"), {}, 0, 1};

    Plot across;
    across.title = prefix + "across the boundary";
    across.y.title = gap('-');
    across.dots.push_back(dotsOf(mixes, mixes.across));
    const bool two = mixes.classes == 2;
    addLaw(across, law, [](const ufm::MixOptimum& point) { return point.xi - point.xj; });
    if (!mixes.invalid.empty())
        across.note = "not valid here: " + mixes.invalid;
    Plot along;
    along.title = prefix + "along the boundary";
    along.y.title = RichText("(").append(gap('+')).text(")/2");
    along.dots.push_back(dotsOf(mixes, mixes.along));
    addLaw(along, law, [](const ufm::MixOptimum& point) { return (point.xi + point.xj) / 2; });
    Plot calibration = calibrationPlot(mixes);
    calibration.title = prefix + "mix calibration";
    calibration.y.title =
        indexed("p", "i").text("/(").append(indexed("p", "i")).text(" + ").append(indexed("p", "j")).text(")");
    for (Plot* plot : {&across, &along, &calibration}) {
        plot->x = lambda;
        if (plot != &along || !two)
            figure.plots.push_back(std::move(*plot));
    }
    figure.columns = two ? 2 : 3;
}

} // namespace

Result<scene::Figure> buildLambda(const std::vector<PlotTarget>& targets, const FigureRequest& request)
{
    scene::Figure figure = emptyFigure(request);
    std::string samples;
    Index count = 0;
    std::optional<double> beta;
    for (const PlotTarget& target : targets) {
        const auto split = selectSplit(request.view.split, SplitKind::Mix, target.run->summary);
        if (!split)
            return split.error();
        const auto mixes = readMixes(target, *split, request);
        if (!mixes)
            return mixes.error();
        addRow(figure, *mixes, target.title);
        count += static_cast<Index>(mixes->lambda.size());
        beta = mixes->beta;
        samples = samplesOf(*split);
    }
    using Sample = scene::PlotKey::Sample;
    figure.keys = {{"mix of two classes", Sample::Dot, {PlotColour::Role::DifferentKind, 0, 0.5}}};
    if (beta)
        figure.keys.push_back({"theory", Sample::Line, {}, scene::PlotDash::Dashes});
    figure.keys.push_back({"mean and middle half", Sample::Patch, {PlotColour::Role::DifferentKind, 0, 1, 0.55}});
    figure.keys.push_back({"ideal", Sample::Line, {PlotColour::Role::Grey}, scene::PlotDash::Dashes});
    figure.caption = groupedNumber(count) + " " + samples + " of two classes, " + epochsText(targets) + "; ";
    figure.caption.italic("λ").text(" is the share of the class with the lower number, ").italic("i").text("; ");
    figure.caption.italic("x").text(": logit above the mean of the other classes");
    if (beta && targets.size() == 1)
        figure.caption.text("; theory at effective ").append(betaText(*beta));
    return figure;
}

} // namespace nc::app
