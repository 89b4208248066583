#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <system_error>
#include <thread>

#include "core/matrix.h"

namespace nc
{

/// `wanted`, or one thread for each core where that is 0.
[[nodiscard]] inline int threadCount(int wanted)
{
    return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

namespace detail
{
inline std::atomic<int> waitingHelpers = 0; ///< threads of parallelFor() that have not got a core yet
}

/// Calls work(0) … work(count-1), each once, on up to `threads` threads and returns when all are done. The calls must
/// not depend on each other.
/// On a busy machine the caller does it all: it waits for calls that have begun elsewhere, never for a thread that has
/// not got a core yet. Such a thread finds nothing left to do, and touches neither `work` nor what the caller owns.
template <typename Work>
void parallelFor(Index count, int threads, Work&& work)
{
    struct Progress {
        std::atomic<Index> next = 0, done = 0;
    };
    const auto progress = std::make_shared<Progress>();
    const auto run = [progress, count, &work] {
        for (Index n = progress->next++; n < count; n = progress->next++) {
            work(n);
            if (++progress->done == count)
                progress->done.notify_all();
        }
    };
    const Index helpers = std::min<Index>(threads, count) - 1;
    const int mostWaiting = helpers > 0 ? 2 * threadCount(0) : 0;
    for (Index n = 0; n < helpers && detail::waitingHelpers < mostWaiting; ++n) { // more would only wait too
        ++detail::waitingHelpers;
        try {
            std::thread([run] {
                --detail::waitingHelpers;
                run();
            }).detach();
        } catch (const std::system_error&) { // no more threads to be had
            --detail::waitingHelpers;
            break;
        }
    }
    run();
    for (Index done = progress->done; done < count; done = progress->done)
        progress->done.wait(done);
}

} // namespace nc
