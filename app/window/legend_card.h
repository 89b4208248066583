#pragma once

#include <QWidget>

#include "viz/scene/screen_frame.h"

namespace nc::window
{

/// What the colours mean and how many points have each. Click hides or shows a class, double-click isolates it.
class LegendCard : public QWidget
{
    Q_OBJECT

public:
    explicit LegendCard(QWidget* parent);

    /// `counts`: of the scene's cloud.
    void show(const scene::SceneModel& scene, const scene::CloudCounts& counts, const scene::ScreenStyle& style);
    void setCompact(bool compact) { m_compact = compact; } ///< without classes, with the next show()
    [[nodiscard]] Index shownPoints() const { return m_shown; }

    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    /// `insteadOfClick`: in place of what the first click of this double-click chose.
    void filterChosen(const nc::scene::CloudFilter& filter, bool insteadOfClick);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    enum class RowKind { Title, Class, Kind, Bar, Pair, Wrong };
    struct Row {
        RowKind kind = RowKind::Title;
        QString text;
        Index count = 0;
        int slot = -1; ///< of a class
        std::int32_t classIndex = -1;
        bool same = true;       ///< of a kind
        scene::Rgb colour = {}; ///< of a pair
    };
    [[nodiscard]] int rowAt(int y) const;
    void addMixRows(const scene::SceneModel& scene, const scene::CloudCounts& counts);
    void toggle(const Row& row);
    void paintBar(QPainter& painter, const Row& row, double top) const;
    void paintSwatch(QPainter& painter, const Row& row, QPointF centre) const;
    [[nodiscard]] bool hasSwatch(const Row& row) const;
    void paintRow(QPainter& painter, const Row& row, double top) const;
    [[nodiscard]] bool isHidden(const Row& row) const;

    std::vector<Row> m_rows;
    scene::ScreenStyle m_style;
    scene::ColorBy m_colorBy = scene::ColorBy::ClassLambda; ///< what is drawn
    scene::CloudFilter m_beforeClick;
    Index m_shown = 0;
    bool m_compact = false;
};

} // namespace nc::window
