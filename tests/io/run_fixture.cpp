#include "run_fixture.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

namespace nc::test {

namespace fs = std::filesystem;

namespace {

RowMatrixF randomMatrix(Index rows, Index cols, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    RowMatrixF matrix(rows, cols);
    for (Index i = 0; i < matrix.size(); ++i)
        matrix.data()[i] = normal(random);
    return matrix;
}

/// What float16 keeps of a number of moderate size: 11 bits.
void roundToHalf(RowMatrixF& matrix)
{
    for (Index i = 0; i < matrix.size(); ++i) {
        int exponent = 0;
        const float mantissa = std::frexp(matrix.data()[i], &exponent);
        matrix.data()[i] = std::ldexp(std::nearbyint(std::ldexp(mantissa, 11)), exponent - 11);
    }
}

} // namespace

FixtureRun makeFixture(io::FloatType type)
{
    std::mt19937 random(7);
    FixtureRun run;
    run.header.title = "fixture";
    run.header.generator = "tests";
    run.header.created = "2024-01-02T03:04:05Z";
    run.header.configuration = R"({"epochs":11,"mixing":{"kind":"mixup"}})";
    run.header.featureLayer = "linear 6, no ReLU";
    run.header.classNames = {"Shirt", "Größe", "靴", "Bag"};
    run.header.viewClasses = {0, 2, 3};
    Split clean, mix;
    clean.name = "clean";
    clean.origin = "test";
    clean.batchNorm = "running";
    mix.name = "mix";
    mix.kind = SplitKind::Mix;
    mix.lambdaPer = "sample";
    for (int i = 0; i < 20; ++i) {
        clean.labelA.push_back(i % 4);
        clean.sampleA.push_back(100 + i);
    }
    clean.labelB = clean.labelA;
    clean.sampleB = clean.sampleA;
    clean.lambda.assign(20, 1.0);
    for (int i = 0; i < 30; ++i) {
        mix.labelA.push_back(i % 4);
        mix.labelB.push_back((i / 4) % 4);
        mix.lambda.push_back(i / 32.0); // exact in float32
        mix.sampleA.push_back(i);
        mix.sampleB.push_back(1000 - i);
    }
    run.header.splits = {clean, mix};
    io::Images images{20, 3, 2, 1, {}};
    for (int i = 0; i < 120; ++i)
        images.bytes.push_back(static_cast<std::uint8_t>(2 * i));
    run.header.images["clean"] = images;
    run.epochs = {0, 2, 10};
    for (std::size_t i = 0; i < run.epochs.size(); ++i) {
        run.clean.push_back(randomMatrix(20, 6, random));
        run.mix.push_back(randomMatrix(30, 6, random));
        run.hidden.push_back(randomMatrix(20, 5, random));
        if (type == io::FloatType::Float16) {
            roundToHalf(run.clean.back());
            roundToHalf(run.mix.back());
        }
        run.classifiers.push_back(
            {randomMatrix(4, 6, random).cast<double>(), randomMatrix(4, 1, random).cast<double>().col(0), true});
        const Classifier& last = run.classifiers.back();
        run.logits.push_back(
            ((run.mix.back().cast<double>() * last.weight.transpose()).rowwise() + last.bias.transpose())
                .cast<float>());
    }
    return run;
}

io::EpochData epochOf(const FixtureRun& run, std::size_t at, io::FloatType type)
{
    io::EpochData data;
    data.epoch = run.epochs[at];
    data.step = 100 * data.epoch;
    data.seconds = 1.5 * static_cast<double>(data.epoch);
    data.classifier = run.classifiers[at];
    data.features.push_back({"clean", "penultimate", run.clean[at], type});
    data.features.push_back({"clean", "block1", run.hidden[at], io::FloatType::Float64});
    data.features.push_back({"mix", "penultimate", run.mix[at], type});
    data.logits.push_back({"mix", run.logits[at]});
    data.scalars = {{"train_loss", 0.25 * static_cast<double>(at)}, {"learning_rate", 0.1}};
    return data;
}

void writeFixture(const FixtureRun& run, const fs::path& folder, io::FloatType type)
{
    Result<io::RunWriter> writer = io::RunWriter::create(folder, run.header);
    if (!writer)
        qFatal("%s", writer.error().message.c_str());
    for (std::size_t i = 0; i < run.epochs.size(); ++i)
        if (const Result<std::string> written = writer->writeEpoch(epochOf(run, i, type)); !written)
            qFatal("%s", written.error().message.c_str());
    if (const Result<void> stated = writer->setState(io::RunWriter::State::Finished); !stated)
        qFatal("%s", stated.error().message.c_str());
}

RunFolder::RunFolder(io::FloatType type)
    : m_run(makeFixture(type))
{
    writeFixture(m_run, folder(), type);
    if (const Result<void> packed = io::packRun(folder(), file()); !packed)
        qFatal("%s", packed.error().message.c_str());
}

std::string fingerprint(const fs::path& path)
{
    std::vector<fs::path> files;
    if (fs::is_directory(path)) {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path))
            files.push_back(entry.path());
        std::sort(files.begin(), files.end());
    } else {
        files.push_back(path);
    }
    std::ostringstream text;
    for (const fs::path& file : files) {
        text << file.string() << ' ' << fs::last_write_time(file).time_since_epoch().count() << ' ';
        if (fs::is_regular_file(file)) {
            std::ifstream stream(file, std::ios::binary);
            text << stream.rdbuf();
        }
        text << '\n';
    }
    return text.str();
}

} // namespace nc::test
