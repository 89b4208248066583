#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QFile>
#include <QHashSeed>
#include <QJsonDocument>
#include <QLabel>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "app/synthetic_run.h"
#include "app/window/export_dialog.h"
#include "app/window/ui_theme.h"
#include "tests/patience.h"
#include "viz/scene/figure_painter.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;

namespace
{

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Share of pixels that are neither white nor nearly so.
double inkShare(const QImage& picture)
{
    qint64 count = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x)
            count += qGray(picture.pixel(x, y)) < 230;
    return static_cast<double>(count) / (picture.width() * picture.height());
}

} // namespace

class ExportDialogTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QString m_run;
    ExportSource m_source;

    [[nodiscard]] ExportChoice plainChoice() const
    {
        ExportChoice choice;
        choice.page = *scene::pagePreset(choice.preset);
        choice.folder = m_dir.path();
        return choice;
    }
    /// What the copied line, given to a shell, writes in place of the dialog's file.
    [[nodiscard]] static QByteArray fileOfCommand(const QString& command, const QString& path)
    {
        QFile::remove(path);
        QProcess shell;
        QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
            variables.remove(QString::fromLatin1(name)); // no sub-command needs a display
        shell.setProcessEnvironment(variables);
        const QString program = QStringLiteral("'" NCSCOPE_PROGRAM "'");
        shell.start("/bin/sh", {"-c", QString(command).replace(QRegularExpression("^ncscope"), program)});
        if (!shell.waitForFinished(60000) || shell.exitCode() != 0)
            qWarning() << shell.readAllStandardError();
        return contentOf(path);
    }

