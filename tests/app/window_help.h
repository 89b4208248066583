#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include "app/synthetic_run.h"
#include "app/window/main_window.h"
#include "core/config/data_folder.h"
#include "io/run_writer.h"
#include "tests/patience.h"

/// What the tests of the window have in common: settings of their own, runs, and ways to look at pictures.
namespace nc::test
{

/// How long a test waits for something that must happen, on machines that may be busy or run under a sanitizer.
constexpr int patienceMs = 60'000;

/// Once, before there is a window: no settings but the test's own, none of them yet, dark.
inline void useOwnSettings(const char* name)
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName("ncscope-test");
    QCoreApplication::setApplicationName(name);
    QSettings().clear();
    window::applyTheme(*qApp, scene::ThemeMode::Dark);
}

/// A synthetic run of four classes; epochs 0 to `lastEpoch`.
[[nodiscard]] inline bool writeRun(const QString& path, Index samples, std::int64_t lastEpoch)
{
    app::SyntheticSettings settings;
    settings.classes = 4;
    settings.dim = 12;
    settings.samples = samples;
    settings.epochs = lastEpoch;
    return static_cast<bool>(app::writeSyntheticRun(path.toStdString(), settings));
}

/// What another program may leave: features around three corners, and labels. Nothing else but a configuration.
[[nodiscard]] inline bool writeForeignRun(const QString& path, const std::string& configuration = {},
                                          std::int64_t lastEpoch = 0)
{
    constexpr Index samples = 300, dim = 8;
    io::RunHeader header;
    header.title = "dump";
    header.configuration = configuration;
    header.classNames = {"cat", "dog", "ship"};
    Split split;
    split.name = "data";
    RowMatrixF features = RowMatrixF::Zero(samples, dim);
    for (Index r = 0; r < samples; ++r) {
        split.labelA.push_back(static_cast<std::int32_t>(r % 3));
        features(r, r % 3) = 3;
        for (Index d = 0; d < dim; ++d) // some spread, the same in every run
            features(r, d) += static_cast<float>(0.4 * std::sin(static_cast<double>(17 * r + 5 * d)));
    }
    split.labelB = split.labelA;
    split.lambda.assign(samples, 1.0);
    header.splits = {split};
    Result<io::RunWriter> writer = io::RunWriter::create(path.toStdString(), header);
    if (!writer)
        return false;
    io::EpochData data;
    data.features.push_back({"data", "penultimate", features});
    for (; data.epoch <= lastEpoch; ++data.epoch)
        if (!writer->writeEpoch(data))
            return false;
    return static_cast<bool>(writer->setState(io::RunWriter::State::Finished));
}

/// One array as NumPy saves it; `descr` is its type, e.g. "<f4".
[[nodiscard]] inline bool writeNpy(const QString& path, const char* descr, const QByteArray& shape,
                                   const QByteArray& bytes)
{
    QByteArray header = QByteArray("{'descr': '") + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
    header = header.leftJustified(118 - 1, ' ') + '\n'; // with the ten bytes before it a multiple of 64
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(QByteArray("\x93NUMPY\x01\x00", 8)) == 8 &&
           file.write(QByteArray(1, static_cast<char>(header.size())) + QByteArray(1, '\0') + header + bytes) > 0;
}

/// A folder of arrays of which two may be the features: only a mapping opens it.
[[nodiscard]] inline bool writeAmbiguousDump(const QString& folder)
{
    constexpr int samples = 300, dim = 8;
    std::vector<float> features(samples * dim, 0.0F);
    std::vector<std::int32_t> labels(samples);
    for (std::size_t r = 0; r < samples; ++r) {
        labels[r] = static_cast<std::int32_t>(r % 3);
        features[r * dim + r % 3] = 3;
        for (std::size_t d = 0; d < dim; ++d)
            features[r * dim + d] += static_cast<float>(0.4 * std::sin(static_cast<double>(17 * r + 5 * d)));
    }
    const auto bytes = [](const auto& values) {
        return QByteArray(reinterpret_cast<const char*>(values.data()),
                          static_cast<qsizetype>(values.size() * sizeof values[0]));
    };
    return QDir().mkpath(folder) && writeNpy(folder + "/enc.npy", "<f4", "300, 8", bytes(features)) &&
           writeNpy(folder + "/other.npy", "<f4", "300, 8", bytes(features)) &&
           writeNpy(folder + "/cls.npy", "<i4", "300,", bytes(labels));
}

