#include "core/training/loss_scale.h"

namespace nc::training
{

bool LossScale::unscale(const std::vector<torch::Tensor>& parameters)
{
    constexpr std::int64_t stepsToDouble = 2000;
    const torch::NoGradGuard noGradient;
    torch::Tensor good;
    for (const torch::Tensor& parameter : parameters) {
        if (!parameter.grad().defined())
            continue;
        torch::Tensor gradient = parameter.grad();
        gradient.mul_(1 / state.factor);
        const torch::Tensor finite = gradient.isfinite().all();
        good = good.defined() ? good.logical_and(finite) : finite;
    }
    if (good.defined() && !good.item<bool>()) {
        state = {state.factor / 2, 0};
        return false;
    }
    if (++state.goodSteps == stepsToDouble)
        state = {state.factor * 2, 0};
    return true;
}

} // namespace nc::training
