#include "app/window/ui_theme.h"

#include <optional>

#include <QApplication>
#include <QPalette>
#include <QSettings>

#include "app/window/flat_style.h"
#include "viz/scene/fonts.h"
#include "viz/scene/resources.h"

namespace nc::window
{

namespace
{

scene::ThemeMode modeInForce = scene::ThemeMode::Dark;
std::optional<bool> motionReduced; ///< as remembered, once read

const QString reducedMotionKey = QStringLiteral("reducedMotion");

QPalette paletteOf(const scene::Theme& theme)
{
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, scene::Rgb colour) {
        palette.setColor(role, toQColor(colour));
    };
    set(QPalette::Window, theme.bg);
    set(QPalette::WindowText, theme.text);
    set(QPalette::Base, theme.canvas);
    set(QPalette::AlternateBase, theme.panel);
    set(QPalette::ToolTipBase, theme.raised);
    set(QPalette::ToolTipText, theme.text);
    set(QPalette::Text, theme.text);
    set(QPalette::PlaceholderText, theme.text3);
    set(QPalette::Button, theme.control);
    set(QPalette::ButtonText, theme.text);
    set(QPalette::BrightText, theme.err);
    set(QPalette::Highlight, theme.fill);
    palette.setColor(QPalette::HighlightedText, Qt::white);
    set(QPalette::Link, theme.accent);
    set(QPalette::Mid, theme.border);
    set(QPalette::Dark, theme.line);
    set(QPalette::Light, theme.raised);
    set(QPalette::Shadow, theme.line);
    for (QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, toQColor(theme.text3));
    return palette;
}

QString styleSheetOf(const scene::Theme& theme)
{
    QString sheet = QStringLiteral(R"(
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QMenuBar { background: @bg; color: @text2; padding: 2px 6px; }
QMenuBar::item { padding: 4px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @hover; color: @text; }
QMenuBar QToolButton { color: @text2; padding: 2px 10px 5px 10px; }
QMenu { background: @raised; color: @text; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: @tint; }
QMenu::item:disabled { color: @text3; }
QMenu QCheckBox { padding: 5px 12px; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QStatusBar { background: @bg; color: @text2; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @text2; padding: 2px 8px; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px 6px; }
QDockWidget { color: @text; }
QDockWidget::title { background: @panel; padding: 8px 12px; text-align: left; }
.panel { background: @panel; }
QWidget[role="panel"] { background: @panel; }
QScrollArea { border: none; background: @panel; }
QLabel[role="hint"] { color: @text2; }
QLabel[role="title"] { color: @text; font-weight: 600; }
QLabel[role="value"] { color: @text; font-weight: 500; }
QLabel:disabled { color: @text3; }
QFrame[role="line"] { background: @line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="card"] { background: @raised; border: 1px solid @border; border-radius: 6px; }
QFrame[role="footer"] { background: @panel; border: none; border-top: 1px solid @line; }
QWidget[role="ground"] { background: @bg; }
QFrame[role="error"] { background: @errbg; border: none; border-left: 4px solid @err; }
QListView { background: @panel; border: none; outline: 0; }
QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit { background: @canvas; color: @text; border: 1px solid @border;
    border-radius: 4px; padding: 3px 6px; selection-background-color: @fill; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus { border: 1px solid @accent; }
QLineEdit:disabled, QComboBox:disabled { background: @control; color: @text3; }
QComboBox QLineEdit { background: transparent; border: none; padding: 0 4px; }
QPushButton { background: @control; color: @text; border: 1px solid @border; border-radius: 4px; padding: 5px 12px; }
QPushButton:hover { background: @hover; }
QPushButton:disabled { color: @text3; }
QPushButton[role="main"] { background: @fill; color: white; border: none; padding: 6px 14px; }
QPushButton[role="main"]:disabled { background: @control; color: @text3; border: 1px solid @border; }
QPushButton[role="small"] { padding: 3px 8px; }
QPushButton[role="preset"] { text-align: left; padding: 8px 12px; background: @raised; }
QPushButton[role="preset"]:checked { background: @tint; border: 1px solid @accent; }
QPushButton[role="step"] { text-align: left; padding: 4px 6px; background: transparent; border: none; }
QPushButton[role="step"]:hover { background: @hover; }
QPushButton[role="step"]:focus { background: @tint; }
QPushButton[role="chip"] { background: @raised; border-radius: 12px; padding: 4px 12px; }
QPushButton:focus { border: 1px solid @accent; }
QToolButton { background: transparent; color: @text; border: none; border-radius: 4px; padding: 4px; }
QToolButton:hover { background: @hover; }
QToolButton:checked { background: @tint; color: @accent; }
QToolButton:disabled { color: @text3; }
QToolButton[role="segment"] { background: @control; padding: 4px 10px; border-radius: 3px; }
QToolButton[role="segment"]:checked { background: @hover; color: @text; font-weight: 500; }
QToolButton[role="main"] { background: @fill; color: white; padding: 4px; }
QFrame[role="segments"] { background: @control; border-radius: 4px; }
QFrame[role="segments"] QToolButton { background: transparent; color: @text2; padding: 3px 10px; }
QFrame[role="segments"] QToolButton:hover { color: @text; }
QFrame[role="segments"] QToolButton:checked { background: @hover; color: @text; font-weight: 500; }
QFrame[role="segments"] QToolButton:disabled { color: @text3; }
QFrame[role="segments"] QToolButton:focus { color: @accent; }
QToolButton[role="menu"] { background: @control; color: @text; padding: 4px 10px; }
QToolButton[role="menu"]:hover { background: @hover; }
QToolButton::menu-indicator { image: none; }
QLabel[role="keys"] { background: @control; color: @text2; border-radius: 3px; padding: 1px 6px; }
QLabel[role="errorText"] { color: @err; }
QDialog { background: @panel; }
QCheckBox { color: @text; spacing: 7px; }
QCheckBox:disabled { color: @text3; }
QSlider::groove:horizontal { height: 3px; background: @hover; border-radius: 1px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 1px; }
QSlider::handle:horizontal { background: white; border: 1px solid @accent; width: 12px; height: 12px; margin: -6px 0;
    border-radius: 7px; }
QSlider::handle:horizontal:focus { border: 3px solid @accent; width: 8px; height: 8px; }
QScrollBar:vertical { background: transparent; width: 10px; }
QScrollBar::handle:vertical { background: @hover; border-radius: 4px; min-height: 24px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QProgressBar { background: @control; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QTabBar::tab { background: @panel; color: @text2; padding: 6px 12px; }
)");
    const std::pair<const char*, scene::Rgb> roles[] = {
        {"@bg", theme.bg},       {"@panel", theme.panel},   {"@raised", theme.raised}, {"@control", theme.control},
        {"@hover", theme.hover}, {"@border", theme.border}, {"@line", theme.line},     {"@canvas", theme.canvas},
        {"@text2", theme.text2}, {"@text3", theme.text3},   {"@text", theme.text},     {"@accent", theme.accent},
        {"@fill", theme.fill},   {"@tint", theme.tint},     {"@errbg", theme.errbg},   {"@err", theme.err},
        {"@warn", theme.warn},   {"@ok", theme.ok},
    };
    for (const auto& [name, colour] : roles)
        sheet.replace(QLatin1String(name), toQColor(colour).name());
    return sheet;
}

} // namespace

void applyTheme(QApplication& application, scene::ThemeMode mode)
{
    modeInForce = mode;
    scene::registerFonts();
    const scene::Theme& theme = scene::theme(mode);
    QApplication::setStyle(new FlatStyle);
    QApplication::setFont(uiFont(12));
    QApplication::setPalette(paletteOf(theme));
    application.setStyleSheet(styleSheetOf(theme));
}

scene::ThemeMode currentMode()
{
    return modeInForce;
}

bool reducedMotion()
{
    if (!motionReduced)
        motionReduced = QSettings().value(reducedMotionKey, false).toBool();
    return *motionReduced;
}

void setReducedMotion(bool on)
{
    motionReduced = on;
    QSettings().setValue(reducedMotionKey, on);
}

QFont uiFont(int pixels, QFont::Weight weight)
{
    QFont font(QStringList{QStringLiteral("NCScope UI"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")});
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

} // namespace nc::window
