#include "app/version.h"

#include <Eigen/Core>
#include <QtCore/qglobal.h>

namespace nc::app
{

std::string programVersion()
{
    return NCSCOPE_VERSION;
}

std::string versionText()
{
    return "ncscope " + programVersion() + "\nQt " + qVersion() + "\nHDF5 " + NCSCOPE_HDF5_VERSION + "\nEigen " +
           std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
           std::to_string(EIGEN_MINOR_VERSION) + "\n";
}

} // namespace nc::app
