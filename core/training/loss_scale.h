#pragma once

#include <vector>

#include <torch/torch.h>

namespace nc::training
{

/// Keeps float16 gradients from vanishing (Micikevicius et al. 2018): the loss is multiplied by a power of two before
/// the way back and the gradients are divided by it after. Gradients that are not finite cost their step and halve the
/// factor; 2000 steps without doubles it.
class LossScale
{
public:
    struct State {
        double factor = 65536;
        std::int64_t goodSteps = 0; ///< since the factor last changed
    };

    [[nodiscard]] torch::Tensor scaled(const torch::Tensor& loss) const { return loss * state.factor; }
    /// Divides the gradients of these parameters in place. False where one is not finite: leave out the step. Waits for
    /// the device.
    [[nodiscard]] bool unscale(const std::vector<torch::Tensor>& parameters);

    State state;
};

} // namespace nc::training
