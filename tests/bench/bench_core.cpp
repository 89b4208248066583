#include <benchmark/benchmark.h>

#include <random>

#include "core/collapse_metrics.h"
#include "core/subspace_projection.h"
#include "core/ufm_optimum.h"

/// Times of the mathematics on one core, at the size of a large epoch: 50,000 rows of 512 columns, 10 classes.
namespace
{

using namespace nc;

constexpr Index sampleCount = 50'000, featureDim = 512, classCount = 10;

struct LargeEpoch {
    Snapshot rows;
    Split clean;
    Split mix;
    Classifier classifier;
};

/// Class means plus noise, rows in float as they are recorded; made once.
const LargeEpoch& largeEpoch()
{
    static const LargeEpoch epoch = [] {
        std::mt19937_64 engine(1);
        std::normal_distribution<float> normal;
        const RowMatrixF means =
            RowMatrixF::NullaryExpr(classCount, featureDim, [&](Index, Index) { return normal(engine); });
        RowMatrixF features(sampleCount, featureDim);
        LargeEpoch made;
        made.mix.kind = SplitKind::Mix;
        std::uniform_real_distribution<float> uniform;
        for (Index n = 0; n < sampleCount; ++n) {
            const Index a = n % classCount, b = n / classCount % classCount;
            const float lambda = uniform(engine);
            features.row(n) = lambda * means.row(a) + (1 - lambda) * means.row(b);
            features.row(n) +=
                0.5F * RowMatrixF::NullaryExpr(1, featureDim, [&](Index, Index) { return normal(engine); });
            made.mix.labelA.push_back(static_cast<std::int32_t>(a));
            made.mix.labelB.push_back(static_cast<std::int32_t>(b));
            made.mix.lambda.push_back(static_cast<double>(lambda));
        }
        made.clean.labelA = made.clean.labelB = made.mix.labelA;
        made.clean.lambda.assign(static_cast<std::size_t>(sampleCount), 1);
        made.classifier = {0.1 * means.cast<double>(), Vector::Zero(classCount), true};
        made.rows = Snapshot(std::move(features));
        return made;
    }();
    return epoch;
}

template <typename Scalar>
void projection(benchmark::State& state)
{
    const LargeEpoch& epoch = largeEpoch();
    const auto view = projectionOntoRows(Matrix(epoch.classifier.weight.topRows(state.range(0) + 1)));
    const Vector mean = epoch.classifier.weight.colwise().mean();
    for (auto _ : state) {
        auto projected = project<Scalar>(epoch.rows, *view, mean);
        benchmark::DoNotOptimize(projected->coordinates.data());
    }
    state.SetLabel("50,000 x 512 -> " + std::to_string(state.range(0)) + ", with off-view norm");
}

void metrics(benchmark::State& state, bool mixed)
{
    const LargeEpoch& epoch = largeEpoch();
    MetricInputs inputs;
    inputs.features = &epoch.rows;
    inputs.split = mixed ? &epoch.mix : &epoch.clean;
    inputs.classes = classCount;
    inputs.classifier = &epoch.classifier;
    MetricOptions options;
    options.viewClasses = {0, 1, 2};
    for (auto _ : state) {
        const auto entry = measure(inputs, options);
        benchmark::DoNotOptimize(entry->values.data());
    }
    state.SetLabel("50,000 x 512, 10 classes");
}
void metricsOfACleanSplit(benchmark::State& state)
{
    metrics(state, false);
}
void metricsOfAMixSplit(benchmark::State& state)
{
    metrics(state, true);
}

void theoryCurve(benchmark::State& state)
{
    const auto spacing = state.range(0) == 0 ? ufm::Spacing::Lambda : ufm::Spacing::Arc;
    for (auto _ : state) {
        const auto curve = ufm::mixCurve(classCount, 89, 1000, spacing);
        benchmark::DoNotOptimize(curve.data());
    }
    state.SetLabel(spacing == ufm::Spacing::Lambda ? "1,000 lambdas" : "1,000 points even in arc length");
}

BENCHMARK_TEMPLATE(projection, float)->Arg(2)->Arg(3)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(projection, double)->Arg(2)->Arg(3)->Unit(benchmark::kMillisecond);
BENCHMARK(metricsOfACleanSplit)->Unit(benchmark::kMillisecond);
BENCHMARK(metricsOfAMixSplit)->Unit(benchmark::kMillisecond);
BENCHMARK(theoryCurve)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
