#pragma once

#include <QAbstractButton>
#include <QStringList>
#include <QWidget>

#include "app/window/error_bar.h"
#include "app/window/icons.h"

class QVBoxLayout;

namespace nc::window
{

/// One of the large choices: icon, title, a sentence, its key.
class StartCard : public QAbstractButton
{
    Q_OBJECT

public:
    StartCard(Icon shape, const QString& title, const QString& text, const QString& keys, QWidget* parent);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    Icon m_shape;
    QString m_sentence, m_keys;
};

/// A run that was opened before. Where it is not there any more the row says so, and offers to look for it elsewhere or
/// to forget it.
class RecentRow : public QAbstractButton
{
    Q_OBJECT

public:
    RecentRow(const QString& path, QWidget* parent);
    [[nodiscard]] const QString& path() const { return m_path; }
    [[nodiscard]] bool isMissing() const { return m_missing; }
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void locateAsked();
    void removeAsked();

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    QWidget* m_ways = nullptr; ///< Locate and Remove, of a missing one
    QString m_path, m_name, m_folder, m_state, m_when;
    bool m_missing = false;
};

/// What is seen before a run is open: what to do first, and what was open before. Enter opens the demo.
class EmptyStart : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyStart(QWidget* parent = nullptr);

    void setRecent(const QStringList& paths); ///< latest first
    [[nodiscard]] ErrorBar* errorBar() const { return m_errorBar; }

Q_SIGNALS:
    void demoChosen();
    void folderChosen();
    void fileChosen();
    void trainingChosen();
    void recentChosen(const QString& path);
    void locateAsked(const QString& path); ///< of a recent one that is missing
    void removeAsked(const QString& path); ///< from the recent ones
    void keysChosen();
    void playgroundChosen();

protected:
    void showEvent(QShowEvent*) override;

private:
    ErrorBar* m_errorBar = nullptr;
    StartCard* m_demo = nullptr;
    QWidget* m_recent = nullptr;
    QVBoxLayout* m_recentRows = nullptr;
};

} // namespace nc::window
