#include "app/window/export_dialog.h"

#include <QApplication>
#include <QButtonGroup>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/atomic_file.h"
#include "app/text.h"
#include "app/view_reasons.h"
#include "app/window/colouring_box.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int delayMs = 120;
constexpr int optionsWidth = 340;

QLabel* label(const QString& text, const char* role, QWidget* parent)
{
    auto* made = new QLabel(text, parent);
    made->setProperty("role", QLatin1String(role));
    return made;
}

QFrame* line(QWidget* parent)
{
    auto* made = new QFrame(parent);
    made->setProperty("role", "line");
    return made;
}

QString bytesText(qint64 bytes)
{
    return QString::fromStdString(app::byteSize(static_cast<std::uintmax_t>(bytes)));
}

QString safeName(const QString& name)
{
    QString safe;
    for (const QChar c : name)
        safe += c.isLetterOrNumber() ? c : QLatin1Char('-');
    while (safe.contains(QLatin1String("--")))
        safe.replace(QLatin1String("--"), QLatin1String("-"));
    return safe.left(60);
}

/// Presets as the list shows them, in the order of scene::pagePresetNames().
QString presetText(std::string_view name)
{
    const std::optional<scene::Page> page = scene::pagePreset(name);
    static const std::pair<std::string_view, QString> texts[] = {
        {"iclr", QObject::tr("ICLR, text width")},    {"neurips", QObject::tr("NeurIPS, text width")},
        {"icml", QObject::tr("ICML, text width")},    {"two-column", QObject::tr("One column of two")},
        {"slides", QObject::tr("Slides, 16:9")},      {"poster", QObject::tr("Poster")},
        {"repro", QObject::tr("As the reproduction")}};
    for (const auto& [key, text] : texts)
        if (key == name)
            return QObject::tr("%1, %2 in").arg(text).arg(page->widthPt / 72, 0, 'g', 4);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

bool isPaper(const std::string& preset)
{
    return preset != "slides" && preset != "poster";
}

} // namespace

ExportDialog::ExportDialog(ExportSource source, const ExportChoice& choice, QWidget* parent)
    : QDialog(parent)
    , m_source(std::move(source))
    , m_choice(choice)
{
    setWindowTitle(tr("Export figure"));
    setProperty("role", "panel");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    auto* left = new QVBoxLayout;
    left->setSpacing(0);
    m_page = new FigurePage(this);
    left->addWidget(m_page, 1);
    auto* below = new QHBoxLayout;
    below->setContentsMargins(16, 8, 16, 8);
    below->setSpacing(12);
    below->addWidget(makeSegments({tr("Real size"), tr("200 %"), tr("Fit")}, tr("Zoom"),
                                  [this](int k) { m_page->setZoom(static_cast<FigurePage::Zoom>(k)); }));
    below->addStretch(1);
    m_timing = label({}, "hint", this);
    below->addWidget(m_timing);
    left->addLayout(below);
    middle->addLayout(left, 1);
    middle->addWidget(makeOptions());
    column->addLayout(middle, 1);
    column->addWidget(line(this));
    column->addWidget(makeFooter());

    m_delay = new QTimer(this);
    m_delay->setSingleShot(true);
    m_delay->setInterval(delayMs);
    connect(m_delay, &QTimer::timeout, this, &ExportDialog::repaint);
    connect(m_page, &FigurePage::zoomChanged, m_delay, qOverload<>(&QTimer::start));
    setAcceptDrops(true);
    connectWorker();
    const QString folder = QFileInfo(m_choice.folder).isDir() ? m_choice.folder : QDir::homePath();
    setPath(QDir(folder).filePath(QStringLiteral("%1-epoch%2.pdf").arg(safeName(m_source.name)).arg(m_source.epoch)));
    updateControls();
    updateFacts();
    const QSize room = parent ? parent->window()->size() : QSize(1440, 900);
    resize(std::clamp(room.width() - 160, 900, 1280), std::clamp(room.height() - 80, 640, 880));
    repaint();
}

