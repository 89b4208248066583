#include "app/view_reasons.h"

#include "viz/scene/point_colours.h"

namespace nc::app
{

namespace
{

constexpr const char* noClassifier = "this run records no classifier";

std::string theoryAbsent(const PanelContent& panel)
{
    if (panel.scene.theory)
        return {};
    if (!panel.mixes)
        return "the theory is about mixed samples, this split holds none";
    if (!panel.theoryInvalid.empty())
        return panel.theoryInvalid;
    return "no effective β can be read off this epoch";
}

/// Channels are found only where they are shown.
std::string channelsAbsent(const PanelContent& panel)
{
    if (!panel.mixes)
        return "split '" + panel.split + "' holds no mixes";
    return panel.scene.layers.has(scene::Layer::Channels) && panel.scene.channels.empty()
               ? "no two of these classes have forty mixes in view"
               : "";
}

} // namespace

std::string basisAbsent(const io::RunSummary& run, Basis basis)
{
    if (basis == Basis::Pca)
        return {};
    if (basis == Basis::Means || basis == Basis::Probe)
        return run.firstSplit(SplitKind::Clean) ? "" : "this run records no samples without mixing";
    return run.hasClassifier ? "" : noClassifier;
}

std::string fixedBasisEpochAbsent(const io::RunSummary& run)
{
    return run.epochs.size() > 1 ? "" : "this run has one epoch";
}

std::string colourAbsent(const io::RunSummary* run, const PanelContent& panel, scene::ColorBy colorBy)
{
    if (scene::needsMixes(colorBy) && !panel.mixes)
        return "split '" + panel.split + "' holds no mixes";
    switch (colorBy) {
    case scene::ColorBy::Pair:
        return panel.scene.classes.size() > scene::mostPairedClasses
                   ? "the pairs of " + std::to_string(panel.scene.classes.size()) + " classes are too many colours"
                   : "";
    case scene::ColorBy::Correct:
    case scene::ColorBy::Confidence:
        return run && !run->hasLogits && !run->hasClassifier ? "this run records neither classifier nor logits" : "";
    case scene::ColorBy::Residual:
        if (run && !run->hasClassifier)
            return noClassifier;
        return panel.scene.theory ? "" : panel.theoryInvalid; // asked for, it is drawn with a badge
    default:
        return {};
    }
}

std::string layerAbsent(const io::RunSummary& run, const PanelContent& panel, scene::Layer layer)
{
    const scene::SceneModel& scene = panel.scene;
    if (layer == scene::Layer::Means)
        return scene.means.size() > 0 ? "" : "no class means are known";
    if (layer == scene::Layer::Channels)
        return channelsAbsent(panel);
    if (layer == scene::Layer::Cloud || layer == scene::Layer::Axes || layer == scene::Layer::Legend)
        return {};
    if (!run.hasClassifier)
        return noClassifier;
    if (scene.classifiers.empty())
        return "this epoch records no classifier";
    if (layer == scene::Layer::Classifiers || layer == scene::Layer::Names)
        return {};
    if (panel.basis.basis == Basis::Pca && layer == scene::Layer::Simplex)
        return "principal axes have no simplex of the classes";
    if (layer == scene::Layer::Theory)
        return theoryAbsent(panel);
    if (!scene.simplex && panel.basis.basis != Basis::Pca)
        return "a polygon of classes shows no lengths or angles";
    if (layer == scene::Layer::Regions && scene.flatDims() == 3)
        return "regions are shaded in the plane of three classes";
    if (layer == scene::Layer::Regions || layer == scene::Layer::Boundaries)
        return scene.regions ? "" : "no decision regions are known";
    return {};
}

} // namespace nc::app
