#pragma once

#include <vector>

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QWidget>

#include "app/playground.h"
#include "core/result.h"

class QLabel;

namespace nc::window
{

class CurveHandle;
class DensityStrip;
class PlaygroundControls;
class PlaygroundNotes;
class SceneView;

/// The lambda playground: theory without data, every number recomputed at once. It computes nothing itself: all is a
/// function of app::PlaygroundState. Keys: Space sweeps, Ctrl+Z and Ctrl+Shift+Z undo and redo, Ctrl+C copies, Ctrl+E
/// exports, R and the zoom keys as in any view, Esc leaves.
class PlaygroundPage : public QWidget
{
    Q_OBJECT

public:
    explicit PlaygroundPage(QWidget* parent = nullptr);

    [[nodiscard]] const app::PlaygroundState& state() const { return m_state; }
    /// A step of the history; steps of one `slider` (not 0) are one until it is let go.
    void choose(const app::PlaygroundState& state, int slider = 0);
    void undo();
    void redo();
    void sweep(bool on);
    [[nodiscard]] bool isSweeping() const { return m_sweepTimer.isActive(); }
    /// What the run that is shown came to: its beta and classes, or why not.
    void takeRunBeta(const app::RunBeta& read);
    [[nodiscard]] Result<void> writeFigure(const QString& path) const;
    void copyNumbers();

    [[nodiscard]] SceneView* view() const { return m_view; }
    [[nodiscard]] DensityStrip* strip() const { return m_strip; }
    [[nodiscard]] CurveHandle* handle() const { return m_handle; }
    [[nodiscard]] const QString& status() const { return m_status; }

Q_SIGNALS:
    void leaveWanted();
    void runBetaWanted();
    void statusChanged(const QString& words);
    void messageWanted(const QString& words); ///< said for a while

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showState(const app::PlaygroundState& state);
    void chooseLambda(double lambda);
    void placeOverlays();
    void updateStyle();
    [[nodiscard]] QPointF placeOf(double lambda) const; ///< in the view
    [[nodiscard]] std::vector<QPointF> curveEnds() const;
    [[nodiscard]] double nearestLambda(QPointF place) const;
    void exportFigure();
    [[nodiscard]] bool takesKey(const QKeyEvent& key) const;

    app::PlaygroundState m_state;
    std::vector<app::PlaygroundState> m_past, m_future;
    int m_openSlider = 0; ///< whose steps are still one; 0: none

    PlaygroundControls* m_controls = nullptr;
    PlaygroundNotes* m_notes = nullptr;
    SceneView* m_view = nullptr;
    DensityStrip* m_strip = nullptr;
    CurveHandle* m_handle = nullptr;
    QLabel* m_badge = nullptr;
    QString m_status;
    QBasicTimer m_sweepTimer;
    QElapsedTimer m_sweepTime;
    double m_sweepFrom = 0;
};

} // namespace nc::window
