#pragma once

#include <vector>

#include "core/snapshot.h"
#include "core/task_control.h"

namespace nc
{

/// What the logits say of each row. All of length N.
struct SampleFigures {
    std::vector<double> loss;       ///< cross-entropy against the soft label, natural logarithm
    std::vector<double> confidence; ///< largest probability
    std::vector<char> correct; ///< 1: the largest logit is the label's; of a mix, of the larger share's (at 1/2 either)
};
/// `logits` N x C; labels in [0, C). Computed in double.
[[nodiscard]] Result<SampleFigures> sampleFigures(const RowSource& logits, const Split& split,
                                                  const TaskControl& control = {});

} // namespace nc
