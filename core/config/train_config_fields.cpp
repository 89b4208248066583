#include "core/config/train_config_fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/config/data_sets.h"

namespace nc::config
{
namespace
{

using C = TrainConfig;
constexpr double kLargest = 9007199254740992.0; // 2^53: every integer up to here survives JSON

ConfigField integer(std::string_view key, double min, double max, std::string_view help)
{
    return {key, FieldKind::Integer, min, max, {}, help};
}
ConfigField real(std::string_view key, double min, double max, std::string_view help)
{
    return {key, FieldKind::Real, min, max, {}, help};
}
ConfigField choice(std::string_view key, std::vector<std::string_view> choices, std::string_view help)
{
    return {key, FieldKind::Choice, 0, 0, std::move(choices), help};
}
ConfigField boolean(std::string_view key, std::string_view help)
{
    return {key, FieldKind::Boolean, 0, 1, {}, help};
}
ConfigField text(std::string_view key, std::vector<std::string_view> usual, std::string_view help)
{
    return {key, FieldKind::Text, 0, 0, std::move(usual), help};
}
ConfigField list(std::string_view key, FieldKind kind, double min, double max, std::string_view help)
{
    return {key, kind, min, max, {}, help};
}

/// The field has an effect only where `key` has one of these values.
ConfigField only(std::string_view key, std::vector<std::string_view> values, ConfigField field)
{
    field.readWhere.push_back({key, std::move(values)});
    return field;
}
ConfigField onlyPictures(ConfigField field)
{
    return only("network.kind", {"residual", "plain", "wide-resnet", "preact-resnet", "vit", "mlp"}, std::move(field));
}
ConfigField onlyMixing(ConfigField field)
{
    return onlyPictures(only("mixing.kind", {"mixup", "manifold-mixup", "cutmix", "mixup-of-three"}, std::move(field)));
}

void addGeneral(std::vector<FieldEntry>& t)
{
    t.push_back({text("title", {}, "Title of the run; empty: made from data set, classes and mixing."),
                 [](C& c) -> Slot { return &c.title; }});
    t.push_back(
        {integer("epochs", 1, 100000, "Passes over the training set."), [](C& c) -> Slot { return &c.epochs; }});
    t.push_back({integer("seed", 0, kLargest,
                         "Seed of everything drawn: weights, samples, order, lambda, probe. The same seed on the CPU "
                         "gives the same run, bit for bit."),
                 [](C& c) -> Slot { return &c.seed; }});
    t.push_back({text("device", {"auto", "cpu", "cuda"}, "Where to compute: auto takes the first GPU, else the CPU."),
                 [](C& c) -> Slot { return &c.device; }});
    t.push_back({integer("threads", 0, 1024, "Threads on the CPU; 0: as many as LibTorch chooses."),
                 [](C& c) -> Slot { return &c.threads; }});
    t.push_back(
        {real("budget_seconds", 0, 1e7,
              "CPU seconds the whole run may take, recording included; 0: no budget. After the first twenty steps "
              "the number of images of an epoch is lowered, where the machine is too slow, so that all epochs fit "
              "(each epoch then passes over its own random part of the training samples, never less than a "
              "quarter). The part chosen depends on the machine's speed, so do not set it where a run must be "
              "repeated exactly."),
         [](C& c) -> Slot { return &c.budgetSeconds; }});
    t.push_back({integer("train_samples", 0, 1e9,
                         "Training images, drawn with equal shares of the classes; 0: all images of the classes."),
                 [](C& c) -> Slot { return &c.trainSamples; }});
    t.push_back({integer("probe_samples", 0, 1e8,
                         "Fixed mixes recorded at every recorded epoch, spread over all pairs of classes, same-class "
                         "pairs counting twice; 0: 200 for each pair and 400 for each class with itself."),
                 [](C& c) -> Slot { return &c.probeSamples; }});
    t.push_back({choice("precision", {"float32", "bfloat16", "float16"},
                        "Numbers of the forward pass; bfloat16 and float16: matrix products and convolutions only "
                        "(autocast), weights stay float32; float16 takes a GPU and scales the loss."),
                 [](C& c) -> Slot { return &c.precision; }});
    t.push_back({boolean("cuda_graph", "Whether forward and backward pass are recorded once as a CUDA graph and then "
                                       "repeated, which spares the CPU; takes one process on a GPU. No GPU has run it "
                                       "yet: compare with a run without."),
                 [](C& c) -> Slot { return &c.cudaGraph; }});
}

std::vector<std::string_view> dataSetNames()
{
    std::vector<std::string_view> names;
    for (const DataSetFacts& set : knownDataSets())
        names.push_back(set.name);
    return names;
}

void addData(std::vector<FieldEntry>& t)
{
    t.push_back({text("data.name", dataSetNames(), "Data set, or a file of pictures and labels (.h5, .hdf5, .npz)."),
                 [](C& c) -> Slot { return &c.data.name; }});
    t.push_back({list("data.classes", FieldKind::Integers, 0, 255, "Labels of the data set to train on; empty: all."),
                 [](C& c) -> Slot { return &c.data.classes; }});
    t.push_back(
        {integer("data.side", 0, 256, "Side in pixels to which pictures are padded with black; 0: as they are."),
         [](C& c) -> Slot { return &c.data.side; }});
    t.push_back({onlyPictures(choice(
                     "data.augment", {"none", "crop", "crop-flip"},
                     "Training pictures are shifted by up to data.crop_padding pixels, and mirrored at random.")),
                 [](C& c) -> Slot { return &c.data.augment; }});
    t.push_back({only("data.augment", {"crop", "crop-flip"},
                      integer("data.crop_padding", 0, 32, "Largest shift of data.augment, in pixels.")),
                 [](C& c) -> Slot { return &c.data.cropPadding; }});
    t.push_back({onlyPictures(integer("data.cutout", 0, 256,
                                      "Side of a black square at a random place of training pictures; 0: none.")),
                 [](C& c) -> Slot { return &c.data.cutout; }});
    t.push_back({choice("data.imbalance", {"none", "step", "exponential"},
                        "Training images of the classes: equal, the second half of the classes fewer, or falling "
                        "from class to class."),
                 [](C& c) -> Slot { return &c.data.imbalance; }});
    t.push_back(
        {only("data.imbalance", {"step", "exponential"},
              real("data.imbalance_ratio", 1, 10000, "Images of the largest class over those of the smallest.")),
         [](C& c) -> Slot { return &c.data.imbalanceRatio; }});
    t.push_back({real("data.label_noise", 0, 1, "Share of the training labels that are drawn anew at random."),
                 [](C& c) -> Slot { return &c.data.labelNoise; }});
}

void addNetwork(std::vector<FieldEntry>& t)
{
    t.push_back({choice("network.kind", {"residual", "plain", "wide-resnet", "preact-resnet", "vit", "mlp", "ufm"},
                        "Small CNN of three or so stages (residual blocks, or one convolution a stage), wide ResNet, "
                        "pre-activation ResNet-18, vision transformer, fully connected layers, or the unconstrained "
                        "features model (ufm): no network at all, the features of every recorded mix and training "
                        "picture are parameters."),
                 [](C& c) -> Slot { return &c.network.kind; }});
    t.push_back({only("network.kind", {"residual", "plain", "mlp"},
                      list("network.widths", FieldKind::Integers, 1, 4096,
                           "Channels of the stages (residual, plain), or units of the layers (mlp).")),
                 [](C& c) -> Slot { return &c.network.widths; }});
    t.push_back(
        {only("network.kind", {"residual", "plain", "ufm"},
              integer("network.feature_dim", 0, 65536,
                      "Dimension d of the linear feature layer (residual, plain), or of the free features (ufm); "
                      "0: none, the pooled activations are the features.")),
         [](C& c) -> Slot { return &c.network.featureDim; }});
    t.push_back({only("network.kind", {"residual", "plain", "mlp"},
                      boolean("network.feature_relu",
                              "ReLU after the feature layer (residual, plain, mlp): features are then non-negative and "
                              "their mean hides the alignment in the raw cosine.")),
                 [](C& c) -> Slot { return &c.network.featureRelu; }});
    t.push_back({only("network.kind", {"wide-resnet", "vit"},
                      integer("network.depth", 0, 1000,
                              "Depth 6n+4 of a wide ResNet, or blocks of a vision transformer; 0: 16 and 12.")),
                 [](C& c) -> Slot { return &c.network.depth; }});
    t.push_back(
        {only("network.kind", {"wide-resnet"}, integer("network.width", 1, 64, "Widening factor k of a wide ResNet.")),
         [](C& c) -> Slot { return &c.network.width; }});
    t.push_back({only("network.kind", {"vit"},
                      integer("network.embed_dim", 1, 8192,
                              "Dimension of a vision transformer's tokens: 192 (Ti), 384 (S), 768 (B).")),
                 [](C& c) -> Slot { return &c.network.embedDim; }});
    t.push_back(
        {only("network.kind", {"vit"},
              integer("network.heads", 1, 256, "Attention heads of a vision transformer: 3 (Ti), 6 (S), 12 (B).")),
         [](C& c) -> Slot { return &c.network.heads; }});
    t.push_back({only("network.kind", {"vit"},
                      integer("network.patch", 1, 64, "Side in pixels of a vision transformer's patches.")),
                 [](C& c) -> Slot { return &c.network.patch; }});
    t.push_back({only("network.kind", {"wide-resnet", "vit"},
                      real("network.dropout", 0, 0.95, "Dropout inside the blocks (wide-resnet, vit).")),
                 [](C& c) -> Slot { return &c.network.dropout; }});
    t.push_back({choice("network.classifier", {"learned", "etf", "random"},
                        "Last layer: learned, or frozen to a simplex equiangular tight frame or to random directions."),
                 [](C& c) -> Slot { return &c.network.classifier; }});
    t.push_back({only("network.classifier", {"etf", "random"},
                      real("network.classifier_scale", 1e-6, 1e6, "Norm of each row of a frozen last layer.")),
                 [](C& c) -> Slot { return &c.network.classifierScale; }});
    t.push_back({boolean("network.classifier_bias", "Whether the classifier has a bias."),
                 [](C& c) -> Slot { return &c.network.classifierBias; }});
}

void addObjective(std::vector<FieldEntry>& t)
{
    t.push_back({choice("mixing.kind", {"mixup", "manifold-mixup", "cutmix", "mixup-of-three", "none"},
                        "How training images are mixed: pictures, activations of a random stage, a rectangle of the "
                        "partner (lambda is the area that is left), or three pictures."),
                 [](C& c) -> Slot { return &c.mixing.kind; }});
    t.push_back({onlyMixing(real("mixing.alpha", 0.01, 100, "lambda is drawn from Beta(alpha, alpha); 1 is uniform.")),
                 [](C& c) -> Slot { return &c.mixing.alpha; }});
    t.push_back(
        {onlyMixing(choice("mixing.lambda_per", {"sample", "batch"}, "One lambda for each sample or for each batch.")),
         [](C& c) -> Slot { return &c.mixing.lambdaPer; }});
    t.push_back({onlyMixing(choice(
                     "mixing.partners", {"any", "same", "different"},
                     "Partners within the batch: any picture, or only those of the same or of a different class.")),
                 [](C& c) -> Slot { return &c.mixing.partners; }});
    t.push_back({choice("loss.kind", {"cross-entropy", "mse", "focal"},
                        "Loss between logits (mse: raw logits) and the mixed label."),
                 [](C& c) -> Slot { return &c.loss.kind; }});
    t.push_back({real("loss.feature_penalty", 0, 1000, "mu of the penalty (mu/2)|h|^2 on the features; 0: none."),
                 [](C& c) -> Slot { return &c.loss.featurePenalty; }});
    t.push_back({real("loss.label_smoothing", 0, 0.99, "Share of every label that is spread over all classes."),
                 [](C& c) -> Slot { return &c.loss.labelSmoothing; }});
    t.push_back({only("loss.kind", {"focal"},
                      real("loss.focal_gamma", 0, 20, "Exponent of the focal loss; 0 is cross-entropy.")),
                 [](C& c) -> Slot { return &c.loss.focalGamma; }});
}

void addTraining(std::vector<FieldEntry>& t)
{
    t.push_back({choice("optimiser.kind", {"sgd", "adam", "adamw"},
                        "Stochastic gradient descent with momentum, Adam, or Adam with decoupled weight decay."),
                 [](C& c) -> Slot { return &c.optimiser.kind; }});
    t.push_back({integer("optimiser.batch_size", 2, 65536, "Images of a step; a last smaller batch is left out."),
                 [](C& c) -> Slot { return &c.optimiser.batchSize; }});
    t.push_back({real("optimiser.learning_rate", 0, 1000, "Largest learning rate."),
                 [](C& c) -> Slot { return &c.optimiser.learningRate; }});
    t.push_back({only("optimiser.kind", {"sgd"}, real("optimiser.momentum", 0, 0.9999, "Momentum (sgd).")),
                 [](C& c) -> Slot { return &c.optimiser.momentum; }});
    t.push_back({boolean("optimiser.nesterov", "Nesterov's momentum (sgd)."),
                 [](C& c) -> Slot { return &c.optimiser.nesterov; }});
    t.push_back({real("optimiser.weight_decay", 0, 10, "Weight decay."),
                 [](C& c) -> Slot { return &c.optimiser.weightDecay; }});
    t.push_back({choice("optimiser.decay_on", {"all", "weights"},
                        "What weight decay acts on: all parameters, or not on norms and biases."),
                 [](C& c) -> Slot { return &c.optimiser.decayOn; }});
    t.push_back({real("optimiser.clip_norm", 0, 1e6, "Largest norm of the gradient of a step; 0: not clipped."),
                 [](C& c) -> Slot { return &c.optimiser.clipNorm; }});
    t.push_back(
        {choice("optimiser.schedule", {"step", "cosine"}, "Learning rate: falls at `drops`, or by a cosine to 0."),
         [](C& c) -> Slot { return &c.optimiser.schedule; }});
    t.push_back(
        {real("optimiser.warmup", 0, 0.9, "Fraction of the training over which the learning rate rises from 0."),
         [](C& c) -> Slot { return &c.optimiser.warmup; }});
    t.push_back({only("optimiser.schedule", {"step"},
                      list("optimiser.drops", FieldKind::Reals, 0, 1,
                           "Fractions of the training after which the learning rate drops (step schedule).")),
                 [](C& c) -> Slot { return &c.optimiser.drops; }});
    t.push_back({only("optimiser.schedule", {"step"},
                      real("optimiser.drop_factor", 0, 1, "What the learning rate is multiplied by at each drop.")),
                 [](C& c) -> Slot { return &c.optimiser.dropFactor; }});
}

void addRecording(std::vector<FieldEntry>& t)
{
    t.push_back(
        {list("recording.epochs", FieldKind::Integers, 0, 100000,
              "Epochs to record besides 0 and the last, later ones are ignored; empty: 0 to 10 each, then spaced "
              "by a factor 1.1."),
         [](C& c) -> Slot { return &c.recording.epochs; }});
    t.push_back({choice("recording.probe", {"pairs", "batches"},
                        "The recorded mixes: drawn evenly for each pair of classes, or as the public reproduction "
                        "plots them: all training pictures of the shown classes, augmented, in batches whose pictures "
                        "are each other's partners."),
                 [](C& c) -> Slot { return &c.recording.probe; }});
    t.push_back({choice("recording.lambda_per", {"sample", "batch"},
                        "One lambda for each recorded mix or for each batch of them."),
                 [](C& c) -> Slot { return &c.recording.lambdaPer; }});
    t.push_back(
        {only("recording.probe", {"batches"},
              integer("recording.loops", 1, 1000, "Passes over the pictures that recording.probe batches makes.")),
         [](C& c) -> Slot { return &c.recording.loops; }});
    t.push_back(
        {choice("recording.mode", {"eval", "train", "train-chosen"},
                "Batch norm while recording: running averages, or the statistics of batches of all classes or of "
                "the shown classes only, which is not what the network was trained on; the running averages are left "
                "untouched in any case."),
         [](C& c) -> Slot { return &c.recording.mode; }});
    t.push_back({integer("recording.bn_batches", 0, 10000,
                         "Training batches over which the running averages of batch norm are estimated anew for "
                         "recording (mode eval), which steadies it at high learning rates; 0: not."),
                 [](C& c) -> Slot { return &c.recording.bnBatches; }});
    t.push_back({choice("recording.dtype", {"float16", "float32"}, "Number type of recorded features."),
                 [](C& c) -> Slot { return &c.recording.dtype; }});
    t.push_back({boolean("recording.logits", "Whether logits are recorded beside the features."),
                 [](C& c) -> Slot { return &c.recording.logits; }});
    t.push_back({integer("recording.clean_train", 0, 1e8, "Unmixed training images recorded; 0: none."),
                 [](C& c) -> Slot { return &c.recording.cleanTrain; }});
    t.push_back({integer("recording.clean_test", 0, 1e8, "Unmixed test images recorded; 0: none."),
                 [](C& c) -> Slot { return &c.recording.cleanTest; }});
    t.push_back(
        {onlyPictures(boolean(
             "recording.whole_train",
             "Whether every training picture, unmixed and not augmented, is run through the network at recorded "
             "epochs too and the collapse figures of them all are written; their features are not kept.")),
         [](C& c) -> Slot { return &c.recording.wholeTrain; }});
    t.push_back({integer("recording.thumbnails", 0, 64, "Side in pixels of the pictures kept for each row; 0: none."),
                 [](C& c) -> Slot { return &c.recording.thumbnails; }});
    t.push_back(
        {boolean("recording.layers", "Whether the outputs of the stages are recorded too, averaged over pixels."),
         [](C& c) -> Slot { return &c.recording.layers; }});
    t.push_back({boolean("recording.beside",
                         "On the CPU: whether a copy of the network records on cores that training leaves idle, as "
                         "many as training has threads, so that training need not wait; mode eval without bn_batches."),
                 [](C& c) -> Slot { return &c.recording.beside; }});
    t.push_back({list("recording.view_classes", FieldKind::Integers, 0, 255,
                      "Labels shown by default, written into the run; empty: the viewer chooses."),
                 [](C& c) -> Slot { return &c.recording.viewClasses; }});
}

std::string number(double value)
{
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
    const auto wide = std::abs(value) < 1e16 && value == std::floor(value)
                          ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value))
                          : end;
    return {buffer, wide.ptr};
}

