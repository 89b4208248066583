#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "core/matrix.h"

namespace nc
{

/// Calls work(0) … work(count-1), each once, on up to `threads` threads and returns when all are done. The calls must
/// not depend on each other.
template <typename Work>
void parallelFor(Index count, int threads, Work&& work)
{
    std::atomic<Index> next = 0;
    const auto run = [&] {
        for (Index n = next++; n < count; n = next++)
            work(n);
    };
    std::vector<std::jthread> helpers;
    for (Index n = 1; n < std::min<Index>(threads, count); ++n)
        helpers.emplace_back(run);
    run();
}

} // namespace nc
