#include "io/foreign_run.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "io/array_store.h"
#include "io/utf8.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr std::string_view placeholder = "{epoch}";
constexpr Index mostClasses = Index{1} << 20; ///< a stray label must not become so many names

bool hasPlaceholder(std::string_view name)
{
    return name.find(placeholder) != name.npos;
}

/// As stores name their arrays: "/h" and "h.npy" are "h".
std::string storeName(std::string name)
{
    name.erase(0, name.find_first_not_of('/'));
    if (name.ends_with(".npy"))
        name.resize(name.size() - 4);
    return name;
}

struct ForeignEpoch {
    std::int64_t number = 0;
    std::string file;    ///< of the store that it is in
    Index lead = -1;     ///< its place in the leading dimension, -1 where it has none
    std::string twice{}; ///< the second name that stands for the same number
};

/// An array, or one step of its leading dimension.
struct Slice {
    std::shared_ptr<const Array> array;
    std::uint64_t first = 0;
    std::vector<Index> extents;

    [[nodiscard]] std::uint64_t values() const
    {
        std::uint64_t product = 1;
        for (const Index extent : extents)
            product *= static_cast<std::uint64_t>(extent);
        return product;
    }
    [[nodiscard]] Result<void> expectLength(Index length) const
    {
        if (extents.front() == length)
            return {};
        return array->fault("has length " + std::to_string(extents.front()) + ", expected " + std::to_string(length));
    }
};

class ForeignRows final : public RowSource
{
public:
    explicit ForeignRows(Slice slice)
        : m_slice(std::move(slice))
    {
    }
    [[nodiscard]] Index rows() const override { return m_slice.extents[0]; }
    [[nodiscard]] Index dim() const override { return m_slice.extents[1]; }
    [[nodiscard]] bool exactAsFloat() const override { return m_slice.array->shape().element < h5::Element::Float64; }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override { return readInto(first, into); }
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override { return readInto(first, into); }

private:
    template <typename Block>
    Result<void> readInto(Index first, Eigen::Ref<Block>& into) const
    {
        const auto at = [&](Index row) { return m_slice.first + static_cast<std::uint64_t>(row * dim()); };
        if (into.outerStride() == into.cols())
            return readFloats(*m_slice.array, at(first), static_cast<std::uint64_t>(into.size()), into.data());
        Block part(std::min(blockRows(dim()), into.rows()), dim());
        for (Index done = 0; done < into.rows(); done += part.rows()) {
            const Index count = std::min(part.rows(), into.rows() - done);
            if (Result<void> read = readFloats(*m_slice.array, at(first + done),
                                               static_cast<std::uint64_t>(count * dim()), part.data());
                !read)
                return read;
            into.middleRows(done, count) = part.topRows(count);
        }
        return {};
    }

    Slice m_slice;
};

class ForeignRun final : public RunSource
{
public:
    ForeignRun(fs::path path, ForeignMapping mapping)
        : m_path(std::move(path))
        , m_mapping(std::move(mapping))
    {
    }
    Result<void> listEpochs();
    Result<void> countClasses();

    const fs::path& path() const override { return m_path; }
    const StaticPart& header() const override { return m_header; }
    const std::vector<std::int64_t>& epochs() const override { return m_numbers; }
    Result<RunSummary> summary() const override;
    Result<Split> split(std::int64_t epoch, const std::string& name) const override;
    Result<std::unique_ptr<RowSource>> features(std::int64_t epoch, const std::string& split,
                                                const std::string& layer) const override;
    Result<std::unique_ptr<RowSource>> logits(std::int64_t, const std::string&) const override
    {
        return std::unique_ptr<RowSource>();
    }
    Result<std::optional<Classifier>> classifier(std::int64_t epoch) const override;
    Result<std::map<std::string, double>> scalars(std::int64_t) const override
    {
        return std::map<std::string, double>();
    }
    Result<Images> images(const std::string&, Index, Index) const override { return Images(); }

private:
    Result<void> listFiles();
    Result<void> listNames();
    Result<void> listLeading();
    void add(std::int64_t number, const std::string& file, const std::string& name);

    Result<const ForeignEpoch*> find(std::int64_t number) const;
    Result<const ArrayStore*> store(const ForeignEpoch& epoch) const;
    /// The array that a name of the mapping stands for in that epoch, without a leading dimension.
    Result<Slice> open(const ForeignEpoch& epoch, const std::string& name, std::size_t rank) const;
    Result<std::vector<std::int32_t>> labels(const ForeignEpoch& epoch, const std::string& name, Index classes) const;
    Result<Slice> openFeatures(const ForeignEpoch& epoch) const;
    Result<Slice> openWeight(const ForeignEpoch& epoch) const;
    [[nodiscard]] Error noSuch(std::int64_t epoch, const std::string& dataset) const;
    [[nodiscard]] std::string splitName() const { return m_mapping.isMix() ? "mix" : "data"; }
    [[nodiscard]] Index classes() const { return static_cast<Index>(m_header.classNames.size()); }