void ExportDialog::connectWorker()
{
    m_worker = new FigureWorker(this);
    connect(m_worker, &FigureWorker::previewed, this, [this](const FigurePreview& preview) {
        m_page->setPicture(preview.picture, preview.pagePt);
        m_shownCaption = preview.caption;
        m_shownPoints = preview.points;
        m_page->setBusy(false);
        m_timing->setText(tr("painted in %1 s").arg(preview.seconds, 0, 'f', 2));
        updateFacts();
    });
    connect(m_worker, &FigureWorker::painted, this, [this](const FigureFile& file) {
        const bool first = !m_file;
        m_file = file;
        updateFacts();
        if (!first)
            return;
        Q_EMIT fileReady();
        if (!m_savePath.isEmpty())
            write(std::exchange(m_savePath, QString()));
    });
    connect(m_worker, &FigureWorker::failed, this, [this](const QString& message) {
        m_page->setBusy(false);
        m_page->setMessage(message);
        showFailure(m_savePath.isEmpty() ? QString() : message);
    });
    connect(m_worker, &FigureWorker::failedToSave, this, &ExportDialog::showFailure);
    connect(m_worker, &FigureWorker::failedToOpen, this, &ExportDialog::showFailure);
    connect(m_worker, &FigureWorker::recipeOpened, this, &ExportDialog::takeRecipe);
    connect(m_worker, &FigureWorker::saved, this, [this](const QString& written) {
        m_choice.folder = QFileInfo(written).absolutePath();
        Q_EMIT saved(written);
        accept();
    });
}

// --- parts

QWidget* ExportDialog::makeSegments(const QStringList& texts, const QString& name,
                                    const std::function<void(int)>& chosen)
{
    auto* box = new QFrame(this);
    box->setProperty("role", "segments");
    box->setAccessibleName(name);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(2, 2, 2, 2);
    row->setSpacing(0);
    auto* group = new QButtonGroup(box);
    for (int k = 0; k < texts.size(); ++k) {
        auto* button = new QToolButton(box);
        button->setText(texts[k]);
        button->setProperty("role", "segment");
        button->setCheckable(true);
        button->setChecked(k == 0);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        row->addWidget(button);
        group->addButton(button, k);
    }
    connect(group, &QButtonGroup::idClicked, this, chosen);
    m_segments.push_back(box);
    return box;
}

QWidget* ExportDialog::makeOptions()
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(optionsWidth);
    auto* panel = new QWidget(scroll);
    panel->setProperty("role", "panel");
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(20, 12, 20, 16);
    column->setSpacing(6);
    addFormRows(column);
    addShowRows(column);
    addRecipeRows(column);
    addFacts(column);
    column->addStretch(1);
    scroll->setWidget(panel);
    return scroll;
}

