#pragma once

#include <cstdint>

namespace nc::training
{

/// A block of labelled rows, and the sums over the rows of each class that it is added to. Everything is summed in
/// double about a centre of the class: with a centre near the rows, the scatter that is left after the mean was taken
/// off keeps its digits however small it is against the rows themselves.
struct LabelledRows {
    const float* features = nullptr;      ///< rows x dim
    const std::int64_t* labels = nullptr; ///< rows, each in [0, classes)
    const float* centres = nullptr;       ///< classes x dim
    std::int64_t rows = 0, dim = 0, classes = 0;
    std::int64_t* counts = nullptr; ///< classes, += rows of the class
    double* sums = nullptr;         ///< classes x dim, += h - centre
    double* squares = nullptr;      ///< classes x dim, += (h - centre)^2, number by number
};

/// All pointers to host memory. The rows are added one after the other: blocks in the same order give the same sums,
/// bit for bit.
void addClassSumsCpu(const LabelledRows& block);

/// The same on a GPU, the sums in another order, which is fixed too: all pointers to memory of the current device,
/// queued on the default stream. Only where nvcc was found when building (NC_CUDA_KERNELS). Returns an empty string, or
/// CUDA's reason why the kernel could not be started.
const char* addClassSumsCuda(const LabelledRows& block);

} // namespace nc::training
