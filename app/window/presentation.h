#pragma once

#include <memory>

#include <QBasicTimer>
#include <QWidget>

#include "app/figure_builder.h"
#include "app/window/scene_view.h"

namespace nc::window
{

/// What stands around the picture.
struct PresentationText {
    QString run, epoch; ///< upper left
    QString title;      ///< below the picture
    QString caption;    ///< under the title, at most two lines
    int place = 0;      ///< of the epoch among all, from 0
    int count = 0;      ///< of epochs
};

/// The picture and its caption on the whole screen, for a room: type at 2.5 % of the height, clicker keys step through
/// the epochs, B blanks, L shows a laser dot at the cursor, Esc leaves. A window of its own: the one below stays as it
/// is.
class Presentation : public QWidget
{
    Q_OBJECT

public:
    explicit Presentation(QWidget* parent);

    /// `view` is where the eye stands when the presentation begins; later panels keep the place.
    void begin(const scene::ScreenView& view, const scene::ScreenStyle& style);
    void showPanel(std::shared_ptr<const app::PanelContent> panel, const std::optional<scene::ScreenExtent>& extent,
                   const PresentationText& text);

    [[nodiscard]] SceneView* view() const { return m_view; }
    [[nodiscard]] bool isBlank() const { return m_blank; }
    [[nodiscard]] const PresentationText& text() const { return m_text; }
    [[nodiscard]] int typeSizePx() const; ///< 2.5 % of the height

Q_SIGNALS:
    void stepWanted(int count); ///< epochs on or back
    void firstWanted();
    void lastWanted();
    void playWanted();
    void closed();

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent*) override;
    void timerEvent(QTimerEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    void showCursorForAWhile();
    void paintScale(QPainter& painter) const;
    void paintDots(QPainter& painter) const;

    SceneView* m_view = nullptr;
    QWidget *m_overlay = nullptr, *m_laser = nullptr;
    std::shared_ptr<const app::PanelContent> m_panel;
    PresentationText m_text;
    scene::ScreenStyle m_style;
    bool m_blank = false;
    QBasicTimer m_cursorTimer;
};

} // namespace nc::window