private Q_SLOTS:
    static void initMain() { QHashSeed::setDeterministicGlobalSeed(); } // as the window's own main does

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName("ncscope-test");
        QCoreApplication::setApplicationName("ncscope-export-test");
        QSettings().clear();
        applyTheme(*qApp, scene::ThemeMode::Dark);
        m_run = m_dir.filePath("a run");
        SyntheticSettings settings;
        settings.classes = 4;
        settings.dim = 12;
        settings.samples = 1500;
        settings.epochs = 3;
        QVERIFY(writeSyntheticRun(m_run.toStdString(), settings));
        const Result<OpenRun> run = OpenRun::open(m_run.toStdString());
        QVERIFY(run);
        Result<PanelContent> panel = buildPanel(*run, 3, m_source.request);
        QVERIFY(panel);
        m_source.panel = std::make_shared<const PanelContent>(std::move(*panel));
        m_source.epoch = 3;
        m_source.run = m_run;
        m_source.name = "mixup · wrn";
        m_source.request.camera = {-33.25, 21.0 / 7, 1};
    }

    void preview_isTheFigure_atItsRealSize()
    {
        ExportDialog dialog(m_source, plainChoice());
        dialog.show();
        QTRY_VERIFY(dialog.file());
        FigurePage* page = dialog.page();
        QVERIFY(inkShare(page->picture()) > 0.02); // a blank page fails
        QCOMPARE(page->pagePt().width(), 396.0);   // ICLR, 5.5 in
        // The sheet shows it at the screen's own points: as wide as the ruler's 5.5 inches.
        const double perPoint = page->figureRect().width() / page->pagePt().width();
        QVERIFY(perPoint > 0.8 && perPoint < 5.6); // 60 to 400 dots an inch
        QVERIFY(std::abs(page->picture().width() - page->figureRect().width()) <= 2);
        const QImage seen = page->viewport()->grab(page->figureRect().toAlignedRect()).toImage();
        QVERIFY(inkShare(seen) > 0.02);
    }
    /// Whole, in both themes, with pictures to look at.
    void dialog_isWhole_inBothThemes()
    {
        for (const auto& [mode, name] :
             {std::pair(scene::ThemeMode::Light, "light"), {scene::ThemeMode::Dark, "dark"}}) {
            applyTheme(*qApp, mode);
            ExportDialog dialog(m_source, plainChoice());
            dialog.resize(1280, 860);
            dialog.show();
            QTRY_VERIFY(dialog.file() && dialog.file()->otherWayBytes);
            const QImage seen = dialog.grab().toImage();
            QDir().mkpath(NCSCOPE_SCREENSHOTS);
            QVERIFY(seen.save(QStringLiteral(NCSCOPE_SCREENSHOTS "/export-%1.png").arg(QLatin1String(name))));
            for (const QLabel* label : dialog.findChildren<QLabel*>()) // nothing is cut off
                if (label->isVisible() && !label->wordWrap())
                    QVERIFY2(label->width() >= label->sizeHint().width(), qPrintable(label->text()));
            for (const QPushButton* button : dialog.findChildren<QPushButton*>())
                QVERIFY2(!button->isVisible() || button->width() >= button->sizeHint().width(),
                         qPrintable(button->text()));
        }
    }
    void options_changeTheFigure()
    {
        ExportDialog dialog(m_source, plainChoice());
        dialog.show();
        QTRY_VERIFY(dialog.file());
        const double height = dialog.page()->pagePt().height();
        auto* width = dialog.findChildren<QDoubleSpinBox*>().at(0);
        width->setValue(3.25);
        QTRY_COMPARE(dialog.page()->pagePt().width(), 234.0);
        QVERIFY(dialog.page()->pagePt().height() < height);
        QVERIFY(dialog.command().contains("--width 3.25in"));
        for (QCheckBox* box : dialog.findChildren<QCheckBox*>())
            if (box->text() == "Caption")
                box->click();
        QVERIFY(dialog.command().contains("-caption"));
        const double withCaption = dialog.page()->pagePt().height();
        QTRY_VERIFY(dialog.page()->pagePt().height() < withCaption - 5);
    }
    void command_writesTheSameBytes_data()
    {
        QTest::addColumn<ExportChoice>("choice");
        ExportChoice choice = plainChoice();
        QTest::newRow("pdf") << choice;
        choice.page.widthPt = 80 * (72 / 25.4);
        choice.unit = ExportChoice::LengthUnit::Millimetre;
        choice.page.fontSizePt = 9.5;
        choice.colorBy = scene::ColorBy::ClassLambda;
        choice.layers.set(scene::Layer::Means);
        choice.layers.set(scene::Layer::Legend, false);
        choice.caption = false;
        choice.format = FigureFormat::Svg;
        QTest::newRow("svg, millimetres, other layers") << choice;
        choice = plainChoice();
        choice.preset = "slides";
        choice.page = *scene::pagePreset("slides");
        choice.page.theme = scene::ThemeMode::Dark;
        choice.page.transparent = true;
        choice.page.dpi = 96;
        choice.page.pointDiameterPt = 1.5;
        choice.format = FigureFormat::Png;
        QTest::newRow("png, slides, dark, transparent") << choice;
        choice = plainChoice();
        choice.page.vector = scene::VectorMode::Never;
        choice.page.dpi = 150;
        QTest::newRow("pdf, points as a picture") << choice;
    }
    void command_writesTheSameBytes()
    {
        QFETCH(ExportChoice, choice);
        ExportDialog dialog(m_source, choice);
        dialog.setPath(m_dir.filePath("my figure." + QString::fromStdString(std::string(figureEnding(choice.format)))));
        dialog.show();
        QSignalSpy saved(&dialog, &ExportDialog::saved);
        dialog.save(); // at once: waits for the file by itself
        QTRY_COMPARE(saved.size(), 1);
        const QString path = saved[0][0].toString();
        const QByteArray written = contentOf(path);
        QVERIFY(written.size() > 2000);
        const QByteArray again = fileOfCommand(dialog.command(), path);
        QVERIFY2(again == written, qPrintable(dialog.command()));
    }
    void command_ofAThirdAxis_writesTheSameBytes()
    {
        const Result<OpenRun> run = OpenRun::open(m_run.toStdString());
        QVERIFY(run);
        ExportSource source = m_source;
        source.request.shape = ViewShape::Plane;
        source.request.view.classes = {2, 0, 3};
        source.request.third = scene::ThirdQuantity::Lambda;
        Result<PanelContent> panel = buildPanel(*run, 3, source.request);
        QVERIFY(panel);
        source.panel = std::make_shared<const PanelContent>(std::move(*panel));
        ExportDialog dialog(source, plainChoice());
        dialog.setPath(m_dir.filePath("third.pdf"));
        dialog.show();
        QSignalSpy saved(&dialog, &ExportDialog::saved);
        dialog.save();
        QTRY_COMPARE(saved.size(), 1);
        const QString path = saved[0][0].toString();
        const QByteArray written = contentOf(path);
        QVERIFY2(fileOfCommand(dialog.command(), path) == written, qPrintable(dialog.command()));
    }
    void copyCommand_isOnTheClipboard()
    {
        ExportDialog dialog(m_source, plainChoice());
        dialog.show();
        QTest::mouseClick(dialog.findChild<QPushButton*>("copyCommand"), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), dialog.command());
        QVERIFY(dialog.command().startsWith("ncscope render '"));
    }
    void fileSize_isThatOfTheFile()
    {
        ExportDialog dialog(m_source, plainChoice());
        dialog.show();
        QTRY_VERIFY(dialog.file() && dialog.file()->otherWayBytes);
        QVERIFY(dialog.file()->vectorPoints);
        scene::Figure figure = composeFigure(*m_source.panel, 3, [&] {
            FigureRequest request = m_source.request;
            request.page = *scene::pagePreset("iclr");
            return request;
        }());
        const Result<QByteArray> pdf = scene::paintPdf(figure);
        QVERIFY(pdf);
        QCOMPARE(dialog.file()->bytes, *pdf);
        figure.page.vector = scene::VectorMode::Never;
        const Result<QByteArray> picture = scene::paintPdf(figure);
        QVERIFY(picture);
        QCOMPARE(*dialog.file()->otherWayBytes, picture->size());
    }
    void recipe_besideTheFile_remakesIt_andOpensAgain()
    {
        ExportChoice choice = plainChoice();
        choice.page.fontSizePt = 9;
        choice.caption = false;
        choice.layers.set(scene::Layer::Means);
        const QString figure = m_dir.filePath("kept.pdf"), recipe = m_dir.filePath("kept.json");
        {
            ExportDialog dialog(m_source, choice);
            dialog.setPath(figure);
            QCOMPARE(dialog.recipePath(), recipe);
            dialog.show();
            QSignalSpy saved(&dialog, &ExportDialog::saved);
            dialog.save();
            QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, 60'000);
        }
        const QByteArray written = contentOf(figure);
        QCOMPARE(fileOfCommand("ncscope render '" + recipe + "'", figure), written);
        const QByteArray latex = QJsonDocument::fromJson(contentOf(recipe))["latex"].toString().toUtf8();
        QVERIFY2(latex.contains("epoch 3") && latex.contains("\\includegraphics{kept.pdf}"), latex);

        // Another dialog, on another epoch and with other options, takes it when it is dropped there.
        const Result<OpenRun> run = OpenRun::open(m_run.toStdString());
        Result<PanelContent> other = buildPanel(*run, 0, FigureRequest());
        QVERIFY(other);
        ExportSource source = m_source;
        source.panel = std::make_shared<const PanelContent>(std::move(*other));
        source.epoch = 0;
        ExportDialog dialog(source, plainChoice());
        dialog.show();
        QMimeData files;
        files.setUrls({QUrl::fromLocalFile(recipe)});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&dialog, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&dialog, &drop);
        QTRY_COMPARE_WITH_TIMEOUT(dialog.choice().page.fontSizePt, 9.0, 60'000);
        QVERIFY(dialog.choice().layers.has(scene::Layer::Means) && !dialog.choice().caption);
        QCOMPARE(dialog.path(), figure);
        QTRY_VERIFY_WITH_TIMEOUT(dialog.file() && dialog.file()->bytes == written, 60'000);
        QVERIFY(dialog.findChild<QLabel*>("exportState")->text().contains("epoch 3"));
    }
    /// What is no view of one epoch: drawn by the recipe's words, with the options of the dialog.
    void recipe_ofGridsAndPlots_opens_andIsExportedAnew_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("kept");
        QTest::newRow("film strip") << "grid RUN --epochs 0,3 --columns 1 --preset icml"
                                    << "Film strip of "
                                    << "--columns=1 --epochs=0,3";
        QTest::newRow("grid") << "grid RUN RUN --epochs 1,last --show +means,-legend"
                              << "Grid of 2 runs, "
                              << "--epochs=1,3";
        QTest::newRow("matrix") << "render RUN --view matrix --svg-text text"
                                << "Matrix of triples of "
                                << "--view=matrix";
        QTest::newRow("reliability") << "render RUN --view reliability --epoch 1 --title Calibration"
                                     << "Reliability diagram of "
                                     << "--view=reliability";
        QTest::newRow("curves") << "grid RUN --view curves --theme dark"
                                << "Curves over the epochs of "
                                << "--view=curves";
        QTest::newRow("a view by rank") << "render RUN --classes best --svg-text text"
                                        << "epoch 3"
                                        << "--classes=best";
    }
    void recipe_ofGridsAndPlots_opens_andIsExportedAnew()
    {
        QFETCH(QString, words);
        QFETCH(QString, title);
        QFETCH(QString, kept);
        const QString figure = m_dir.filePath("worded.svg"), recipe = m_dir.filePath("worded.json");
        const QByteArray first = fileOfCommand("ncscope " + QString(words).replace("RUN", "'" + m_run + "'") + " -o '" +
                                                   figure + "' --recipe '" + recipe + "'",
                                               figure);
        QVERIFY(first.size() > 2000);
        ExportDialog dialog(m_source, plainChoice());
        dialog.show();
        QTRY_VERIFY(dialog.file());
        dialog.openRecipe(recipe);
        const auto text = [&](const char* name) { return dialog.findChild<QLabel*>(name)->text(); };
        QTRY_VERIFY2_WITH_TIMEOUT(text("exportState").contains(title), qPrintable(text("exportState")), 60'000);
        QVERIFY2(text("keptOptions").replace('\n', ' ').contains(kept), qPrintable(text("keptOptions")));
        QTRY_VERIFY2_WITH_TIMEOUT(dialog.file() && dialog.file()->bytes == first, qPrintable(dialog.page()->message()),
                                  60'000);
        QVERIFY(inkShare(dialog.page()->picture()) > 0.005);
        QVERIFY(dialog.latex().contains("\\caption{"));

        QDir().mkpath(NCSCOPE_SCREENSHOTS);
        dialog.resize(1280, 960);
        QVERIFY(dialog.grab().save(QStringLiteral(NCSCOPE_SCREENSHOTS "/export-recipe-%1.png")
                                       .arg(QString(QTest::currentDataTag()).replace(' ', '-'))));
        // Another size and another format; the recipe beside it is of these.
        ExportChoice choice = dialog.choice();
        choice.page.widthPt = 300;
        choice.page.heightPt = 0;
        choice.format = FigureFormat::Pdf;
        dialog.setChoice(choice);
        QSignalSpy saved(&dialog, &ExportDialog::saved);
        dialog.save();
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, 60'000);
        const QString path = saved[0][0].toString();
        QVERIFY(path.endsWith("worded.pdf"));
        const QByteArray written = contentOf(path);
        QCOMPARE(fileOfCommand(dialog.command(), path), written);
        QCOMPARE(fileOfCommand("ncscope render '" + recipe + "'", path), written);
        QFile::remove(recipe);
        QFile::remove(figure);
        QFile::remove(path);
    }
    void recipe_thatIsNone_isToldInWords_andNothingIsOverwritten()
    {
        const QString notes = m_dir.filePath("notes.json");
        QFile file(notes);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{\"my\": 1}") > 0);
        file.close();
        ExportDialog dialog(m_source, plainChoice());
        dialog.setPath(m_dir.filePath("notes.pdf"));
        dialog.show();
        auto* state = dialog.findChild<QLabel*>("exportState");
        dialog.openRecipe(notes);
        QTRY_VERIFY2_WITH_TIMEOUT(state->text().contains("ncscope_recipe"), qPrintable(state->text()), 60'000);
        dialog.save();
        QTRY_VERIFY2_WITH_TIMEOUT(state->text().contains("is no recipe"), qPrintable(state->text()), 60'000);
        QCOMPARE(contentOf(notes), QByteArray("{\"my\": 1}"));
        QVERIFY(dialog.isVisible());
    }
    void save_intoNowhere_saysWhy()
    {
        ExportDialog dialog(m_source, plainChoice());
        dialog.setPath("/nonexistent/folder/figure.pdf");
        dialog.show();
        QVERIFY(QTest::qWaitForWindowActive(&dialog));
        QTest::keyClick(&dialog, Qt::Key_S, Qt::ControlModifier);
        auto* state = dialog.findChild<QLabel*>("exportState");
        QVERIFY(state->isVisible());
        QVERIFY2(state->text().contains("/nonexistent/folder"), qPrintable(state->text()));
        QVERIFY(dialog.isVisible());
    }
    void page_tooSmall_isToldInThePage()
    {
        ExportChoice choice = plainChoice();
        choice.page.heightPt = 20; // no room for the title and the caption
        ExportDialog dialog(m_source, choice);
        dialog.show();
        QTRY_VERIFY(!dialog.page()->message().isEmpty());
        QVERIFY(!dialog.file());
    }
    void choice_isRemembered()
    {
        ExportChoice choice = plainChoice();
        choice.preset = "two-column";
        choice.page = *scene::pagePreset("two-column");
        choice.page.fontSizePt = 7;
        choice.page.dpi = 600;
        choice.unit = ExportChoice::LengthUnit::Point;
        choice.format = FigureFormat::Svg;
        choice.layers.set(scene::Layer::Simplex, false);
        choice.caption = false;
        writeExportChoice(choice);
        const ExportChoice read = readExportChoice();
        QCOMPARE(read.preset, choice.preset);
        QCOMPARE(read.page.fontSizePt, 7.0);
        QCOMPARE(read.page.dpi, 600.0);
        QCOMPARE(read.page.widthPt, choice.page.widthPt);
        QVERIFY(read.unit == choice.unit && read.format == choice.format && read.layers == choice.layers);
        QVERIFY(!read.caption);
    }
    void forgottenWish_isNotAnswered()
    {
        FigureWorker worker;
        QSignalSpy previewed(&worker, &FigureWorker::previewed), painted(&worker, &FigureWorker::painted);
        worker.want({m_source.panel, 3, m_source.request, FigureFormat::Pdf, 60});
        worker.forget();
        QTRY_VERIFY(!worker.isBusy());
        QVERIFY(previewed.empty() && painted.empty());
        worker.want({m_source.panel, 3, m_source.request, FigureFormat::Pdf, 60});
        QTRY_VERIFY(!painted.empty());
    }
    void changes_inABurst_paintOnlyTheLast()
    {
        FigureWorker worker;
        QSignalSpy painted(&worker, &FigureWorker::previewed);
        for (int k = 0; k < 20; ++k) {
            FigureWish wish{m_source.panel, 3, m_source.request, FigureFormat::Png, 60};
            wish.request.page.widthPt = 200 + 10 * k;
            worker.want(std::move(wish));
        }
        QTRY_VERIFY(!painted.empty());
        QTRY_VERIFY(!worker.isBusy());
        QCOMPARE(painted.size(), 1);
        QCOMPARE(painted[0][0].value<FigurePreview>().pagePt.width(), 390.0);
    }
};

QTEST_MAIN(ExportDialogTest)
#include "tst_export_dialog.moc"
