#include "core/class_triples.h"

#include <cassert>

#include "core/split_mix.h"

namespace nc
{

Index tripleCount(Index classes)
{
    return classes * (classes - 1) * (classes - 2) / 6;
}

ClassTriple tripleAt(Index classes, Index rank)
{
    assert(rank >= 0 && rank < tripleCount(classes));
    ClassTriple triple{0, 0, 0};
    const auto pairs = [](Index n) { return n * (n - 1) / 2; };
    while (rank >= pairs(classes - triple[0] - 1))
        rank -= pairs(classes - triple[0]++ - 1);
    triple[1] = triple[0] + 1;
    while (rank >= classes - triple[1] - 1)
        rank -= classes - triple[1]++ - 1;
    triple[2] = triple[1] + 1 + rank;
    return triple;
}

std::vector<ClassTriple> chosenTriples(Index classes, Index most)
{
    const Index all = tripleCount(classes);
    std::vector<ClassTriple> triples;
    for (Index n = 0; n < std::min(all, most); ++n) {
        // Parts of equal size but for rounding; part n begins at all n/most.
        const auto begin = [&](Index part) {
            return all <= most ? part : all / most * part + all % most * part / most;
        };
        const Index size = begin(n + 1) - begin(n);
        const auto drawn = static_cast<Index>(splitMix64(0, static_cast<std::uint64_t>(n)) >> 1);
        triples.push_back(tripleAt(classes, begin(n) + drawn % size));
    }
    return triples;
}

} // namespace nc
