#include "core/chance_level.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <mutex>
#include <numbers>
#include <utility>
#include <vector>

#include "core/parallel.h"
#include "core/sample_statistics.h"
#include "core/simplex_etf.h"
#include "core/split_mix.h"

namespace nc
{
namespace
{

/// Uniform in (0, 1).
double uniform(std::uint64_t seed, std::uint64_t n)
{
    return (static_cast<double>(splitMix64(seed, n) >> 11) + 0.5) * 0x1p-53;
}

/// Normals number `first` and on, by Box-Muller: normals 2k and 2k+1 are made of uniforms 2k and 2k+1.
RowMatrixD gaussian(Index rows, Index cols, std::uint64_t seed, std::uint64_t first)
{
    RowMatrixD matrix(rows, cols);
    for (Index n = 0; n < matrix.size(); ++n) {
        const std::uint64_t place = first + static_cast<std::uint64_t>(n);
        const std::uint64_t pair = place & ~std::uint64_t{1};
        const double radius = std::sqrt(-2 * std::log(uniform(seed, pair)));
        const double angle = 2 * std::numbers::pi * uniform(seed, pair + 1);
        matrix.data()[n] = radius * (place == pair ? std::cos(angle) : std::sin(angle));
    }
    return matrix;
}

ChanceLevel levelOf(const RowMatrixD& weight)
{
    const Matrix rows = etf::centredRows(weight);
    const Matrix gram = rows * rows.transpose();
    const Vector norms = gram.diagonal().cwiseSqrt();
    std::vector<double> cosines;
    for (Index i = 0; i < gram.rows(); ++i)
        for (Index j = i + 1; j < gram.cols(); ++j)
            cosines.push_back(gram(i, j) / (norms(i) * norms(j)));
    return {etf::error(gram), standardDeviation(cosines, Deviation::Population, "pair of classes").value};
}

ChanceLevel compute(Index classes, Index dim, int threads)
{
    constexpr Index draws = 64;
    const std::uint64_t seed = (static_cast<std::uint64_t>(classes) << 32) + static_cast<std::uint64_t>(dim);
    std::vector<ChanceLevel> levels(draws);
    parallelFor(draws, threads, [&](Index n) {
        const auto first = static_cast<std::uint64_t>(n * classes * dim);
        levels[static_cast<std::size_t>(n)] = levelOf(gaussian(classes, dim, seed, first));
    });
    ChanceLevel mean;
    for (const ChanceLevel& level : levels) {
        mean.weightsEtfError += level.weightsEtfError / draws;
        mean.weightsCosStd += level.weightsCosStd / draws;
    }
    return mean;
}

} // namespace

ChanceLevel chanceLevel(Index classes, Index dim, int threads)
{
    static std::mutex mutex;
    static std::map<std::pair<Index, Index>, ChanceLevel> known;
    const std::lock_guard lock(mutex);
    const auto [place, isNew] = known.try_emplace({classes, dim});
    if (isNew)
        place->second = compute(classes, dim, threads);
    return place->second;
}

} // namespace nc
