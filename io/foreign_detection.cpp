#include "io/foreign_detection.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <span>

#include "io/array_store.h"
#include "io/foreign_run.h"
#include "io/own_process.h"
#include "io/utf8.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

using Words = std::span<const std::string_view>;

// Most telling first.
constexpr std::string_view featureWords[] = {"penultimate",     "features",       "feature",     "feats",      "feat",
                                             "embeddings",      "embedding",      "emb",         "h",          "hidden",
                                             "representations", "representation", "activations", "activation", "acts",
                                             "latents",         "latent",         "z",           "x"};
constexpr std::string_view labelWords[] = {"labels", "label", "y", "targets", "target", "true", "gt"};
constexpr std::string_view weightWords[] = {"weight", "weights", "w"};
constexpr std::string_view biasWords[] = {"bias", "biases", "b"};
constexpr std::string_view lambdaWords[] = {"lambda", "lam", "lambdas", "lmbda"};
constexpr std::string_view ownerWords[] = {"fc",    "classifier", "head",   "linear", "output", "out",   "cls", "last",
                                           "final", "model",      "module", "net",    "params", "state", "dict"};
constexpr std::string_view scopeWords[] = {"train", "test", "val", "valid", "validation", "eval", "all", "data"};
constexpr std::string_view epochWords[] = {"epoch", "epochs", "ep", "e", "step", "iter", "ckpt", "checkpoint"};
constexpr std::string_view partWords[] = {"layer", "block", "stage", "conv", "bn", "fold", "seed", "rank", "fc"};
constexpr std::size_t mostOpened = 2000;

std::optional<std::size_t> indexOf(std::string_view word, Words words)
{
    const auto found = std::find(words.begin(), words.end(), word);
    return found == words.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - words.begin()));
}

/// Lower-case words of a name: "Train_Features12" -> train, features. Digits part words and are none themselves.
std::vector<std::string> wordsIn(std::string_view name)
{
    std::vector<std::string> words{""};
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalpha(byte))
            words.back() += static_cast<char>(std::tolower(byte));
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty())
        words.pop_back();
    return words;
}

std::string_view lastPart(std::string_view name)
{
    return name.substr(name.rfind('/') + 1);
}

/// Words of a name that say which samples it is about: "train/h" and "train_labels" share theirs.
std::vector<std::string> scopeOf(std::string_view name)
{
    std::vector<std::string> words = wordsIn(name);
    std::erase_if(words, [](const std::string& word) { return !indexOf(word, scopeWords); });
    return words;
}

/// How well the last part of a name fits, 0 the best; `others` may stand beside the word. Nothing where it does not.
std::optional<std::size_t> fit(std::string_view name, Words words, Words others)
{
    std::optional<std::size_t> best;
    for (const std::string& word : wordsIn(lastPart(name))) {
        if (const auto at = indexOf(word, words))
            best = std::min(best.value_or(*at), *at);
        else if (!indexOf(word, others) && !indexOf(word, scopeWords) && !indexOf(word, epochWords))
            return {};
    }
    return best;
}

/// "fc.weight", "classifier/weight", "fc_w", "W": the word at the end, and owners before it.
bool isClassifierPart(std::string_view name, Words words)
{
    std::vector<std::string> parts = wordsIn(name);
    std::erase(parts, "epoch"); // of {epoch}
    if (parts.empty() || !indexOf(parts.back(), words))
        return false;
    parts.pop_back();
    return std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
        return indexOf(part, ownerWords) || indexOf(part, epochWords) || indexOf(part, scopeWords);
    });
}

/// A name with one run of digits in the place of {epoch}.
struct Pattern {
    std::string text;
    std::string digits;
    bool calledEpoch = false; ///< "epoch_3", and not just "features_3"
};

std::vector<Pattern> patternsOf(const std::string& name)
{
    std::vector<Pattern> patterns;
    const auto isDigit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (!isDigit(name[at]))
            continue;
        std::size_t end = at;
        while (end < name.size() && isDigit(name[end]))
            ++end;
        const std::vector<std::string> before = wordsIn(name.substr(0, at));
        const std::string word = before.empty() ? "" : before.back();
        if (!indexOf(word, partWords))
            patterns.push_back({name.substr(0, at) + "{epoch}" + name.substr(end), name.substr(at, end - at),
                                indexOf(word, epochWords).has_value()});
        at = end;
    }
    return patterns;
}

