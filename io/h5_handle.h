#pragma once

#include <utility>

#include <hdf5.h>

namespace nc::io
{

/// Owns one HDF5 identifier. Private to io: no HDF5 type appears in a header that others include.
class H5Handle
{
public:
    using Close = herr_t (*)(hid_t);

    H5Handle() = default;
    H5Handle(hid_t id, Close closing)
        : m_id(id)
        , m_close(closing)
    {
    }
    H5Handle(H5Handle&& other) noexcept
        : m_id(std::exchange(other.m_id, -1))
        , m_close(other.m_close)
    {
    }
    H5Handle& operator=(H5Handle&& other) noexcept
    {
        std::swap(m_id, other.m_id);
        std::swap(m_close, other.m_close);
        return *this;
    }
    ~H5Handle() { close(); }

    [[nodiscard]] explicit operator bool() const { return m_id >= 0; }
    [[nodiscard]] hid_t get() const { return m_id; }

    /// Closes now. False where HDF5 could not, which is how a writer learns of a full disk.
    bool close() { return m_id < 0 || m_close(std::exchange(m_id, -1)) >= 0; }

private:
    hid_t m_id = -1;
    Close m_close = nullptr;
};

} // namespace nc::io
