#pragma once

#include <filesystem>
#include <new>

#include "core/result.h"

namespace nc::io
{

/// `read()`, or an error about `path` where memory runs out: the one thing that can fail past all checks of shapes.
template <typename Read>
auto withinMemory(const std::filesystem::path& path, Read&& read) -> decltype(read())
{
    try {
        return read();
    } catch (const std::bad_alloc&) {
        return dataError("Cannot read the run: it needs more memory than there is: " + path.string(), path.string());
    }
}

} // namespace nc::io