    fs::path m_path;
    ForeignMapping m_mapping;
    StaticPart m_header;
    std::vector<ForeignEpoch> m_epochs; ///< ascending
    std::vector<std::int64_t> m_numbers;
    Index m_leading = 0;                         ///< length of the leading dimension, 0 where there is none
    mutable std::unique_ptr<ArrayStore> m_store; ///< the one read last
    mutable std::string m_storeFile;
};

/// Keeps the list ascending and each number once.
void ForeignRun::add(std::int64_t number, const std::string& file, const std::string& name)
{
    const auto at = std::lower_bound(m_epochs.begin(), m_epochs.end(), number,
                                     [](const ForeignEpoch& e, std::int64_t n) { return e.number < n; });
    if (at != m_epochs.end() && at->number == number)
        at->twice = name;
    else
        m_epochs.insert(at, {number, file});
}

Result<void> ForeignRun::listFiles()
{
    std::error_code code;
    if (!fs::is_directory(m_path, code))
        return h5::Place{m_path.string(), "", {}}.fault("with file= in the mapping it should be a folder, and is none");
    for (const std::string& file : filesBelow(m_path))
        if (const auto number = epochIn(file, m_mapping.file))
            add(*number, (m_path / file).string(), file);
    if (m_epochs.empty())
        return h5::Place{m_path.string(), "", {}}.fault("it holds no file whose name is like '" +
                                                        printable(m_mapping.file) + "'");
    return {};
}

Result<void> ForeignRun::listNames()
{
    const std::string pattern =
        hasPlaceholder(m_mapping.epoch) ? m_mapping.epoch + "/" + m_mapping.features : m_mapping.features;
    const Result<const ArrayStore*> opened = store({0, m_path.string()});
    if (!opened)
        return opened.error();
    for (const std::string& name : (*opened)->names())
        if (const auto number = epochIn(name, pattern))
            add(*number, m_path.string(), name);
    if (!m_epochs.empty())
        return {};
    return h5::Place{m_path.string(), "", {}}.fault(pattern, "is missing: no name is like it");
}

/// One store without {epoch}: epoch 0, or as many as the features have steps in a leading dimension.
Result<void> ForeignRun::listLeading()
{
    const Result<const ArrayStore*> opened = store({0, m_path.string()});
    if (!opened)
        return opened.error();
    const Result<std::unique_ptr<Array>> features = (*opened)->open(m_mapping.features, {});
    if (!features)
        return features.error();
    const std::vector<Index>& extents = (*features)->shape().extents;
    if (extents.size() != 3) {
        m_epochs = {{0, m_path.string()}};
        return {};
    }
    m_leading = extents.front();
    std::vector<std::int64_t> numbers;
    if (!m_mapping.epoch.empty()) {
        const Result<std::unique_ptr<Array>> recorded = (*opened)->open(m_mapping.epoch, {});
        if (!recorded)
            return recorded.error();
        if ((*recorded)->shape().extents != std::vector<Index>{m_leading})
            return (*recorded)->fault("is " + (*recorded)->shape().text() + ", expected one number for each of the " +
                                      std::to_string(m_leading) + " epochs");
        auto values = readIntegers(**recorded, 0, static_cast<std::uint64_t>(m_leading));
        if (!values)
            return values.error();
        numbers = std::move(*values);
    }
    for (Index lead = 0; lead < m_leading; ++lead)
        m_epochs.push_back({numbers.empty() ? lead : numbers[static_cast<std::size_t>(lead)], m_path.string(), lead});
    std::sort(m_epochs.begin(), m_epochs.end(),
              [](const ForeignEpoch& a, const ForeignEpoch& b) { return a.number < b.number; });
    const auto same = [](const ForeignEpoch& a, const ForeignEpoch& b) { return a.number == b.number; };
    if (std::adjacent_find(m_epochs.begin(), m_epochs.end(), same) != m_epochs.end())
        return h5::Place{m_path.string(), "", {}}.fault(m_mapping.epoch, "names an epoch twice");
    return {};
}

