#include "app/window/empty_start.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/window/ui_theme.h"

namespace nc::window
{

EmptyStart::EmptyStart(QWidget* parent)
    : QWidget(parent)
{
    auto* column = new QVBoxLayout(this);
    auto* title = new QLabel(tr("See neural collapse happen"), this);
    title->setFont(uiFont(26, QFont::Medium));
    title->setAlignment(Qt::AlignCenter);
    auto* hint = new QLabel(tr("Open a run, or drop its folder or file here."), this);
    hint->setProperty("role", "hint");
    hint->setAlignment(Qt::AlignCenter);
    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    row->addStretch(1);
    const auto choice = [this, row](const QString& text, const QString& tip, void (EmptyStart::*chosen)()) {
        auto* button = new QPushButton(text, this);
        button->setToolTip(tip);
        button->setMinimumSize(220, 64);
        button->setFont(uiFont(13, QFont::Medium));
        connect(button, &QPushButton::clicked, this, chosen);
        row->addWidget(button);
        return button;
    };
    QPushButton* demo = choice(tr("Open the demo"), tr("A real training on FashionMNIST with mixup, ten classes"),
                               &EmptyStart::demoChosen);
    demo->setProperty("role", "main");
    demo->setDefault(true);
    demo->setFocus();
    choice(tr("Open a run folder…"), tr("A folder with run.h5"), &EmptyStart::folderChosen);
    choice(tr("Open a run file…"), tr("One .h5 file"), &EmptyStart::fileChosen);
    row->addStretch(1);
    column->addStretch(2);
    column->addWidget(title);
    column->addSpacing(8);
    column->addWidget(hint);
    column->addSpacing(28);
    column->addLayout(row);
    column->addStretch(3);
}

} // namespace nc::window
