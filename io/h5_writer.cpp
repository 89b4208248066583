#include "io/h5_writer.h"

#include <algorithm>
#include <numeric>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "io/atomic_file.h"
#include "io/float16.h"
#include "io/h5_access.h"
#include "io/h5_driver.h"

namespace nc::io::h5
{

namespace
{

constexpr std::size_t blockBytes = std::size_t{1} << 20;

hid_t textType()
{
    static const H5Handle type = [] {
        H5Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
        H5Tset_size(text.get(), H5T_VARIABLE);
        H5Tset_cset(text.get(), H5T_CSET_UTF8);
        return text;
    }();
    return type.get();
}

/// Makes the groups on the way.
hid_t linkCreation()
{
    static const H5Handle list = [] {
        H5Handle creation(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
        H5Pset_create_intermediate_group(creation.get(), 1);
        return creation;
    }();
    return list.get();
}

/// Without the time of writing, which would make equal runs differ.
hid_t datasetCreation()
{
    static const H5Handle list = [] {
        H5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        H5Pset_obj_track_times(creation.get(), false);
        H5Pset_layout(creation.get(), H5D_CONTIGUOUS);
        return creation;
    }();
    return list.get();
}

H5Handle makeSpace(const std::vector<hsize_t>& shape)
{
    if (shape.empty())
        return {H5Screate(H5S_SCALAR), H5Sclose};
    return {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose};
}

/// Rows of a matrix as the numbers on disk, a block at a time.
template <typename Scalar>
const void* convertedRows(Eigen::Ref<const RowMatrixF> values, Index first, Index count, std::vector<Scalar>& buffer)
{
    buffer.resize(static_cast<std::size_t>(count * values.cols()));
    for (Index row = 0; row < count; ++row) {
        const float* from = values.row(first + row).data();
        Scalar* to = buffer.data() + row * values.cols();
        if constexpr (std::is_same_v<Scalar, std::uint16_t>)
            floatToHalf(from, to, static_cast<std::size_t>(values.cols()));
        else
            std::copy(from, from + values.cols(), to);
    }
    return buffer.data();
}

} // namespace

Writer::Writer(const std::filesystem::path& path)
    : m_path(path)
{
    silenceErrors();
    m_file = createFile(path, m_code);
    m_failed = !m_file;
}

Result<void> Writer::finish()
{
    m_failed = !m_file.close() || m_failed;
    if (hasFailed())
        return cannotWrite(m_path, m_code);
    return {};
}

void Writer::group(const std::string& path)
{
    if (hasFailed())
        return;
    const H5Handle made(H5Gcreate2(m_file.get(), path.c_str(), linkCreation(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    m_failed = !made;
}

void Writer::putAttribute(const std::string& path, const std::string& name, hid_t type, hid_t space, const void* value)
{
    if (hasFailed())
        return;
    const H5Handle made(
        H5Acreate_by_name(m_file.get(), path.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    m_failed = !made || H5Awrite(made.get(), type, value) < 0;
}

void Writer::attribute(const std::string& path, const std::string& name, const std::string& value)
{
    const char* text = value.c_str();
    putAttribute(path, name, textType(), makeSpace({}).get(), &text);
}

void Writer::attribute(const std::string& path, const std::string& name, std::int64_t value)
{
    putAttribute(path, name, H5T_NATIVE_INT64, makeSpace({}).get(), &value);
}

void Writer::attribute(const std::string& path, const std::string& name, double value)
{
    putAttribute(path, name, H5T_NATIVE_DOUBLE, makeSpace({}).get(), &value);
}

void Writer::attribute(const std::string& path, const std::string& name, std::span<const std::int32_t> values)
{
    putAttribute(path, name, H5T_NATIVE_INT32, makeSpace({values.size()}).get(), values.data());
}

void Writer::putDataset(const std::string& path, const std::vector<hsize_t>& shape, hid_t type, const RowsOf& rowsOf)
{
    if (hasFailed())
        return;
    const H5Handle space = makeSpace(shape);
    const H5Handle made(
        H5Dcreate2(m_file.get(), path.c_str(), type, space.get(), linkCreation(), datasetCreation(), H5P_DEFAULT),
        H5Dclose);
    m_failed = !made;
    const hsize_t rows = shape.empty() ? 1 : shape.front();
    const std::size_t rowBytes =
        std::accumulate(shape.begin() + !shape.empty(), shape.end(), H5Tget_size(type), std::multiplies<std::size_t>());
    const hsize_t step = std::max<hsize_t>(1, blockBytes / std::max<std::size_t>(1, rowBytes));
    XXH64_state_t hash;
    XXH64_reset(&hash, 0);
    std::vector<hsize_t> start(shape.size(), 0), extent = shape;
    for (hsize_t first = 0; first < rows && rowBytes > 0 && !hasFailed(); first += step) {
        const hsize_t count = std::min(step, rows - first);
        const void* bytes = rowsOf(static_cast<Index>(first), static_cast<Index>(count));
        XXH64_update(&hash, bytes, count * rowBytes);
        if (!shape.empty()) {
            start.front() = first;
            extent.front() = count;
            H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr);
        }
        m_failed = H5Dwrite(made.get(), type, makeSpace(extent).get(), space.get(), H5P_DEFAULT, bytes) < 0;
    }
    const std::uint64_t digest = XXH64_digest(&hash);
    putAttribute(path, "xxh64", H5T_NATIVE_UINT64, makeSpace({}).get(), &digest);
}

void Writer::dataset(const std::string& path, std::span<const std::int32_t> values)
{
    putDataset(path, {values.size()}, H5T_NATIVE_INT32, [values](Index first, Index) { return values.data() + first; });
}

void Writer::dataset(const std::string& path, std::span<const std::int64_t> values)
{
    putDataset(path, {values.size()}, H5T_NATIVE_INT64, [values](Index first, Index) { return values.data() + first; });
}

void Writer::dataset(const std::string& path, std::span<const float> values)
{
    putDataset(path, {values.size()}, H5T_NATIVE_FLOAT, [values](Index first, Index) { return values.data() + first; });
}

void Writer::dataset(const std::string& path, std::span<const double> values)
{
    putDataset(path, {values.size()}, H5T_NATIVE_DOUBLE,
               [values](Index first, Index) { return values.data() + first; });
}

void Writer::dataset(const std::string& path, double scalar)
{
    putDataset(path, {}, H5T_NATIVE_DOUBLE, [&scalar](Index, Index) { return &scalar; });
}

void Writer::dataset(const std::string& path, const std::vector<std::string>& texts)
{
    if (hasFailed())
        return;
    std::vector<const char*> pointers;
    for (const std::string& text : texts)
        pointers.push_back(text.c_str());
    const H5Handle space = makeSpace({texts.size()});
    const H5Handle made(
        H5Dcreate2(m_file.get(), path.c_str(), textType(), space.get(), linkCreation(), datasetCreation(), H5P_DEFAULT),
        H5Dclose);
    m_failed = !made ||
               (!texts.empty() && H5Dwrite(made.get(), textType(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0);
}

void Writer::dataset(const std::string& path, const Images& images)
{
    std::vector<hsize_t> shape;
    for (const Index extent : {images.count, images.height, images.width})
        shape.push_back(static_cast<hsize_t>(extent));
    if (images.channels != 1)
        shape.push_back(static_cast<hsize_t>(images.channels));
    const Index rowBytes = images.height * images.width * images.channels;
    putDataset(path, shape, H5T_NATIVE_UINT8,
               [&](Index first, Index) { return images.bytes.data() + first * rowBytes; });
}

void Writer::dataset(const std::string& path, Eigen::Ref<const RowMatrixF> values, FloatType type)
{
    const std::vector<hsize_t> shape{static_cast<hsize_t>(values.rows()), static_cast<hsize_t>(values.cols())};
    const auto put = [&]<typename Scalar>(hid_t onDisk, std::vector<Scalar> buffer) {
        putDataset(path, shape, onDisk,
                   [&](Index first, Index count) { return convertedRows<Scalar>(values, first, count, buffer); });
    };
    switch (type) {
    case FloatType::Float16:
        return put(halfType(), std::vector<std::uint16_t>());
    case FloatType::Float32:
        return put(H5T_NATIVE_FLOAT, std::vector<float>());
    case FloatType::Float64:
        return put(H5T_NATIVE_DOUBLE, std::vector<double>());
    }
}

void Writer::dataset(const std::string& path, Index rows, Index columns,
                     const std::function<const double*(Index first, Index count)>& rowsOf)
{
    putDataset(path, {static_cast<hsize_t>(rows), static_cast<hsize_t>(columns)}, H5T_NATIVE_DOUBLE,
               [&rowsOf](Index first, Index count) { return rowsOf(first, count); });
}

} // namespace nc::io::h5
