#include "core/training/optimisers.h"

namespace nc::training
{
namespace
{

/// Parameters that are trained, those under weight decay first.
std::vector<torch::optim::OptimizerParamGroup> parameterGroups(const TrainConfig::Optimiser& options,
                                                               torch::nn::Module& module)
{
    std::vector<torch::Tensor> decayed, others;
    for (const auto& named : module.named_parameters()) {
        const torch::Tensor& parameter = named.value();
        // Free features have their own penalty, loss.feature_penalty.
        const bool decays = (options.decayOn == "all" || parameter.dim() > 1) && named.key() != "features";
        if (parameter.requires_grad())
            (decays ? decayed : others).push_back(parameter);
    }
    std::vector<torch::optim::OptimizerParamGroup> groups{torch::optim::OptimizerParamGroup(decayed)};
    if (!others.empty())
        groups.emplace_back(others);
    return groups;
}

template <typename Optimiser, typename Options>
std::unique_ptr<torch::optim::Optimizer> withGroups(const TrainConfig::Optimiser& o, torch::nn::Module& module,
                                                    const Options& defaults)
{
    std::vector<torch::optim::OptimizerParamGroup> groups = parameterGroups(o, module);
    auto optimiser = std::make_unique<Optimiser>(groups, defaults);
    if (groups.size() > 1) // norms and biases
        static_cast<Options&>(optimiser->param_groups()[1].options()).weight_decay(0);
    return optimiser;
}

} // namespace

std::unique_ptr<torch::optim::Optimizer> makeOptimiser(const TrainConfig::Optimiser& o, torch::nn::Module& module)
{
    using namespace torch::optim;
    if (o.kind == "adam")
        return withGroups<Adam>(o, module, AdamOptions(o.learningRate).weight_decay(o.weightDecay));
    if (o.kind == "adamw")
        return withGroups<AdamW>(o, module, AdamWOptions(o.learningRate).weight_decay(o.weightDecay));
    return withGroups<SGD>(
        o, module, SGDOptions(o.learningRate).momentum(o.momentum).weight_decay(o.weightDecay).nesterov(o.nesterov));
}

} // namespace nc::training
