#include "core/chance_level.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "core/parallel.h"
#include "core/random_normals.h"
#include "core/sample_statistics.h"
#include "core/simplex_etf.h"

namespace nc
{
namespace
{

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
        levels[static_cast<std::size_t>(n)] = levelOf(randomNormals(classes, dim, seed, first));
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
