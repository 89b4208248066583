#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "io/h5_handle.h"
#include "io/run_writer.h"

namespace nc::io::h5
{

/// Writes one new HDF5 file. The first failure sticks: later calls do nothing, finish() tells it. Datasets are
/// contiguous and carry the attribute xxh64; groups on a path are made on the way. Same input, same bytes. Private to
/// io.
class Writer
{
public:
    /// Replaces `path` where it exists; sentences name it.
    explicit Writer(const std::filesystem::path& path);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void group(const std::string& path);

    /// Attributes of the object at `path`, "/" for the root.
    void attribute(const std::string& path, const std::string& name, const std::string& value);
    void attribute(const std::string& path, const std::string& name, std::int64_t value);
    void attribute(const std::string& path, const std::string& name, double value);
    void attribute(const std::string& path, const std::string& name, std::span<const std::int32_t> values);

    void dataset(const std::string& path, std::span<const std::int32_t> values);
    void dataset(const std::string& path, std::span<const std::int64_t> values);
    void dataset(const std::string& path, std::span<const float> values);
    void dataset(const std::string& path, std::span<const double> values);
    void dataset(const std::string& path, double scalar);
    void dataset(const std::string& path, const std::vector<std::string>& texts); ///< no checksum: no bytes of its own
    void dataset(const std::string& path, const Images& images);
    void dataset(const std::string& path, Eigen::Ref<const RowMatrixF> values, FloatType type);
    /// rows x columns doubles that are worked out as they are written: rows [first, first + count), valid until the
    /// next call.
    void dataset(const std::string& path, Index rows, Index columns,
                 const std::function<const double*(Index first, Index count)>& rowsOf);

    /// The open file, for what this class has no word for.
    [[nodiscard]] hid_t file() const { return m_file.get(); }
    /// Whether anything could not be written so far.
    [[nodiscard]] bool hasFailed() const { return m_failed || m_code != 0; }

    /// Closes the file. Environment error where anything went wrong.
    [[nodiscard]] Result<void> finish();

private:
    using RowsOf =
        std::function<const void*(Index first, Index count)>; ///< bytes of these rows, valid until the next call

    void putAttribute(const std::string& path, const std::string& name, hid_t type, hid_t space, const void* value);
    void putDataset(const std::string& path, const std::vector<hsize_t>& shape, hid_t type, const RowsOf& rowsOf);

    std::filesystem::path m_path;
    int m_code = 0;        ///< errno of the first write that failed
    bool m_failed = false; ///< HDF5 itself refused something
    H5Handle m_file{};
};

} // namespace nc::io::h5
