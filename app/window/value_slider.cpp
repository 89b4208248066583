#include "app/window/value_slider.h"

#include <algorithm>
#include <cmath>

#include <QDoubleSpinBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>

#include "app/window/panel_parts.h"

namespace nc::window
{

namespace
{

constexpr int positions = 1000;
constexpr int fieldWidth = 68;

} // namespace

ValueSlider::ValueSlider(const QString& symbol, const QString& name, const Range& range, QWidget* parent)
    : QWidget(parent)
    , m_range(range)
    , m_name(symbol + QStringLiteral(", ") + name)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    m_field = new QDoubleSpinBox(this);
    m_field->setRange(range.least, range.most);
    m_field->setDecimals(range.decimals);
    m_field->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_field->setAlignment(Qt::AlignRight);
    m_field->setKeyboardTracking(false);
    m_field->setLocale(QLocale::c());
    m_field->setFixedWidth(fieldWidth);
    m_field->setSingleStep(range.decimals == 0 ? 1 : (range.most - range.least) / 100);
    m_slider = new QSlider(Qt::Horizontal, this);
    m_slider->setRange(0, positions);
    m_slider->setSingleStep(positions / 200);
    m_slider->setPageStep(positions / 20);
    auto* letter = makeLabel(symbol, "title", this);
    letter->setBuddy(m_slider);
    row->addWidget(letter);
    row->addWidget(makeLabel(name, "hint", this), 1);
    row->addWidget(m_field);
    column->addLayout(row);
    column->addWidget(m_slider);
    m_slider->setAccessibleName(m_name);
    m_field->setAccessibleName(m_name);
    connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
        const double before = m_value;
        m_value = valueAt(position);
        if (m_range.decimals == 0 && m_value == before) // a step of the keys is at least one
            m_value = std::clamp(before + (position > positionOf(before) ? 1 : -1), m_range.least, m_range.most);
        display();
        Q_EMIT valueChosen(m_value);
    });
    connect(m_slider, &QSlider::sliderReleased, this, &ValueSlider::released);
    connect(m_field, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        m_value = value;
        display();
        Q_EMIT valueChosen(m_value);
        Q_EMIT released();
    });
    setValue(range.least);
}

double ValueSlider::valueAt(int position) const
{
    const double part = static_cast<double>(position) / positions;
    const double value = m_range.scale == Scale::Log ? m_range.least * std::pow(m_range.most / m_range.least, part)
                                                     : m_range.least + part * (m_range.most - m_range.least);
    if (m_range.decimals == 0)
        return std::round(value);
    // What the slider gives has no more digits than are shown.
    const double unit = std::pow(10, m_range.scale == Scale::Log ? 2 - std::floor(std::log10(value)) : 3);
    return std::clamp(std::round(value * unit) / unit, m_range.least, m_range.most);
}

int ValueSlider::positionOf(double value) const
{
    const double part = m_range.scale == Scale::Log
                            ? std::log(value / m_range.least) / std::log(m_range.most / m_range.least)
                            : (value - m_range.least) / (m_range.most - m_range.least);
    return static_cast<int>(std::lround(std::clamp(part, 0.0, 1.0) * positions));
}

void ValueSlider::display()
{
    const QSignalBlocker quietSlider(m_slider), quietField(m_field);
    m_slider->setValue(positionOf(m_value));
    m_field->setValue(m_value);
    m_slider->setAccessibleDescription(m_field->text());
}

void ValueSlider::setValue(double value)
{
    if (value == m_value)
        return;
    m_value = std::clamp(value, m_range.least, m_range.most);
    display();
}

void ValueSlider::setTip(const QString& tip)
{
    m_slider->setToolTip(tip);
    m_field->setToolTip(tip);
}

} // namespace nc::window
