#pragma once

#include <vector>

#include <QWidget>

#include "app/window/sample_sheet.h"

namespace nc::window
{

/// Where a card of `size` stands beside a point: inside `area`, clear of the point, and of `others` where there is
/// room.
[[nodiscard]] QRect placeCard(QPoint point, QSize size, const QRect& area, const std::vector<QRect>& others);

/// The sample under the cursor, tied to its point by a thin line. Takes no input and no focus; stays where it came up.
class HoverCard : public QWidget
{
    Q_OBJECT

public:
    explicit HoverCard(QWidget* parent);

    /// `pinned`: the view rings the point itself.
    void showAt(QPoint point, const SampleFacts& facts, bool pinned, const std::vector<QRect>& others);
    /// More is known of the same sample: the card may have grown into what stands around it.
    void setFacts(const SampleFacts& facts, bool pinned, const std::vector<QRect>& others);
    void movePoint(QPoint point, const std::vector<QRect>& others); ///< the card moves only when it would cover it

    [[nodiscard]] QRect cardRect() const { return m_card; } ///< in the parent, without line and shadow
    [[nodiscard]] QPoint point() const { return m_point; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    void layOut();
    [[nodiscard]] QRect area() const; ///< of the view, without its margin

    SampleSheet* m_sheet = nullptr;
    QRect m_card;
    QPoint m_point;
    bool m_pinned = false;
};

} // namespace nc::window
