#pragma once

#include <memory>
#include <vector>

#include "core/training/networks/network.h"

namespace nc::training
{

/// A second network of the same kind, for another thread: it runs with weights that the first one had, while that one
/// is trained on.
class SideNetwork
{
public:
    /// Parameters and buffers of a network, copied.
    using State = std::vector<torch::Tensor>;

    /// Null where recording has to be done by training's own thread: on a GPU, with batch statistics or averages
    /// estimated anew (both run training's network in train mode), where recording.beside is false, and where
    /// training's `processes` leave less cores idle than one of them has threads. Draws from LibTorch's generator as
    /// makeNetwork().
    [[nodiscard]] static std::unique_ptr<SideNetwork> create(const TrainConfig& config, const ImageShape& shape,
                                                             std::int64_t classes, const torch::Device& device,
                                                             int processes);

    [[nodiscard]] static State stateOf(const Network& network);
    /// The network with this state of the first one.
    [[nodiscard]] Network& with(const State& state);

private:
    explicit SideNetwork(std::shared_ptr<Network> network);

    std::shared_ptr<Network> m_network;
};

} // namespace nc::training
