#include "core/classifier_logits.h"

#include "core/row_kernel.h"
#include "core/row_walk.h"

namespace nc
{

void ClassifierLogits::compute(const Eigen::Ref<const RowMatrixF>& features, RowMatrixD& into) const
{
    kernel::products(features, m_classifier.weight, into);
    into.rowwise() += m_classifier.bias.transpose();
}

void ClassifierLogits::compute(const Eigen::Ref<const RowMatrixD>& features, RowMatrixD& into) const
{
    kernel::products(features, m_classifier.weight, into);
    into.rowwise() += m_classifier.bias.transpose();
}

Index ClassifierLogits::rowsPerBlock() const
{
    return m_kept ? blockRows(dim()) : std::min(m_features.rowsPerBlock(), blockRows(dim()));
}

Result<void> ClassifierLogits::read(Index first, Eigen::Ref<RowMatrixD> into) const
{
    if (m_kept) {
        into = m_kept->middleRows(first, into.rows());
        return {};
    }
    RowMatrixD features(into.rows(), m_features.dim()), z;
    {
        const std::lock_guard lock(m_reading);
        if (Result<void> done = m_features.read(first, features); !done)
            return done;
    }
    compute(features, z);
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

Result<void> ClassifierLogits::keep(const TaskControl& control)
{
    constexpr Index most = Index{1} << 24; // doubles
    if (rows() > most / std::max<Index>(1, dim()))
        return {};
    RowMatrixD all(rows(), dim());
    const Stretches cut(rows());
    std::vector<RowMatrixD> z(static_cast<std::size_t>(cut.count()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        RowMatrixD& part = z[static_cast<std::size_t>(stretch)];
        compute(block, part);
        all.middleRows(first, block.rows()) = part;
    };
    if (Result<void> done = walkStretches(m_features, cut, visit, control); !done)
        return done;
    m_kept = std::move(all);
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
