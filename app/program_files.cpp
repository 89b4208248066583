#include "app/program_files.h"

#include <cstdlib>

namespace nc::app
{

namespace
{

std::filesystem::path programFolder()
{
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
}

} // namespace

std::filesystem::path trainerProgram()
{
    const char* chosen = std::getenv("NCSCOPE_TRAINER");
    return chosen && *chosen ? std::filesystem::path(chosen) : programFolder() / "ncscope-train";
}

std::filesystem::path windowLibrary()
{
    return programFolder().parent_path() / "lib" / "ncscope" / "libncscope-window.so";
}

std::filesystem::path gpuViewLibrary()
{
    return windowLibrary().replace_filename("libncscope-vtk.so");
}

std::filesystem::path sharedFile(const std::string& name)
{
    return programFolder().parent_path() / "share" / "ncscope" / name;
}

} // namespace nc::app
