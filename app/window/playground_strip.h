#pragma once

#include <QWidget>

#include "app/playground.h"
#include "viz/scene/fonts.h"

namespace nc::window
{

/// How densely mixes stand along the curve, with a playhead that can be dragged.
class DensityStrip : public QWidget
{
    Q_OBJECT

public:
    explicit DensityStrip(QWidget* parent = nullptr);
    void setDensity(app::PlaygroundDensity density, double lambda, const QString& words, const scene::RichText& axis);
    [[nodiscard]] double xOf(double delta) const; ///< logical pixels
    [[nodiscard]] const app::PlaygroundDensity& density() const { return m_density; }

Q_SIGNALS:
    void deltaChosen(double delta);
    void stepped(double lambda); ///< by keys
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
    void paintBars(QPainter& painter) const;
    void paintTicks(QPainter& painter) const;
    void paintPlayhead(QPainter& painter) const;
    [[nodiscard]] double deltaAt(double x) const;

    app::PlaygroundDensity m_density;
    double m_lambda = 0;
    QString m_words;
    scene::RichText m_axis;
    scene::Fonts m_fonts{scene::FontFamily::Sans};
};

} // namespace nc::window