void ExportDialog::addFormRows(QVBoxLayout* column)
{
    const auto row = [&](const QString& name, std::initializer_list<QWidget*> widgets, bool stretch = true) {
        auto* line = new QHBoxLayout;
        line->setSpacing(8);
        QLabel* title = label(name, "hint", this);
        title->setFixedWidth(76);
        title->setBuddy(*widgets.begin());
        line->addWidget(title);
        for (QWidget* widget : widgets)
            line->addWidget(widget, stretch ? 1 : 0);
        if (!stretch)
            line->addStretch(1);
        column->addLayout(line);
    };
    const auto spin = [&](double low, double high, double step, const QString& unit) {
        auto* box = new QDoubleSpinBox(this);
        box->setRange(low, high);
        box->setDecimals(2);
        box->setSingleStep(step);
        box->setSuffix(unit);
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
        box->setFixedWidth(96);
        box->setKeyboardTracking(false);
        return box;
    };
    const auto chosen = [this](auto&& set) {
        return [this, set](auto value) {
            if (m_filling)
                return;
            set(value);
            change();
        };
    };
    m_preset = new QComboBox(this);
    m_preset->setPlaceholderText(tr("none"));
    for (std::string_view name : scene::pagePresetNames())
        m_preset->addItem(presetText(name), QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())));
    row(tr("Preset"), {m_preset});
    connect(m_preset, &QComboBox::activated, this, chosen([this](int) {
                m_choice.preset = m_preset->currentData().toString().toStdString();
                const scene::Page before = m_choice.page;
                m_choice.page = *scene::pagePreset(m_choice.preset);
                m_choice.page.theme = before.theme;
                m_choice.page.transparent = before.transparent;
                m_choice.page.vector = before.vector;
                m_choice.page.svgTextAsText = before.svgTextAsText;
            }));
    row(tr("Format"), {makeSegments({tr("PDF"), tr("SVG"), tr("PNG")}, tr("Format"), chosen([this](int k) {
                                        m_choice.format = static_cast<app::FigureFormat>(k);
                                        setEnding();
                                    }))});
    column->addSpacing(6);
    column->addWidget(label(tr("Size"), "title", this));
    m_width = spin(0.5, 14400, 0.05, QString());
    m_unit = new QComboBox(this);
    m_unit->addItems({tr("in"), tr("mm"), tr("pt")});
    m_unit->setFixedWidth(64);
    m_unit->setAccessibleName(tr("Unit of length"));
    row(tr("Width"), {m_width, m_unit}, false);
    connect(m_width, &QDoubleSpinBox::valueChanged, this, chosen([this](double value) {
                m_choice.page.widthPt = std::clamp(value * pointsOf(m_choice.unit), 36.0, 14400.0);
                m_choice.page.heightPt = 0;
            }));
    connect(m_unit, &QComboBox::activated, this,
            chosen([this](int k) { m_choice.unit = static_cast<ExportChoice::LengthUnit>(k); }));
    m_height = label({}, "value", this);
    row(tr("Height"), {m_height}, false);
    m_fontSize = spin(4, 72, 0.5, tr(" pt"));
    row(tr("Font size"), {m_fontSize}, false);
    connect(m_fontSize, &QDoubleSpinBox::valueChanged, this,
            chosen([this](double value) { m_choice.page.fontSizePt = value; }));
    m_dpi = new QSpinBox(this);
    m_dpi->setRange(30, 2400);
    m_dpi->setSingleStep(50);
    m_dpi->setSuffix(tr(" dpi"));
    m_dpi->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_dpi->setFixedWidth(96);
    m_dpi->setKeyboardTracking(false);
    row(tr("Resolution"), {m_dpi}, false);
    connect(m_dpi, &QSpinBox::valueChanged, this, chosen([this](int value) { m_choice.page.dpi = value; }));
    row(tr("Theme"), {makeSegments({tr("Light"), tr("Dark")}, tr("Theme"),
                                   chosen([this](int k) { m_choice.page.theme = static_cast<scene::ThemeMode>(k); }))});
    m_transparent = new QCheckBox(tr("Transparent background"), this);
    connect(m_transparent, &QCheckBox::toggled, this, chosen([this](bool on) { m_choice.page.transparent = on; }));
    column->addWidget(m_transparent);

    column->addSpacing(6);
    column->addWidget(label(tr("Points"), "title", this));
    row(tr("Draw as"), {makeSegments({tr("Auto"), tr("Vector"), tr("Picture")}, tr("Points"), chosen([this](int k) {
                                         m_choice.page.vector = static_cast<scene::VectorMode>(k);
                                     }))});
    m_pointsNote = label({}, "hint", this);
    m_pointsNote->setWordWrap(true);
    column->addWidget(m_pointsNote);
    m_pointSize = spin(0, 50, 0.1, tr(" pt"));
    m_pointSize->setSpecialValueText(tr("auto"));
    row(tr("Point size"), {m_pointSize}, false);
    connect(m_pointSize, &QDoubleSpinBox::valueChanged, this,
            chosen([this](double value) { m_choice.page.pointDiameterPt = value < 0.05 ? 0 : value; }));
    m_colorBy = new QComboBox(this);
    fillColourings(*m_colorBy);
    greyColourings(*m_colorBy, [this](scene::ColorBy colorBy) { return colourReason(colorBy); });
    if (!colourReason(m_choice.colorBy).isEmpty())
        m_choice.colorBy = scene::ColorBy::KindLambda;
    row(tr("Colour"), {m_colorBy});
    connect(m_colorBy, &QComboBox::activated, this,
            chosen([this](int at) { m_choice.colorBy = colouringAt(*m_colorBy, at); }));
}

