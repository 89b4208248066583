#pragma once

#include <filesystem>
#include <string>

/// Where the program finds what is installed with it, relative to the program itself.
namespace nc::app
{

/// bin/NAME beside this program; NCSCOPE_TRAINER overrides for ncscope-train. May not exist.
[[nodiscard]] std::filesystem::path trainerProgram();
/// lib/ncscope/libncscope-window.so. May not exist.
[[nodiscard]] std::filesystem::path windowLibrary();
/// lib/ncscope/libncscope-vtk.so. May not exist.
[[nodiscard]] std::filesystem::path gpuViewLibrary();
/// share/ncscope/NAME. May not exist.
[[nodiscard]] std::filesystem::path sharedFile(const std::string& name);

} // namespace nc::app
