#pragma once

#include <array>

#include <QWidget>

class QAbstractButton;

namespace nc::window
{

/// What a view shares with the other views: where it is seen from, when, which sample is pinned, and what is seen
/// (classes, shape, basis, colours).
enum class Link { Camera, Epoch, Selection, Request };
inline constexpr std::array allLinks{Link::Camera, Link::Epoch, Link::Selection, Link::Request};
[[nodiscard]] QString linkName(Link link); ///< "camera"

/// The title of a view that has others beside it: its letter and line, the run, and its links.
class ViewHeader : public QWidget
{
    Q_OBJECT

public:
    explicit ViewHeader(QWidget* parent = nullptr);

    void setPlace(int place, int linePlace); ///< of the letter, and of the run's line
    void setText(const QString& name, const QString& note);
    void setCurrent(bool current);
    void setLinked(Link link, bool on);
    [[nodiscard]] QAbstractButton* button(Link link) const { return m_links[static_cast<std::size_t>(link)]; }
    [[nodiscard]] QAbstractButton* closeButton() const { return m_close; }
    [[nodiscard]] const QString& name() const { return m_name; }
    [[nodiscard]] const QString& note() const { return m_note; }

Q_SIGNALS:
    void linkChosen(nc::window::Link link, bool on);
    void closeChosen();
    void pressed();

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void mousePressEvent(QMouseEvent*) override;

private:
    std::array<QAbstractButton*, allLinks.size()> m_links{};
    QAbstractButton* m_close = nullptr;
    QString m_name, m_note;
    int m_place = 0, m_linePlace = 0;
    bool m_current = false;
};

} // namespace nc::window
