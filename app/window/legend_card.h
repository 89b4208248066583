#pragma once

#include <QWidget>

#include "viz/scene/screen_painter.h"

namespace nc::window
{

/// What the colours mean and how many points have each. Click hides or shows a class, double-click isolates it.
class LegendCard : public QWidget
{
    Q_OBJECT

public:
    explicit LegendCard(QWidget* parent);

    void show(const scene::SceneModel& scene, const scene::ScreenStyle& style);
    [[nodiscard]] Index shownPoints() const { return m_shown; }

    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void filterChosen(const nc::scene::CloudFilter& filter);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    enum class RowKind { Title, Class, Kind, Bar };
    struct Row {
        RowKind kind = RowKind::Title;
        QString text;
        Index count = 0;
        int slot = -1; ///< of a class
        std::int32_t classIndex = -1;
        bool same = true; ///< of a kind
    };
    [[nodiscard]] int rowAt(int y) const;
    void count(const scene::SceneModel& scene);
    void toggle(const Row& row);
    void paintRow(QPainter& painter, const Row& row, double top) const;
    [[nodiscard]] bool isHidden(const Row& row) const;

    std::vector<Row> m_rows;
    scene::ScreenStyle m_style;
    std::vector<Index> m_perClass;
    Index m_same = 0, m_different = 0, m_shown = 0;
};

} // namespace nc::window
