#include "app/window/playground_notes.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/window/icons.h"
#include "app/window/panel_parts.h"
#include "app/window/playground_paint.h"

namespace nc::window
{

namespace
{

constexpr int mostRows = 5;

} // namespace

PlaygroundNotes::PlaygroundNotes(QWidget* parent)
    : QWidget(parent)
{
    QVBoxLayout* column = makeScrollingPanel(this, {12, 4, 12, 12});
    QWidget* inside = column->parentWidget();
    m_formula = new FormulaView(inside);
    addFoldSection(column, tr("The formula, with these numbers"), inside)->addWidget(m_formula);
    QVBoxLayout* shares = addFoldSection(column, tr("Probabilities"), inside);
    m_shares = new ShareBars(inside);
    m_shares->setAccessibleName(tr("Probabilities"));
    m_sharesNote = makeLabel({}, "hint", inside);
    m_sharesNote->setWordWrap(true);
    shares->addWidget(m_shares);
    shares->addWidget(m_sharesNote);
    QVBoxLayout* notice = addFoldSection(column, tr("What to notice"), inside);
    auto* grid = new QGridLayout;
    grid->setVerticalSpacing(5);
    grid->setColumnStretch(0, 1);
    for (int k = 0; k < mostRows; ++k) {
        m_rows.push_back({makeLabel({}, "hint", inside), makeLabel({}, "value", inside)});
        m_rows.back().value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        grid->addWidget(m_rows.back().name, k, 0);
        grid->addWidget(m_rows.back().value, k, 1);
    }
    notice->addLayout(grid);
    for (QLabel** label : {&m_meaning, &m_hidden}) {
        *label = makeLabel({}, "hint", inside);
        (*label)->setWordWrap(true);
        notice->addSpacing(4);
        notice->addWidget(*label);
    }
    m_meaning->setObjectName(QStringLiteral("meaning"));
    column->addStretch(1);
    layout()->addWidget(makeFoot());
    for (QAbstractButton* button : findChildren<QAbstractButton*>())
        button->setFocusPolicy(Qt::TabFocus);
}

QWidget* PlaygroundNotes::makeFoot()
{
    auto* foot = new QFrame(this);
    foot->setProperty("role", "footer");
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(8);
    auto* copy = new QPushButton(icon(Icon::Copy), tr("Copy numbers"), foot);
    copy->setObjectName(QStringLiteral("copyNumbers"));
    copy->setToolTip(tr("Every number of this page to the clipboard, a line each: name, tab, value (Ctrl+C)"));
    connect(copy, &QPushButton::clicked, this, &PlaygroundNotes::copyWanted);
    auto* figure = new QPushButton(icon(Icon::Export), tr("Figure…"), foot);
    figure->setObjectName(QStringLiteral("figure"));
    figure->setToolTip(tr("This plane as PDF, SVG or PNG (Ctrl+E)"));
    connect(figure, &QPushButton::clicked, this, &PlaygroundNotes::figureWanted);
    row->addWidget(copy);
    row->addWidget(figure);
    row->addStretch(1);
    return foot;
}

void PlaygroundNotes::setState(const app::PlaygroundState& state, const app::PlaygroundNumbers& numbers)
{
    m_formula->setLines(app::playgroundFormula(state, numbers));
    const auto chosen = state.chosenSlots();
    std::vector<ShareBars::Row> rows;
    for (std::size_t k = 0; k < 2; ++k)
        rows.push_back({tr("class %1").arg(chosen[k] + 1), numbers.shares[k], chosen[k]});
    if (state.classes > 2)
        rows.push_back({tr("each other"), numbers.shares[2], -1});
    m_shares->setRows(std::move(rows));
    const bool squared = state.loss == ufm::Loss::SquaredError;
    m_sharesNote->setText(squared ? tr("Squared error has no probabilities: these are the outputs W h.") : QString());
    m_sharesNote->setVisible(squared);
    const std::vector<app::PlaygroundFigure> figures = app::playgroundFigures(state, numbers);
    for (std::size_t k = 0; k < m_rows.size(); ++k) {
        const bool used = k < figures.size();
        for (QLabel* label : {m_rows[k].name, m_rows[k].value}) {
            label->setVisible(used);
            label->setToolTip(used ? QString::fromStdString(figures[k].tip) : QString());
        }
        m_rows[k].name->setText(used ? QString::fromStdString(figures[k].name) : QString());
        m_rows[k].value->setText(used ? QString::fromStdString(figures[k].value) : QString());
    }
    m_meaning->setText(QString::fromStdString(app::playgroundMeaning(state, numbers)));
    m_hidden->setText(QString::fromStdString(app::playgroundHidden(state, numbers)));
}

} // namespace nc::window
