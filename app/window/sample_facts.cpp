// What the hover card and the inspector say about a sample, as values.

#include <cmath>

#include "app/text.h"
#include "app/window/sample_sheet.h"

namespace nc::window
{

namespace
{

QString tr(const char* text)
{
    return SampleSheet::tr(text);
}

QString className(const scene::SceneModel& scene, std::int32_t label)
{
    const int slot = scene.slotOf(label);
    const std::string name = slot < 0 ? std::string() : scene.classes[static_cast<std::size_t>(slot)].name;
    return name.empty() ? QString::number(label) : QString::fromStdString(name);
}

QString grouped(std::int64_t n)
{
    return QString::fromStdString(app::groupedNumber(n));
}

/// The picture, kept apart from the bytes that it was made of.
QImage imageOf(const io::Images& picture)
{
    if (picture.count < 1 || (picture.channels != 1 && picture.channels != 3))
        return {};
    return QImage(picture.bytes.data(), static_cast<int>(picture.width), static_cast<int>(picture.height),
                  static_cast<qsizetype>(picture.width * picture.channels),
                  picture.channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888)
        .copy();
}

void addParts(SampleFacts& facts, const app::PanelContent& panel, std::size_t at, const app::SampleDetail* detail)
{
    const scene::SceneModel& scene = panel.scene;
    const std::int32_t a = scene.cloud.labelA[at], b = scene.cloud.labelB[at];
    const auto sampleNote = [](const QString& share, std::int64_t sample) {
        return sample < 0 ? share : share + QStringLiteral(" · # ") + grouped(sample);
    };
    if (!panel.mixes) {
        facts.parts.push_back({className(scene, a),
                               detail && detail->sampleA >= 0 ? sampleNote({}, detail->sampleA).mid(3) : QString(),
                               detail ? imageOf(detail->own) : QImage(), scene.slotOf(a)});
        return;
    }
    facts.parts.push_back({className(scene, a), sampleNote(QStringLiteral("λ"), detail ? detail->sampleA : -1),
                           detail ? imageOf(detail->a) : QImage(), scene.slotOf(a)});
    facts.parts.push_back({className(scene, b), sampleNote(QStringLiteral("1−λ"), detail ? detail->sampleB : -1),
                           detail ? imageOf(detail->b) : QImage(), scene.slotOf(b)});
    if (facts.hasPictures)
        facts.parts.push_back({tr("their mix"), tr("input"), detail ? imageOf(detail->own) : QImage(), -1});
}

void addProbabilities(SampleFacts& facts, const scene::SceneModel& scene, const app::SampleDetail* detail)
{
    if (!detail) {
        facts.probabilityNote = tr("reading…");
        return;
    }
    if (detail->probabilities.empty()) {
        facts.probabilityNote = tr("No probabilities: %1").arg(QString::fromStdString(detail->probabilitiesAbsent));
        return;
    }
    double rest = 1;
    for (std::size_t slot = 0; slot < scene.classes.size(); ++slot) {
        const auto index = static_cast<std::size_t>(scene.classes[slot].index);
        if (index >= detail->probabilities.size())
            continue;
        rest -= detail->probabilities[index];
        facts.probabilities.push_back(
            {className(scene, scene.classes[slot].index), detail->probabilities[index], static_cast<int>(slot)});
    }
    const auto others = static_cast<int>(detail->probabilities.size() - facts.probabilities.size());
    if (others > 0)
        facts.probabilities.push_back(
            {others == 1 ? tr("1 other") : tr("%1 others").arg(others), std::max(rest, 0.0), -1});
}

QString footOf(const app::PanelContent& panel, Index point, const app::SampleDetail* detail)
{
    const scene::SceneModel& scene = panel.scene;
    const auto at = static_cast<std::size_t>(point);
    const Vector place = scene.cloud.positions.row(point).head(scene.flatDims()).transpose().cast<double>();
    const int a = scene.slotOf(scene.cloud.labelA[at]), b = scene.slotOf(scene.cloud.labelB[at]);
    QStringList parts;
    if (panel.theory && a >= 0 && b >= 0) {
        const Vector optimum = panel.theory->point(a, b, static_cast<double>(scene.cloud.lambda[at]));
        parts << tr("%1 from the theory point").arg(QString::fromStdString(app::shortNumber((place - optimum).norm())));
    } else if (panel.mixes) {
        parts << tr("no theory point here");
    }
    if (detail && !detail->says.empty())
        parts << tr("says %1").arg(QString::fromStdString(detail->says));
    QString foot = parts.join(QStringLiteral(" · "));
    if (detail && detail->featureNorm > 0)
        foot += QStringLiteral("\n") +
                tr("%1 % of |h| in view").arg(std::min(100.0, 100 * place.norm() / detail->featureNorm), 0, 'f', 0);
    return foot;
}

} // namespace

SampleFacts sampleFacts(const app::PanelContent& panel, Index point, const app::SampleDetail* detail)
{
    const scene::Cloud& cloud = panel.scene.cloud;
    const auto at = static_cast<std::size_t>(point);
    const std::int64_t row = cloud.row.empty() ? point : cloud.row[at];
    if (detail && (detail->of.row != row || detail->of.split != panel.split))
        detail = nullptr;
    const app::SampleDetail* now = detail && detail->of.epoch == panel.epoch ? detail : nullptr;

    SampleFacts facts;
    facts.title = (panel.mixes ? tr("Mix # %1") : tr("Sample # %1")).arg(grouped(row));
    if (panel.mixes)
        facts.lambda = tr("λ = %1").arg(static_cast<double>(cloud.lambda[at]), 0, 'f', 3);
    facts.hasPictures = panel.hasPictures;
    facts.picturesRead = detail != nullptr;
    addParts(facts, panel, at, detail);
    addProbabilities(facts, panel.scene, now);
    facts.foot = footOf(panel, point, now);
    return facts;
}

QString SampleFacts::plainText() const
{
    QStringList lines{title + QStringLiteral(" ") + lambda};
    for (const Part& part : parts)
        lines << part.name + QStringLiteral(" ") + part.note;
    for (const Probability& p : probabilities)
        lines << p.name + QStringLiteral(" ") + QString::number(p.value, 'f', 3);
    lines << probabilityNote << foot;
    lines.removeAll(QString());
    return lines.join(QStringLiteral("; "));
}

} // namespace nc::window
