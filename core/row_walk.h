#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <type_traits>

#include "core/parallel.h"
#include "core/row_source.h"

namespace nc
{

/// All rows, cut into stretches of consecutive rows that are walked independently. The cut depends on the rows and on
/// what each stretch has to hold, never on threads or block sizes: sums that are made for each stretch, and added in
/// the order of stretches, come out the same to the last bit however they were computed.
class Stretches
{
public:
    /// `bytesEach`: what the caller keeps for each stretch; all together stay below 64 MB where that is possible.
    explicit Stretches(Index rows, Index bytesEach = 0)
        : m_rows(rows)
        , m_count(std::clamp<Index>(std::min(rows / 256, (Index{1} << 26) / std::max<Index>(1, bytesEach)), 1, 16))
    {
    }
    [[nodiscard]] Index count() const { return m_count; }
    [[nodiscard]] Index begin(Index stretch) const { return m_rows * stretch / m_count; }

private:
    Index m_rows, m_count;
};

/// Calls `visit(stretch, first, block)` for consecutive blocks of each stretch, in order within it; stretches run on up
/// to control.threads threads. `block` is a row-major Ref of const, valid during the call only. Stops at a failing read
/// and passes its error on; Interrupted when told to stop.
template <typename Scalar, typename Visit>
Result<void> walkStretches(const RowSource& source, const Stretches& cut, Visit&& visit, const TaskControl& control)
{
    using Block = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    std::mutex turn;
    std::optional<Error> failure;
    std::atomic<bool> failed = false;
    const auto fail = [&](const Error& error) {
        const std::lock_guard lock(turn);
        failure = error;
        failed = true;
    };
    const auto readTaken = [&](Index first, Eigen::Ref<Block> part) {
        std::unique_lock lock(turn, std::defer_lock);
        if (!source.concurrentReads())
            lock.lock();
        return source.read(first, part);
    };
    const float* inPlace = std::is_same_v<Scalar, float> ? source.inMemory() : nullptr;
    const Index step = std::max<Index>(1, source.rowsPerBlock());
    constexpr Index valuesWorthAThread = Index{1} << 17;
    const auto threads = static_cast<int>(
        std::clamp<Index>(source.rows() * source.dim() / valuesWorthAThread, 1, std::max(1, control.threads)));
    parallelFor(cut.count(), threads, [&](Index stretch) {
        const Index end = cut.begin(stretch + 1);
        Block buffer(inPlace ? 0 : std::min(step, end - cut.begin(stretch)), source.dim());
        for (Index first = cut.begin(stretch); first < end && !failed; first += step) {
            const Index count = std::min(step, end - first);
            if (control.stopRequested())
                return fail(interrupted());
            if constexpr (std::is_same_v<Scalar, float>)
                if (inPlace) {
                    const Eigen::Map<const Block> part(inPlace + first * source.dim(), count, source.dim());
                    visit(stretch, first, Eigen::Ref<const Block>(part));
                    continue;
                }
            Eigen::Ref<Block> part = buffer.topRows(count);
            if (const Result<void> done = readTaken(first, part); !done)
                return fail(done.error());
            visit(stretch, first, Eigen::Ref<const Block>(part));
        }
    });
    return failure ? Result<void>(*failure) : Result<void>();
}

/// The same with blocks of float where that loses nothing, else of double.
template <typename Visit>
Result<void> walkStretches(const RowSource& source, const Stretches& cut, Visit&& visit, const TaskControl& control)
{
    return source.exactAsFloat() ? walkStretches<float>(source, cut, visit, control)
                                 : walkStretches<double>(source, cut, visit, control);
}

} // namespace nc
