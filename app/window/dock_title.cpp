#include "app/window/dock_title.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "app/window/icons.h"

namespace nc::window
{

DockTitle::DockTitle(QDockWidget* dock)
    : QWidget(dock)
{
    setProperty("role", "panel");
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 8, 4);
    auto* title = new QLabel(dock->windowTitle(), this);
    title->setProperty("role", "title");
    m_note = new QLabel(this);
    m_note->setProperty("role", "hint");
    auto* close = new QToolButton(this);
    close->setIcon(icon(Icon::Close));
    close->setToolTip(tr("Closes this panel; the View menu brings it back"));
    close->setAccessibleName(tr("Close %1").arg(dock->windowTitle()));
    row->addWidget(title);
    row->addWidget(m_note);
    row->addStretch(1);
    row->addWidget(close);
    connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
}

} // namespace nc::window
