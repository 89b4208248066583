#include "core/sample_figures.h"

#include <cmath>

#include "core/class_statistics.h"
#include "core/classifier_logits.h"

namespace nc
{

Result<SampleFigures> sampleFigures(const RowSource& logits, const Split& split, const TaskControl& control)
{
    for (const auto* labels : {&split.labelA, &split.labelB})
        if (Result<void> sound = checkLabels(*labels, logits.dim()); !sound)
            return sound.error();
    SampleFigures figures;
    const auto visit = [&](Index first, const auto& rows) {
        for (Index n = 0; n < rows.rows(); ++n) {
            const auto row = static_cast<std::size_t>(first + n);
            const double lambda = split.lambda[row];
            const std::int32_t a = split.labelA[row], b = split.labelB[row];
            const double most = rows.row(n).maxCoeff();
            const double normaliser = std::log((rows.row(n).array() - most).exp().sum());
            const double loss = normaliser - lambda * (rows(n, a) - most) - (1 - lambda) * (rows(n, b) - most);
            figures.loss.push_back(loss);
            figures.confidence.push_back(std::exp(-normaliser));
            const Index answer = lowestArgmax(rows.row(n));
            figures.correct.push_back((answer == a && lambda >= 0.5) || (answer == b && lambda <= 0.5) ||
                                      (a == b && answer == a));
        }
    };
    if (Result<void> done = forEachBlock<double>(logits, visit, control); !done)
        return done.error();
    return figures;
}

} // namespace nc
