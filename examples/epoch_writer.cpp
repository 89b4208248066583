// Writes a run that NCScope opens, from C++: three classes whose features draw together from epoch to epoch.
//
//     epoch_writer FOLDER
//
// Link with nc_io and nc_core; io/run_writer.h is all that is included.

#include <iostream>
#include <random>

#include "io/run_writer.h"

using namespace nc;

namespace
{

constexpr int classes = 3, samples = 300, dim = 16;

/// What never changes: the names of the classes, and which samples are recorded at every epoch.
io::RunHeader makeHeader()
{
    Split split;
    split.name = "clean";
    for (int n = 0; n < samples; ++n)
        split.labelA.push_back(n % classes);
    split.labelB = split.labelA;
    split.lambda.assign(samples, 1.0);

    io::RunHeader header;
    header.title = "three classes";
    header.generator = "epoch_writer";
    header.classNames = {"cat", "dog", "bird"};
    header.splits = {split};
    return header;
}

RowMatrixF randomMatrix(int rows, int columns, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    return RowMatrixF::NullaryExpr(rows, columns, [&] { return normal(random); });
}

/// In the place of a training: features h = w_label + noise that fades, and the classifier w.
Result<void> writeRun(const std::filesystem::path& folder)
{
    Result<io::RunWriter> writer = io::RunWriter::create(folder, makeHeader());
    if (!writer)
        return writer.error();
    std::mt19937 random(0);
    const RowMatrixF weight = randomMatrix(classes, dim, random);
    for (const int epoch : {0, 1, 5, 20}) {
        RowMatrixF features = randomMatrix(samples, dim, random) / static_cast<float>(1 + epoch);
        for (int n = 0; n < samples; ++n)
            features.row(n) += weight.row(n % classes);

        io::EpochData data;
        data.epoch = epoch;
        data.classifier = Classifier{weight.cast<double>(), Vector::Zero(classes)};
        data.features.push_back({"clean", "penultimate", features});
        data.scalars["train_loss"] = 1.0 / (1 + epoch);
        if (const Result<std::string> written = writer->writeEpoch(data); !written)
            return written.error();
    }
    return writer->setState(io::RunWriter::State::Finished);
}

} // namespace

int main(int count, char** words)
{
    if (count != 2) {
        std::cerr << "usage: epoch_writer FOLDER\n";
        return 2;
    }
    if (const Result<void> written = writeRun(words[1]); !written) {
        std::cerr << "epoch_writer: error: " << written.error().message << '\n';
        return 1;
    }
}
