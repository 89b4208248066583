#pragma once

// The precompiled header of nc_training: LibTorch, whose macros and shadowed names are its own affair.
#include <torch/torch.h>
