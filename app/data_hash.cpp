#include "app/data_hash.h"

#include <algorithm>
#include <cstdio>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace nc::app
{
namespace
{

std::string hex(std::uint64_t digest)
{
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(digest));
    return text;
}

std::string hashOf(const void* data, std::size_t bytes)
{
    return hex(XXH64(data, bytes, 0));
}
template <typename T>
std::string hashOf(const std::vector<T>& values)
{
    return hashOf(values.data(), values.size() * sizeof(T));
}

/// In blocks: features may be larger than memory.
Result<std::string> hashOf(const RowSource& source)
{
    constexpr Index blockNumbers = 1 << 18;
    const Index step = std::max<Index>(1, blockNumbers / std::max<Index>(1, source.dim()));
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    RowMatrixF block;
    for (Index first = 0; first < source.rows(); first += step) {
        block.resize(std::min(step, source.rows() - first), source.dim());
        if (Result<void> read = source.read(first, block); !read)
            return read.error();
        XXH64_update(&state, block.data(), static_cast<std::size_t>(block.size()) * sizeof(float));
    }
    return hex(XXH64_digest(&state));
}

Result<void> hashRows(const io::RunReader& run, std::int64_t epoch, const std::string& name, const std::string& layer,
                      DataHashes& hashes)
{
    const std::string place = "epochs/" + std::to_string(epoch) + "/";
    const Result<Split> split = run.split(epoch, name);
    if (!split)
        return split.error();
    const std::string part = "splits/" + name + "/";
    const DataHashes labels{{part + "label_a", hashOf(split->labelA)},
                            {part + "label_b", hashOf(split->labelB)},
                            {part + "lambda", hashOf(split->lambda)}};
    for (const auto& [dataset, hash] : labels) // an epoch may have a split of its own
        if (const auto [known, isNew] = hashes.emplace(dataset, hash); !isNew && known->second != hash)
            hashes[place + dataset] = hash;
    const auto features = run.features(epoch, name, layer);
    if (!features)
        return features.error();
    Result<std::string> hash = hashOf(**features);
    if (!hash)
        return hash.error();
    hashes[place + "features/" + name + "/" + layer] = *hash;
    const auto logits = run.logits(epoch, name);
    if (!logits)
        return logits.error();
    if (*logits) {
        hash = hashOf(**logits);
        if (!hash)
            return hash.error();
        hashes[place + "logits/" + name] = *hash;
    }
    return {};
}

} // namespace

Result<DataHashes> hashData(const io::RunReader& run, const DataRead& data)
{
    DataHashes hashes;
    for (const auto& [epoch, split] : data.rows)
        if (Result<void> done = hashRows(run, epoch, split, data.layer, hashes); !done)
            return done.error();
    for (const std::int64_t epoch : data.classifiers) {
        const auto classifier = run.classifier(epoch);
        if (!classifier)
            return classifier.error();
        if (!*classifier)
            continue;
        const std::string place = "epochs/" + std::to_string(epoch) + "/classifier/";
        const RowMatrixD& weight = (*classifier)->weight;
        hashes[place + "weight"] = hashOf(weight.data(), static_cast<std::size_t>(weight.size()) * sizeof(double));
        if ((*classifier)->hasBias)
            hashes[place + "bias"] = hashOf((*classifier)->bias.data(),
                                            static_cast<std::size_t>((*classifier)->bias.size()) * sizeof(double));
    }
    return hashes;
}

std::string firstChange(const DataHashes& before, const DataHashes& now)
{
    for (const auto& [dataset, hash] : before)
        if (const auto found = now.find(dataset); found == now.end() || found->second != hash)
            return dataset;
    return {};
}

} // namespace nc::app