/// The pattern that most names share, those called an epoch before the others; a single name must be called one.
std::optional<Pattern> commonPattern(const std::vector<std::string>& names)
{
    std::map<std::string, std::size_t> counts;
    std::map<std::string, Pattern> first;
    for (const std::string& name : names)
        for (Pattern& pattern : patternsOf(name)) {
            ++counts[pattern.text];
            first.try_emplace(pattern.text, std::move(pattern));
        }
    std::optional<Pattern> best;
    std::pair<bool, std::size_t> bestRank{false, 1};
    for (const auto& [text, pattern] : first) {
        const std::pair rank(pattern.calledEpoch, counts[text]);
        if ((rank.first || rank.second > 1) && (!best || rank > bestRank)) {
            best = pattern;
            bestRank = rank;
        }
    }
    return best;
}

/// An array and the name by which a mapping would call it.
struct Candidate {
    std::string name;
    ArrayShape shape;
};

/// The arrays that one epoch has, by the names of the mapping; sets mapping.epoch where groups are epochs.
std::vector<Candidate> candidatesIn(const ArrayStore& store, bool inFiles, ForeignMapping& mapping)
{
    std::vector<std::string> features;
    for (const std::string& name : store.names())
        if (fit(name, featureWords, {}) && !inFiles)
            features.push_back(name);
    const std::optional<Pattern> pattern = commonPattern(features);
    std::string group, opened; // "e{epoch}", "e003"
    if (pattern) {
        const std::size_t at = pattern->text.find("{epoch}"), slash = pattern->text.find('/', at);
        if (slash != std::string::npos) {
            group = pattern->text.substr(0, slash);
            opened = group;
            opened.replace(at, 7, pattern->digits);
            mapping.epoch = "/" + group;
        }
    }
    std::vector<Candidate> result;
    std::size_t tried = 0;
    for (const std::string& name : store.names()) {
        std::string called = name;
        if (!group.empty()) {
            if (name.starts_with(opened + "/"))
                called = name.substr(opened.size() + 1);
            else if (epochIn(name.substr(0, name.find('/', group.find('{'))), group))
                continue; // another epoch's
        } else if (pattern) {
            const std::vector<Pattern> own = patternsOf(name);
            const auto same =
                std::find_if(own.begin(), own.end(), [&](const Pattern& p) { return p.digits == pattern->digits; });
            if (same != own.end())
                called = same->text;
            else if (!own.empty() && std::count_if(store.names().begin(), store.names().end(), [&](const auto& n) {
                                         return epochIn(n, own.front().text).has_value();
                                     }) > 1)
                continue;
        }
        if (++tried > mostOpened)
            break;
        if (const auto array = store.open(name, {}))
            result.push_back({called, (*array)->shape()});
    }
    return result;
}

/// The best of those that fit and whose shape is good; null where there is none.
template <typename Fit>
const Candidate* bestOf(const std::vector<Candidate>& all, Fit&& rank)
{
    const Candidate* best = nullptr;
    std::size_t least = 0;
    for (const Candidate& candidate : all) {
        const std::optional<std::size_t> own = rank(candidate);
        if (own && (!best || *own < least)) {
            best = &candidate;
            least = *own;
        }
    }
    return best;
}

bool isMatrix(const ArrayShape& shape)
{
    return shape.isFloat() && (shape.extents.size() == 2 || shape.extents.size() == 3) && shape.values() > 0;
}

/// (N) or, beside features with a leading dimension, (E,N).
bool isVectorFor(const ArrayShape& features, const ArrayShape& shape)
{
    const std::vector<Index>&f = features.extents, &e = shape.extents;
    const Index rows = f[f.size() - 2];
    return e == std::vector<Index>{rows} || (f.size() == 3 && e == std::vector<Index>{f[0], rows});
}

