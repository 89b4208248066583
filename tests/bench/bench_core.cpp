#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/collapse_metrics.h"
#include "core/parallel.h"
#include "core/subspace_projection.h"
#include "core/ufm_optimum.h"

/// Times of the mathematics at the size of a large epoch, 50,000 rows of 512 columns, on all cores; beside them NC1
/// alone as notebooks compute it with torch, in the same run. Other programs disturb, so look at the shortest times.
namespace
{

using namespace nc;

constexpr Index sampleCount = 50'000, featureDim = 512;

struct LargeEpoch {
    Snapshot rows;
    Split clean;
    Split mix;
    Classifier classifier;
};

LargeEpoch makeEpoch(Index classes)
{
    std::mt19937_64 engine(1);
    std::normal_distribution<float> normal;
    const RowMatrixF means = RowMatrixF::NullaryExpr(classes, featureDim, [&](Index, Index) { return normal(engine); });
    RowMatrixF features(sampleCount, featureDim);
    LargeEpoch made;
    made.mix.kind = SplitKind::Mix;
    std::uniform_real_distribution<float> uniform;
    for (Index n = 0; n < sampleCount; ++n) {
        const Index a = n % classes, b = n / classes % 3 == 0 ? a : n / classes % classes;
        const float lambda = uniform(engine);
        features.row(n) = lambda * means.row(a) + (1 - lambda) * means.row(b);
        features.row(n) += 0.5F * RowMatrixF::NullaryExpr(1, featureDim, [&](Index, Index) { return normal(engine); });
        made.mix.labelA.push_back(static_cast<std::int32_t>(a));
        made.mix.labelB.push_back(static_cast<std::int32_t>(b));
        made.mix.lambda.push_back(static_cast<double>(lambda));
    }
    made.clean.labelA = made.clean.labelB = made.mix.labelA;
    made.clean.lambda.assign(static_cast<std::size_t>(sampleCount), 1);
    made.classifier = {0.1 * means.cast<double>(), Vector::Zero(classes), true};
    made.rows = Snapshot(std::move(features));
    return made;
}

/// Class means plus noise, rows in float as they are recorded; each made once.
const LargeEpoch& largeEpoch(Index classes)
{
    static std::map<Index, LargeEpoch> epochs;
    const auto found = epochs.find(classes);
    return found != epochs.end() ? found->second : epochs.emplace(classes, makeEpoch(classes)).first->second;
}

TaskControl allCores()
{
    TaskControl control;
    control.threads = threadCount(0);
    return control;
}

template <typename Scalar>
void projection(benchmark::State& state)
{
    const LargeEpoch& epoch = largeEpoch(10);
    const auto view = projectionOntoRows(Matrix(epoch.classifier.weight.topRows(state.range(0) + 1)));
    const Vector mean = epoch.classifier.weight.colwise().mean();
    for (auto _ : state) {
        auto projected = project<Scalar>(epoch.rows, *view, mean, allCores());
        benchmark::DoNotOptimize(projected->coordinates.data());
    }
    state.SetLabel("50,000 x 512 -> " + std::to_string(state.range(0)) + ", with off-view norm");
}

void metrics(benchmark::State& state, bool mixed)
{
    const Index classes = state.range(0);
    const LargeEpoch& epoch = largeEpoch(classes);
    MetricInputs inputs;
    inputs.features = &epoch.rows;
    inputs.split = mixed ? &epoch.mix : &epoch.clean;
    inputs.classes = classes;
    inputs.classifier = &epoch.classifier;
    MetricOptions options;
    options.viewClasses = {0, 1, 2};
    if (!measure(inputs, options, allCores())) // once before: the chance levels are remembered
        state.SkipWithError("cannot measure");
    for (auto _ : state) {
        const auto entry = measure(inputs, options, allCores());
        benchmark::DoNotOptimize(entry->values.data());
    }
    state.SetLabel("50,000 x 512, " + std::to_string(classes) + " classes");
}
void metricsOfACleanSplit(benchmark::State& state)
{
    metrics(state, false);
}
void metricsOfAMixSplit(benchmark::State& state)
{
    metrics(state, true);
}

/// The shortest time that torch_nc1.py measures within its own process; cpu_ms is that of all its threads, as the CPU
/// column is of ours: what remains comparable on a machine that others use too.
void torchNc1(benchmark::State& state)
{
    const char* python = std::getenv("NCSCOPE_PYTHON");
    const std::string command = std::string(python ? python : "python3") + " " + NCSCOPE_SOURCE_DIR +
                                "/tests/bench/torch_nc1.py " + std::to_string(sampleCount) + " " +
                                std::to_string(featureDim) + " " + std::to_string(state.range(0));
    for (auto _ : state) {
        std::FILE* output = popen(command.c_str(), "r");
        double seconds = 0, allCores = 0;
        if (!output || std::fscanf(output, "%lf %lf", &seconds, &allCores) != 2)
            state.SkipWithError("NCSCOPE_PYTHON has no torch");
        if (output)
            pclose(output);
        state.SetIterationTime(seconds);
        state.counters["cpu_ms"] = 1000 * allCores;
    }
}

void theoryCurve(benchmark::State& state)
{
    const auto spacing = state.range(0) == 0 ? ufm::Spacing::Lambda : ufm::Spacing::Arc;
    for (auto _ : state) {
        const auto curve = ufm::mixCurve(10, 89, 1000, spacing);
        benchmark::DoNotOptimize(curve.data());
    }
    state.SetLabel(spacing == ufm::Spacing::Lambda ? "1,000 lambdas" : "1,000 points even in arc length");
}

double shortest(const std::vector<double>& times)
{
    return *std::min_element(times.begin(), times.end());
}
void repeated(benchmark::internal::Benchmark* benchmark)
{
    benchmark->Unit(benchmark::kMillisecond)
        ->UseRealTime()
        ->MeasureProcessCPUTime()
        ->Repetitions(5)
        ->ReportAggregatesOnly()
        ->ComputeStatistics("min", shortest);
}

BENCHMARK_TEMPLATE(projection, float)->Arg(2)->Arg(3)->Apply(repeated);
BENCHMARK_TEMPLATE(projection, double)->Arg(2)->Arg(3)->Apply(repeated);
BENCHMARK(metricsOfACleanSplit)->Arg(10)->Arg(100)->Arg(1000)->Apply(repeated);
BENCHMARK(metricsOfAMixSplit)->Arg(10)->Arg(100)->Apply(repeated);
BENCHMARK(torchNc1)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(1);
BENCHMARK(theoryCurve)->Arg(0)->Arg(1)->Apply(repeated);

} // namespace

BENCHMARK_MAIN();
