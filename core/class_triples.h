#pragma once

#include <array>
#include <vector>

#include "core/matrix.h"

namespace nc
{

using ClassTriple = std::array<Index, 3>; ///< ascending

/// C(C-1)(C-2)/6.
[[nodiscard]] Index tripleCount(Index classes);

/// Number `rank` of all triples in lexicographic order: 012, 013, …
[[nodiscard]] ClassTriple tripleAt(Index classes, Index rank);

/// Triples that are measured at most: all of 50 classes.
inline constexpr Index mostTriples = 20'000;

/// All triples where there are at most `most`, else `most` of them: one of each of `most` equal parts of the
/// lexicographic order, at a fixed place drawn by SplitMix64 (seed 0). Ascending, each once.
[[nodiscard]] std::vector<ClassTriple> chosenTriples(Index classes, Index most);

} // namespace nc