void ExportDialog::addShowRows(QVBoxLayout* column)
{
    column->addSpacing(6);
    column->addWidget(label(tr("Show"), "title", this));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    const std::pair<scene::Layer, QString> layers[] = {{scene::Layer::Classifiers, tr("Classifiers")},
                                                       {scene::Layer::Simplex, tr("Simplex ETF")},
                                                       {scene::Layer::Names, tr("Names")},
                                                       {scene::Layer::Theory, tr("Theory curves")},
                                                       {scene::Layer::Regions, tr("Regions")},
                                                       {scene::Layer::Boundaries, tr("Boundaries")},
                                                       {scene::Layer::Channels, tr("Channels")},
                                                       {scene::Layer::Means, tr("Class means")},
                                                       {scene::Layer::Axes, tr("Axes")},
                                                       {scene::Layer::Legend, tr("Legend")}};
    int k = 0;
    const auto place = [&](QCheckBox* check) {
        grid->addWidget(check, k / 2, k % 2);
        ++k;
    };
    for (const auto& [layer, text] : layers) {
        auto* check = new QCheckBox(text, this);
        connect(check, &QCheckBox::toggled, this, [this, l = layer](bool on) {
            if (m_filling)
                return;
            m_choice.layers.set(l, on);
            change();
        });
        m_layers.emplace_back(layer, check);
        place(check);
    }
    m_caption = new QCheckBox(tr("Caption"), this);
    connect(m_caption, &QCheckBox::toggled, this, [this](bool on) {
        if (m_filling)
            return;
        m_choice.caption = on;
        change();
    });
    place(m_caption);
    column->addLayout(grid);
    m_titleEdit = new QLineEdit(this);
    m_titleEdit->setPlaceholderText(tr("Title above the figure"));
    m_titleEdit->setAccessibleName(tr("Title"));
    connect(m_titleEdit, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_title = text.trimmed();
        change();
    });
    column->addSpacing(2);
    column->addWidget(m_titleEdit);
}

void ExportDialog::addFacts(QVBoxLayout* column)
{
    column->addSpacing(6);
    column->addWidget(line(this));
    auto* grid = new QGridLayout;
    grid->setVerticalSpacing(4);
    const auto fact = [&](int row, QLabel*& name, QLabel*& value) {
        name = label({}, "hint", this);
        value = label({}, "value", this);
        value->setAlignment(Qt::AlignRight);
        grid->addWidget(name, row, 0);
        grid->addWidget(value, row, 1);
    };
    QLabel* fonts = nullptr;
    fact(0, m_sizeName, m_size);
    fact(1, m_otherName, m_other);
    fact(2, fonts, m_fonts);
    fonts->setText(tr("Fonts"));
    column->addLayout(grid);
}

