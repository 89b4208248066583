#include "app/window/view_history.h"

#include <QUndoStack>

namespace nc::window
{

namespace
{

/// The changes of one kind, of which sliders make many.
bool isSliderStep(const ViewState& before, const ViewState& after)
{
    ViewState same = after;
    same.choice.style.pointDiameterPx = before.choice.style.pointDiameterPx;
    same.choice.style.filter.lambdaLow = before.choice.style.filter.lambdaLow;
    same.choice.style.filter.lambdaHigh = before.choice.style.filter.lambdaHigh;
    return same == before && after != before;
}

QString layerText(scene::Layer layer)
{
    return QString::fromUtf8(scene::layerName(layer).data(), static_cast<qsizetype>(scene::layerName(layer).size()));
}

QString styleText(const scene::ScreenStyle& before, const scene::ScreenStyle& after)
{
    for (int k = 0; k <= static_cast<int>(scene::Layer::Axes); ++k) {
        const auto layer = static_cast<scene::Layer>(k);
        if (before.layers.has(layer) != after.layers.has(layer))
            return (after.layers.has(layer) ? ViewHistory::tr("show %1") : ViewHistory::tr("hide %1"))
                .arg(layerText(layer));
    }
    if (before.colorBy != after.colorBy)
        return ViewHistory::tr("colours");
    if (before.pointDiameterPx != after.pointDiameterPx)
        return ViewHistory::tr("point size");
    if (before.filter.lambdaLow != after.filter.lambdaLow || before.filter.lambdaHigh != after.filter.lambdaHigh)
        return ViewHistory::tr("range of λ");
    const auto hidden = [](const scene::CloudFilter& f) {
        return f.hiddenClasses.size() + static_cast<std::size_t>(f.hideSame) +
               static_cast<std::size_t>(f.hideDifferent);
    };
    return hidden(after.filter) > hidden(before.filter) ? ViewHistory::tr("hide points")
                                                        : ViewHistory::tr("show points");
}

} // namespace

QString stepText(const ViewState& before, const ViewState& after)
{
    const ViewChoice& a = before.choice;
    const ViewChoice& b = after.choice;
    if (a.classes != b.classes)
        return ViewHistory::tr("classes");
    if (a.shape != b.shape)
        return ViewHistory::tr("shape");
    if (a.basis != b.basis)
        return ViewHistory::tr("basis");
    if (a.basisEpoch != b.basisEpoch)
        return ViewHistory::tr("basis epoch");
    if (a.pinnedRow != b.pinnedRow)
        return b.pinnedRow < 0 ? ViewHistory::tr("unpin sample") : ViewHistory::tr("pin sample");
    if (before.view != after.view)
        return ViewHistory::tr("camera");
    return styleText(a.style, b.style);
}

class ViewHistory::Step : public QUndoCommand
{
public:
    Step(ViewHistory& history, const ViewState& before, const ViewState& after, bool join)
        : m_history(history)
        , m_before(before)
        , m_after(after)
        , m_join(join)
    {
        setText(stepText(before, after));
    }

    [[nodiscard]] int id() const override { return 1; } // whether two become one is mergeWith()'s to say

    void undo() override
    {
        m_history.m_open = false;
        Q_EMIT m_history.restored(m_before, m_before.view != m_after.view);
    }
    void redo() override
    {
        if (m_done)
            Q_EMIT m_history.restored(m_after, m_before.view != m_after.view);
        m_done = true;
    }
    bool mergeWith(const QUndoCommand* other) override
    {
        const auto& next = static_cast<const Step&>(*other);
        if (next.m_before.place != m_after.place)
            return false;
        const bool slides = m_history.m_open && isSliderStep(m_before, m_after) &&
                            isSliderStep(next.m_before, next.m_after) && text() == next.text();
        if (!next.m_join && !slides)
            return false;
        m_after = next.m_after;
        setText(stepText(m_before, m_after));
        setObsolete(m_before == m_after);
        return true;
    }

private:
    ViewHistory& m_history;
    ViewState m_before, m_after;
    bool m_join;
    bool m_done = false; ///< the first redo() is the push of what has been done already
};

ViewHistory::ViewHistory(QObject* parent)
    : QObject(parent)
    , m_stack(new QUndoStack(this))
{
}

void ViewHistory::record(const ViewState& before, const ViewState& after, bool join)
{
    if (before == after && !join)
        return;
    m_stack->push(new Step(*this, before, after, join));
    m_open = true;
}

void ViewHistory::clear()
{
    m_stack->clear();
    m_open = false;
}

} // namespace nc::window