/// Which candidates are features, labels and classifier. False where features or labels cannot be told.
bool assignRoles(const std::vector<Candidate>& all, ForeignMapping& mapping)
{
    constexpr std::string_view secondWords[] = {"b"}, firstWords[] = {"a"};
    constexpr std::size_t otherScope = 100;
    const auto isLabelVector = [&](const Candidate& features, const Candidate& c) {
        return (c.shape.element == h5::Element::Integer || c.shape.isFloat()) && isVectorFor(features.shape, c.shape);
    };
    const auto labelsFor = [&](const Candidate& features, Words words, Words others, bool mustHaveOther) {
        return bestOf(all, [&](const Candidate& c) -> std::optional<std::size_t> {
            auto own = fit(c.name, words, others);
            if (!own || &c == &features || !isLabelVector(features, c))
                return {};
            const std::vector<std::string> called = wordsIn(lastPart(c.name));
            if (mustHaveOther && std::find(called.begin(), called.end(), others.front()) == called.end())
                return {};
            return *own + (scopeOf(c.name) == scopeOf(features.name) ? 0 : otherScope);
        });
    };
    const Candidate* features = bestOf(all, [&](const Candidate& c) -> std::optional<std::size_t> {
        const auto own = fit(c.name, featureWords, {});
        if (!own || !isMatrix(c.shape) || !labelsFor(c, labelWords, firstWords, false))
            return {};
        const std::vector<std::string> scope = scopeOf(c.name);
        return *own + (std::find(scope.begin(), scope.end(), "test") == scope.end() ? 0 : otherScope);
    });
    const Candidate* labels = nullptr;
    if (features) {
        labels = labelsFor(*features, labelWords, firstWords, false);
        const Candidate* second = labelsFor(*features, labelWords, secondWords, true);
        const Candidate* lambda = labelsFor(*features, lambdaWords, {}, false);
        if (second && lambda && lambda->shape.isFloat()) {
            mapping.labelB = "/" + second->name;
            mapping.lambda = "/" + lambda->name;
        }
    } else { // no usual name: the only matrix, and the only integers as long as it
        std::vector<std::pair<const Candidate*, const Candidate*>> pairs;
        for (const Candidate& matrix : all)
            for (const Candidate& vector : all)
                if (isMatrix(matrix.shape) && vector.shape.element == h5::Element::Integer &&
                    isVectorFor(matrix.shape, vector.shape))
                    pairs.emplace_back(&matrix, &vector);
        if (pairs.size() != 1)
            return false;
        std::tie(features, labels) = pairs.front();
    }
    mapping.features = "/" + features->name;
    mapping.labels = "/" + labels->name;
    const auto called = [&](Words words, std::size_t rank, auto&& good) {
        return bestOf(all, [&](const Candidate& c) -> std::optional<std::size_t> {
            const bool leading = c.shape.extents.size() == rank + 1 && features->shape.extents.size() == 3;
            if (!isClassifierPart(c.name, words) || !c.shape.isFloat() ||
                (c.shape.extents.size() != rank && !leading) || !good(c.shape.extents))
                return {};
            return c.name.size();
        });
    };
    const Index dim = features->shape.extents.back();
    const Candidate* weight = called(weightWords, 2, [dim](const auto& e) { return e.back() == dim; });
    if (!weight)
        return true;
    mapping.weight = "/" + weight->name;
    const Index classes = weight->shape.extents[weight->shape.extents.size() - 2];
    if (const Candidate* bias = called(biasWords, 1, [classes](const auto& e) { return e.back() == classes; }))
        mapping.bias = "/" + bias->name;
    return true;
}

/// Names what was found, and a --map to start from.
Error notRecognised(const fs::path& path, const std::vector<Candidate>& all, const std::string& file)
{
    constexpr std::size_t mostNamed = 12;
    std::string found, features = "/PATH", labels = "/PATH";
    const Candidate* matrix = bestOf(
        all, [](const Candidate& c) { return isMatrix(c.shape) ? std::optional(std::size_t{0}) : std::nullopt; });
    for (std::size_t i = 0; i < std::min(all.size(), mostNamed); ++i)
        found += (i == 0 ? "'/" : ", '/") + printable(all[i].name) + "' (" + all[i].shape.text() + ")";
    if (all.size() > mostNamed)
        found += " and " + std::to_string(all.size() - mostNamed) + " more";
    if (matrix) {
        features = "/" + printable(matrix->name);
        for (const Candidate& c : all)
            if (&c != matrix && isVectorFor(matrix->shape, c.shape) && labels == "/PATH")
                labels = "/" + printable(c.name);
    }
    return h5::Place{path.string(), "", {}}.fault(
        "it is no NCScope run: attribute 'format' is missing, and no features and labels were recognised in it; it " +
        (all.empty() ? "holds no arrays" : "holds " + found) + "; name them by --map features=" + features +
        ",labels=" + labels + file);
}

