#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace nc
{

/// What kind of failure this is; each kind has one exit code (docs/cli.md).
enum class ErrorKind {
    Data,        ///< the data fell short: unreadable, invalid, a wanted epoch or class is missing (exit 1)
    Usage,       ///< the request itself is wrong: unknown option, bad value (exit 2)
    Environment, ///< the machine fell short: no CUDA device, disk full, unwritable folder (exit 3)
    Interrupted, ///< stopped by the user (exit 130)
};

/// A failure, told in one sentence: what, where, why. Handled exactly once: shown or passed on, never both.
struct Error {
    ErrorKind kind = ErrorKind::Data;
    std::string message;                 ///< the whole sentence, without "error:" and without a line break
    std::string file{};                  ///< the file at fault, empty where there is none
    std::string dataset{};               ///< the HDF5 dataset at fault, empty where there is none
    std::optional<std::int64_t> epoch{}; ///< the epoch at fault
};

[[nodiscard]] inline Error dataError(std::string message, std::string file = {}, std::string dataset = {})
{
    return {ErrorKind::Data, std::move(message), std::move(file), std::move(dataset), {}};
}
[[nodiscard]] inline Error usageError(std::string message)
{
    return {ErrorKind::Usage, std::move(message), {}, {}, {}};
}
[[nodiscard]] inline Error environmentError(std::string message, std::string file = {})
{
    return {ErrorKind::Environment, std::move(message), std::move(file), {}, {}};
}
[[nodiscard]] inline Error interrupted()
{
    return {ErrorKind::Interrupted, "Stopped on request", {}, {}, {}};
}

/// A value or the reason why there is none. Reading the wrong side is a bug (assert), not an error.
template <typename T>
class [[nodiscard]] Result
{
public:
    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value))
    {
    }
    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error))
    {
    }

    [[nodiscard]] explicit operator bool() const { return m_state.index() == 0; }

    [[nodiscard]] T& value() &
    {
        assert(*this);
        return std::get<0>(m_state);
    }
    [[nodiscard]] const T& value() const&
    {
        assert(*this);
        return std::get<0>(m_state);
    }
    [[nodiscard]] T&& value() &&
    {
        assert(*this);
        return std::get<0>(std::move(m_state));
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const
    {
        assert(!*this);
        return std::get<1>(m_state);
    }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error)
        : m_error(std::move(error))
    {
    }

    [[nodiscard]] explicit operator bool() const { return !m_error; }
    [[nodiscard]] const Error& error() const
    {
        assert(m_error);
        return *m_error;
    }

private:
    std::optional<Error> m_error;
};

} // namespace nc
