#include "app/window/export_choice.h"

#include <QSettings>
#include <QStandardPaths>
#include <QStringList>

namespace nc::window
{

namespace
{

QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
}

} // namespace

double pointsOf(ExportChoice::LengthUnit unit)
{
    constexpr double points[] = {72, 72 / 25.4, 1};
    return points[static_cast<int>(unit)];
}

ExportChoice readExportChoice()
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("export"));
    ExportChoice choice;
    const auto number = [&settings](const char* key, double otherwise, double low, double high) {
        const double value = settings.value(QLatin1String(key), otherwise).toDouble();
        return value >= low && value <= high ? value : otherwise;
    };
    const std::string preset = settings.value(QStringLiteral("preset"), text(choice.preset)).toString().toStdString();
    if (scene::pagePreset(preset))
        choice.preset = preset;
    choice.page = *scene::pagePreset(choice.preset);
    choice.format = static_cast<app::FigureFormat>(number("format", 0, 0, 2));
    choice.unit = static_cast<ExportChoice::LengthUnit>(number("unit", 0, 0, 2));
    const double width = number("width", choice.page.widthPt, 36, 14400);
    if (width != choice.page.widthPt)
        choice.page.heightPt = 0;
    choice.page.widthPt = width;
    choice.page.fontSizePt = number("font_size", choice.page.fontSizePt, 4, 72);
    choice.page.dpi = number("dpi", choice.page.dpi, 30, 2400);
    choice.page.pointDiameterPt = number("point_size", 0, 0.05, 50);
    choice.page.theme =
        settings.value(QStringLiteral("dark")).toBool() ? scene::ThemeMode::Dark : scene::ThemeMode::Light;
    choice.page.transparent = settings.value(QStringLiteral("transparent")).toBool();
    choice.page.vector = static_cast<scene::VectorMode>(number("vector", 0, 0, 2));
    choice.colorBy = scene::colorByFromName(settings.value(QStringLiteral("color_by")).toString().toStdString())
                         .value_or(choice.colorBy);
    if (const QVariant layers = settings.value(QStringLiteral("layers")); layers.isValid())
        for (const scene::Layer layer : scene::allLayers)
            if (layer != scene::Layer::Cloud)
                choice.layers.set(layer, layers.toStringList().contains(text(scene::layerName(layer))));
    choice.caption = settings.value(QStringLiteral("caption"), true).toBool();
    choice.recipe = settings.value(QStringLiteral("recipe"), true).toBool();
    choice.folder =
        settings.value(QStringLiteral("folder"), QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
            .toString();
    return choice;
}

void writeExportChoice(const ExportChoice& choice)
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("export"));
    settings.setValue(QStringLiteral("preset"), text(choice.preset));
    settings.setValue(QStringLiteral("format"), static_cast<int>(choice.format));
    settings.setValue(QStringLiteral("unit"), static_cast<int>(choice.unit));
    settings.setValue(QStringLiteral("width"), choice.page.widthPt);
    settings.setValue(QStringLiteral("font_size"), choice.page.fontSizePt);
    settings.setValue(QStringLiteral("dpi"), choice.page.dpi);
    settings.setValue(QStringLiteral("point_size"), choice.page.pointDiameterPt);
    settings.setValue(QStringLiteral("dark"), choice.page.theme == scene::ThemeMode::Dark);
    settings.setValue(QStringLiteral("transparent"), choice.page.transparent);
    settings.setValue(QStringLiteral("vector"), static_cast<int>(choice.page.vector));
    settings.setValue(QStringLiteral("color_by"), text(scene::colorByName(choice.colorBy)));
    QStringList layers;
    for (const scene::Layer layer : scene::allLayers)
        if (choice.layers.has(layer))
            layers << text(scene::layerName(layer));
    settings.setValue(QStringLiteral("layers"), layers);
    settings.setValue(QStringLiteral("caption"), choice.caption);
    settings.setValue(QStringLiteral("recipe"), choice.recipe);
    settings.setValue(QStringLiteral("folder"), choice.folder);
}

} // namespace nc::window
