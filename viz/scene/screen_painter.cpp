#include "viz/scene/screen_painter.h"

#include <algorithm>

#include <QPainter>

#include "viz/scene/painter_items.h"
#include "viz/scene/screen_cloud.h"

namespace nc::scene
{

struct ScreenPainter::State {
    ScreenFrame frame;
    ScreenCloud cloud;
    QImage picture;
    double ratio = 1;
};

ScreenPainter::ScreenPainter()
    : m_state(std::make_unique<State>())
{
}
ScreenPainter::~ScreenPainter() = default;
ScreenPainter::ScreenPainter(ScreenPainter&&) noexcept = default;
ScreenPainter& ScreenPainter::operator=(ScreenPainter&&) noexcept = default;

void ScreenPainter::setScene(std::shared_ptr<const SceneModel> scene, const std::optional<ScreenExtent>& extent)
{
    m_state->cloud.clear();
    m_state->frame.setScene(std::move(scene), extent);
}

void ScreenPainter::paint(QPainter& painter, QSize size, double pixelRatio, const ScreenView& view,
                          const ScreenStyle& style, int threads)
{
    State& state = *m_state;
    const QSize pixels(qRound(size.width() * pixelRatio), qRound(size.height() * pixelRatio));
    if (!state.frame.hasScene() || pixels.isEmpty())
        return;
    state.ratio = pixelRatio;
    state.frame.begin(size, pixelRatio, view, style, threads);
    if (state.picture.size() != pixels)
        state.picture = QImage(pixels, QImage::Format_RGB32);
    const QImage& ground = state.frame.ground();
    if (ground.isNull())
        state.picture.fill(qColour(theme(style.theme).canvas));
    else
        std::copy_n(ground.constBits(), ground.sizeInBytes(), state.picture.bits());
    if (state.frame.showsCloud()) {
        state.cloud.splat(state.frame.points(), state.frame.cloudView(), pixels, threads);
        state.cloud.paintOver(state.picture, state.frame.walls(), threads);
    } else {
        state.cloud.clear();
    }

    painter.save();
    painter.scale(1 / pixelRatio, 1 / pixelRatio); // pixel by pixel, nothing is resampled
    painter.drawImage(0, 0, state.picture);
    painter.restore();
    const int window = std::max(1, qRound(2 * pixelRatio));
    state.frame.paintOver(painter,
                          [&](QPointF place, double depth) { return state.cloud.hiddenShare(place, depth, window); });
}

std::optional<std::uint32_t> ScreenPainter::pointAt(QPointF place, double reach) const
{
    return m_state->cloud.pointAt(place * m_state->ratio, reach * m_state->ratio);
}

const ScreenFrame& ScreenPainter::frame() const
{
    return m_state->frame;
}

} // namespace nc::scene
