#include <algorithm>
#include <filesystem>

#include <QBuffer>
#include <QImage>
#include <QImageReader>

#include "app/atomic_file.h"
#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "app/run_compare.h"
#include "app/text.h"
#include "viz/scene/picture_compare.h"

namespace nc::cli
{

namespace
{

constexpr Option options[] = {
    {"--threshold", "T", "pictures: the SSIM distance above which they count as different (default: 0.05)"},
    {"--diff", "FILE.png", "pictures: where they differ"},
};

bool isPicture(const std::string& path)
{
    const std::string ending = std::filesystem::path(path).extension().string();
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".bmp" || ending == ".ppm";
}

Result<QImage> readPicture(const std::string& path)
{
    QImageReader reader(QString::fromStdString(path));
    const QImage picture = reader.read();
    if (picture.isNull())
        return dataError("Cannot read the picture: " + reader.errorString().toStdString() + ": " + path, path);
    return picture;
}

Result<int> comparePictures(const Arguments& arguments, const Console& console)
{
    const auto words = arguments.value("--threshold");
    const auto threshold = words ? app::parseNumber(*words) : 0.05;
    if (!threshold || !(*threshold >= 0 && *threshold <= 2))
        return usageError("--threshold takes a number from 0 to 2, not '" + *words + "'");
    const Result<QImage> a = readPicture(arguments.positionals()[0]), b = readPicture(arguments.positionals()[1]);
    if (!a)
        return a.error();
    if (!b)
        return b.error();
    const auto sizeText = [](const QImage& picture) {
        return std::to_string(picture.width()) + " x " + std::to_string(picture.height());
    };
    const bool oneSize = a->size() == b->size();
    if (arguments.has("--diff")) {
        if (!oneSize)
            return dataError("Cannot draw the difference: the pictures are " + sizeText(*a) + " and " + sizeText(*b) +
                             " pixels");
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        scene::differencePicture(*a, *b).save(&buffer, "PNG");
        if (Result<void> written = app::writeFileAtomically(arguments.valueOr("--diff", ""), bytes.toStdString());
            !written)
            return written.error();
    }
    const double distance = oneSize ? 1 - scene::structuralSimilarity(*a, *b) : 1;
    const bool same = oneSize && distance <= *threshold;
    if (console.json)
        console.printJson(
            Json{{"distance", oneSize ? Json(distance) : Json()}, {"threshold", *threshold}, {"same", same}});
    else if (!oneSize)
        console.print("different: " + sizeText(*a) + " and " + sizeText(*b) + " pixels\n");
    else
        console.print(std::string(same ? "same" : "different") + ": SSIM distance " + app::shortNumber(distance) +
                      ", threshold " + app::shortNumber(*threshold) + "\n");
    return same ? 0 : 1;
}

Json sideJson(const std::string& path, const io::RunReader& run, std::int64_t epoch)
{
    return {{"path", path}, {"title", run.title()}, {"epoch", epoch}};
}

Json comparisonJson(const app::RunComparison& comparison)
{
    const auto parsed = [](const std::string& text) { return text.empty() ? Json() : Json::parse(text); };
    const auto value = [](const Metric& metric) { return metric.available() ? Json(metric.value) : Json(); };
    Json configuration = Json::array(), metrics = Json::array();
    for (const app::ConfigDifference& difference : comparison.configuration)
        configuration.push_back({{"key", difference.key}, {"a", parsed(difference.a)}, {"b", parsed(difference.b)}});
    for (const app::MetricPair& pair : comparison.metrics)
        metrics.push_back({{"split", pair.split}, {"name", pair.name}, {"a", value(pair.a)}, {"b", value(pair.b)}});
    return {{"configuration", configuration}, {"metrics", metrics}};
}

Result<int> compareRunFiles(const Arguments& arguments, const Console& console)
{
    const auto& paths = arguments.positionals();
    for (const char* option : {"--threshold", "--diff"})
        if (arguments.has(option))
            return usageError(std::string(option) + " is for pictures, these are runs");
    const Result<io::RunReader> a = openReader(arguments, paths[0]), b = openReader(arguments, paths[1]);
    if (!a)
        return a.error();
    if (!b)
        return b.error();
    const Result<app::RunComparison> comparison = app::compareRuns(*a, *b, console.progress("measuring"));
    if (!comparison)
        return comparison.error();
    if (console.json) {
        Json document{{"a", sideJson(paths[0], *a, comparison->epochA)},
                      {"b", sideJson(paths[1], *b, comparison->epochB)}};
        document.update(comparisonJson(*comparison));
        console.printJson(document);
        return 0;
    }
    const auto orDash = [](const std::string& text) { return text.empty() ? std::string("—") : text; };
    std::vector<std::vector<std::string>> rows{{"configuration", "a", "b"}};
    for (const app::ConfigDifference& difference : comparison->configuration)
        rows.push_back({difference.key, orDash(difference.a), orDash(difference.b)});
    std::string text = console.bold("a") + "  " + (a->title().empty() ? paths[0] : a->title()) + ", epoch " +
                       std::to_string(comparison->epochA) + "\n" + console.bold("b") + "  " +
                       (b->title().empty() ? paths[1] : b->title()) + ", epoch " + std::to_string(comparison->epochB) +
                       "\n\n";
    text += rows.size() > 1 ? formatTable(rows, console) : std::string("the configurations are the same\n");
    std::vector<std::vector<std::string>> figures{{"metric", "a", "b"}};
    const auto number = [](const Metric& metric) {
        return metric.available() ? app::shortNumber(metric.value) : std::string("—");
    };
    for (const app::MetricPair& pair : comparison->metrics)
        figures.push_back({pair.split + " " + pair.name, number(pair.a), number(pair.b)});
    console.print(text + "\n" + formatTable(figures, console));
    return 0;
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const auto& paths = arguments.positionals();
    if (isPicture(paths[0]) != isPicture(paths[1]))
        return usageError("compare takes two pictures or two runs, not one of each");
    return isPicture(paths[0]) ? comparePictures(arguments, console) : compareRunFiles(arguments, console);
}

} // namespace

const Command compareCommand{"compare",
                             "A B",
                             2,
                             2,
                             "Two pictures: how alike they are; two runs: what differs in configuration and metrics.",
                             options,
                             "  ncscope compare figure.png again.png --diff where.png\n"
                             "  ncscope compare runs/mixup runs/plain",
                             run,
                             true};

} // namespace nc::cli