bool isDevice(std::string_view name)
{
    if (name == "auto" || name == "cpu" || name == "cuda")
        return true;
    constexpr std::string_view prefix = "cuda:";
    const std::string_view ordinal = name.substr(std::min(name.size(), prefix.size()));
    return name.substr(0, prefix.size()) == prefix && !ordinal.empty() && ordinal.size() <= 2 &&
           std::all_of(ordinal.begin(), ordinal.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

const std::vector<FieldEntry>& fieldEntries()
{
    static const std::vector<FieldEntry> table = [] {
        std::vector<FieldEntry> t;
        addGeneral(t);
        addData(t);
        addNetwork(t);
        addObjective(t);
        addTraining(t);
        addRecording(t);
        return t;
    }();
    return table;
}

const FieldEntry* findField(std::string_view key)
{
    const auto& table = fieldEntries();
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& e) { return e.field.key == key; });
    return found == table.end() ? nullptr : &*found;
}

std::string FieldEntry::takes() const
{
    const std::string range = " from " + number(field.min) + " to " + number(field.max);
    switch (field.kind) {
    case FieldKind::Integer:
        return "an integer" + range;
    case FieldKind::Real:
        return "a number" + range;
    case FieldKind::Boolean:
        return "true or false";
    case FieldKind::Integers:
        return "a list of integers" + range;
    case FieldKind::Reals:
        return "a list of numbers" + range;
    case FieldKind::Text:
    case FieldKind::Choice:
        break;
    }
    std::vector<std::string> names(field.choices.begin(), field.choices.end());
    if (field.kind == FieldKind::Text)
        names.emplace_back(field.key == "device"      ? "cuda:N"
                           : field.key == "data.name" ? "a file of pictures (.h5, .hdf5, .npz)"
                                                      : "text");
    std::string listed;
    for (std::size_t i = 0; i < names.size(); ++i)
        listed += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
    return listed;
}

