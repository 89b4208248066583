#pragma once

#include <ATen/autocast_mode.h>

#include "core/config/train_config.h"

namespace nc::training
{

/// While it lives, LibTorch computes products and convolutions in bfloat16 or float16 where the configuration says so.
class Autocast
{
public:
    Autocast(const TrainConfig& config, const torch::Device& device)
        : m_type(device.type())
        , m_on(config.precision != "float32")
    {
        if (!m_on)
            return;
        at::autocast::set_autocast_dtype(m_type, config.precision == "float16" ? torch::kHalf : torch::kBFloat16);
        at::autocast::set_autocast_enabled(m_type, true);
    }
    ~Autocast()
    {
        if (!m_on)
            return;
        at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(m_type, false);
    }
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

private:
    c10::DeviceType m_type;
    bool m_on;
};

} // namespace nc::training
