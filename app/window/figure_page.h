#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <QSizeF>

namespace nc::window
{

/// A figure on its sheet of paper below a ruler, at its real size or larger.
class FigurePage : public QAbstractScrollArea
{
    Q_OBJECT

public:
    enum class Zoom { Real, Double, Fit };
    enum class Unit { Inch, Centimetre };

    explicit FigurePage(QWidget* parent = nullptr);

    void setPicture(const QImage& picture, QSizeF pagePt);
    /// Why there is no picture; empty: there is one.
    void setMessage(const QString& message);
    void setBusy(bool busy); ///< a sign after 0.3 s
    void setZoom(Zoom zoom);
    void setUnit(Unit unit);
    void setStandIn(bool textLines, bool checker); ///< grey lines of text above a paper's figure; squares below none

    /// Dots an inch of the picture that fits the screen, for a page so wide.
    [[nodiscard]] double wantedDpi(double pageWidthPt) const;
    [[nodiscard]] QSizeF pagePt() const { return m_pagePt; }
    [[nodiscard]] const QImage& picture() const { return m_picture; }
    [[nodiscard]] QRectF figureRect() const; ///< in the viewport, logical pixels
    [[nodiscard]] const QString& message() const { return m_message; }
    [[nodiscard]] bool showsBusySign() const { return m_busySign; }

Q_SIGNALS:
    void zoomChanged(); ///< another resolution is wanted

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void scrollContentsBy(int, int) override;
    void timerEvent(QTimerEvent* event) override;

private:
    [[nodiscard]] double scale() const; ///< logical pixels a point
    [[nodiscard]] double realScale() const;
    [[nodiscard]] QSizeF sheetSize() const;
    void updateBars();
    void paintRuler(QPainter& painter, const QRectF& figure) const;

    QImage m_picture;
    QSizeF m_pagePt{396, 300};
    QString m_message;
    Zoom m_zoom = Zoom::Real;
    Unit m_unit = Unit::Inch;
    bool m_textLines = true, m_checker = false;
    bool m_busy = false, m_busySign = false;
    int m_busyTimer = 0;
};

} // namespace nc::window
