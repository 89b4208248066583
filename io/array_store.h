#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/h5_access.h"

/// The arrays of foreign dumps, whatever file they are in. Private to io.
namespace nc::io
{

/// What is known of an array before it is read.
struct ArrayShape {
    std::string name; ///< in its store, parted by '/', without one in front
    std::vector<Index> extents;
    h5::Element element = h5::Element::Other;
    std::string typeName; ///< "float32", "int64", …
    std::uint64_t valueBytes = 0;

    [[nodiscard]] bool isFloat() const { return element <= h5::Element::Float64; }
    [[nodiscard]] std::uint64_t values() const;
    [[nodiscard]] std::string text() const; ///< "200 x 16 float32"
};

/// An open array. Reads from one thread.
class Array
{
public:
    /// Extents of 1 at the end are dropped: (N,1) labels and (N,d,1,1) features are what they seem to be.
    Array(ArrayShape shape, h5::Place place);
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    virtual ~Array() = default;

    [[nodiscard]] const ArrayShape& shape() const { return m_shape; }
    [[nodiscard]] Error fault(const std::string& reason) const { return m_place.fault(m_shape.name, reason); }

    /// `count` values from `first` on, counted in row-major order, in their own type and the machine's order of bytes.
    /// They are whole rows (steps along the last but one dimension) of one matrix, or all.
    virtual Result<void> read(std::uint64_t first, std::uint64_t count, void* into) const = 0;

private:
    ArrayShape m_shape;
    h5::Place m_place;
};

/// An HDF5 file, a .npz archive or a folder of .npy files: arrays by name.
class ArrayStore
{
public:
    ArrayStore(std::string file, std::vector<std::string> names)
        : m_file(std::move(file))
        , m_names(std::move(names))
    {
    }
    ArrayStore(const ArrayStore&) = delete;
    ArrayStore& operator=(const ArrayStore&) = delete;
    virtual ~ArrayStore() = default;

    [[nodiscard]] const std::vector<std::string>& names() const { return m_names; } ///< sorted
    [[nodiscard]] const std::string& file() const { return m_file; }
    /// Errors name the epoch where one is given.
    [[nodiscard]] virtual Result<std::unique_ptr<Array>> open(const std::string& name,
                                                              std::optional<std::int64_t> epoch) const = 0;

private:
    std::string m_file;
    std::vector<std::string> m_names;
};

/// What the path is decides: a folder, or a file by its first bytes.
[[nodiscard]] Result<std::unique_ptr<ArrayStore>> openArrayStore(const std::filesystem::path& path,
                                                                 std::optional<std::int64_t> epoch);

/// Opens all of the arrays in it: what HDF5 does not survive shows.
[[nodiscard]] Result<void> tryArrays(const std::filesystem::path& path);

/// Files below the folder by their relative names, sorted; links to folders are not followed.
[[nodiscard]] std::vector<std::string> filesBelow(const std::filesystem::path& folder);

/// All of an array as integers; floats where they are whole numbers.
[[nodiscard]] Result<std::vector<std::int64_t>> readIntegers(const Array& array, std::uint64_t first,
                                                             std::uint64_t count);
/// Finite floats.
[[nodiscard]] Result<void> readFloats(const Array& array, std::uint64_t first, std::uint64_t count, float* into);
[[nodiscard]] Result<void> readFloats(const Array& array, std::uint64_t first, std::uint64_t count, double* into);

} // namespace nc::io
