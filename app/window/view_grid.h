#pragma once

#include <vector>

#include <QWidget>

class QSplitter;

namespace nc::window
{

/// Widgets side by side and below each other, of one size until a line between them is dragged. Owns those it shows.
class ViewGrid : public QWidget
{
public:
    explicit ViewGrid(QWidget* parent = nullptr);

    /// To the right of `beside` or below it; the first stands alone.
    void add(QWidget* view, QWidget* beside = nullptr, Qt::Orientation along = Qt::Horizontal);
    /// Takes it out, without a parent.
    void take(QWidget* view);
    /// All of them, and only these, row by row in a grid that is as square as can be.
    void arrange(const std::vector<QWidget*>& views);
    /// From left to right and top to bottom, as far as they stand in rows.
    [[nodiscard]] std::vector<QWidget*> views() const;

private:
    [[nodiscard]] QSplitter* makeSplitter(Qt::Orientation along);
    void shareRoom();

    QSplitter* m_root = nullptr;
};

} // namespace nc::window
