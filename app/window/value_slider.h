#pragma once

#include <QWidget>

class QDoubleSpinBox;
class QLabel;
class QSlider;

namespace nc::window
{

/// A number: its name, a field, and a slider under both. The slider's arrows move it by a two-hundredth of its length,
/// whatever the scale.
class ValueSlider : public QWidget
{
    Q_OBJECT

public:
    enum class Scale { Linear, Log };
    struct Range {
        double least = 0, most = 1;
        Scale scale = Scale::Linear;
        int decimals = 2; ///< of the field; 0: whole numbers only
    };
    ValueSlider(const QString& symbol, const QString& name, const Range& range, QWidget* parent);

    [[nodiscard]] double value() const { return m_value; }
    void setValue(double value); ///< no signal
    void setTip(const QString& tip);
    [[nodiscard]] QSlider* slider() const { return m_slider; }
    [[nodiscard]] QDoubleSpinBox* field() const { return m_field; }

Q_SIGNALS:
    void valueChosen(double value); ///< by the user
    void released();                ///< what changes from here on is another step

private:
    [[nodiscard]] double valueAt(int position) const;
    [[nodiscard]] int positionOf(double value) const;
    void display();

    Range m_range;
    QString m_name;
    double m_value = 0;
    QSlider* m_slider = nullptr;
    QDoubleSpinBox* m_field = nullptr;
};

} // namespace nc::window
