#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/row_source.h"

namespace nc
{

enum class SplitKind { Clean, Mix };

/// Which samples a split holds. All vectors have one entry a row. For a clean split labelB equals labelA and lambda is
/// 1, so that code about mixes reads both kinds. labelA belongs to lambda, labelB to 1 - lambda.
struct Split {
    std::string name;
    SplitKind kind = SplitKind::Clean;
    std::string origin = "train"; ///< "train" or "test"
    std::string mode = "eval";    ///< "eval", "train" or "train-chosen" (batch statistics of the chosen classes only)
    std::string lambdaPer{};      ///< "sample", "batch" or empty
    std::string batchNorm{};      ///< "running", "re-estimated" or empty
    std::vector<std::int32_t> labelA{};
    std::vector<std::int32_t> labelB{};
    std::vector<double> lambda{};
    std::vector<std::int64_t> sampleA{}; ///< index into the data set; empty where not recorded
    std::vector<std::int64_t> sampleB{};

    [[nodiscard]] Index rows() const { return static_cast<Index>(labelA.size()); }
    [[nodiscard]] bool sameClass(Index row) const
    {
        return labelA[static_cast<std::size_t>(row)] == labelB[static_cast<std::size_t>(row)];
    }
};

/// The last linear layer: logits z = weight h + bias.
struct Classifier {
    RowMatrixD weight; ///< C x d, a row a class
    Vector bias;       ///< C, zero where none was recorded
    bool hasBias = false;
    Index trainedDim = 0; ///< width of the layer as it was trained, where weight holds coordinates; else 0

    [[nodiscard]] Index classes() const { return weight.rows(); }
    [[nodiscard]] Index dim() const { return weight.cols(); }
};

/// One epoch of one split and layer, in memory.
class Snapshot final : public RowSource
{
public:
    Snapshot() = default;
    explicit Snapshot(RowMatrixF features)
        : m_features(std::move(features))
    {
    }

    [[nodiscard]] Index rows() const override { return m_features.rows(); }
    [[nodiscard]] Index dim() const override { return m_features.cols(); }
    [[nodiscard]] bool exactAsFloat() const override { return true; }
    [[nodiscard]] bool concurrentReads() const override { return true; }
    [[nodiscard]] const float* inMemory() const override { return m_features.data(); }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override
    {
        into = m_features.middleRows(first, into.rows());
        return {};
    }
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override
    {
        into = m_features.middleRows(first, into.rows()).cast<double>();
        return {};
    }

    [[nodiscard]] const RowMatrixF& features() const { return m_features; }

    std::int64_t epoch = 0;
    Split split{};
    std::optional<Classifier> classifier{};

private:
    RowMatrixF m_features;
};

/// The same with rows in double, for data that was recorded in double and for tests.
class DoubleRows final : public RowSource
{
public:
    explicit DoubleRows(RowMatrixD rows)
        : m_rows(std::move(rows))
    {
    }

    [[nodiscard]] Index rows() const override { return m_rows.rows(); }
    [[nodiscard]] Index dim() const override { return m_rows.cols(); }
    [[nodiscard]] bool concurrentReads() const override { return true; }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override
    {
        into = m_rows.middleRows(first, into.rows()).cast<float>();
        return {};
    }
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override
    {
        into = m_rows.middleRows(first, into.rows());
        return {};
    }

private:
    RowMatrixD m_rows;
};

} // namespace nc
