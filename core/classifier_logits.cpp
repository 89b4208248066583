#include "core/classifier_logits.h"

#include <algorithm>

namespace nc
{

void ClassifierLogits::remember()
{
    if (rows() <= mostHeldValues / std::max<Index>(1, dim()))
        m_room.resize(rows(), dim());
}

Index ClassifierLogits::rowsPerBlock() const
{
    return m_known ? blockRows(dim()) : std::min(m_features.rowsPerBlock(), blockRows(dim()));
}

Result<void> ClassifierLogits::read(Index first, Eigen::Ref<RowMatrixD> into) const
{
    if (m_known) {
        into = m_room.middleRows(first, into.rows());
        return {};
    }
    RowMatrixD features(into.rows(), m_features.dim()), z(into.rows(), dim());
    {
        const std::lock_guard lock(m_reading);
        if (Result<void> done = m_features.read(first, features); !done)
            return done;
    }
    compute(features, z.data());
    into = z;
    return {};
}

Result<void> ClassifierLogits::read(Index first, Eigen::Ref<RowMatrixF> into) const
{
    RowMatrixD exact(into.rows(), into.cols());
    if (Result<void> done = read(first, exact); !done)
        return done;
    into = exact.cast<float>();
    return {};
}

Index lowestArgmax(const Eigen::Ref<const Eigen::RowVectorXd>& row)
{
    Index best = 0;
    for (Index k = 1; k < row.size(); ++k)
        if (row(k) > row(best))
            best = k;
    return best;
}

} // namespace nc
