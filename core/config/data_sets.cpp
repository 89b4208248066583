#include "core/config/data_sets.h"

#include <algorithm>
#include <filesystem>

namespace nc
{
namespace
{

constexpr std::array<std::string_view, 10> kFashion = {"T-shirt", "Trouser", "Pullover", "Dress", "Coat",
                                                       "Sandal",  "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
constexpr std::array<std::string_view, 10> kDigits = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
constexpr std::array<std::string_view, 10> kCifar10 = {"airplane", "automobile", "bird",  "cat",  "deer",
                                                       "dog",      "frog",       "horse", "ship", "truck"};
constexpr std::array<std::string_view, 100> kCifar100 = {
    "apple",      "aquarium fish", "baby",         "bear",       "beaver",      "bed",         "bee",
    "beetle",     "bicycle",       "bottle",       "bowl",       "boy",         "bridge",      "bus",
    "butterfly",  "camel",         "can",          "castle",     "caterpillar", "cattle",      "chair",
    "chimpanzee", "clock",         "cloud",        "cockroach",  "couch",       "crab",        "crocodile",
    "cup",        "dinosaur",      "dolphin",      "elephant",   "flatfish",    "forest",      "fox",
    "girl",       "hamster",       "house",        "kangaroo",   "keyboard",    "lamp",        "lawn mower",
    "leopard",    "lion",          "lizard",       "lobster",    "man",         "maple tree",  "motorcycle",
    "mountain",   "mouse",         "mushroom",     "oak tree",   "orange",      "orchid",      "otter",
    "palm tree",  "pear",          "pickup truck", "pine tree",  "plain",       "plate",       "poppy",
    "porcupine",  "possum",        "rabbit",       "raccoon",    "ray",         "road",        "rocket",
    "rose",       "sea",           "seal",         "shark",      "shrew",       "skunk",       "skyscraper",
    "snail",      "snake",         "spider",       "squirrel",   "streetcar",   "sunflower",   "sweet pepper",
    "table",      "tank",          "telephone",    "television", "tiger",       "tractor",     "train",
    "trout",      "tulip",         "turtle",       "wardrobe",   "whale",       "willow tree", "wolf",
    "woman",      "worm"};

template <std::size_t N>
std::vector<std::string> listOf(const std::array<std::string_view, N>& names)
{
    return {names.begin(), names.end()};
}

} // namespace

bool namesPictureFile(std::string_view name)
{
    const std::string ending = std::filesystem::path(name).extension().string();
    return ending == ".h5" || ending == ".hdf5" || ending == ".npz";
}

std::span<const DataSetFacts> knownDataSets()
{
    static const std::array<DataSetFacts, 4> sets = {{
        {"fashion-mnist",
         "FashionMNIST",
         listOf(kFashion),
         1,
         28,
         6000,
         1000,
         {0.2860F},
         {0.3530F},
         "Debian package dataset-fashion-mnist, or ncscope-train data fetch fashion-mnist"},
        {"mnist",
         "MNIST",
         listOf(kDigits),
         1,
         28,
         6000,
         1000,
         {0.1307F},
         {0.3081F},
         "ncscope-train data fetch mnist, or the four IDX files, plain or .gz, in a folder mnist"},
        {"cifar10",
         "CIFAR-10",
         listOf(kCifar10),
         3,
         32,
         5000,
         1000,
         {0.4914F, 0.4822F, 0.4465F},
         {0.2023F, 0.1994F, 0.2010F},
         "ncscope-train data fetch cifar10, or the six .bin files of the binary version in a folder cifar10"},
        {"cifar100",
         "CIFAR-100",
         listOf(kCifar100),
         3,
         32,
         500,
         100,
         {0.5071F, 0.4865F, 0.4409F},
         {0.2673F, 0.2564F, 0.2762F},
         "ncscope-train data fetch cifar100, or train.bin and test.bin of the binary version in a folder cifar100"},
    }};
    return sets;
}

const DataSetFacts& dataSetFacts(std::string_view name)
{
    const auto sets = knownDataSets();
    const auto found =
        std::find_if(sets.begin(), sets.end(), [&](const DataSetFacts& set) { return set.name == name; });
    return found == sets.end() ? sets.front() : *found;
}

} // namespace nc