Result<void> ForeignRun::listEpochs()
{
    std::error_code code;
    if (!fs::exists(m_path, code))
        return dataError("Cannot read the run: there is no such file or folder: " + printable(m_path.string()),
                         m_path.string());
    for (std::string* name : {&m_mapping.features, &m_mapping.labels, &m_mapping.weight, &m_mapping.bias,
                              &m_mapping.lambda, &m_mapping.labelB, &m_mapping.epoch})
        *name = storeName(*name);
    const bool named = hasPlaceholder(m_mapping.epoch) || hasPlaceholder(m_mapping.features);
    if (Result<void> listed = !m_mapping.file.empty() ? listFiles() : named ? listNames() : listLeading(); !listed)
        return listed;
    for (const ForeignEpoch& epoch : m_epochs)
        m_numbers.push_back(epoch.number);
    return {};
}

/// The rows of the first classifier that can be read, else the largest label + 1.
Result<void> ForeignRun::countClasses()
{
    Index count = 0;
    std::optional<Error> first;
    std::string last; ///< labels that all epochs share are read once
    for (const ForeignEpoch& epoch : m_epochs) {
        if (!m_mapping.weight.empty()) {
            if (const Result<Slice> weight = open(epoch, m_mapping.weight, 2)) {
                count = weight->extents[0];
                break;
            }
        }
        for (const std::string* name : {&m_mapping.labels, &m_mapping.labelB}) {
            if (name->empty())
                continue;
            const Result<Slice> slice = open(epoch, *name, 1);
            const std::string which =
                slice ? epoch.file + "/" + slice->array->shape().name + std::to_string(slice->first) : std::string();
            if (slice && m_mapping.labelB.empty() && std::exchange(last, which) == which)
                continue;
            const auto values = labels(epoch, *name, mostClasses);
            if (values && !values->empty())
                count = std::max<Index>(count, *std::max_element(values->begin(), values->end()) + 1);
            else if (!values && !first)
                first = values.error();
        }
    }
    if (count == 0 && first)
        return *first;
    if (count > mostClasses)
        return h5::Place{m_path.string(), "", {}}.fault(m_mapping.weight, "has more rows than classes are possible");
    for (Index k = 0; k < count; ++k)
        m_header.classNames.push_back(std::to_string(k));
    return {};
}

Result<const ForeignEpoch*> ForeignRun::find(std::int64_t number) const
{
    const auto at = std::find_if(m_epochs.begin(), m_epochs.end(), [&](const auto& e) { return e.number == number; });
    const h5::Place place{m_path.string(), "", number};
    if (at == m_epochs.end())
        return place.fault("it is not recorded");
    if (!at->twice.empty())
        return place.fault("it is recorded twice, the second time as " + printable(at->twice));
    return &*at;
}

Result<const ArrayStore*> ForeignRun::store(const ForeignEpoch& epoch) const
{
    if (m_store && m_storeFile == epoch.file)
        return m_store.get();
    m_store.reset();
    const auto number = m_mapping.file.empty() ? std::nullopt : std::optional(epoch.number);
    Result<std::unique_ptr<ArrayStore>> opened = openArrayStore(epoch.file, number);
    if (!opened)
        return opened.error();
    m_store = std::move(*opened);
    m_storeFile = epoch.file;
    return m_store.get();
}

/// "h" -> "e003/h" where the mapping puts the group e{epoch} before it and there is such an array, else "h".
std::string resolved(const ArrayStore& store, const std::string& name, const ForeignMapping& mapping,
                     std::int64_t epoch)
{
    std::vector<std::string> candidates{name};
    if (hasPlaceholder(mapping.epoch))
        candidates.insert(candidates.begin(), mapping.epoch + "/" + name);
    const std::vector<std::string>& names = store.names();
    for (const std::string& candidate : candidates) {
        const auto found = hasPlaceholder(candidate)
                               ? std::find_if(names.begin(), names.end(),
                                              [&](const std::string& n) { return epochIn(n, candidate) == epoch; })
                               : std::find(names.begin(), names.end(), candidate);
        if (found != names.end())
            return *found;
    }
    std::string missing = candidates.front();
    if (const std::size_t at = missing.find(placeholder); at != missing.npos)
        missing.replace(at, placeholder.size(), std::to_string(epoch));
    return missing;
}

