#pragma once

#include <algorithm>

#include "core/matrix.h"
#include "core/result.h"
#include "core/task_control.h"

namespace nc
{

/// Rows a block so that a block of doubles stays near 1 MB (in cache), at least 1.
[[nodiscard]] inline Index blockRows(Index dim)
{
    return std::max<Index>(1, (Index{1} << 17) / std::max<Index>(1, dim));
}

/// The rows (samples) of one epoch, split and layer, on disk or in memory. May be walked as often as needed, in blocks,
/// so that nothing has to fit in memory. Not thread-safe unless concurrentReads() says so.
class RowSource
{
public:
    virtual ~RowSource() = default;

    [[nodiscard]] virtual Index rows() const = 0;
    [[nodiscard]] virtual Index dim() const = 0;

    /// How many rows a walk should ask for at a time; override where the storage has chunks of its own.
    [[nodiscard]] virtual Index rowsPerBlock() const { return blockRows(dim()); }

    /// Whether reading as float loses nothing.
    [[nodiscard]] virtual bool exactAsFloat() const { return false; }

    /// Whether several threads may read at once.
    [[nodiscard]] virtual bool concurrentReads() const { return false; }

    /// Rows that lie in memory as float, rows() x dim() row-major, so that a walk need not copy them; else null.
    [[nodiscard]] virtual const float* inMemory() const { return nullptr; }

    /// Reads rows [first, first + into.rows()) into the caller's memory; `into` has dim() columns.
    /// float32 is exact for recorded float16 and float32, double for all recorded types. All values are finite.
    virtual Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const = 0;
    virtual Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const = 0;
};

/// Calls `visit(first, block)` for consecutive blocks of all rows, in order; `block` is valid during the call only.
/// Scalar is float or double. Stops at the first failing read and passes its error on; Interrupted when told to stop.
template <typename Scalar, typename Visit>
Result<void> forEachBlock(const RowSource& source, Visit&& visit, const TaskControl& control = {})
{
    using Block = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Index step = std::min(std::max<Index>(1, source.rowsPerBlock()), source.rows());
    Block buffer(step, source.dim());
    for (Index first = 0; first < source.rows(); first += step) {
        if (control.stopRequested())
            return interrupted();
        const Index count = std::min(step, source.rows() - first);
        Eigen::Ref<Block> part = buffer.topRows(count);
        if (Result<void> done = source.read(first, part); !done)
            return done;
        visit(first, Eigen::Ref<const Block>(part));
    }
    return {};
}

} // namespace nc
