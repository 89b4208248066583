#include "core/density_ridge.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include <Eigen/Eigenvalues>

#include "core/parallel.h"

namespace nc
{
namespace
{

/// Adds a point's unit weight to the cells beside it, linearly in each direction.
void share(DensityGrid& grid, const Eigen::Ref<const Eigen::RowVectorXd>& point)
{
    std::array<Index, 3> cell{};
    std::array<double, 3> part{};
    for (Index axis = 0; axis < point.size(); ++axis) {
        const auto k = static_cast<std::size_t>(axis);
        const double place = (point(axis) - grid.origin[k]) / grid.spacing[k];
        cell[k] = std::clamp(static_cast<Index>(std::floor(place)), Index{0}, grid.cells[k] - 2);
        part[k] = place - static_cast<double>(cell[k]);
    }
    for (unsigned corner = 0; corner < 1u << point.size(); ++corner) {
        double weight = 1;
        Index place = 0, stride = 1;
        for (std::size_t k = 0; k < static_cast<std::size_t>(point.size()); ++k) {
            const bool far = (corner >> k & 1) != 0;
            weight *= far ? part[k] : 1 - part[k];
            place += (cell[k] + (far ? 1 : 0)) * stride;
            stride *= grid.cells[k];
        }
        grid.values[static_cast<std::size_t>(place)] += weight;
    }
}

/// Convolves every line along one axis with the kernel's weights.
void smoothAlong(DensityGrid& grid, std::size_t axis, const std::vector<double>& weights)
{
    const auto reach = static_cast<Index>(weights.size()) - 1;
    const Index count = grid.cells[axis];
    Index stride = 1;
    for (std::size_t k = 0; k < axis; ++k)
        stride *= grid.cells[k];
    std::vector<double> line(static_cast<std::size_t>(count));
    const auto total = static_cast<Index>(grid.values.size());
    for (Index start = 0; start < total; ++start) {
        if (start / stride % count != 0)
            continue;
        for (Index n = 0; n < count; ++n)
            line[static_cast<std::size_t>(n)] = grid.values[static_cast<std::size_t>(start + n * stride)];
        for (Index n = 0; n < count; ++n) {
            double sum = 0;
            for (Index m = std::max<Index>(0, n - reach); m <= std::min(count - 1, n + reach); ++m)
                sum += weights[static_cast<std::size_t>(std::abs(m - n))] * line[static_cast<std::size_t>(m)];
            grid.values[static_cast<std::size_t>(start + n * stride)] = sum;
        }
    }
}

/// Gaussian weights of whole cells out to four bandwidths, that add up to 1 over both sides.
std::vector<double> kernelWeights(double bandwidthInCells)
{
    std::vector<double> weights;
    double sum = 0;
    const auto reach = static_cast<Index>(std::ceil(4 * bandwidthInCells));
    for (Index n = 0; n <= reach; ++n) {
        const double away = static_cast<double>(n) / bandwidthInCells;
        weights.push_back(std::exp(-away * away / 2));
        sum += (n == 0 ? 1 : 2) * weights.back();
    }
    for (double& weight : weights)
        weight /= sum;
    return weights;
}

/// One start's climb: the mean shift, less what of it runs along the ridge, which is the direction in which the
/// density's logarithm bends least. Of D coordinates.
template <int D>
Eigen::RowVectorXd climb(const RowMatrixD& points, double bandwidth, const Eigen::RowVectorXd& start)
{
    using Place = Eigen::Matrix<double, 1, D>;
    using Square = Eigen::Matrix<double, D, D>;
    const double scale = 1 / (bandwidth * bandwidth);
    Place x = start;
    for (int step = 0; step < 200; ++step) {
        double sum = 0;
        Place shift = Place::Zero();
        Square spread = Square::Zero();
        for (Index n = 0; n < points.rows(); ++n) {
            const Place away = points.row(n).template head<D>() - x;
            const double squared = away.squaredNorm() * scale;
            if (squared > 50)
                continue; // below 1e-11 of the middle
            const double weight = std::exp(-squared / 2);
            sum += weight;
            shift += weight * away;
            spread.noalias() += (weight * away.transpose()) * away;
        }
        if (!(sum > 0))
            return Place::Constant(std::numeric_limits<double>::quiet_NaN());
        shift /= sum;
        // Hessian of the logarithm of the density, up to the factor 1/bandwidth^4 and a multiple of I.
        const Square bend = spread / sum - shift.transpose() * shift;
        const Eigen::SelfAdjointEigenSolver<Square> solver(bend);
        const Place along = solver.eigenvectors().col(D - 1).transpose();
        const Place move = shift - shift.dot(along) * along;
        x += move;
        if (move.norm() <= 1e-6 * bandwidth)
            break;
    }
    return x;
}

} // namespace

double suitableBandwidth(const Eigen::Ref<const RowMatrixD>& points)
{
    assert(points.rows() >= 2);
    const auto n = static_cast<double>(points.rows()), d = static_cast<double>(points.cols());
    const RowMatrixD centred = points.rowwise() - points.colwise().mean();
    const double deviation = std::sqrt(centred.squaredNorm() / (n * d));
    return deviation * std::pow(4 / ((d + 2) * n), 1 / (d + 4));
}

DensityGrid densityOnGrid(const Eigen::Ref<const RowMatrixD>& points, double bandwidth, Index cellsAcross)
{
    assert(points.rows() >= 1 && (points.cols() == 2 || points.cols() == 3) && bandwidth > 0 && cellsAcross >= 8);
    DensityGrid grid;
    const Eigen::RowVectorXd low = points.colwise().minCoeff().array() - 3 * bandwidth;
    const Eigen::RowVectorXd high = points.colwise().maxCoeff().array() + 3 * bandwidth;
    const double spacing = (high - low).maxCoeff() / static_cast<double>(cellsAcross - 1);
    double size = 1;
    Index total = 1;
    for (Index axis = 0; axis < points.cols(); ++axis) {
        const auto k = static_cast<std::size_t>(axis);
        grid.spacing[k] = spacing;
        grid.origin[k] = low(axis);
        grid.cells[k] =
            std::max<Index>(2, static_cast<Index>(std::ceil((high(axis) - low(axis)) / spacing - 1e-9)) + 1);
        size *= spacing;
        total *= grid.cells[k];
    }
    grid.values.assign(static_cast<std::size_t>(total), 0);
    for (Index n = 0; n < points.rows(); ++n)
        share(grid, points.row(n));
    const std::vector<double> weights = kernelWeights(bandwidth / spacing);
    for (Index axis = 0; axis < points.cols(); ++axis)
        smoothAlong(grid, static_cast<std::size_t>(axis), weights);
    for (double& value : grid.values)
        value /= size;
    return grid;
}

Result<RowMatrixD> densityRidge(const Eigen::Ref<const RowMatrixD>& points, double bandwidth,
                                const Eigen::Ref<const RowMatrixD>& starts, const TaskControl& control)
{
    assert(points.cols() == starts.cols() && (points.cols() == 2 || points.cols() == 3) && bandwidth > 0);
    RowMatrixD ridge = starts;
    const RowMatrixD all = points;
    const auto climbed = points.cols() == 2 ? climb<2> : climb<3>;
    parallelFor(starts.rows(), control.threads, [&](Index n) {
        if (!control.stopRequested())
            ridge.row(n) = climbed(all, bandwidth, starts.row(n));
    });
    if (control.stopRequested())
        return interrupted();
    return ridge;
}

} // namespace nc