QWidget* ExportDialog::makeFooter()
{
    auto* footer = new QWidget(this);
    footer->setProperty("role", "panel");
    auto* column = new QVBoxLayout(footer);
    column->setContentsMargins(20, 12, 20, 14);
    column->setSpacing(6);
    m_state = label({}, "hint", footer);
    m_state->setObjectName(QStringLiteral("exportState"));
    m_state->setWordWrap(true);
    m_state->hide();
    column->addWidget(m_state);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    m_pathEdit = new QLineEdit(footer);
    m_pathEdit->setAccessibleName(tr("File"));
    m_pathEdit->setMinimumHeight(32);
    connect(m_pathEdit, &QLineEdit::textChanged, this, &ExportDialog::updateFacts);
    row->addWidget(m_pathEdit, 1);
    const auto button = [&](const QString& text, const QString& tip) {
        auto* made = new QPushButton(text, footer);
        made->setToolTip(tip);
        made->setMinimumHeight(32);
        made->setAutoDefault(false);
        row->addWidget(made);
        return made;
    };
    connect(button(tr("Browse…"), tr("Choose the file")), &QPushButton::clicked, this, [this] {
        const QString chosen = QFileDialog::getSaveFileName(this, tr("Export figure"), path(),
                                                            tr("PDF (*.pdf);;SVG (*.svg);;PNG (*.png)"));
        if (!chosen.isEmpty())
            setPath(chosen);
    });
    QPushButton* copy = button(tr("Copy command"), tr("The ncscope render line that writes the same file"));
    copy->setObjectName(QStringLiteral("copyCommand"));
    connect(copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(command());
        say(tr("Copied: %1").arg(command()));
    });
    QPushButton* copyLatex = button(tr("Copy LaTeX"), tr("A figure environment whose caption says what is shown"));
    copyLatex->setObjectName(QStringLiteral("copyLatex"));
    connect(copyLatex, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(latex());
        say(tr("Copied the figure environment with its caption."));
    });
    row->addSpacing(40);
    connect(button(tr("Cancel"), tr("Close without writing (Esc)")), &QPushButton::clicked, this, &QDialog::reject);
    m_save = button(tr("Export"), tr("Write the file (Ctrl+S)"));
    m_save->setProperty("role", "main");
    m_save->setDefault(true);
    connect(m_save, &QPushButton::clicked, this, &ExportDialog::save);
    connect(new QShortcut(QKeySequence::Save, this), &QShortcut::activated, this, &ExportDialog::save);
    column->addLayout(row);
    return footer;
}

// --- state

/// Why the panel cannot be coloured so; empty: it can.
QString ExportDialog::colourReason(scene::ColorBy colorBy) const
{
    if (!m_source.panel) // where it cannot be had, painting says so
        return m_source.plot ? tr("A plot has its own colours") : QString();
    const std::string reason = app::colourAbsent(nullptr, *m_source.panel, colorBy);
    if (reason.empty() && drawnColorBy(m_source.panel->scene.cloud, colorBy) != colorBy)
        return tr("Colour the view by it first");
    return QString::fromStdString(reason);
}

/// Why the figure has no such layer; empty: it has.
QString ExportDialog::layerReason(scene::Layer layer) const
{
    if (!m_source.panel)
        return m_source.plot ? tr("A plot has no layers") : QString();
    const scene::SceneModel& scene = m_source.panel->scene;
    const bool there = layer == scene::Layer::Theory        ? scene.theory.has_value()
                       : layer == scene::Layer::Classifiers ? !scene.classifiers.empty()
                       : layer == scene::Layer::Simplex     ? scene.simplex.has_value()
                       : layer == scene::Layer::Channels    ? !scene.channels.empty()
                       : layer == scene::Layer::Regions     ? scene.regions.has_value() && scene.flatDims() == 2
                       : layer == scene::Layer::Boundaries  ? scene.regions.has_value()
                                                            : true;
    if (there)
        return {};
    if (layer == scene::Layer::Channels && m_source.panel->mixes && !scene.layers.has(layer))
        return tr("Show them in the view first");
    return layer == scene::Layer::Theory && !m_source.panel->theoryInvalid.empty()
               ? tr("Not valid here: %1").arg(QString::fromStdString(m_source.panel->theoryInvalid))
               : tr("This view has none");
}

