#pragma once

#include <string>

namespace nc::app
{

[[nodiscard]] std::string programVersion(); ///< "0.1.0"
[[nodiscard]] std::string versionText();    ///< ours, Qt, HDF5, Eigen; a line each

} // namespace nc::app
