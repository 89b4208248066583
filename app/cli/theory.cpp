#include <cmath>
#include <limits>

#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "app/metrics_report.h"
#include "app/run_selection.h"
#include "app/text.h"
#include "core/simplex_etf.h"
#include "core/ufm_optimum.h"

namespace nc::cli
{

namespace
{

constexpr Option options[] = {
    {"--classes", "C", "number of classes, at least 2"},
    {"--beta", "B", "kappa/mu"},
    {"--gap", "X", "the same-class logit gap instead of beta"},
    {"--run", "PATH", "read beta, kappa and C off a run"},
    {"--epoch", "N", "epoch of --run (default: last)"},
    {"--lambda", "L,L,…", "mixing weights from 0 to 1"},
    {"--steps", "N", "N weights from 0 to 1, both included (default: 11)"},
    {"--spacing", "lambda|arc", "how --steps are spaced (default: lambda)"},
    {"--loss", "ce|mse", "cross-entropy or squared error (default: ce)"},
    {"--target", "TARGET", "mix, same or label-smoothing:EPS (default: mix)"},
    {"--labels", "T,T,…", "any soft label of C entries that sum to 1"},
};

struct Setting {
    Index classes = 0;
    double beta = 0;
    double kappa = 1;
};

Result<Setting> fromRun(const Arguments& arguments)
{
    const Result<io::RunReader> run = openReader(arguments, arguments.valueOr("--run", ""));
    if (!run)
        return run.error();
    const Result<io::RunSummary> summary = run->summary();
    if (!summary)
        return summary.error();
    const auto epochs = app::selectEpochs(arguments.valueOr("--epoch", "last"), *run);
    if (!epochs)
        return epochs.error();
    if (epochs->size() != 1)
        return usageError("--epoch takes one epoch here");
    const Result<io::SplitInfo> split = app::selectSplit("", SplitKind::Mix, *summary);
    if (!split)
        return split.error();
    if (split->kind != SplitKind::Mix)
        return dataError("beta cannot be read off the run: it holds no mix split: " + run->path().string(),
                         run->path().string());
    MetricOptions settings;
    settings.configuration = run->configuration();
    const Result<MetricEntry> entry =
        app::measureRun(*run, *summary, epochs->front(), split->name, "penultimate", settings);
    if (!entry)
        return entry.error();
    const Metric& beta = (*entry)["mixup.beta"];
    if (!beta.available() || !(beta.value > 0))
        return dataError("beta cannot be read off epoch " + std::to_string(epochs->front()) + ": " +
                             (beta.available() ? "it is not positive" : beta.unavailable) + ": " + run->path().string(),
                         run->path().string());
    return Setting{run->classes(), beta.value, (*entry)["mixup.kappa"].value};
}

Result<Setting> readSetting(const Arguments& arguments)
{
    if (Result<void> one = arguments.exclusive({"--beta", "--gap", "--run"}); !one)
        return one.error();
    if (Result<void> one = arguments.exclusive({"--classes", "--run"}); !one)
        return one.error();
    if (arguments.has("--run"))
        return fromRun(arguments);
    if (arguments.has("--epoch"))
        return usageError("--epoch needs --run");
    Setting setting;
    if (!arguments.has("--classes"))
        return usageError("ncscope theory needs --classes C, or --run PATH");
    const Result<std::int64_t> classes = arguments.integer("--classes", 0, 2, 1'000'000);
    if (!classes)
        return classes.error();
    setting.classes = *classes;
    if (const Result<double> beta = arguments.number("--beta", 0, 1e-12, 1e12); !beta)
        return beta.error();
    else
        setting.beta = *beta;
    if (const Result<double> gap = arguments.number("--gap", 0, 1e-12, 600); !gap)
        return gap.error();
    else if (arguments.has("--gap"))
        setting.beta = ufm::betaFromGap(setting.classes, *gap);
    if (!arguments.has("--beta") && !arguments.has("--gap"))
        return usageError("ncscope theory needs --beta B or --gap X");
    return setting;
}

Result<std::vector<double>> readNumbers(std::string_view option, const std::string& words, double least, double most)
{
    std::vector<double> numbers;
    for (const std::string& word : app::splitText(words, ',')) {
        const auto number = app::parseNumber(word);
        if (!number || *number < least || *number > most)
            return usageError(std::string(option) + " does not take '" + word + "', it takes numbers from " +
                              app::exactNumber(least) + " to " + app::exactNumber(most));
        numbers.push_back(*number);
    }
    return numbers;
}

Json orNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json();
}

Json pointJson(const ufm::MixOptimum& point, double kappa)
{
    return {{"lambda", point.lambda},
            {"x_i", point.xi},
            {"x_j", point.xj},
            {"p_i", orNull(point.pi)},
            {"p_j", orNull(point.pj)},
            {"p_rest", point.pRest ? orNull(*point.pRest) : Json()},
            {"norm", point.norm / std::sqrt(kappa)},
            {"objective", point.objective}};
}

constexpr const char* noProbabilities = "squared error has no probabilities";

/// The whole answer; `unavailable` says why something of every point is null.
Json answerJson(const Setting& setting, Json points, const Json& unavailable)
{
    return {{"classes", setting.classes},
            {"beta", setting.beta},
            {"kappa", setting.kappa},
            {"points", std::move(points)},
            {"unavailable", unavailable}};
}

/// The optimum of a label with one special class (label smoothing): gaps of that class and of any other.
ufm::MixOptimum smoothedOptimum(Index classes, double beta, double epsilon, bool squared)
{
    Vector label = Vector::Constant(classes, epsilon / static_cast<double>(classes));
    label(0) += 1 - epsilon;
    ufm::MixOptimum point;
    const Index last = classes - 1;
    if (squared) {
        const ufm::SquaredErrorOptimum optimum = ufm::squaredErrorOptimum(beta, label);
        point.xi = classes == 2 ? optimum.logits(0) : optimum.logits(0) - optimum.logits(last);
        point.xj = classes == 2 ? optimum.logits(1) : 0;
        point.pi = point.pj = std::numeric_limits<double>::quiet_NaN();
        point.norm = optimum.logits.norm();
        point.objective = optimum.objective;
        return point;
    }
    const ufm::SoftLabelOptimum optimum = ufm::optimumForLabel(beta, label);
    const Vector& p = optimum.probabilities;
    point.xi = classes == 2 ? optimum.logits(0) : std::log(p(0) / p(last));
    point.xj = classes == 2 ? optimum.logits(1) : 0;
    point.pi = p(0);
    point.pj = p(1);
    if (classes > 2)
        point.pRest = p(last);
    point.norm = optimum.logits.norm();
    point.objective = optimum.crossEntropy + optimum.logits.squaredNorm() / (2 * beta);
    return point;
}

/// What --target says: nothing for a mix, else the share that label smoothing takes from the class.
Result<std::optional<double>> readSmoothing(const Arguments& arguments)
{
    const std::string target = arguments.valueOr("--target", "mix");
    if (target == "mix")
        return std::optional<double>();
    if (target == "same")
        return std::optional<double>(0);
    if (!target.starts_with("label-smoothing:"))
        return usageError("--target does not take '" + target + "', it takes mix, same or label-smoothing:EPS");
    const auto number = app::parseNumber(std::string_view(target).substr(16));
    if (!number || *number < 0 || *number > 1)
        return usageError("--target label-smoothing:EPS takes EPS from 0 to 1, not '" + target.substr(16) + "'");
    return std::optional<double>(*number);
}

/// The lambdas that --lambda names or --steps counts.
Result<std::vector<double>> readLambdas(const Arguments& arguments)
{
    if (const auto words = arguments.value("--lambda"))
        return readNumbers("--lambda", *words, 0, 1);
    const Result<std::int64_t> steps = arguments.integer("--steps", 11, 2, 1'000'000);
    if (!steps)
        return steps.error();
    std::vector<double> lambdas;
    for (std::int64_t k = 0; k < *steps; ++k)
        lambdas.push_back(static_cast<double>(k) / static_cast<double>(*steps - 1));
    return lambdas;
}

Result<std::vector<ufm::MixOptimum>> computePoints(const Arguments& arguments, const Setting& setting)
{
    if (Result<void> one = arguments.exclusive({"--lambda", "--steps"}); !one)
        return one.error();
    if (Result<void> one = arguments.exclusive({"--lambda", "--spacing"}); !one)
        return one.error();
    const bool squared = arguments.valueOr("--loss", "ce") == "mse";
    const auto smoothing = readSmoothing(arguments);
    if (!smoothing)
        return smoothing.error();
    const Result<std::vector<double>> lambdas = readLambdas(arguments);
    if (!lambdas)
        return lambdas.error();
    const bool arc = arguments.valueOr("--spacing", "lambda") == "arc";
    if (arc && !squared && !*smoothing) // a chord and a single point are spaced by arc as by lambda
        return ufm::mixCurve(setting.classes, setting.beta, static_cast<Index>(lambdas->size()), ufm::Spacing::Arc);
    std::vector<ufm::MixOptimum> points;
    for (const double lambda : *lambdas) {
        if (*smoothing)
            points.push_back(smoothedOptimum(setting.classes, setting.beta, **smoothing, squared));
        else
            points.push_back(squared ? ufm::mixOptimumSquaredError(setting.classes, setting.beta, lambda)
                                     : ufm::mixOptimum(setting.classes, setting.beta, lambda));
        points.back().lambda = lambda;
    }
    return points;
}

/// p is empty for squared error.
struct LabelOptimum {
    Vector label, probabilities;
    double norm = 0, objective = 0; ///< |h| at kappa = 1
};

Result<LabelOptimum> labelOptimum(const Arguments& arguments, const Setting& setting)
{
    const auto numbers = readNumbers("--labels", arguments.valueOr("--labels", ""), 0, 1);
    if (!numbers)
        return numbers.error();
    if (static_cast<Index>(numbers->size()) != setting.classes)
        return usageError("--labels takes " + std::to_string(setting.classes) + " entries, got " +
                          std::to_string(numbers->size()));
    const Vector label = Eigen::Map<const Vector>(numbers->data(), setting.classes);
    if (std::abs(label.sum() - 1) > 1e-9)
        return usageError("--labels must sum to 1, they sum to " + app::exactNumber(label.sum()));
    if (arguments.valueOr("--loss", "ce") == "mse") {
        const ufm::SquaredErrorOptimum optimum = ufm::squaredErrorOptimum(setting.beta, label);
        return LabelOptimum{label, {}, optimum.logits.norm(), optimum.objective};
    }
    const ufm::SoftLabelOptimum optimum = ufm::optimumForLabel(setting.beta, label);
    return LabelOptimum{label, optimum.probabilities, optimum.logits.norm(),
                        optimum.crossEntropy + optimum.logits.squaredNorm() / (2 * setting.beta)};
}

Result<int> labelsAnswer(const Arguments& arguments, const Setting& setting, Console& console)
{
    if (Result<void> one = arguments.exclusive({"--labels", "--lambda", "--steps", "--target"}); !one)
        return one.error();
    const Result<LabelOptimum> optimum = labelOptimum(arguments, setting);
    if (!optimum)
        return optimum.error();
    const Vector& p = optimum->probabilities;
    const double norm = optimum->norm / std::sqrt(setting.kappa);
    if (console.json) {
        const auto list = [](const Vector& values) { return std::vector<double>(values.begin(), values.end()); };
        const Json point{{"labels", list(optimum->label)},
                         {"p", p.size() > 0 ? Json(list(p)) : Json()},
                         {"norm", norm},
                         {"objective", optimum->objective}};
        Json unavailable = Json::object();
        if (p.size() == 0)
            unavailable["points.p"] = noProbabilities;
        console.printJson(answerJson(setting, Json::array({point}), unavailable));
        return 0;
    }
    std::vector<std::vector<std::string>> rows{{"class", "label", "p"}};
    for (Index k = 0; k < setting.classes; ++k)
        rows.push_back(
            {std::to_string(k), app::shortNumber(optimum->label(k)), p.size() > 0 ? app::shortNumber(p(k)) : "—"});
    console.print(formatTable(rows, console) + "norm " + app::shortNumber(norm) + ", objective " +
                  app::shortNumber(optimum->objective));
    return 0;
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const Result<Setting> setting = readSetting(arguments);
    if (!setting)
        return setting.error();
    if (arguments.has("--labels"))
        return labelsAnswer(arguments, *setting, console);
    const Result<std::vector<ufm::MixOptimum>> points = computePoints(arguments, *setting);
    if (!points)
        return points.error();
    if (console.json) {
        Json list = Json::array(), unavailable = Json::object();
        for (const ufm::MixOptimum& point : *points)
            list.push_back(pointJson(point, setting->kappa));
        const bool squared = arguments.valueOr("--loss", "ce") == "mse";
        for (const char* name : {"p_i", "p_j", "p_rest"})
            if (squared)
                unavailable[std::string("points.") + name] = noProbabilities;
        if (!squared && setting->classes == 2)
            unavailable["points.p_rest"] = "two classes have no third";
        console.printJson(answerJson(*setting, list, unavailable));
        return 0;
    }
    std::vector<std::vector<std::string>> rows{{"lambda", "x_i", "x_j", "p_i", "p_j", "p_rest", "norm", "objective"}};
    for (const ufm::MixOptimum& point : *points)
        rows.push_back({app::shortNumber(point.lambda), app::shortNumber(point.xi), app::shortNumber(point.xj),
                        app::shortNumber(point.pi), app::shortNumber(point.pj),
                        point.pRest ? app::shortNumber(*point.pRest) : "—",
                        app::shortNumber(point.norm / std::sqrt(setting->kappa)), app::shortNumber(point.objective)});
    console.print("optimal features of " + std::to_string(setting->classes) + " classes at beta " +
                  app::shortNumber(setting->beta) + ", kappa " + app::shortNumber(setting->kappa) + "\n" +
                  formatTable(rows, console));
    return 0;
}

} // namespace

const Command theoryCommand{"theory",
                            "",
                            0,
                            0,
                            "Optimal features of the unconstrained features model.",
                            options,
                            "  ncscope theory --classes 10 --beta 88.9 --steps 21\n"
                            "  ncscope theory --run runs/mixup --epoch last --json",
                            run,
                            true};

} // namespace nc::cli
