#pragma once

#include "core/matrix.h"

/// The softmax of one row of logits, private to core. Sums in double over a fixed number of lanes, so that every
/// processor gives the same bits.
namespace nc::kernel
{

/// softmax(s z) by its sums about the largest logit.
struct SoftmaxRow {
    Index top = 0;       ///< of the largest z, the lowest where several are equal
    double largest = 0;  ///< z of `top`
    double sum = 0;      ///< sum of e^{s (z - largest)}: the largest probability is its inverse
    double mean = 0;     ///< E_p[z - largest]
    double variance = 0; ///< Var_p[z]
};
/// `z` of `count` >= 1 finite values; s > 0 or 0.
[[nodiscard]] SoftmaxRow softmaxRow(const double* z, Index count, double s);

} // namespace nc::kernel
