#include "app/window/vtk_body.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QOpenGLPaintDevice>
#include <QPainter>

#include "app/window/ui_theme.h"
#include "viz/scene/theme.h"

namespace nc::window
{

VtkBody::VtkBody(QWidget* parent)
    : QOpenGLWidget(parent)
{
    QSurfaceFormat format;
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setDepthBufferSize(24);
    format.setStencilBufferSize(0);
    format.setAlphaBufferSize(8);
    format.setSamples(0); // VTK has framebuffers of its own
    setFormat(format);
    setUpdateBehavior(QOpenGLWidget::NoPartialUpdate);
}

VtkBody::~VtkBody()
{
    if (!context())
        return;
    // QOpenGLWidget's own destructor says aboutToBeDestroyed when half of this object is gone.
    disconnect(context(), nullptr, this, nullptr);
    detach();
}

void VtkBody::detach()
{
    makeCurrent();
    m_painter.detach();
    doneCurrent();
}

QString VtkBody::name() const
{
    return QCoreApplication::translate("VtkBody", "GPU") + (m_device.isEmpty() ? QString() : ": " + m_device);
}

void VtkBody::setScene(std::shared_ptr<const scene::SceneModel> scene, const std::optional<scene::ScreenExtent>& extent)
{
    m_hasScene = scene != nullptr;
    m_hasFrame = false;
    if (m_hasScene)
        m_frame.setScene(std::move(scene), extent);
    update();
}

void VtkBody::show(const scene::ScreenView& view, const scene::ScreenStyle& style)
{
    m_view = view;
    m_style = style;
    update();
}

std::optional<std::uint32_t> VtkBody::pointAt(QPointF place, double reach) const
{
    if (!m_hasFrame || !m_frame.showsCloud())
        return {};
    const double ratio = devicePixelRatioF();
    return m_frame.points().pointAt(m_frame.cloudView(), place * ratio, reach * ratio);
}

void VtkBody::initializeGL()
{
    connect(
        context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] { detach(); }, Qt::DirectConnection);
    const GLubyte* device = context()->functions()->glGetString(GL_RENDERER);
    m_device = QString::fromLatin1(reinterpret_cast<const char*>(device));
    m_painter.attach(*context());
}

void VtkBody::paintGL()
{
    const QColor canvas = toQColor(scene::theme(m_style.theme).canvas);
    const QSize pixels = (QSizeF(size()) * devicePixelRatioF()).toSize();
    if (m_over.size() != pixels)
        m_over = QImage(pixels, QImage::Format_ARGB32_Premultiplied);
    m_over.setDevicePixelRatio(devicePixelRatioF());
    m_over.fill(m_hasScene ? Qt::transparent : canvas);
    {
        QPainter over(&m_over);
        over.setRenderHint(QPainter::Antialiasing);
        if (m_hasScene)
            paintScene(over);
        paintOverlay(over);
    }
    // Not on the widget itself: when the window is grabbed, that would be the grabbed picture.
    QOpenGLPaintDevice device(pixels);
    device.setDevicePixelRatio(devicePixelRatioF());
    QPainter painter(&device);
    painter.drawImage(0, 0, m_over);
}

void VtkBody::paintScene(QPainter& painter)
{
    QElapsedTimer timer;
    timer.start();
    const double ratio = devicePixelRatioF();
    m_frame.begin(size(), ratio, m_view, m_style);
    m_painter.paint(m_frame, m_over.size(), defaultFramebufferObject());
    const int window = std::max(1, qRound(2 * ratio));
    m_frame.paintOver(painter,
                      [&](QPointF place, double depth) { return m_painter.hiddenShare(place, depth, window); });
    m_hasFrame = true;
    m_lastFrameMs = static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

} // namespace nc::window
