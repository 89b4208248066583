#pragma once

#include "core/row_source.h"
#include "io/h5_access.h"

namespace nc::io
{

/// The rows of a rank-2 float dataset, read by hyperslab. The open dataset keeps its file open.
class DatasetRows final : public RowSource
{
public:
    explicit DatasetRows(h5::Dataset dataset)
        : m_dataset(std::move(dataset))
    {
    }

    [[nodiscard]] Index rows() const override { return m_dataset.shape[0]; }
    [[nodiscard]] Index dim() const override { return m_dataset.shape[1]; }
    [[nodiscard]] bool exactAsFloat() const override { return m_dataset.element < h5::Element::Float64; }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override;
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override;

private:
    h5::Dataset m_dataset;
};

} // namespace nc::io
