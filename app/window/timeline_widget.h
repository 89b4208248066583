#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include <QStringList>
#include <QWidget>

namespace nc::window
{

/// Time as one painted widget: ruler with every recorded epoch, cache bar, marks, lanes of curves, playhead.
class TimelineWidget : public QWidget
{
    Q_OBJECT

public:
    enum class Axis { Linear, Log, Recorded };
    struct Lane {
        QString id; ///< for the settings
        QString name;
        QString tip; ///< what the curve is, for the hover card
        bool logarithmic = false;
        double factor = 1;          ///< shown value = value x factor
        QString unit;               ///< after the value, e.g. "%"
        std::vector<double> values; ///< one for each epoch; NaN: a gap
        /// The same of another run, at that run's epochs.
        struct Other {
            int place = 0; ///< of its line, as runPen() takes it
            std::vector<std::int64_t> epochs;
            std::vector<double> values;
        };
        std::vector<Other> others{};
        double chance = std::numeric_limits<double>::quiet_NaN(); ///< thin dashed line; NaN: none
    };
    enum class MarkKind { LearningRate, TerminalPhase, Unreadable };
    struct Mark {
        std::int64_t epoch = 0;
        MarkKind kind = MarkKind::LearningRate;
        QString text; ///< beside the mark
        QString tip;  ///< one sentence
    };

    explicit TimelineWidget(QWidget* parent = nullptr);

    /// `others`: what the axis reaches over as well, ascending; of other runs.
    void setEpochs(std::vector<std::int64_t> epochs, const std::vector<std::int64_t>& others = {});
    void setPlace(int place); ///< of its own run's line among several; -1: there are no others
    void setLanes(std::vector<Lane> lanes);
    void setMarks(std::vector<Mark> marks);
    void setLoaded(std::vector<bool> loaded); ///< one for each epoch
    void setAxis(Axis axis);
    void setCurrent(std::int64_t epoch); ///< no signal

    [[nodiscard]] std::int64_t current() const { return m_current; }
    [[nodiscard]] const std::vector<std::int64_t>& epochs() const { return m_epochs; }
    [[nodiscard]] const std::vector<Lane>& lanes() const { return m_lanes; }
    [[nodiscard]] const std::vector<Mark>& marks() const { return m_marks; }
    [[nodiscard]] Axis axis() const { return m_axis; }
    /// What the card says while the cursor rests at that column: the epoch, then each lane's value.
    [[nodiscard]] QStringList readingAt(double x) const;
    /// The mark under a place, null where there is none.
    [[nodiscard]] const Mark* markAt(QPointF place) const;
    /// Pixel column of an epoch, and the recorded epoch nearest to a column.
    [[nodiscard]] double xOf(std::int64_t epoch) const;
    [[nodiscard]] std::int64_t epochAt(double x) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void epochChosen(qint64 epoch); ///< by mouse

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent*) override;

private:
    [[nodiscard]] double position(std::int64_t epoch) const; ///< 0..1 along the axis
    [[nodiscard]] std::size_t indexOf(std::int64_t epoch) const;
    void paintRuler(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintLane(QPainter& painter, const Lane& lane, double top) const;
    void paintCurves(QPainter& painter, const Lane& lane, const QRectF& area) const;
    void paintPlayhead(QPainter& painter) const;
    void paintHover(QPainter& painter) const;
    void choose(double x);

    std::vector<std::int64_t> m_epochs;
    std::vector<std::int64_t> m_axisEpochs; ///< and those of other runs
    int m_place = -1;
    std::vector<bool> m_loaded;
    std::vector<Lane> m_lanes;
    std::vector<Mark> m_marks;
    Axis m_axis = Axis::Log;
    std::int64_t m_current = 0;
    double m_hoverX = -1;
};

} // namespace nc::window
