#pragma once

#include <mutex>

#include "core/row_kernel.h"
#include "core/snapshot.h"
#include "core/task_control.h"

namespace nc
{

/// Logits that are held in memory at most, in values: 512 MB.
inline constexpr Index mostHeldValues = Index{1} << 26;

/// z = W h + b of every row, in double. Computed while reading unless remembered. Refers to its arguments, which must
/// outlive it; thread-safe as long as nobody else reads the features at the same time.
class ClassifierLogits final : public RowSource
{
public:
    ClassifierLogits(const RowSource& features, const Classifier& classifier)
        : m_features(features)
        , m_classifier(classifier)
    {
    }

    /// Makes room for all rows, where they take at most mostHeldValues; of() fills it.
    void remember();

    /// z (n x C) of the rows from `first` on, whose features (n x d, row-major) are at hand: remembered where there is
    /// room, else in `scratch`. Several threads may ask for different rows.
    template <typename Block>
    [[nodiscard]] Eigen::Map<const RowMatrixD> of(Index first, const Block& features, RowMatrixD& scratch)
    {
        if (!m_known) {
            if (m_room.size() == 0)
                scratch.resize(features.rows(), dim());
            compute(features, m_room.size() > 0 ? m_room.row(first).data() : scratch.data());
        }
        return {m_room.size() > 0 ? m_room.row(first).data() : scratch.data(), features.rows(), dim()};
    }

    /// of() has been asked for every row: what is remembered is not computed again.
    void settle() { m_known = m_room.size() > 0; }

    [[nodiscard]] Index rows() const override { return m_features.rows(); }
    [[nodiscard]] Index dim() const override { return m_classifier.classes(); }
    [[nodiscard]] Index rowsPerBlock() const override;
    [[nodiscard]] bool concurrentReads() const override { return true; }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override;
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override;

private:
    template <typename Block>
    void compute(const Block& features, double* into) const
    {
        kernel::products(features.data(), features.rows(), features.cols(), m_classifier.weight.data(), dim(), into);
        Eigen::Map<RowMatrixD>(into, features.rows(), dim()).rowwise() += m_classifier.bias.transpose();
    }

    const RowSource& m_features;
    const Classifier& m_classifier;
    RowMatrixD m_room;            ///< N x C, or nothing
    bool m_known = false;         ///< the room is filled
    mutable std::mutex m_reading; ///< of the features
};

/// Index of the largest value of a row, the lowest where several are equal.
[[nodiscard]] Index lowestArgmax(const Eigen::Ref<const Eigen::RowVectorXd>& row);

} // namespace nc
