#include "app/window_library.h"

#include <cstdlib>
#include <string_view>

#include <dlfcn.h>

#include "app/program_files.h"

namespace nc::app
{

namespace
{

/// Qt aborts where a display does not answer, so it is asked first. libxcb is there wherever Qt's xcb platform is.
bool displayAnswers()
{
    void* library = dlopen("libxcb.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return true; // cannot tell; Qt will
    using Connect = void* (*)(const char*, int*);
    using HasError = int (*)(void*);
    using Disconnect = void (*)(void*);
    const auto connect = reinterpret_cast<Connect>(dlsym(library, "xcb_connect"));
    const auto hasError = reinterpret_cast<HasError>(dlsym(library, "xcb_connection_has_error"));
    const auto disconnect = reinterpret_cast<Disconnect>(dlsym(library, "xcb_disconnect"));
    if (!connect || !hasError || !disconnect)
        return true;
    void* connection = connect(nullptr, nullptr);
    const bool good = hasError(connection) == 0;
    disconnect(connection);
    return good;
}

Result<void> checkDisplay()
{
    const auto isSet = [](const char* name) {
        const char* value = std::getenv(name);
        return value && *value;
    };
    if (isSet("QT_QPA_PLATFORM") && std::string_view(std::getenv("QT_QPA_PLATFORM")) != "xcb")
        return {}; // chosen by hand: the user knows what is there
    if (isSet("WAYLAND_DISPLAY"))
        return {};
    if (!isSet("DISPLAY"))
        return environmentError(
            "there is no display for the window (neither DISPLAY nor WAYLAND_DISPLAY is set); every command "
            "works without one, see ncscope --help");
    if (!displayAnswers())
        return environmentError("the display does not answer: DISPLAY=" + std::string(std::getenv("DISPLAY")));
    return {};
}

} // namespace

Result<int> openWindow(const std::vector<std::string>& paths, const WindowOptions& options)
{
    if (Result<void> display = checkDisplay(); !display)
        return display.error();
    const std::string path = windowLibrary().string();
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return environmentError("the window's library cannot be opened: " + std::string(dlerror()), path);
    using Main = int (*)(int, char**, const WindowOptions&);
    const auto run = reinterpret_cast<Main>(dlsym(library, "ncscopeWindowMain"));
    if (!run)
        return environmentError("the window's library has no entry, it belongs to another version: " + path, path);
    std::vector<std::string> copies{"ncscope"};
    copies.insert(copies.end(), paths.begin(), paths.end());
    std::vector<char*> list;
    for (std::string& word : copies)
        list.push_back(word.data());
    list.push_back(nullptr);
    return run(static_cast<int>(copies.size()), list.data(), options);
}

} // namespace nc::app
