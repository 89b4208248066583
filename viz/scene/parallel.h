#pragma once

#include <algorithm>
#include <thread>
#include <vector>

namespace nc::scene
{

/// `wanted`, or one thread for each core where that is 0.
[[nodiscard]] inline int threadCount(int wanted)
{
    return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Runs `work(i)` for i in [0, count) on up to `threads` threads, i = t, t + threads, … on thread t.
template <typename Work>
void parallelFor(int count, int threads, const Work& work)
{
    threads = std::min(threads, count);
    const auto strided = [&](int first) {
        for (int i = first; i < count; i += threads)
            work(i);
    };
    std::vector<std::jthread> helpers;
    for (int t = 1; t < threads; ++t)
        helpers.emplace_back(strided, t);
    if (count > 0)
        strided(0);
}

} // namespace nc::scene
