#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "core/matrix.h"

namespace nc
{

/// `wanted`, or one thread for each core where that is 0.
[[nodiscard]] inline int threadCount(int wanted)
{
    return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

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
    std::vector<std::jthread> others;
    for (Index n = 1; n < std::min<Index>(threads, count); ++n)
        others.emplace_back(run);
    run();
}

} // namespace nc
