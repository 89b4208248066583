#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <torch/torch.h>

#include "core/result.h"
#include "core/training/networks/network.h"

namespace nc::training
{

/// Tensors by name, as they are kept in a safetensors file: eight bytes of header length, a JSON header, the numbers.
using StateDict = std::map<std::string, torch::Tensor>;

/// Errors (Data): no readable file, a damaged header, a tensor that does not fit the file or is of an unknown type.
/// float16, bfloat16, float32, float64, uint8, int32 and int64 are read.
[[nodiscard]] Result<StateDict> readSafetensors(const std::filesystem::path& file);

/// The bytes of such a file. Only tensors of the types above.
[[nodiscard]] std::string safetensorsBytes(const StateDict& tensors);

/// Parameters and buffers of a network, by their PyTorch names.
[[nodiscard]] StateDict stateDict(const Network& network);

/// Puts the tensors in place, converted to the network's number type; a leading "module." or "_orig_mod." is ignored.
/// Errors (Data): a tensor is missing, left over or of another shape; the sentence names it.
[[nodiscard]] Result<void> loadStateDict(Network& network, const StateDict& tensors, const std::string& file);

} // namespace nc::training