/// A folder with files of the right names: enough for a data set to be found.
[[nodiscard]] inline bool writeEmptyDataSet(const QString& folder, const char* name)
{
    const DataSetFiles files = dataSetFiles(name);
    bool good = QDir().mkpath(folder);
    for (const auto* names : {&files.train, &files.test})
        for (const std::string& file : *names)
            good = good && QFile(folder + '/' + QString::fromStdString(file)).open(QIODevice::WriteOnly);
    return good;
}

/// Everything that the window will read of its run by itself is read, the picture has its scale, and nothing moves.
[[nodiscard]] inline bool isAtRest(const window::MainWindow& window)
{
    const app::RunSession* session = window.session();
    return session && session->summary() && window.view()->scene() &&
           session->measured().size() == session->epochs().size() &&
           std::all_of(session->epochs().begin(), session->epochs().end(),
                       [session](std::int64_t epoch) { return session->isLoaded(epoch) || session->failure(epoch); }) &&
           window.pane()->extent() == session->extent() && window.view()->view() == window.view()->target();
}
[[nodiscard]] inline bool waitForRest(const window::MainWindow& window)
{
    return QTest::qWaitFor([&] { return isAtRest(window); }, patienceMs);
}

/// A visible point at least `margin` away from the view's edges and not under what lies over it, and its place.
[[nodiscard]] inline std::pair<qint64, QPoint> visiblePoint(const window::SceneView& view, int margin = 60)
{
    const QRect area = view.rect().adjusted(margin, margin, -margin, -margin);
    for (int x = area.left(); x < area.right(); x += 3)
        for (int y = area.top(); y < area.bottom(); y += 3)
            if (const auto point = view.body().pointAt(QPointF(x, y), 0.5); point && !view.childAt(x, y))
                return {static_cast<qint64>(*point), QPoint(x, y)};
    return {-1, {}};
}

// --- pictures

/// Pixels near a colour.
[[nodiscard]] inline int inkOf(const QImage& picture, const QColor& wanted)
{
    int count = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x) {
            const QColor c = picture.pixelColor(x, y);
            count += std::abs(c.red() - wanted.red()) + std::abs(c.green() - wanted.green()) +
                         std::abs(c.blue() - wanted.blue()) <
                     60;
        }
    return count;
}

/// Pixels that are neither grey nor dark: fog moves colours towards the canvas, but keeps them colours.
[[nodiscard]] inline int colouredPixels(const QImage& picture)
{
    int count = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x)
            count += picture.pixelColor(x, y).hsvSaturation() > 80 && picture.pixelColor(x, y).value() > 80;
    return count;
}

/// Mean difference of grey, 0 to 1; of pictures of one size.
[[nodiscard]] inline double difference(const QImage& a, const QImage& b)
{
    double sum = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x)
            sum += std::abs(qGray(a.pixel(x, y)) - qGray(b.pixel(x, y)));
    return sum / (255.0 * a.width() * a.height());
}

/// Into the folder of the pictures to be looked at.
[[nodiscard]] inline bool savePicture(const QImage& picture, const QString& name)
{
    const QString folder = QStringLiteral(NCSCOPE_SCREENSHOTS);
    return QDir().mkpath(folder) && picture.save(folder + '/' + name + QStringLiteral(".png"));
}

} // namespace nc::test
