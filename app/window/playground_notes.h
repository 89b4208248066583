#pragma once

#include <vector>

#include <QWidget>

#include "app/playground.h"

class QLabel;
class QVBoxLayout;

namespace nc::window
{

class FormulaView;
class ShareBars;

/// The playground's right side: the formula with its numbers, shares, what to notice.
class PlaygroundNotes : public QWidget
{
    Q_OBJECT

public:
    explicit PlaygroundNotes(QWidget* parent = nullptr);
    void setState(const app::PlaygroundState& state, const app::PlaygroundNumbers& numbers);
    [[nodiscard]] FormulaView* formula() const { return m_formula; }
    [[nodiscard]] ShareBars* shares() const { return m_shares; }

Q_SIGNALS:
    void copyWanted();
    void figureWanted();

private:
    [[nodiscard]] QWidget* makeFoot();

    FormulaView* m_formula = nullptr;
    ShareBars* m_shares = nullptr;
    QLabel* m_sharesNote = nullptr;
    struct Row {
        QLabel *name, *value;
    };
    std::vector<Row> m_rows;
    QLabel *m_meaning = nullptr, *m_hidden = nullptr;
};

} // namespace nc::window
