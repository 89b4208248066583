#pragma once

#include <mutex>
#include <optional>

#include "core/snapshot.h"
#include "core/task_control.h"

namespace nc
{

/// z = W h + b of every row, in double. Computed while reading unless kept. Refers to its arguments, which must outlive
/// it; thread-safe as long as nobody else reads the features at the same time.
class ClassifierLogits final : public RowSource
{
public:
    ClassifierLogits(const RowSource& features, const Classifier& classifier)
        : m_features(features)
        , m_classifier(classifier)
    {
    }

    /// Computes all rows now and keeps them, where that takes at most 128 MB.
    Result<void> keep(const TaskControl& control = {});

    /// z of the rows from `first` on, whose features (n x d, row-major) are at hand.
    template <typename Block>
    void of(Index first, const Block& features, RowMatrixD& into) const
    {
        if (m_kept)
            into = m_kept->middleRows(first, features.rows());
        else
            compute(features, into);
    }

    [[nodiscard]] Index rows() const override { return m_features.rows(); }
    [[nodiscard]] Index dim() const override { return m_classifier.classes(); }
    [[nodiscard]] Index rowsPerBlock() const override;
    [[nodiscard]] bool concurrentReads() const override { return true; }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override;
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override;

private:
    void compute(const Eigen::Ref<const RowMatrixF>& features, RowMatrixD& into) const;
    void compute(const Eigen::Ref<const RowMatrixD>& features, RowMatrixD& into) const;

    const RowSource& m_features;
    const Classifier& m_classifier;
    std::optional<RowMatrixD> m_kept;
    mutable std::mutex m_reading; ///< of the features
};

/// Index of the largest value of a row, the lowest where several are equal.
[[nodiscard]] Index lowestArgmax(const Eigen::Ref<const Eigen::RowVectorXd>& row);

} // namespace nc
