#pragma once

#include <memory>

#include <QWidget>

#include "app/figure_builder.h"
#include "app/window/raster_view.h"

class QFrame;
class QLabel;

namespace nc::window
{

class LegendCard;

/// A view with what lies over it: badge, legend, count of points, and above it the bar of errors that concern it.
class ViewPane : public QWidget
{
    Q_OBJECT

public:
    explicit ViewPane(QWidget* parent = nullptr);
    ~ViewPane() override;

    /// Null: nothing to show. `keepPlace`: another epoch of the same view, drawn at the same scale.
    void setPanel(std::shared_ptr<const app::PanelContent> panel, bool keepPlace = false);
    void setStyle(const scene::ScreenStyle& style);
    void setBadge(const QString& text); ///< empty: none

    /// Pushes the view down, never covers it.
    void showError(const QString& message);
    void hideError();

    [[nodiscard]] RasterView* view() const { return m_view; }

Q_SIGNALS:
    void filterChosen(const nc::scene::CloudFilter& filter); ///< in the legend; setStyle() makes it so
    void pointHovered(qint64 point);                         ///< -1: none any more
    void pointClicked(qint64 point);                         ///< -1: the empty view

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeErrorBar();
    void updateOverlays();
    void placeOverlays();

    RasterView* m_view = nullptr;
    QLabel* m_badge = nullptr;
    QLabel* m_count = nullptr;
    LegendCard* m_legend = nullptr;
    QFrame* m_errorBar = nullptr;
    QLabel* m_errorText = nullptr;
    std::shared_ptr<const app::PanelContent> m_panel;
};

} // namespace nc::window
