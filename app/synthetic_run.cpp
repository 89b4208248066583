#include "app/synthetic_run.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include <Eigen/QR>

#include "app/version.h"
#include "core/simplex_etf.h"
#include "core/ufm_optimum.h"
#include "io/run_writer.h"

namespace nc::app
{

namespace
{

/// std's engine is the same everywhere, its distributions are not: own uniform and normal numbers.
class Numbers
{
public:
    explicit Numbers(std::uint64_t seed)
        : m_engine(seed)
    {
    }
    double uniform() { return static_cast<double>(m_engine() >> 11) * 0x1.0p-53; }
    double normal()
    {
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }
    Matrix normalMatrix(Index rows, Index cols)
    {
        Matrix m(rows, cols);
        for (Index r = 0; r < rows; ++r)
            for (Index c = 0; c < cols; ++c)
                m(r, c) = normal();
        return m;
    }

private:
    std::mt19937_64 m_engine;
};

/// The geometry that every epoch is a stage of.
struct Geometry {
    Matrix ideal;                    ///< C x d, exact simplex ETF
    Matrix start;                    ///< C x d, the first epoch's deviation from it
    RowMatrixD cleanNoise, mixNoise; ///< N x d, unit variance a row in all
};

Geometry makeGeometry(const SyntheticSettings& settings, Numbers& numbers)
{
    Geometry geometry;
    const Matrix gaussian = numbers.normalMatrix(settings.dim, settings.classes - 1);
    const Matrix frame = Eigen::HouseholderQR<Matrix>(gaussian).householderQ() *
                         Matrix::Identity(settings.dim, settings.classes - 1); // d x (C-1), orthonormal columns
    geometry.ideal = std::sqrt(settings.kappa) * etf::helmert(settings.classes).transpose() * frame.transpose();
    const double scale = 1 / std::sqrt(static_cast<double>(settings.dim));
    geometry.start = numbers.normalMatrix(settings.classes, settings.dim) * (1.5 * scale);
    geometry.cleanNoise = numbers.normalMatrix(settings.samples, settings.dim) * scale;
    geometry.mixNoise = numbers.normalMatrix(settings.samples, settings.dim) * scale;
    return geometry;
}

Split cleanSplit(const SyntheticSettings& settings)
{
    Split split;
    split.name = "train";
    for (Index r = 0; r < settings.samples; ++r)
        split.labelA.push_back(static_cast<std::int32_t>(r % settings.classes));
    split.labelB = split.labelA;
    for (Index r = 0; r < settings.samples; ++r)
        split.sampleA.push_back(r);
    split.lambda.assign(split.labelA.size(), 1.0);
    return split;
}

Split mixSplit(const SyntheticSettings& settings, Numbers& numbers)
{
    Split split;
    split.name = "train-mix";
    split.kind = SplitKind::Mix;
    split.lambdaPer = "sample";
    const auto pick = [&] {
        return static_cast<std::int32_t>(numbers.uniform() * static_cast<double>(settings.classes));
    };
    for (Index r = 0; r < settings.samples; ++r) {
        const std::int32_t a = pick();
        split.labelA.push_back(a);
        split.labelB.push_back(r % 3 == 0 ? a : pick()); // at least a third within a class
        split.lambda.push_back(static_cast<float>(numbers.uniform()));
    }
    // Clean sample k has class k mod C.
    const Index each = std::max<Index>(1, settings.samples / settings.classes);
    for (Index r = 0; r < settings.samples; ++r) {
        const auto at = static_cast<std::size_t>(r);
        split.sampleA.push_back(split.labelA[at] + settings.classes * (r % each));
        split.sampleB.push_back(split.labelB[at] + settings.classes * ((7 * r + 3) % each));
    }
    return split;
}

constexpr Index side = 12; ///< of a thumbnail, pixels

/// A sample's picture: a bright spot whose place on a ring tells the class, over grain of its own. 0 to 255.
Vector picture(std::int64_t sample, std::int32_t label, const SyntheticSettings& settings)
{
    Numbers grain(static_cast<std::uint64_t>(sample) + 77);
    const double angle = 2 * std::numbers::pi * label / static_cast<double>(settings.classes);
    const double middle = (side - 1) / 2.0;
    Vector pixels(side * side);
    for (Index y = 0; y < side; ++y)
        for (Index x = 0; x < side; ++x) {
            const double right = static_cast<double>(x) - middle * (1 + 0.6 * std::sin(angle));
            const double down = static_cast<double>(y) - middle * (1 - 0.6 * std::cos(angle));
            pixels(y * side + x) = 40 * grain.uniform() + 215 * std::exp(-(right * right + down * down) / 5);
        }
    return pixels;
}

/// Of every row of a split; a mix shows its two samples laid over each other.
io::Images pictures(const Split& split, const SyntheticSettings& settings)
{
    io::Images images{split.rows(), side, side, 1, {}};
    for (std::size_t at = 0; at < split.labelA.size(); ++at) {
        Vector pixels = picture(split.sampleA[at], split.labelA[at], settings);
        if (split.kind == SplitKind::Mix)
            pixels = split.lambda[at] * pixels +
                     (1 - split.lambda[at]) * picture(split.sampleB[at], split.labelB[at], settings);
        for (double pixel : pixels)
            images.bytes.push_back(static_cast<std::uint8_t>(std::lround(pixel)));
    }
    return images;
}

/// Class directions at progress s in [0, 1]: a simplex ETF bent by a deviation that dies out.
Matrix directions(const Geometry& geometry, double s)
{
    return geometry.ideal + (1 - s) * geometry.start;
}

/// Features at progress s: the optimum (x_i w_i + x_j w_j)/kappa for those directions, growing out of noise that dies
/// down.
RowMatrixF features(const Split& split, const Matrix& weight, const RowMatrixD& noise, double s,
                    const SyntheticSettings& settings)
{
    RowMatrixF rows(split.rows(), settings.dim);
    const double size = 0.02 + 0.98 * s, spread = 0.2 + 1.2 * (1 - s);
    const double same = ufm::sameClassGap(settings.classes, settings.beta);
    for (Index r = 0; r < split.rows(); ++r) {
        const auto at = static_cast<std::size_t>(r);
        double xi = same, xj = 0;
        if (!split.sameClass(r)) {
            const ufm::MixOptimum point = ufm::mixOptimum(settings.classes, settings.beta, split.lambda[at]);
            xi = point.xi;
            xj = point.xj;
        }
        const auto optimum = (xi * weight.row(split.labelA[at]) + xj * weight.row(split.labelB[at])) / settings.kappa;
        rows.row(r) = (size * optimum + spread * noise.row(r)).cast<float>();
    }
    return rows;
}

RowMatrixF logitsOf(const RowMatrixF& rows, const Classifier& classifier)
{
    return (rows.cast<double>() * classifier.weight.transpose()).cast<float>();
}

} // namespace

Result<void> writeSyntheticRun(const std::filesystem::path& folder, const SyntheticSettings& settings)
{
    Numbers numbers(settings.seed * 0x9E3779B97F4A7C15ULL + 1);
    const Geometry geometry = makeGeometry(settings, numbers);
    io::RunHeader header;
    header.title = "Synthetic collapse, " + std::to_string(settings.classes) + " classes";
    header.generator = "ncscope " + programVersion();
    header.created = "1970-01-01T00:00:00Z"; // the same seed gives the same run
    header.featureLayer = "synthetic " + std::to_string(settings.dim);
    for (Index k = 0; k < settings.classes; ++k)
        header.classNames.push_back(std::to_string(k));
    header.splits = {cleanSplit(settings), mixSplit(settings, numbers)};
    for (const Split& split : header.splits)
        header.images[split.name] = pictures(split, settings);
    Result<io::RunWriter> writer = io::RunWriter::create(folder, header);
    if (!writer)
        return writer.error();

    for (std::int64_t epoch = 0; epoch <= settings.epochs; ++epoch) {
        const double s = settings.epochs == 0 ? 1 : static_cast<double>(epoch) / static_cast<double>(settings.epochs);
        Classifier classifier;
        const Matrix bent = directions(geometry, s);
        classifier.weight = ((0.2 + 0.8 * s) * bent).cast<float>().cast<double>();
        classifier.bias = Vector::Zero(settings.classes);
        const RowMatrixF clean = features(header.splits[0], bent, geometry.cleanNoise, s, settings);
        const RowMatrixF mixed = features(header.splits[1], bent, geometry.mixNoise, s, settings);
        const RowMatrixF cleanLogits = logitsOf(clean, classifier), mixedLogits = logitsOf(mixed, classifier);
        io::EpochData data;
        data.epoch = epoch;
        data.classifier = classifier;
        data.features.push_back({"train", "penultimate", clean});
        data.features.push_back({"train-mix", "penultimate", mixed});
        data.logits.push_back({"train", cleanLogits});
        data.logits.push_back({"train-mix", mixedLogits});
        if (Result<std::string> written = writer->writeEpoch(data); !written)
            return written.error();
    }
    return writer->setState(io::RunWriter::State::Finished);
}

} // namespace nc::app
