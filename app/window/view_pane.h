#pragma once

#include <memory>

#include <QBasicTimer>
#include <QWidget>

#include "app/window/error_bar.h"
#include "app/window/sample_sheet.h"
#include "app/window/scene_view.h"

class QLabel;

namespace nc::window
{

class Gizmo;
class HoverCard;
class LegendCard;

/// A view with what lies over it: badge, legend, count of points, the card of a sample, and above it the bar of errors
/// that concern it.
class ViewPane : public QWidget
{
    Q_OBJECT

public:
    explicit ViewPane(QWidget* parent = nullptr);
    ~ViewPane() override;

    /// Null: nothing to show. As SceneView::setScene().
    void setPanel(std::shared_ptr<const app::PanelContent> panel, const std::optional<scene::ScreenExtent>& extent = {},
                  bool sameView = false);
    /// `style.selected` is left to setPinnedRow().
    void setStyle(const scene::ScreenStyle& style);
    /// The row of the split that is ringed and written about in every epoch; -1: none.
    void setPinnedRow(std::int64_t row);
    [[nodiscard]] std::int64_t pinnedRow() const { return m_pinnedRow; }
    /// What was asked for by sampleWanted(); another's is ignored.
    void setSample(std::shared_ptr<const app::SampleDetail> detail);
    /// Of the sample under the cursor, else of the pinned one.
    [[nodiscard]] const std::optional<SampleFacts>& facts() const { return m_facts; }
    void setBadge(const QString& text); ///< empty: none
    /// Beside other views: legend and gizmo stand in one of them; the card of the pinned sample may be in the way.
    struct Overlays {
        bool legend = true, gizmo = true, pinnedCard = true;
        bool small = false; ///< there is little room: what would not leave enough for the picture goes
    };
    void setOverlays(const Overlays& overlays);
    void setFacts(const QString& richText); ///< in the upper right corner; empty: none
    void setScaleNote(const QString& text); ///< after the count of points; empty: none
    /// What the empty view waits for, said once it takes long enough to be noticed; empty: nothing.
    void setWaiting(const QString& text);
    [[nodiscard]] bool isWaiting() const; ///< and it is said
    void setNoticedAfter(int ms) { m_noticedMs = ms; }

    /// Pushes the view down, never covers it.
    void showError(const Failure& failure);
    void hideError();
    [[nodiscard]] ErrorBar* errorBar() const { return m_errorBar; }

    [[nodiscard]] SceneView* view() const { return m_view; }
    [[nodiscard]] const app::PanelContent* panel() const { return m_panel.get(); }
    [[nodiscard]] const std::optional<scene::ScreenExtent>& extent() const { return m_view->extent(); }

Q_SIGNALS:
    void filterChosen(const nc::scene::CloudFilter& filter,
                      bool insteadOfClick);                  ///< as LegendCard's; setStyle() does it
    void pinChosen(qint64 row);                              ///< by a click, -1: none; setPinnedRow() makes it so
    void lookChosen(double azimuthDeg, double elevationDeg); ///< in the gizmo; SceneView::lookAlong() does it
    void sampleWanted(const nc::app::SampleRequest& request);
    void factsChanged();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void updateOverlays();
    void showLegend();
    void placeOverlays();
    void showCard(qint64 point);
    void hideCard();
    void followPoint();
    void updateFacts();
    [[nodiscard]] qint64 pinnedPoint() const;
    [[nodiscard]] std::vector<QRect> overlayRects() const;
    [[nodiscard]] std::vector<QRectF> coveredRects() const;

    SceneView* m_view = nullptr;
    QLabel* m_badge = nullptr;
    QLabel* m_count = nullptr;
    QLabel* m_factsLabel = nullptr;
    QLabel* m_waiting = nullptr;
    LegendCard* m_legend = nullptr;
    ErrorBar* m_errorBar = nullptr;
    Gizmo* m_gizmo = nullptr;
    HoverCard* m_card = nullptr;
    QBasicTimer m_cardGone, m_waitingTimer;
    Overlays m_overlays;
    QString m_scaleNote;
    int m_noticedMs = 300; ///< a shorter wait is none
    std::shared_ptr<const app::PanelContent> m_panel;
    std::int64_t m_pinnedRow = -1;
    qint64 m_cardPoint = -1; ///< whom the card is about, index into the cloud
    std::optional<SampleFacts> m_facts;
    std::shared_ptr<const app::SampleDetail> m_detail;
};

} // namespace nc::window
