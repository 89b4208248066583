#pragma once

#include <optional>

#include <QWidget>

#include "app/playground.h"
#include "viz/scene/fonts.h"

namespace nc::window
{

/// The playground's formula in the face of papers: what has numbers in it in the accent colour, a mark where both sides
/// of an equation agree. Smaller where the panel is too narrow.
class FormulaView : public QWidget
{
    Q_OBJECT

public:
    explicit FormulaView(QWidget* parent = nullptr);
    void setLines(std::vector<app::FormulaLine> lines);
    [[nodiscard]] const std::vector<app::FormulaLine>& lines() const { return m_lines; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;

private:
    [[nodiscard]] double sizeThatFits() const;

    scene::Fonts m_fonts{scene::FontFamily::Serif};
    std::vector<app::FormulaLine> m_lines;
};

/// Shares as bars with their numbers.
class ShareBars : public QWidget
{
    Q_OBJECT

public:
    struct Row {
        QString name;
        double value = 0;
        int classSlot = -1; ///< of the class whose colour the bar has
    };
    explicit ShareBars(QWidget* parent = nullptr);
    void setRows(std::vector<Row> rows);
    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;

private:
    std::vector<Row> m_rows;
};

/// The handle on the curve: drag it, or move it by the arrow keys.
class CurveHandle : public QWidget
{
    Q_OBJECT

public:
    explicit CurveHandle(QWidget* parent);
    void setLambda(double lambda);
    void place(QPointF middle); ///< in the parent

Q_SIGNALS:
    void draggedTo(QPointF place); ///< in the parent
    void stepped(double lambda);   ///< by keys
    void released();

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent*) override { update(); }
    void focusOutEvent(QFocusEvent*) override { update(); }

private:
    double m_lambda = 0;
    QPointF m_grip; ///< from the middle to where it was taken
};

} // namespace nc::window
