#pragma once

#include "core/matrix.h"

namespace nc
{

/// What a classifier of C rows and d columns shows by chance: means over 64 seeded Gaussian matrices, rows centred.
/// The numbers are fixed by (C, d) alone, see docs/maths.md, 5. C >= 2.
struct ChanceLevel {
    double weightsEtfError = 0;
    double weightsCosStd = 0; ///< population; 0 for the single pair of two classes
};

/// Remembers what it was asked before: a run asks the same at each epoch. Thread-safe.
[[nodiscard]] ChanceLevel chanceLevel(Index classes, Index dim, int threads = 1);

} // namespace nc
