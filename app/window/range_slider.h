#pragma once

#include <QWidget>

namespace nc::window
{

/// A range between 0 and 1 by two handles. The mouse takes the nearer one; Tab goes from the lower to the upper, arrows
/// move it by a hundredth, with Shift by a tenth, Home and End as far as it goes.
class RangeSlider : public QWidget
{
    Q_OBJECT

public:
    explicit RangeSlider(QWidget* parent = nullptr);

    [[nodiscard]] double low() const { return m_low; }
    [[nodiscard]] double high() const { return m_high; }
    void setRange(double low, double high); ///< no signal
    /// Middle of a handle, in this widget.
    [[nodiscard]] QPointF handlePlace(bool upper) const;
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void rangeChanged(double low, double high); ///< by the user
    void released();                            ///< what changes from here on is another step

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    void move(double to);
    [[nodiscard]] double valueAt(double x) const;
    void describe();

    double m_low = 0, m_high = 1;
    bool m_upper = false; ///< the handle that keys and the mouse move
};

} // namespace nc::window
