#include "app/window/colouring_box.h"

#include <QCoreApplication>
#include <QStandardItemModel>

namespace nc::window
{

namespace
{

QString colouringName(scene::ColorBy colorBy)
{
    using scene::ColorBy;
    const auto tr = [](const char* text) { return QCoreApplication::translate("Colouring", text); };
    switch (colorBy) {
    case ColorBy::KindLambda:
        return tr("Kind, shade = λ");
    case ColorBy::ClassLambda:
        return tr("Class and λ");
    case ColorBy::Repro:
        return tr("As the reproduction");
    case ColorBy::Class:
        return tr("Class");
    case ColorBy::Pair:
        return tr("Pair of classes");
    case ColorBy::Lambda:
        return tr("λ");
    case ColorBy::Kind:
        return tr("Kind");
    case ColorBy::Correct:
        return tr("Class, wrong ringed");
    case ColorBy::Confidence:
        return tr("Confidence");
    case ColorBy::Residual:
        return tr("Residual to theory");
    }
    return {};
}

} // namespace

void fillColourings(QComboBox& box)
{
    for (const scene::ColorBy colorBy : scene::allColourings)
        box.addItem(colouringName(colorBy), static_cast<int>(colorBy));
}

void greyColourings(QComboBox& box, const std::function<QString(scene::ColorBy)>& reason)
{
    auto& entries = dynamic_cast<QStandardItemModel&>(*box.model());
    for (int row = 0; row < box.count(); ++row) {
        const QString why = reason(colouringAt(box, row));
        entries.item(row)->setEnabled(why.isEmpty());
        entries.item(row)->setToolTip(why);
    }
}

void chooseColouring(QComboBox& box, scene::ColorBy colorBy)
{
    box.setCurrentIndex(box.findData(static_cast<int>(colorBy)));
}

scene::ColorBy colouringAt(const QComboBox& box, int row)
{
    return static_cast<scene::ColorBy>(box.itemData(row).toInt());
}

} // namespace nc::window
