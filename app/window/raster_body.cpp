#include "app/window/raster_body.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QPainter>

#include "app/window/ui_theme.h"

namespace nc::window
{

RasterBody::RasterBody(QWidget* parent)
    : QWidget(parent)
{
    setAttribute(Qt::WA_OpaquePaintEvent);
}

QString RasterBody::name() const
{
    return QCoreApplication::translate("RasterBody", "CPU");
}

void RasterBody::setScene(std::shared_ptr<const scene::SceneModel> scene,
                          const std::optional<scene::ScreenExtent>& extent)
{
    m_hasScene = scene != nullptr;
    if (m_hasScene)
        m_painter.setScene(std::move(scene), extent);
    update();
}

void RasterBody::show(const scene::ScreenView& view, const scene::ScreenStyle& style)
{
    m_view = view;
    m_style = style;
    update();
}

std::optional<std::uint32_t> RasterBody::pointAt(QPointF place, double reach) const
{
    return m_hasScene ? m_painter.pointAt(place, reach) : std::nullopt;
}

void RasterBody::paintEvent(QPaintEvent*)
{
    QElapsedTimer timer;
    timer.start();
    QPainter painter(this);
    painter.fillRect(rect(), toQColor(scene::theme(m_style.theme).canvas));
    if (m_hasScene) {
        m_painter.paint(painter, size(), devicePixelRatioF(), m_view, m_style);
        m_lastFrameMs = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    }
    paintOverlay(painter);
}

} // namespace nc::window
