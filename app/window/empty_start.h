#pragma once

#include <QWidget>

namespace nc::window
{

/// What is seen before a run is open: what to do first. Enter opens the demo.
class EmptyStart : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyStart(QWidget* parent = nullptr);

Q_SIGNALS:
    void demoChosen();
    void folderChosen();
    void fileChosen();
};

} // namespace nc::window
