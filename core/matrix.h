#pragma once

#include <Eigen/Core>

namespace nc
{

using Index = Eigen::Index;

/// Row-major, one sample a row: the layout of feature dumps on disk and of what is handed to the screen.
using RowMatrixF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowMatrixD = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

} // namespace nc
