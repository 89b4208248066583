#pragma once

#include <memory>

#include "core/snapshot.h"
#include "core/task_control.h"

namespace nc
{

/// z = W h + b of every row, computed in double while reading. Refers to its arguments, which must outlive it.
class ClassifierLogits final : public RowSource
{
public:
    ClassifierLogits(const RowSource& features, const Classifier& classifier)
        : m_features(features)
        , m_classifier(classifier)
    {
    }

    [[nodiscard]] Index rows() const override { return m_features.rows(); }
    [[nodiscard]] Index dim() const override { return m_classifier.classes(); }
    [[nodiscard]] Index rowsPerBlock() const override { return m_features.rowsPerBlock(); }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override;
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override;

private:
    const RowSource& m_features;
    const Classifier& m_classifier;
};

/// The same, kept in memory where that takes at most 128 MB, so that it can be walked cheaply.
[[nodiscard]] Result<std::unique_ptr<RowSource>> makeLogits(const RowSource& features, const Classifier& classifier,
                                                            const TaskControl& control = {});

/// Index of the largest value of a row, the lowest where several are equal.
[[nodiscard]] Index lowestArgmax(const Eigen::Ref<const Eigen::RowVectorXd>& row);

} // namespace nc
