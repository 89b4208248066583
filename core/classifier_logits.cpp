#include "core/classifier_logits.h"

namespace nc
{

Result<void> ClassifierLogits::read(Index first, Eigen::Ref<RowMatrixD> into) const
{
    RowMatrixD features(into.rows(), m_features.dim());
    if (Result<void> done = m_features.read(first, features); !done)
        return done;
    into.noalias() = features * m_classifier.weight.transpose();
    into.rowwise() += m_classifier.bias.transpose();
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

Result<std::unique_ptr<RowSource>> makeLogits(const RowSource& features, const Classifier& classifier,
                                              const TaskControl& control)
{
    constexpr Index most = Index{1} << 24; // doubles
    auto streamed = std::make_unique<ClassifierLogits>(features, classifier);
    if (features.rows() > most / std::max<Index>(1, classifier.classes()))
        return std::unique_ptr<RowSource>(std::move(streamed));
    RowMatrixD all(features.rows(), classifier.classes());
    const auto keep = [&](Index first, const auto& block) { all.middleRows(first, block.rows()) = block; };
    if (Result<void> done = forEachBlock<double>(*streamed, keep, control); !done)
        return done.error();
    return std::unique_ptr<RowSource>(std::make_unique<DoubleRows>(std::move(all)));
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