bool FieldEntry::accepts(const TrainConfig& config) const
{
    const auto inRange = [this](double v) { return v >= field.min && v <= field.max; };
    const Slot value = slot(const_cast<TrainConfig&>(config)); // only read below
    if (const auto* integer = std::get_if<std::int64_t*>(&value))
        return inRange(static_cast<double>(**integer));
    if (const auto* real = std::get_if<double*>(&value))
        return inRange(**real);
    if (const auto* list = std::get_if<std::vector<std::int64_t>*>(&value))
        return std::all_of((*list)->begin(), (*list)->end(), [&](auto v) { return inRange(static_cast<double>(v)); });
    if (const auto* list = std::get_if<std::vector<double>*>(&value))
        return std::all_of((*list)->begin(), (*list)->end(), inRange);
    if (const auto* text = std::get_if<std::string*>(&value)) {
        const bool usual = std::find(field.choices.begin(), field.choices.end(), **text) != field.choices.end();
        if (field.kind == FieldKind::Choice || usual)
            return usual;
        return field.key == "device" ? isDevice(**text) : field.key != "data.name" || namesPictureFile(**text);
    }
    return true;
}

} // namespace nc::config

namespace nc
{

std::span<const ConfigField> configFields()
{
    static const std::vector<ConfigField> fields = [] {
        std::vector<ConfigField> list;
        for (const auto& entry : config::fieldEntries())
            list.push_back(entry.field);
        return list;
    }();
    return fields;
}

std::string unusedBecause(const TrainConfig& config, const ConfigField& field)
{
    for (const FieldCondition& condition : field.readWhere) {
        const config::Slot value =
            config::findField(condition.key)->slot(const_cast<TrainConfig&>(config)); // only read
        const std::string& chosen = *std::get<std::string*>(value);
        if (std::find(condition.values.begin(), condition.values.end(), chosen) == condition.values.end())
            return "not used where " + std::string(condition.key) + " is " + chosen;
    }
    return {};
}

} // namespace nc
