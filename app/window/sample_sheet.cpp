#include "app/window/sample_sheet.h"

#include <algorithm>

#include <QPainter>

#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr double line = 16;
constexpr double gap = 8;
constexpr double barHeight = 9;
constexpr int columns = 3;

/// Paints, or only measures, from the top down.
class SheetPainter
{
public:
    SheetPainter(QPainter* painter, double width)
        : m_painter(painter)
        , m_width(width)
        , m_theme(currentTheme())
    {
    }

    [[nodiscard]] double bottom() const { return m_top; }

    void head(const SampleFacts& facts)
    {
        text({0, m_top, m_width, line}, facts.title, uiFont(12, QFont::DemiBold), m_theme.text);
        text({0, m_top, m_width, line}, facts.lambda, uiFont(12), m_theme.text2, Qt::AlignRight);
        m_top += line + gap;
    }

    void pictures(const SampleFacts& facts)
    {
        const double side = std::floor((m_width - (columns - 1) * gap) / columns);
        double left = 0;
        for (const SampleFacts::Part& part : facts.parts) {
            picture({left, m_top, side, side}, part, facts.picturesRead);
            text({left, m_top + side + 4, side, line}, part.name, uiFont(12, QFont::Medium), m_theme.text);
            text({left, m_top + side + 4 + line, side, line}, part.note, uiFont(11), m_theme.text2);
            left += side + gap;
        }
        m_top += side + 4 + 2 * line + gap;
    }

    /// The same without pictures.
    void names(const SampleFacts& facts)
    {
        for (const SampleFacts::Part& part : facts.parts) {
            dot(0, m_top + line / 2, part.slot);
            text({14, m_top, m_width - 14, line}, part.name, uiFont(12, QFont::Medium), m_theme.text);
            text({0, m_top, m_width, line}, part.note, uiFont(11), m_theme.text2, Qt::AlignRight);
            m_top += line + 2;
        }
        m_top += gap - 2;
    }

    void probabilities(const SampleFacts& facts)
    {
        if (facts.probabilities.empty()) {
            wrapped(facts.probabilityNote);
            m_top += gap;
            return;
        }
        double left = 0;
        for (const SampleFacts::Probability& p : facts.probabilities) {
            const double width = std::clamp(p.value, 0.0, 1.0) * m_width;
            if (m_painter && width >= 0.5)
                m_painter->fillRect(QRectF(left, m_top, std::max(width - 1, 0.5), barHeight), colour(p.slot));
            left += width;
        }
        m_top += barHeight + 6;
        const double column = (m_width - 2 * gap) / 2;
        for (std::size_t k = 0; k < facts.probabilities.size(); ++k) {
            const SampleFacts::Probability& p = facts.probabilities[k];
            const double x = k % 2 == 0 ? 0 : column + 2 * gap;
            dot(x, m_top + line / 2, p.slot);
            text({x + 14, m_top, column - 14 - 40, line}, p.name, uiFont(12), m_theme.text);
            text({x, m_top, column, line}, QString::number(p.value, 'f', 3), uiFont(12), m_theme.text, Qt::AlignRight);
            if (k % 2 == 1 || k + 1 == facts.probabilities.size())
                m_top += line + 2;
        }
        m_top += gap - 2;
    }

    void foot(const SampleFacts& facts)
    {
        if (facts.foot.isEmpty())
            return;
        if (m_painter)
            m_painter->fillRect(QRectF(0, m_top, m_width, 1), toQColor(m_theme.line));
        m_top += gap;
        wrapped(facts.foot);
    }

private:
    [[nodiscard]] QColor colour(int slot) const
    {
        return toQColor(slot < 0 ? m_theme.border : m_theme.classColour(slot));
    }

    void text(const QRectF& area, const QString& words, const QFont& font, scene::Rgb colour,
              Qt::Alignment side = Qt::AlignLeft)
    {
        if (!m_painter)
            return;
        m_painter->setFont(font);
        m_painter->setPen(toQColor(colour));
        m_painter->drawText(area, static_cast<int>(side | Qt::AlignVCenter),
                            m_painter->fontMetrics().elidedText(words, Qt::ElideRight, static_cast<int>(area.width())));
    }

    void wrapped(const QString& words)
    {
        const QFont font = uiFont(11);
        const QRectF room(0, m_top, m_width, 400);
        constexpr int flags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;
        const double height = QFontMetricsF(font).boundingRect(room, flags, words).height();
        if (m_painter) {
            m_painter->setFont(font);
            m_painter->setPen(toQColor(m_theme.text2));
            m_painter->drawText(room, flags, words);
        }
        m_top += std::ceil(height);
    }

    void picture(const QRectF& area, const SampleFacts::Part& part, bool read)
    {
        if (!m_painter)
            return;
        m_painter->fillRect(area, toQColor(m_theme.canvas));
        if (!part.picture.isNull()) {
            QSizeF size = part.picture.size();
            size.scale(area.size(), Qt::KeepAspectRatio);
            QRectF target(QPointF(0, 0), size);
            target.moveCenter(area.center());
            m_painter->setRenderHint(QPainter::SmoothPixmapTransform, false); // the very pixels
            m_painter->drawImage(target, part.picture);
        } else if (read) {
            m_painter->setFont(uiFont(11));
            m_painter->setPen(toQColor(m_theme.text3));
            m_painter->drawText(area, Qt::AlignCenter | Qt::TextWordWrap, SampleSheet::tr("picture not\nrecorded"));
        }
        m_painter->setRenderHint(QPainter::Antialiasing, false);
        m_painter->setPen(QPen(toQColor(m_theme.border), 0));
        m_painter->setBrush(Qt::NoBrush);
        m_painter->drawRect(area.adjusted(0, 0, -1, -1));
        m_painter->setRenderHint(QPainter::Antialiasing);
    }

    void dot(double left, double middle, int slot)
    {
        if (!m_painter)
            return;
        m_painter->setPen(Qt::NoPen);
        m_painter->setBrush(colour(slot));
        m_painter->drawEllipse(QPointF(left + 4, middle), 4, 4);
    }

    QPainter* m_painter;
    double m_width;
    const scene::Theme& m_theme;
    double m_top = 0;
};

double paintSheet(QPainter* painter, double width, const SampleFacts& facts)
{
    SheetPainter sheet(painter, width);
    sheet.head(facts);
    if (facts.hasPictures)
        sheet.pictures(facts);
    else
        sheet.names(facts);
    sheet.probabilities(facts);
    sheet.foot(facts);
    return sheet.bottom();
}

} // namespace

SampleSheet::SampleSheet(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Sample"));
}

void SampleSheet::setFacts(const SampleFacts& facts)
{
    m_facts = facts;
    setAccessibleDescription(facts.plainText());
    updateGeometry();
    update();
}

int SampleSheet::heightForWidth(int width) const
{
    return static_cast<int>(std::ceil(paintSheet(nullptr, width, m_facts)));
}

QSize SampleSheet::sizeHint() const
{
    constexpr int width = 256;
    return {width, heightForWidth(width)};
}

void SampleSheet::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintSheet(&painter, width(), m_facts);
}

} // namespace nc::window
