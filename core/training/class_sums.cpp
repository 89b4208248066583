#include "core/training/class_sums.h"

namespace nc::training
{

void addClassSumsCpu(const LabelledRows& block)
{
    for (std::int64_t n = 0; n < block.rows; ++n) {
        const std::int64_t label = block.labels[n], first = label * block.dim;
        const float* row = block.features + n * block.dim;
        const float* centre = block.centres + first;
        double* sum = block.sums + first;
        double* square = block.squares + first;
        for (std::int64_t j = 0; j < block.dim; ++j) {
            const double x = static_cast<double>(row[j]) - static_cast<double>(centre[j]);
            sum[j] += x;
            square[j] += x * x;
        }
        ++block.counts[label];
    }
}

} // namespace nc::training