/// Of the figure, shown or not.
std::string ExportDialog::caption() const
{
    return m_source.panel ? app::composeFigure(*m_source.panel, m_source.epoch, request()).caption.plain()
                          : m_shownCaption;
}

app::FigureRequest ExportDialog::request() const
{
    app::FigureRequest request = m_source.request;
    request.colorBy = m_choice.colorBy;
    request.layers = m_choice.layers;
    if (request.third)
        request.layers.set(scene::Layer::Axes);
    request.caption = m_choice.caption;
    request.page = m_choice.page;
    request.title = m_title.toStdString();
    return request;
}

std::vector<std::string> ExportDialog::words() const
{
    if (m_source.words.empty())
        return app::renderWords(m_source.run.toStdString(), m_source.epoch, request(), m_choice.preset,
                                path().toStdString());
    std::vector<std::string> all = m_source.words;
    const std::vector<std::string> looks = app::lookWords(request(), m_choice.preset, path().toStdString());
    all.insert(all.end(), looks.begin(), looks.end());
    return all;
}

QString ExportDialog::command() const
{
    std::vector<std::string> all = words();
    all.insert(all.begin(), "ncscope");
    return QString::fromStdString(app::shellLine(all));
}

QString ExportDialog::path() const
{
    return QDir::fromNativeSeparators(m_pathEdit->text().trimmed());
}

void ExportDialog::setPath(const QString& path)
{
    m_pathEdit->setText(QDir::toNativeSeparators(path));
    if (const auto format = app::figureFormatOf(path.toStdString()); format && format != m_choice.format && m_file) {
        m_choice.format = *format;
        change();
    } else {
        setEnding();
    }
}

void ExportDialog::setChoice(const ExportChoice& choice)
{
    m_choice = choice;
    setEnding();
    change();
}

void ExportDialog::setEnding()
{
    const QFileInfo now(path());
    const std::string_view ending = app::figureEnding(m_choice.format);
    const QString wanted = QString::fromUtf8(ending.data(), static_cast<qsizetype>(ending.size()));
    if (now.suffix() != wanted)
        m_pathEdit->setText(QDir::toNativeSeparators(now.dir().filePath(now.completeBaseName() + '.' + wanted)));
}

void ExportDialog::change()
{
    m_worker->forget(); // or an answer to what was chosen before would be taken for the file
    m_file.reset();
    updateControls();
    updateFacts();
    m_page->setBusy(true);
    m_delay->start();
}

void ExportDialog::repaint()
{
    m_file.reset();
    m_page->setBusy(true);
    m_worker->want({m_source.panel, m_source.epoch, request(), m_choice.format,
                    m_page->wantedDpi(m_choice.page.widthPt), words()});
}

void ExportDialog::updateControls()
{
    m_filling = true;
    const scene::Page& page = m_choice.page;
    m_preset->setCurrentIndex(m_preset->findData(QString::fromStdString(m_choice.preset)));
    const auto check = [](QWidget* segments, int k) { segments->findChildren<QToolButton*>().at(k)->setChecked(true); };
    check(m_segments[1], static_cast<int>(m_choice.format));
    check(m_segments[2], static_cast<int>(page.theme));
    check(m_segments[3], static_cast<int>(page.vector));
    const double unit = pointsOf(m_choice.unit);
    m_width->setRange(36 / unit, 14400 / unit);
    m_width->setDecimals(m_choice.unit == ExportChoice::LengthUnit::Inch ? 3 : 1);
    m_width->setSingleStep(m_choice.unit == ExportChoice::LengthUnit::Inch ? 0.05 : 1);
    m_width->setValue(page.widthPt / unit);
    m_unit->setCurrentIndex(static_cast<int>(m_choice.unit));
    m_fontSize->setValue(page.fontSizePt);
    m_dpi->setValue(qRound(page.dpi));
    m_pointSize->setValue(page.pointDiameterPt);
    m_transparent->setChecked(page.transparent);
    chooseColouring(*m_colorBy, m_choice.colorBy);
    m_colorBy->setEnabled(!m_source.plot);
    for (const auto& [layer, box] : m_layers) {
        box->setChecked(m_choice.layers.has(layer));
        const QString reason = layerReason(layer);
        box->setEnabled(reason.isEmpty());
        box->setToolTip(reason);
    }
    m_caption->setChecked(m_choice.caption);
    m_recipe->setChecked(m_choice.recipe);
    m_page->setUnit(m_choice.unit == ExportChoice::LengthUnit::Millimetre ? FigurePage::Unit::Centimetre
                                                                          : FigurePage::Unit::Inch);
    m_page->setStandIn(isPaper(m_choice.preset), page.transparent);
    m_filling = false;
}

