#pragma once

#include <cstdint>
#include <filesystem>

#include "core/matrix.h"
#include "core/result.h"

namespace nc::app
{

/// A run whose answers are known: features walk from noise to the optimum of the unconstrained features model.
struct SyntheticSettings {
    Index classes = 10;
    Index dim = 64;           ///< at least classes - 1
    Index samples = 5000;     ///< rows of the mix split; the clean split has as many
    std::int64_t epochs = 20; ///< recorded are 0 … epochs
    std::uint64_t seed = 0;
    double kappa = 5;  ///< size of the last epoch's classifier: W W^T = kappa (I - 11^T/C)
    double beta = 100; ///< kappa/mu of the optimum that the last epoch comes close to
};

/// Writes a directory run. NC1 and the ETF error of the class means fall from epoch to epoch; the same settings give
/// the same numbers. Errors: a folder that is not empty (Data), not writable (Environment).
[[nodiscard]] Result<void> writeSyntheticRun(const std::filesystem::path& folder, const SyntheticSettings& settings);

} // namespace nc::app
