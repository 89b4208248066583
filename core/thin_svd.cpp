#include "core/thin_svd.h"

#include <Eigen/SVD>

namespace nc
{

ThinSvd thinSvd(const Matrix& matrix)
{
    const Eigen::BDCSVD<Matrix> svd(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
    return {svd.matrixU(), svd.singularValues(), svd.matrixV()};
}

} // namespace nc