Result<Slice> ForeignRun::open(const ForeignEpoch& epoch, const std::string& name, std::size_t rank) const
{
    const Result<const ArrayStore*> from = store(epoch);
    if (!from)
        return from.error();
    Result<std::unique_ptr<Array>> array = (*from)->open(resolved(**from, name, m_mapping, epoch.number), epoch.number);
    if (!array)
        return array.error();
    Slice slice{std::move(*array), 0, {}};
    slice.extents = slice.array->shape().extents;
    if (m_leading > 0 && slice.extents.size() == rank + 1) {
        if (slice.extents.front() != m_leading)
            return slice.array->fault("is " + slice.array->shape().text() + ", expected " + std::to_string(m_leading) +
                                      " epochs as leading dimension");
        slice.extents.erase(slice.extents.begin());
        slice.first = static_cast<std::uint64_t>(epoch.lead) * slice.values();
    }
    if (slice.extents.size() != rank)
        return slice.array->fault("has rank " + std::to_string(slice.extents.size()) + ", expected " +
                                  std::to_string(rank));
    return slice;
}

Result<std::vector<std::int32_t>> ForeignRun::labels(const ForeignEpoch& epoch, const std::string& name,
                                                     Index classes) const
{
    const Result<Slice> slice = open(epoch, name, 1);
    if (!slice)
        return slice.error();
    const auto values = readIntegers(*slice->array, slice->first, slice->values());
    if (!values)
        return values.error();
    for (std::size_t row = 0; row < values->size(); ++row)
        if ((*values)[row] < 0 || (*values)[row] >= classes)
            return slice->array->fault("holds the label " + std::to_string((*values)[row]) + " in row " +
                                       std::to_string(row) + ", outside 0.." + std::to_string(classes - 1));
    return std::vector<std::int32_t>(values->begin(), values->end());
}

Result<Slice> ForeignRun::openFeatures(const ForeignEpoch& epoch) const
{
    Result<Slice> slice = open(epoch, m_mapping.features, 2);
    if (!slice)
        return slice;
    if (!slice->array->shape().isFloat())
        return slice->array->fault("has type " + slice->array->shape().typeName +
                                   ", expected float16, float32 or float64");
    if (slice->extents[1] == 0)
        return slice->array->fault("has no columns");
    const Result<Slice> labels = open(epoch, m_mapping.labels, 1);
    if (!labels)
        return labels.error();
    if (labels->extents[0] != slice->extents[0])
        return slice->array->fault("has " + std::to_string(slice->extents[0]) + " rows, but '" +
                                   printable(labels->array->shape().name) + "' has " +
                                   std::to_string(labels->extents[0]) + " labels");
    if (m_mapping.weight.empty())
        return slice;
    const Result<Slice> weight = open(epoch, m_mapping.weight, 2);
    if (weight && weight->extents[1] != slice->extents[1])
        return slice->array->fault("has " + std::to_string(slice->extents[1]) + " columns, but '" +
                                   printable(weight->array->shape().name) + "' has " +
                                   std::to_string(weight->extents[1]));
    return slice;
}

Result<Slice> ForeignRun::openWeight(const ForeignEpoch& epoch) const
{
    Result<Slice> weight = open(epoch, m_mapping.weight, 2);
    if (!weight)
        return weight;
    if (weight->extents[0] != classes())
        return weight->array->fault("has " + std::to_string(weight->extents[0]) +
                                    " rows, expected one for each of the " + std::to_string(classes()) + " classes");
    if (weight->extents[1] == 0)
        return weight->array->fault("has no columns");
    return weight;
}

Error ForeignRun::noSuch(std::int64_t epoch, const std::string& dataset) const
{
    Error error = h5::Place{m_path.string(), "", epoch}.fault("a foreign dump has no '" + printable(dataset) + "'");
    error.dataset = printable(dataset);
    return error;
}

Result<Split> ForeignRun::split(std::int64_t number, const std::string& name) const
{
    if (name != splitName())
        return noSuch(number, "splits/" + name);
    const Result<const ForeignEpoch*> epoch = find(number);
    if (!epoch)
        return epoch.error();
    Split split;
    split.name = name;
    auto labelA = labels(**epoch, m_mapping.labels, classes());
    if (!labelA)
        return labelA.error();
    split.labelA = std::move(*labelA);
    if (!m_mapping.isMix()) {
        split.labelB = split.labelA;
        split.lambda.assign(split.labelA.size(), 1.0);
        return split;
    }
    split.kind = SplitKind::Mix;
    const Result<Slice> second = open(**epoch, m_mapping.labelB, 1), lambda = open(**epoch, m_mapping.lambda, 1);
    for (const Result<Slice>* slice : {&second, &lambda}) {
        if (!*slice)
            return slice->error();
        if (Result<void> length = (*slice)->expectLength(split.rows()); !length)
            return length.error();
    }
    auto labelB = labels(**epoch, m_mapping.labelB, classes());
    if (!labelB)
        return labelB.error();
    split.labelB = std::move(*labelB);
    split.lambda.resize(split.labelA.size());
    if (Result<void> read = readFloats(*lambda->array, lambda->first, lambda->values(), split.lambda.data()); !read)
        return read.error();
    for (std::size_t row = 0; row < split.lambda.size(); ++row)
        if (!(split.lambda[row] >= 0 && split.lambda[row] <= 1))
            return lambda->array->fault("holds " + std::to_string(split.lambda[row]) + " in row " +
                                        std::to_string(row) + ", outside [0,1]");
    return split;
}

