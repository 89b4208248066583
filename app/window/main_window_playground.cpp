// The lambda playground: a page of its own in place of the view, without the panels that runs need.

#include <QApplication>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QStackedWidget>
#include <QStatusBar>

#include "app/window/icons.h"
#include "app/window/main_window.h"
#include "app/window/playground_page.h"

namespace nc::window
{

void MainWindow::makeTeachMenu(QMenu* menu)
{
    addCommand(menu, tr("Lambda playground"), QKeySequence(QStringLiteral("Ctrl+L")),
               tr("Theory without data: move λ, α, β and the number of classes; Esc leaves"),
               [this] { togglePlayground(); })
        ->setIcon(icon(Icon::Lambda));
}

void MainWindow::makePlayground()
{
    m_playground = new PlaygroundPage(this);
    m_pages->addWidget(m_playground);
    connect(m_playground, &PlaygroundPage::leaveWanted, this, &MainWindow::leavePlayground);
    connect(m_playground, &PlaygroundPage::statusChanged, this, [this](const QString& words) {
        if (m_pages->currentWidget() == m_playground)
            statusBar()->showMessage(words);
    });
    connect(m_playground, &PlaygroundPage::messageWanted, this,
            [this](const QString& words) { statusBar()->showMessage(words, 5000); });
    connect(m_playground, &PlaygroundPage::runBetaWanted, this, [this] {
        const QString name = session() ? QFileInfo(session()->path()).completeBaseName() : QString();
        m_playground->takeRunBeta(app::betaOffRun(current()->panel().get(), name.toStdString()));
    });
    // Whoever shows another page, as opening a run does, ends it.
    connect(m_pages, &QStackedWidget::currentChanged, this, [this] {
        if (m_pages->currentWidget() == m_playground)
            return;
        if (!m_docksBeforePlayground.isEmpty())
            restoreState(std::exchange(m_docksBeforePlayground, QByteArray()));
        statusBar()->clearMessage();
    });
}

void MainWindow::togglePlayground()
{
    if (!m_playground)
        makePlayground();
    if (m_pages->currentWidget() == m_playground) {
        leavePlayground();
        return;
    }
    m_beforePlayground = m_pages->currentWidget();
    if (m_dockState.isEmpty()) { // else they are hidden already
        m_docksBeforePlayground = saveState();
        for (QDockWidget* dock : findChildren<QDockWidget*>())
            dock->hide();
    }
    m_pages->setCurrentWidget(m_playground);
}

void MainWindow::leavePlayground()
{
    if (!m_playground || m_pages->currentWidget() != m_playground)
        return;
    m_pages->setCurrentWidget(m_beforePlayground);
    if (m_beforePlayground == m_views)
        view()->setFocus();
}

} // namespace nc::window