bool endsWithAny(const std::string& name, std::initializer_list<std::string_view> endings)
{
    return std::any_of(endings.begin(), endings.end(), [&name](auto ending) { return name.ends_with(ending); });
}

/// The files of a folder that can be epochs: HDF5 and .npz.
std::vector<std::string> dumpFiles(const fs::path& folder)
{
    std::vector<std::string> files = filesBelow(folder);
    std::erase_if(files, [](const std::string& f) { return !endsWithAny(f, {".h5", ".hdf5", ".npz"}); });
    return files;
}

/// Where the arrays of the first epoch are: the path itself, or the first of the files that are epochs.
struct FirstStore {
    fs::path store;
    std::string filePattern;
};

Result<FirstStore> firstStore(const fs::path& path)
{
    std::error_code code;
    if (!fs::is_directory(path, code))
        return FirstStore{path, {}};
    const std::vector<std::string> files = dumpFiles(path);
    if (files.empty())
        return FirstStore{path, {}};
    const std::optional<Pattern> pattern = commonPattern(files);
    if (!pattern)
        return h5::Place{path.string(), "", {}}.fault(
            "the folder holds no run.h5, and no files numbered by epoch; open '" + printable(files.front()) +
            "' itself, or give --map …,file=NAME-{epoch}" + fs::path(files.front()).extension().string());
    const auto first = std::find_if(files.begin(), files.end(),
                                    [&](const std::string& f) { return epochIn(f, pattern->text).has_value(); });
    return FirstStore{path / *first, pattern->text};
}

} // namespace

bool looksForeign(const fs::path& path)
{
    std::error_code code;
    if (fs::is_directory(path, code)) {
        if (fs::exists(path / "run.h5", code))
            return false; // before a listing that may be long
        const std::vector<std::string> files = filesBelow(path);
        const auto ofRun = [](const fs::path& file) { // a run, a run without its static part, or a folder of runs
            return file.filename() == "run.h5" ||
                   (file.parent_path().filename() == "epochs" && epochNumber(file.stem().string()));
        };
        return std::none_of(files.begin(), files.end(), ofRun) &&
               std::any_of(files.begin(), files.end(), [](const std::string& f) {
                   return endsWithAny(f, {".npy", ".npz", ".h5", ".hdf5"});
               });
    }
    if (!fs::is_regular_file(path, code))
        return false;
    if (path.extension() == ".npz")
        return true;
    const Result<std::string> answer = inOwnProcess({{"foreign", path.string()}, {path.string(), "", {}}});
    return answer && *answer == "yes";
}

bool isForeignH5(const fs::path& path)
{
    const h5::Place place{path.string(), "", {}};
    const Result<H5Handle> file = h5::openFile(path, place, h5::Patience::None);
    if (!file)
        return false;
    const h5::Group root{H5Handle(H5Gopen2(file->get(), "/", H5P_DEFAULT), H5Gclose), place};
    const auto format = h5::textAttribute(root, "format");
    const Result<bool> splits = h5::exists(root, "splits");
    return root.id && format && !*format && splits && !*splits;
}

Result<ForeignMapping> detectForeignMapping(const fs::path& path)
{
    return withinMemory(path, [&]() -> Result<ForeignMapping> {
        const Result<FirstStore> place = firstStore(path);
        if (!place)
            return place.error();
        const Result<std::unique_ptr<ArrayStore>> store = openArrayStore(place->store, {});
        if (!store)
            return store.error();
        ForeignMapping mapping;
        mapping.file = place->filePattern;
        const std::vector<Candidate> all = candidatesIn(**store, !place->filePattern.empty(), mapping);
        if (!assignRoles(all, mapping))
            return notRecognised(path, all, place->filePattern.empty() ? "" : ",file=" + place->filePattern);
        return mapping;
    });
}

Result<std::vector<ArrayDescription>> foreignArrays(const fs::path& path)
{
    return withinMemory(path, [&]() -> Result<std::vector<ArrayDescription>> {
        const Result<FirstStore> place = firstStore(path);
        if (!place)
            return place.error();
        const Result<std::unique_ptr<ArrayStore>> store = openArrayStore(place->store, {});
        if (!store)
            return store.error();
        std::vector<ArrayDescription> result;
        for (const std::string& name : (*store)->names())
            if (const auto array = (*store)->open(name, {}); array && result.size() < mostOpened)
                result.push_back({"/" + name, (*array)->shape().text()});
        return result;
    });
}

} // namespace nc::io