Result<std::unique_ptr<RowSource>> ForeignRun::features(std::int64_t number, const std::string& split,
                                                        const std::string& layer) const
{
    if (split != splitName() || layer != "penultimate")
        return noSuch(number, "features/" + split + "/" + layer);
    const Result<const ForeignEpoch*> epoch = find(number);
    if (!epoch)
        return epoch.error();
    Result<Slice> slice = openFeatures(**epoch);
    if (!slice)
        return slice.error();
    return std::unique_ptr<RowSource>(std::make_unique<ForeignRows>(std::move(*slice)));
}

Result<std::optional<Classifier>> ForeignRun::classifier(std::int64_t number) const
{
    if (m_mapping.weight.empty())
        return std::optional<Classifier>();
    const Result<const ForeignEpoch*> epoch = find(number);
    if (!epoch)
        return epoch.error();
    const Result<Slice> weight = openWeight(**epoch);
    if (!weight)
        return weight.error();
    Classifier classifier{RowMatrixD(weight->extents[0], weight->extents[1]), Vector::Zero(classes())};
    if (Result<void> read = readFloats(*weight->array, weight->first, weight->values(), classifier.weight.data());
        !read)
        return read.error();
    if (m_mapping.bias.empty())
        return std::optional(std::move(classifier));
    const Result<Slice> bias = open(**epoch, m_mapping.bias, 1);
    if (!bias)
        return bias.error();
    if (Result<void> length = bias->expectLength(classes()); !length)
        return length.error();
    if (Result<void> read = readFloats(*bias->array, bias->first, bias->values(), classifier.bias.data()); !read)
        return read.error();
    classifier.hasBias = true;
    return std::optional(std::move(classifier));
}

Result<RunSummary> ForeignRun::summary() const
{
    RunSummary result;
    result.classNames = m_header.classNames;
    result.epochs = m_numbers;
    result.state = "finished";
    result.complete = true;
    result.mapping = m_mapping.text();
    result.hasClassifier = !m_mapping.weight.empty();
    result.hasBias = !m_mapping.bias.empty();
    if (m_mapping.file.empty())
        result.bytes = bytesOf(m_path);
    SplitInfo info{splitName(), m_mapping.isMix() ? SplitKind::Mix : SplitKind::Clean, "train", "eval", 0, {}, false};
    for (const ForeignEpoch& epoch : m_epochs) {
        if (!m_mapping.file.empty())
            result.bytes += bytesOf(epoch.file);
        const Result<const ForeignEpoch*> single = find(epoch.number);
        const Result<Slice> features = single ? openFeatures(epoch) : single.error();
        const bool weightOpens = m_mapping.weight.empty() || static_cast<bool>(openWeight(epoch));
        result.complete = result.complete && features && weightOpens;
        if (!features)
            continue;
        info.samples = features->extents[0];
        info.layers = {{"penultimate", features->extents[1], features->array->shape().typeName}};
    }
    result.splits.push_back(std::move(info));
    return result;
}

} // namespace

std::optional<std::int64_t> epochIn(std::string_view text, std::string_view pattern)
{
    const std::size_t at = pattern.find(placeholder);
    if (at == pattern.npos)
        return {};
    const std::string_view before = pattern.substr(0, at), after = pattern.substr(at + placeholder.size());
    if (text.size() <= before.size() + after.size() || !text.starts_with(before) || !text.ends_with(after))
        return {};
    const std::string_view digits = text.substr(before.size(), text.size() - before.size() - after.size());
    std::int64_t number = 0;
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (wrong != std::errc() || end != digits.data() + digits.size() || digits.front() == '-')
        return {};
    return number;
}

Result<std::unique_ptr<RunSource>> openForeignRun(const fs::path& path, const ForeignMapping& mapping)
{
    auto run = std::make_unique<ForeignRun>(path, mapping);
    if (Result<void> listed = run->listEpochs(); !listed)
        return listed.error();
    if (Result<void> counted = run->countClasses(); !counted)
        return counted.error();
    return std::unique_ptr<RunSource>(std::move(run));
}

} // namespace nc::io
