#include "io/dataset_rows.h"

#include "io/within_memory.h"

namespace nc::io
{

namespace
{

template <typename Block>
Result<void> readInto(const h5::Dataset& dataset, Index first, Eigen::Ref<Block> into)
{
    assert(into.cols() == dataset.shape[1] && first >= 0 && first + into.rows() <= dataset.shape[0]);
    if (into.outerStride() == into.cols())
        return h5::readValues(dataset, first, into.rows(), into.data());
    Block part(std::min(blockRows(into.cols()), into.rows()), into.cols());
    for (Index done = 0; done < into.rows(); done += part.rows()) {
        const Index rows = std::min(part.rows(), into.rows() - done);
        if (Result<void> read = h5::readValues(dataset, first + done, rows, part.data()); !read)
            return read;
        into.middleRows(done, rows) = part.topRows(rows);
    }
    return {};
}

} // namespace

Result<void> DatasetRows::read(Index first, Eigen::Ref<RowMatrixF> into) const
{
    return withinMemory(m_dataset.place.file, [&] { return readInto<RowMatrixF>(m_dataset, first, into); });
}

Result<void> DatasetRows::read(Index first, Eigen::Ref<RowMatrixD> into) const
{
    return withinMemory(m_dataset.place.file, [&] { return readInto<RowMatrixD>(m_dataset, first, into); });
}

} // namespace nc::io
