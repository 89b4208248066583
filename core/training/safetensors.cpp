#include "core/training/safetensors.h"

#include <array>
#include <cstring>
#include <fstream>
#include <vector>

#include <nlohmann/json.hpp>

namespace nc::training
{
namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct NumberType {
    const char* name;
    torch::ScalarType type;
    std::int64_t bytes;
};
constexpr std::array kTypes = {NumberType{"F32", torch::kFloat, 4}, NumberType{"F64", torch::kDouble, 8},
                               NumberType{"F16", torch::kHalf, 2},  NumberType{"BF16", torch::kBFloat16, 2},
                               NumberType{"U8", torch::kUInt8, 1},  NumberType{"I32", torch::kInt, 4},
                               NumberType{"I64", torch::kInt64, 8}};

const NumberType* typeNamed(const std::string& name)
{
    for (const NumberType& type : kTypes)
        if (type.name == name)
            return &type;
    return nullptr;
}
const NumberType* typeOf(const torch::Tensor& tensor)
{
    for (const NumberType& type : kTypes)
        if (type.type == tensor.scalar_type())
            return &type;
    return nullptr;
}

constexpr std::uint64_t kLargestHeader = 100'000'000; // as the format's own reader

/// One entry of the header as a tensor of its own memory; the sentence where it does not fit.
Result<torch::Tensor> tensorOf(const Json& entry, const char* numbers, std::uint64_t size, const std::string& wrong)
{
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets"))
        return dataError(wrong + "it has no dtype, shape and data_offsets");
    const NumberType* type = typeNamed(entry["dtype"].get<std::string>());
    if (!type)
        return dataError(wrong + "its type " + entry["dtype"].dump() + " is not read");
    const auto shape = entry["shape"].get<std::vector<std::int64_t>>();
    const auto offsets = entry["data_offsets"].get<std::vector<std::uint64_t>>();
    std::uint64_t count = 1;
    for (const std::int64_t length : shape) {
        if (length < 0 || (length > 0 && count > size / static_cast<std::uint64_t>(length)))
            return dataError(wrong + "its shape is larger than the file");
        count *= static_cast<std::uint64_t>(length);
    }
    if (offsets.size() != 2 || offsets[1] > size || offsets[0] > offsets[1] ||
        offsets[1] - offsets[0] != count * static_cast<std::uint64_t>(type->bytes))
        return dataError(wrong + "its place does not fit its shape or the file");
    torch::Tensor tensor = torch::empty(shape, type->type);
    if (count > 0)
        std::memcpy(tensor.data_ptr(), numbers + offsets[0], offsets[1] - offsets[0]);
    return tensor;
}

std::string withoutPrefix(std::string name)
{
    for (const std::string_view prefix : {"_orig_mod.", "module."})
        if (name.starts_with(prefix))
            name.erase(0, prefix.size());
    return name;
}

std::string shapeText(const torch::Tensor& tensor)
{
    std::string text;
    for (const std::int64_t length : tensor.sizes())
        text += (text.empty() ? "" : " x ") + std::to_string(length);
    return text.empty() ? "a single number" : text;
}

} // namespace

Result<StateDict> readSafetensors(const fs::path& file)
{
    const std::string cannot = "Cannot read the weights: ";
    std::ifstream in(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in.is_open())
        return dataError(cannot + "no readable file: " + file.string(), file.string());
    std::uint64_t length = 0;
    if (bytes.size() >= sizeof length)
        std::memcpy(&length, bytes.data(), sizeof length);
    if (length == 0 || length > kLargestHeader || length > bytes.size() - sizeof length)
        return dataError(cannot +
                             "no safetensors file (a PyTorch file is converted by python -m ncscope_logger convert): " +
                             file.string(),
                         file.string());
    const Json header = Json::parse(bytes.substr(sizeof length, length), nullptr, false);
    if (!header.is_object())
        return dataError(cannot + "its header is no JSON object: " + file.string(), file.string());
    const char* numbers = bytes.data() + sizeof length + length;
    StateDict tensors;
    try {
        for (const auto& [name, entry] : header.items()) {
            if (name == "__metadata__")
                continue;
            Result<torch::Tensor> tensor =
                tensorOf(entry, numbers, bytes.size() - sizeof length - length, cannot + "tensor '" + name + "': ");
            if (!tensor)
                return dataError(tensor.error().message + ": " + file.string(), file.string());
            tensors.emplace(withoutPrefix(name), std::move(*tensor));
        }
    } catch (const Json::exception&) {
        return dataError(cannot + "its header holds values of the wrong kind: " + file.string(), file.string());
    }
    return tensors;
}

std::string safetensorsBytes(const StateDict& tensors)
{
    Json header = Json::object();
    std::string numbers;
    for (const auto& [name, tensor] : tensors) {
        const torch::Tensor host = tensor.detach().to(torch::kCPU).contiguous();
        const NumberType& type = *typeOf(host);
        const std::size_t begin = numbers.size();
        numbers.append(static_cast<const char*>(host.data_ptr()), static_cast<std::size_t>(host.numel() * type.bytes));
        header[name] = {{"dtype", type.name}, {"shape", host.sizes().vec()}, {"data_offsets", {begin, numbers.size()}}};
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' '); // the numbers are aligned
    const std::uint64_t length = text.size();
    return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text + numbers;
}

StateDict stateDict(const Network& network)
{
    StateDict tensors;
    for (const auto& named : {network.named_parameters(), network.named_buffers()})
        for (const auto& item : named)
            tensors.emplace(item.key(), item.value());
    return tensors;
}

Result<void> loadStateDict(Network& network, const StateDict& tensors, const std::string& file)
{
    const auto wrong = [&](const std::string& why) {
        return dataError("Cannot load the weights: " + why + ": " + file, file);
    };
    const torch::NoGradGuard noGradient;
    StateDict own = stateDict(network);
    for (const auto& [name, tensor] : tensors)
        if (!own.contains(name))
            return wrong("the network has no tensor '" + name + "'");
    for (auto& [name, target] : own) {
        const auto found = tensors.find(name);
        if (found == tensors.end()) {
            if (name.ends_with("num_batches_tracked"))
                continue; // counts only, missing in old files
            return wrong("tensor '" + name + "' is missing");
        }
        if (found->second.sizes() != target.sizes())
            return wrong("tensor '" + name + "' is " + shapeText(found->second) + ", but the network has " +
                         shapeText(target));
        target.copy_(found->second);
    }
    return {};
}

} // namespace nc::training
