#include "app/window/view_choice.h"

#include <algorithm>

#include "app/text.h"
#include "app/view_reasons.h"

namespace nc::window
{

app::FigureRequest ViewChoice::request() const
{
    app::FigureRequest request;
    request.shape = shape;
    request.view.basis = basis;
    request.view.classes = classes;
    request.basisEpochWords = basisEpoch;
    request.third = third;
    if (scene::needsValues(style.colorBy))
        request.colorBy = style.colorBy;
    request.layers.set(scene::Layer::Channels, style.layers.has(scene::Layer::Channels));
    return request;
}

bool ViewChoice::samePlaces(const ViewChoice& other) const
{
    return shape == other.shape && basis == other.basis && basisEpoch == other.basisEpoch && classes == other.classes &&
           third == other.third;
}

bool ViewChoice::samePanels(const ViewChoice& other) const
{
    return samePlaces(other) && request().colorBy == other.request().colorBy &&
           request().layers == other.request().layers;
}

bool ViewChoice::asks(const app::FigureRequest& other) const
{
    return shape == other.shape && basis == other.view.basis && basisEpoch == other.basisEpochWords &&
           classes == other.view.classes && third == other.third && request().colorBy == other.colorBy &&
           request().layers == other.layers;
}

ViewChoice ViewChoice::fittedTo(const io::RunSummary& run) const
{
    ViewChoice fitted = *this;
    if (std::any_of(classes.begin(), classes.end(), [&](Index k) { return k >= run.classes(); })) {
        fitted.classes.clear();
        fitted.shape.reset();
    }
    if (fitted.shape == app::ViewShape::Tetrahedron && run.classes() < 4)
        fitted.shape.reset();
    const bool mixes = run.firstSplit(SplitKind::Mix) != nullptr;
    const bool logits = run.hasLogits || run.hasClassifier;
    if ((third == scene::ThirdQuantity::Lambda && !mixes) || (third == scene::ThirdQuantity::Loss && !logits) ||
        (third == scene::ThirdQuantity::Residual && !(mixes && run.hasClassifier)))
        fitted.third.reset();
    using scene::ColorBy;
    const ColorBy by = style.colorBy;
    const bool told = by == ColorBy::Correct || by == ColorBy::Confidence                   ? logits
                      : by == ColorBy::Residual                                             ? mixes && run.hasClassifier
                      : by == ColorBy::Pair || by == ColorBy::Lambda || by == ColorBy::Kind ? mixes
                                                                                            : true;
    if (!told)
        fitted.style.colorBy = ColorBy::ClassLambda;
    if (!mixes) {
        fitted.style.filter.lambdaLow = 0;
        fitted.style.filter.lambdaHigh = 1;
    }
    if (basis && !app::basisAbsent(run, *basis).empty())
        fitted.basis.reset();
    const auto epoch = app::parseInteger(basisEpoch);
    if (epoch && std::find(run.epochs.begin(), run.epochs.end(), *epoch) == run.epochs.end())
        fitted.basisEpoch = "last";
    return fitted;
}

} // namespace nc::window
