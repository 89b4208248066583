#include "app/window/error_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/window/icons.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

ErrorBar::ErrorBar(QWidget* parent)
    : QFrame(parent)
{
    setObjectName(QStringLiteral("errorBar"));
    setProperty("role", "error");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 12, 12, 12);
    row->setSpacing(8);
    m_sign = new QLabel(this);
    row->addWidget(m_sign, 0, Qt::AlignTop);
    row->addSpacing(4);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    m_title = new QLabel(this);
    m_title->setObjectName(QStringLiteral("errorTitle"));
    m_title->setFont(uiFont(13, QFont::DemiBold));
    m_title->setWordWrap(true);
    m_text = new QLabel(this);
    m_text->setObjectName(QStringLiteral("errorText"));
    m_text->setProperty("role", "hint");
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words->addWidget(m_title);
    words->addWidget(m_text);
    row->addLayout(words, 1);
    row->addSpacing(16);
    const auto button = [&](const QString& text, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setToolTip(tip);
        made->setAutoDefault(false);
        row->addWidget(made, 0, Qt::AlignVCenter);
        return made;
    };
    m_retry = button(tr("Try again"), tr("Reads it once more"));
    m_skip = button({}, tr("Goes on to the next epoch that can be read"));
    connect(m_retry, &QPushButton::clicked, this, &ErrorBar::retryWanted);
    connect(m_skip, &QPushButton::clicked, this, &ErrorBar::skipWanted);
    connect(button(tr("Copy"), tr("The whole message")), &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(m_failure.message); });
    auto* close = new QToolButton(this);
    close->setIcon(icon(Icon::Close));
    close->setIconSize(QSize(iconSizePx, iconSizePx));
    close->setToolTip(tr("Close this message"));
    close->setAccessibleName(close->toolTip());
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    row->addWidget(close, 0, Qt::AlignVCenter);
    hide();
}

void ErrorBar::showFailure(const Failure& failure)
{
    m_failure = failure;
    m_sign->setPixmap(icon(Icon::Broken, IconTone::Error).pixmap(QSize(iconSizePx, iconSizePx), devicePixelRatioF()));
    const qsizetype colon = failure.message.indexOf(QStringLiteral(": "));
    QString why = colon < 0 ? QString() : failure.message.mid(colon + 2);
    if (!why.isEmpty())
        why[0] = why[0].toUpper();
    if (!failure.instead.isEmpty())
        why += (why.isEmpty() ? QString() : QStringLiteral("\n")) + failure.instead;
    m_title->setText(colon < 0 ? failure.message : failure.message.left(colon));
    m_text->setText(why);
    m_text->setVisible(!why.isEmpty());
    m_retry->setVisible(failure.retry);
    m_skip->setVisible(!failure.skip.isEmpty());
    m_skip->setText(failure.skip);
    show();
}

} // namespace nc::window