void ExportDialog::updateFacts()
{
    const double unit = pointsOf(m_choice.unit);
    m_height->setText(
        tr("%1 %2%3")
            .arg(m_page->pagePt().height() / unit, 0, 'f', unit == 72 ? 2 : 1)
            .arg(m_unit->currentText(), m_choice.page.heightPt > 0 ? QString() : tr(", as high as needed")));
    const QString points =
        QString::fromStdString(app::groupedNumber(m_source.panel ? m_source.panel->scene.cloud.size() : m_shownPoints));
    const bool png = m_choice.format == app::FigureFormat::Png;
    const bool vectors = m_file && m_file->vectorPoints;
    QString note = png       ? tr("%1 points; everything is pixels.").arg(points)
                   : !m_file ? tr("%1 points.").arg(points)
                   : vectors ? tr("%1 points as vectors.").arg(points)
                             : tr("%1 points as a picture of %2 dpi; text, lines and arrows as vectors.")
                                   .arg(points)
                                   .arg(m_choice.page.dpi);
    if (!m_source.panel && m_shownPoints == 0)
        note = tr("No points in this figure.");
    if (m_source.filtered)
        note += tr(" Points hidden in the legend are shown here.");
    m_pointsNote->setText(note);
    m_segments[3]->setEnabled(!png);
    m_recipeNote->setText(m_choice.recipe
                              ? tr("%1 remakes this file byte for byte").arg(QFileInfo(recipePath()).fileName())
                              : tr("A recipe remakes the file byte for byte"));
    m_sizeName->setText(tr("File size"));
    m_otherName->setVisible(!png);
    m_other->setVisible(!png);
    m_size->setText(m_file ? bytesText(m_file->bytes.size()) : QStringLiteral("…"));
    m_otherName->setText(png ? QString() : vectors ? tr("as a picture it would be") : tr("all vector it would be"));
    m_other->setText(png                               ? QString()
                     : m_file && m_file->otherWayBytes ? bytesText(*m_file->otherWayBytes)
                                                       : QStringLiteral("…"));
    m_fonts->setText(png                                         ? tr("drawn")
                     : m_choice.format == app::FigureFormat::Svg ? tr("as outlines")
                                                                 : tr("embedded, subset"));
}

void ExportDialog::save()
{
    if (const Result<void> writable = app::checkWritable(path().toStdString()); !writable) {
        showFailure(QString::fromStdString(writable.error().message));
        return;
    }
    say(m_file ? tr("Writing…") : tr("Painting, then writing…"));
    m_save->setEnabled(false);
    if (m_file)
        write(path());
    else
        m_savePath = path();
}

void ExportDialog::say(const QString& message)
{
    m_state->setProperty("role", "hint");
    m_state->setStyleSheet(QString()); // reads the role anew
    m_state->setText(message);
    m_state->show();
}

void ExportDialog::showFailure(const QString& message)
{
    m_savePath.clear();
    m_save->setEnabled(true);
    m_state->setProperty("role", "errorText");
    m_state->setStyleSheet(QString()); // reads the role anew
    m_state->setText(message);
    m_state->setVisible(!message.isEmpty());
}

} // namespace nc::window
