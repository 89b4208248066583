#include "io/h5_heap.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <unordered_map>

#include "io/h5_driver.h"

namespace nc::io::h5
{

namespace
{

constexpr std::size_t referenceBytes = 16; ///< length, address, index (HDF5 file format specification, IV.B)

struct Reference {
    std::uint64_t length = 0; ///< in elements, of a text in bytes
    std::uint64_t address = 0;
    std::uint32_t index = 0;
};

Reference decode(const std::byte* bytes)
{
    Reference reference;
    std::uint32_t length = 0;
    std::memcpy(&length, bytes, sizeof length); // little-endian, as all machines that this is built for
    std::memcpy(&reference.address, bytes + 4, sizeof reference.address);
    std::memcpy(&reference.index, bytes + 12, sizeof reference.index);
    reference.length = length;
    return reference;
}

/// Leaves the reference as it lies in the file.
herr_t keepReference(hid_t from, hid_t, H5T_cdata_t* data, std::size_t, std::size_t, std::size_t, void*, void*, hid_t)
{
    if (data->command != H5T_CONV_INIT)
        return 0;
    data->need_bkg = H5T_BKG_NO;
    return H5Tget_size(from) == referenceBytes ? 0 : -1;
}

/// The type in memory that makes HDF5 hand out references as they are: a conversion of our own stands for that.
hid_t referenceType()
{
    static const H5Handle type = [] {
        H5Handle plain(H5Tcreate(H5T_OPAQUE, referenceBytes), H5Tclose);
        H5Tset_tag(plain.get(), "ncscope reference");
        const H5Handle text(H5Tcopy(H5T_C_S1), H5Tclose), list(H5Tvlen_create(H5T_NATIVE_INT8), H5Tclose);
        H5Tset_size(text.get(), H5T_VARIABLE);
        H5Tregister(H5T_PERS_SOFT, "ncscope reference", text.get(), plain.get(), keepReference);
        H5Tregister(H5T_PERS_SOFT, "ncscope reference", list.get(), plain.get(), keepReference);
        return plain;
    }();
    return type.get();
}

/// The heap collections of one file, each loaded when a reference leads to it.
class Heap
{
public:
    explicit Heap(hid_t object)
        : m_file(H5Iget_file_id(object), H5Fclose)
        , m_left(4 * fileBytes(m_file.get()))
    {
    }

    /// The bytes that the reference leads to; nothing where it is damaged.
    std::optional<std::span<const std::byte>> find(const Reference& reference)
    {
        if (reference.address != m_address && !load(reference.address))
            return {};
        const auto found = m_objects.find(reference.index);
        // What is handed out counts, so that references to one place cannot add up without end.
        if (found == m_objects.end() || found->second.size() > m_left)
            return {};
        m_left -= found->second.size();
        return found->second;
    }

private:
    bool load(std::uint64_t address);

    H5Handle m_file;
    std::uint64_t m_left; ///< bytes that may still be loaded or handed out
    std::uint64_t m_address = ~std::uint64_t{0};
    std::vector<std::byte> m_bytes;
    std::unordered_map<std::uint32_t, std::span<const std::byte>> m_objects;
};

bool Heap::load(std::uint64_t address)
{
    constexpr std::size_t header = 16; // of the collection, and of each object in it
    constexpr std::array<char, 8> signature{'G', 'C', 'O', 'L', 1, 0, 0, 0};
    m_address = ~std::uint64_t{0};
    m_objects.clear();
    std::array<std::byte, header> head{};
    std::uint64_t size = 0;
    if (!readBytes(m_file.get(), address, head) || std::memcmp(head.data(), signature.data(), signature.size()) != 0)
        return false;
    std::memcpy(&size, head.data() + 8, sizeof size);
    if (size < header || size > m_left || size > fileBytes(m_file.get()))
        return false;
    m_bytes.resize(size);
    if (!readBytes(m_file.get(), address, m_bytes))
        return false;
    m_left -= size;
    m_address = address;
    for (std::size_t at = header; at + header <= m_bytes.size();) {
        std::uint16_t index = 0;
        std::uint64_t length = 0;
        std::memcpy(&index, m_bytes.data() + at, sizeof index);
        std::memcpy(&length, m_bytes.data() + at + 8, sizeof length);
        if (index == 0) // free space to the end
            break;
        at += header;
        if (length > m_bytes.size() - at)
            break;
        m_objects.emplace(index, std::span(m_bytes).subspan(at, length));
        at += std::min<std::size_t>((length + 7) / 8 * 8, m_bytes.size() - at);
    }
    return true;
}

std::optional<std::vector<std::byte>> readReferences(std::size_t count, const ReadAs& read)
{
    std::vector<std::byte> bytes(count * referenceBytes);
    if (read(referenceType(), bytes.data()) < 0)
        return {};
    return bytes;
}

bool hasReferences(hid_t type)
{
    return H5Tdetect_class(type, H5T_VLEN) != 0 || H5Tdetect_class(type, H5T_STRING) != 0;
}

} // namespace

std::optional<std::vector<std::string>> readVariableTexts(hid_t object, std::size_t count, const ReadAs& read)
{
    const auto references = readReferences(count, read);
    if (!references)
        return {};
    Heap heap(object);
    std::vector<std::string> texts(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Reference reference = decode(references->data() + i * referenceBytes);
        if (reference.length == 0 || reference.address == 0)
            continue;
        const auto bytes = heap.find(reference);
        if (!bytes || bytes->size() < reference.length)
            return {};
        const auto* text = reinterpret_cast<const char*>(bytes->data());
        texts[i].assign(text, strnlen(text, reference.length));
    }
    return texts;
}

bool hasSoundReferences(hid_t object, hid_t type, std::size_t count, const ReadAs& read)
{
    const bool isText = H5Tis_variable_str(type) > 0;
    if (!isText && H5Tget_class(type) != H5T_VLEN) {
        if (H5Tget_class(type) == H5T_STRING || !hasReferences(type))
            return true;
        return false;
    }
    const H5Handle element(isText ? -1 : H5Tget_super(type), H5Tclose);
    if (!isText && hasReferences(element.get()))
        return false;
    const std::size_t elementBytes = isText ? 1 : H5Tget_size(element.get());
    const auto references = readReferences(count, read);
    if (!references)
        return false;
    Heap heap(object);
    for (std::size_t i = 0; i < count; ++i) {
        const Reference reference = decode(references->data() + i * referenceBytes);
        if (reference.address == 0)
            continue;
        const auto bytes = heap.find(reference);
        if (!bytes || bytes->size() != reference.length * elementBytes)
            return false;
    }
    return true;
}

} // namespace nc::io::h5
