#include "app/window/view_grid.h"

#include <cmath>

#include <QSplitter>
#include <QVBoxLayout>

namespace nc::window
{

namespace
{

void listViews(const QSplitter& splitter, std::vector<QWidget*>& into)
{
    for (int k = 0; k < splitter.count(); ++k)
        if (const auto* inner = qobject_cast<QSplitter*>(splitter.widget(k)))
            listViews(*inner, into);
        else
            into.push_back(splitter.widget(k));
}

} // namespace

ViewGrid::ViewGrid(QWidget* parent)
    : QWidget(parent)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_root = makeSplitter(Qt::Horizontal);
    column->addWidget(m_root);
}

QSplitter* ViewGrid::makeSplitter(Qt::Orientation along)
{
    auto* splitter = new QSplitter(along, this);
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

void ViewGrid::add(QWidget* view, QWidget* beside, Qt::Orientation along)
{
    auto* row = beside ? qobject_cast<QSplitter*>(beside->parentWidget()) : m_root;
    if (row->count() < 2)
        row->setOrientation(along);
    const int at = beside ? row->indexOf(beside) : row->count() - 1;
    if (row->orientation() == along) {
        row->insertWidget(at + 1, view);
    } else {
        QSplitter* both = makeSplitter(along);
        row->insertWidget(at, both);
        both->addWidget(beside);
        both->addWidget(view);
    }
    shareRoom();
}

void ViewGrid::take(QWidget* view)
{
    auto* row = qobject_cast<QSplitter*>(view->parentWidget());
    view->setParent(nullptr);
    auto* outer = qobject_cast<QSplitter*>(row->parentWidget());
    if (outer && row->count() == 1) { // one alone needs no row of its own
        outer->insertWidget(outer->indexOf(row), row->widget(0));
        delete row;
    }
    shareRoom();
}

void ViewGrid::arrange(const std::vector<QWidget*>& views)
{
    for (QWidget* view : views)
        view->setParent(this);
    delete m_root;
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(views.size()))));
    const bool oneRow = views.size() <= columns;
    m_root = makeSplitter(oneRow ? Qt::Horizontal : Qt::Vertical);
    layout()->addWidget(m_root);
    QSplitter* row = m_root;
    for (std::size_t k = 0; k < views.size(); ++k) {
        if (!oneRow && k % columns == 0) {
            row = makeSplitter(Qt::Horizontal);
            m_root->addWidget(row);
        }
        row->addWidget(views[k]);
        views[k]->show();
    }
    shareRoom();
}

std::vector<QWidget*> ViewGrid::views() const
{
    std::vector<QWidget*> list;
    listViews(*m_root, list);
    return list;
}

void ViewGrid::shareRoom()
{
    constexpr int plenty = 1'000'000; // is scaled to what there is
    QList<QSplitter*> splitters = findChildren<QSplitter*>();
    for (QSplitter* splitter : splitters)
        splitter->setSizes(QList<int>(splitter->count(), plenty));
}

} // namespace nc::window
