#include "app/window/panel_parts.h"

#include <QButtonGroup>
#include <QLabel>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

namespace nc::window
{

QLabel* makeLabel(const QString& text, const char* role, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("role", QLatin1String(role));
    return label;
}

QVBoxLayout* makeScrollingPanel(QWidget* panel, const QMargins& margins)
{
    panel->setProperty("role", "panel");
    panel->setAttribute(Qt::WA_StyledBackground);
    auto* whole = new QVBoxLayout(panel);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(0);
    auto* scroll = new QScrollArea(panel);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* inside = new QWidget(scroll);
    inside->setProperty("role", "panel");
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(margins);
    column->setSpacing(0);
    scroll->setWidget(inside);
    whole->addWidget(scroll, 1);
    return column;
}

QVBoxLayout* addFoldSection(QVBoxLayout* into, const QString& title, QWidget* parent)
{
    auto* fold = new QToolButton(parent);
    fold->setText(title);
    fold->setCheckable(true);
    fold->setChecked(true);
    fold->setArrowType(Qt::DownArrow);
    fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    fold->setStyleSheet(QStringLiteral("QToolButton, QToolButton:checked { font-weight: 600; background: transparent; "
                                       "color: palette(text); padding: 6px 0; }"));
    auto* body = new QWidget(parent);
    body->setProperty("role", "panel");
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 8);
    layout->setSpacing(6);
    QObject::connect(fold, &QToolButton::toggled, body, [fold, body](bool open) {
        body->setVisible(open);
        fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
    into->addWidget(fold);
    into->addWidget(body);
    auto* line = new QFrame(parent);
    line->setProperty("role", "line");
    into->addWidget(line);
    return layout;
}

QButtonGroup* makeSegments(const QStringList& names, QWidget*& box, QWidget* parent)
{
    box = new QWidget(parent);
    auto* layout = new QHBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    auto* group = new QButtonGroup(box);
    for (qsizetype k = 0; k < names.size(); ++k) {
        auto* button = new QToolButton(box);
        button->setText(names[k]);
        button->setCheckable(true);
        button->setProperty("role", "segment");
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        group->addButton(button, static_cast<int>(k));
        layout->addWidget(button);
    }
    return group;
}

} // namespace nc::window
