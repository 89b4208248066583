#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QMenuBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTemporaryDir>
#include <QToolButton>

#include "app/window/command_list.h"
#include "app/window/playground_controls.h"
#include "app/window/playground_page.h"
#include "app/window/playground_paint.h"
#include "app/window/playground_strip.h"
#include "app/window/value_slider.h"
#include "tests/app/window_help.h"

using namespace nc;
using namespace nc::window;

class TestPlayground : public QObject
{
    Q_OBJECT

    std::unique_ptr<MainWindow> m_window;
    PlaygroundPage* m_page = nullptr;

    [[nodiscard]] const app::PlaygroundState& state() const { return m_page->state(); }
    template <typename Widget>
    [[nodiscard]] Widget* part(const char* name) const
    {
        auto* found = m_page->findChild<Widget*>(QLatin1String(name));
        if (!found)
            qFatal("no %s", name);
        return found;
    }
    [[nodiscard]] QSlider* slider(const char* name) const { return part<ValueSlider>(name)->slider(); }
    [[nodiscard]] QAbstractButton* button(const QString& text) const
    {
        for (auto* one : m_page->findChildren<QAbstractButton*>())
            if (one->text() == text)
                return one;
        qFatal("no button %s", qPrintable(text));
    }
    [[nodiscard]] QPoint placeOf(double lambda) const
    {
        return m_page->view()->body().frame().placeOf(app::playgroundPlace(state(), lambda)).toPoint();
    }
    void settle() const { QVERIFY(!m_page->grab().isNull()); }

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings("ncscope-playground"); }
    void init()
    {
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1440, 900);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
        m_page = m_window->findChild<PlaygroundPage*>();
        QVERIFY(m_page && m_page->isVisible());
        QTRY_VERIFY(m_page->view()->body().frame().pixelsPerUnit() > 0);
        settle();
    }
    void cleanup() { m_window.reset(); }

    void menu_teachesAndThePaletteFindsIt();
    void startPage_offersIt();
    void handle_dragged_walksAlongTheCurve();
    void handle_keys_moveLambda();
    void strip_dragged_movesLambda();
    void curve_clicked_movesLambda();
    void sliders_moved_changeTheState();
    void sliders_arrows_moveTheFocusedOne();
    void classes_arrows_goOneByOne();
    void fields_typed_changeTheState();
    void segments_chooseLossAndPair();
    void checks_changeTheScene_andSayWhyNot();
    void twoClasses_haveNoArm();
    void steps_clicked_doWhatTheySay();
    void sweep_walksAndStops();
    void undo_takesBackADragAsOne();
    void reset_isTheStart();
    void copy_putsTheNumbersIntoTheClipboard();
    void figure_isWritten();
    void escape_leadsBack();
    void docks_comeBack();
    void openedRun_endsIt();
    void runBeta_withoutARun_saysSo();
    void runBeta_ofTheDemo_isTaken();
    void status_saysHowLongItTook();
    void picture_showsCurveAndHandle();
    void theme_changed_isFollowed();
    void everyControl_hasANameAndATip();
};

void TestPlayground::menu_teachesAndThePaletteFindsIt()
{
    const std::vector<Command> commands = commandsOf(*m_window->menuBar());
    const auto found =
        std::find_if(commands.begin(), commands.end(), [](const Command& c) { return c.name == "Lambda playground"; });
    QVERIFY(found != commands.end());
    QCOMPARE(found->place, "Teach");
    QCOMPARE(found->keys, "Ctrl+L");
    int users = 0;
    for (const Command& command : commands)
        users += command.keys == "Ctrl+L";
    QCOMPARE(users, 1);
}

void TestPlayground::startPage_offersIt()
{
    QTest::keyClick(m_page, Qt::Key_Escape);
    QVERIFY(!m_page->isVisible());
    QAbstractButton* entry = nullptr;
    for (auto* one : m_window->findChildren<QToolButton*>())
        if (one->text() == "Theory without data")
            entry = one;
    QVERIFY(entry && entry->isVisible());
    entry->click();
    QVERIFY(m_page->isVisible());
}

void TestPlayground::handle_dragged_walksAlongTheCurve()
{
    CurveHandle* handle = m_page->handle();
    QTRY_VERIFY((handle->geometry().center() - placeOf(0.62)).manhattanLength() <= 2);
    for (const double lambda : {0.8, 0.5, 0.2}) {
        const QPoint to = placeOf(lambda);
        QTest::mousePress(handle, Qt::LeftButton, {}, handle->rect().center());
        QTest::mouseMove(handle, handle->mapFrom(m_page->view(), to));
        QTest::mouseRelease(handle, Qt::LeftButton, {}, handle->rect().center());
        // A pixel is about a two-hundredth of the curve.
        QVERIFY2(std::abs(state().lambda - lambda) < 0.02, qPrintable(QString::number(state().lambda)));
        settle();
        QTRY_VERIFY((handle->geometry().center() - placeOf(state().lambda)).manhattanLength() <= 2);
    }
}

void TestPlayground::handle_keys_moveLambda()
{
    m_page->handle()->setFocus();
    QTest::keyClick(m_page->handle(), Qt::Key_Right);
    QVERIFY(std::abs(state().lambda - 0.63) < 1e-12);
    QTest::keyClick(m_page->handle(), Qt::Key_Left, Qt::ShiftModifier);
    QVERIFY(std::abs(state().lambda - 0.53) < 1e-12);
    QTest::keyClick(m_page->handle(), Qt::Key_End);
    QCOMPARE(state().lambda, 1.0);
}

void TestPlayground::strip_dragged_movesLambda()
{
    DensityStrip* strip = m_page->strip();
    const QPoint middle(qRound(strip->xOf(0)), 100);
    QTest::mouseClick(strip, Qt::LeftButton, {}, middle);
    QVERIFY(std::abs(state().lambda - 0.5) < 0.01); // a pixel of 700
    QTest::mousePress(strip, Qt::LeftButton, {}, middle);
    QTest::mouseMove(strip, QPoint(strip->width() - 1, 100));
    QTest::mouseRelease(strip, Qt::LeftButton, {}, middle);
    QCOMPARE(state().lambda, 1.0);
    strip->setFocus();
    QTest::keyClick(strip, Qt::Key_Left);
    QVERIFY(std::abs(state().lambda - 0.99) < 1e-12);
}

void TestPlayground::curve_clicked_movesLambda()
{
    QTest::mouseClick(m_page->view(), Qt::LeftButton, {}, placeOf(0.3));
    QVERIFY2(std::abs(state().lambda - 0.3) < 0.02, qPrintable(QString::number(state().lambda)));
}

void TestPlayground::sliders_moved_changeTheState()
{
    slider("lambda")->setValue(250);
    QCOMPARE(state().lambda, 0.25);
    slider("beta")->setValue(1000);
    QCOMPARE(state().beta, 10'000.0);
    slider("alpha")->setValue(0);
    QCOMPARE(state().alpha, 0.05);
    slider("smoothing")->setValue(500);
    QCOMPARE(state().smoothing, 0.25);
    slider("classes")->setValue(1000);
    QCOMPARE(state().classes, Index{100});
    QCOMPARE(part<ValueSlider>("classes")->field()->value(), 100.0);
    QCOMPARE(m_page->strip()->density().reach, app::playgroundDensity(state()).reach);
}

void TestPlayground::sliders_arrows_moveTheFocusedOne()
{
    QCOMPARE(QApplication::focusWidget(), slider("lambda")); // when the page opens
    QTest::keyClick(m_window.get(), Qt::Key_Right);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
    QVERIFY2(state().lambda > 0.62, qPrintable(QString::number(state().lambda)));
    const double before = state().beta;
    slider("beta")->setFocus();
    QTest::keyClick(slider("beta"), Qt::Key_Left);
    QVERIFY(state().beta < before);
}

void TestPlayground::classes_arrows_goOneByOne()
{
    slider("classes")->setFocus();
    QTest::keyClick(slider("classes"), Qt::Key_Right);
    QCOMPARE(state().classes, Index{11});
    QTest::keyClick(slider("classes"), Qt::Key_Left);
    QTest::keyClick(slider("classes"), Qt::Key_Left);
    QCOMPARE(state().classes, Index{9});
    for (int k = 0; k < 7; ++k)
        QTest::keyClick(slider("classes"), Qt::Key_Left);
    QCOMPARE(state().classes, Index{2});
}

void TestPlayground::fields_typed_changeTheState()
{
    QDoubleSpinBox* field = part<ValueSlider>("beta")->field();
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, "250");
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(state().beta, 250.0);
    QVERIFY(m_page->isVisible()); // none of the keys was a command
}

void TestPlayground::segments_chooseLossAndPair()
{
    button("MSE")->click();
    QCOMPARE(state().loss, ufm::Loss::SquaredError);
    button("2 – 3")->click();
    QCOMPARE(state().pair, 2);
    QVERIFY(m_page->findChild<FormulaView*>()->accessibleDescription().contains("w3"));
}

void TestPlayground::checks_changeTheScene_andSayWhyNot()
{
    const auto curves = [this] {
        const auto& theory = m_page->view()->scene()->theory;
        return theory ? theory->curves.size() : std::size_t{0};
    };
    QCOMPARE(curves(), std::size_t{2});
    button("All pairs")->click();
    QCOMPARE(curves(), std::size_t{0});
    button("Samples")->click();
    QCOMPARE(m_page->view()->scene()->cloud.size(), Index{300});
    QVERIFY(button("Chord (MSE)")->isEnabled());
    button("MSE")->click();
    QVERIFY(!button("Chord (MSE)")->isEnabled() && !button("Regions")->isEnabled());
    QVERIFY(button("Regions")->toolTip().contains("no probabilities"));
    button("Cross-entropy")->click();
    QVERIFY(button("Regions")->isEnabled() && static_cast<QCheckBox*>(button("Regions"))->isChecked());
}

void TestPlayground::twoClasses_haveNoArm()
{
    part<ValueSlider>("classes")->field()->setValue(2);
    QCOMPARE(state().classes, Index{2});
    QVERIFY(part<QLabel>("meaning")->text().contains("no arm"));
    QVERIFY(!button("1 – 3")->isEnabled());
    settle();
    QTRY_VERIFY((m_page->handle()->geometry().center() - placeOf(state().lambda)).manhattanLength() <= 2);
}

void TestPlayground::steps_clicked_doWhatTheySay()
{
    std::vector<QPushButton*> steps;
    for (auto* one : m_page->findChildren<QPushButton*>())
        if (one->property("role") == "step")
            steps.push_back(one);
    QCOMPARE(steps.size(), std::size_t{4});
    QVERIFY(steps[0]->text().contains("3.95"));
    steps[0]->click();
    QCOMPARE(state().lambda, 0.5);
    steps[3]->click();
    QCOMPARE(state().classes, Index{2});
    steps[2]->click();
    QCOMPARE(state().loss, ufm::Loss::SquaredError);
    QCOMPARE(state().classes, Index{10});
}

void TestPlayground::sweep_walksAndStops()
{
    QSet<double> seen;
    connect(m_page, &PlaygroundPage::statusChanged, this, [&] { seen << m_page->state().lambda; });
    QTest::keyClick(slider("lambda"), Qt::Key_Space);
    QVERIFY(m_page->isSweeping());
    QCOMPARE(part<QPushButton>("sweep")->text(), "Stop");
    QTRY_VERIFY(seen.size() >= 5);
    QTest::keyClick(slider("lambda"), Qt::Key_Space);
    QVERIFY(!m_page->isSweeping());
    m_page->undo(); // all of it
    QCOMPARE(state().lambda, 0.62);
    part<QPushButton>("sweep")->click();
    QVERIFY(m_page->isSweeping());
    slider("beta")->setValue(500); // who takes a control ends it
    QVERIFY(!m_page->isSweeping());
}

void TestPlayground::undo_takesBackADragAsOne()
{
    for (int position = 600; position > 300; position -= 10)
        slider("lambda")->setValue(position);
    slider("beta")->setValue(900);
    QTest::keyClick(slider("lambda"), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(std::abs(state().beta - 800.0 / 9) < 1e-9);
    QCOMPARE(state().lambda, 0.31);
    QTest::keyClick(slider("lambda"), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(state().lambda, 0.62);
    QTest::keyClick(slider("lambda"), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(state().lambda, 0.31);
}

void TestPlayground::reset_isTheStart()
{
    button("MSE")->click();
    slider("lambda")->setValue(10);
    part<QToolButton>("resetState")->click();
    QCOMPARE(state(), app::PlaygroundState());
}

void TestPlayground::copy_putsTheNumbersIntoTheClipboard()
{
    QApplication::clipboard()->clear();
    QTest::keyClick(slider("lambda"), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QApplication::clipboard()->text(), QString::fromStdString(app::playgroundText(state())));
    QApplication::clipboard()->clear();
    part<QPushButton>("copyNumbers")->click();
    QVERIFY(QApplication::clipboard()->text().contains("x_i\t4.18"));
    QVERIFY(m_window->statusBar()->currentMessage().startsWith("Copied"));
}

void TestPlayground::figure_isWritten()
{
    QTemporaryDir folder;
    for (const auto& [name, start] :
         {std::pair{"a.pdf", "%PDF"}, std::pair{"a.svg", "<?xml"}, std::pair{"a.png", "\x89PNG"}}) {
        const QString path = folder.filePath(name);
        const Result<void> written = m_page->writeFigure(path);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly) && file.size() > 2000);
        QVERIFY(file.read(5).startsWith(start));
    }
    QVERIFY(!m_page->writeFigure(folder.filePath("a.docx")));
    QVERIFY(!m_page->writeFigure(folder.filePath("none/a.pdf")));
}

void TestPlayground::escape_leadsBack()
{
    QTest::keyClick(slider("lambda"), Qt::Key_Escape);
    QVERIFY(!m_page->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
    QVERIFY(m_page->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier); // the same key leads back
    QVERIFY(!m_page->isVisible());
}

void TestPlayground::docks_comeBack()
{
    QTest::keyClick(m_page, Qt::Key_Escape);
    m_window->openRun(QStringLiteral(NCSCOPE_SOURCE_DIR "/resources/demo-run.h5"));
    QVERIFY(test::waitForRest(*m_window));
    QVERIFY(m_window->inspector()->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
    QVERIFY(m_page->isVisible() && !m_window->inspector()->isVisible());
    QTest::keyClick(m_page, Qt::Key_Escape);
    QVERIFY(m_window->inspector()->isVisible() && m_window->view()->isVisible());
    QVERIFY(!m_window->statusBar()->currentMessage().contains("Theory only"));
}

void TestPlayground::openedRun_endsIt()
{
    m_window->openRun(QStringLiteral(NCSCOPE_SOURCE_DIR "/resources/demo-run.h5"));
    QVERIFY(test::waitForRest(*m_window));
    QVERIFY(!m_page->isVisible() && m_window->view()->isVisible() && m_window->inspector()->isVisible());
}

void TestPlayground::runBeta_withoutARun_saysSo()
{
    const app::PlaygroundState before = state();
    part<QPushButton>("readBeta")->click();
    QVERIFY(part<QLabel>("runNote")->isVisible());
    QVERIFY(part<QLabel>("runNote")->text().startsWith("No run is shown"));
    QCOMPARE(state(), before);
    slider("lambda")->setValue(10);
    QVERIFY(!part<QLabel>("runNote")->isVisible());
}

void TestPlayground::runBeta_ofTheDemo_isTaken()
{
    m_window->openRun(QStringLiteral(NCSCOPE_SOURCE_DIR "/resources/demo-run.h5"));
    QVERIFY(test::waitForRest(*m_window));
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::ControlModifier);
    QVERIFY(m_page->isVisible());
    part<QPushButton>("readBeta")->click();
    const QString note = part<QLabel>("runNote")->text();
    QVERIFY2(note.startsWith("Effective β = ") && note.contains("within one standard error"), qPrintable(note));
    QVERIFY(state().beta > 1 && state().beta != app::PlaygroundState().beta);
    QCOMPARE(state().classes, Index{10});
}

void TestPlayground::status_saysHowLongItTook()
{
    static const QRegularExpression time("recomputed in (\\d+\\.\\d) ms");
    const auto found = time.match(m_window->statusBar()->currentMessage());
    QVERIFY2(found.hasMatch(), qPrintable(m_window->statusBar()->currentMessage()));
}

void TestPlayground::picture_showsCurveAndHandle()
{
    const QImage picture = m_page->view()->grab().toImage();
    const scene::Theme& theme = currentTheme();
    QVERIFY(test::inkOf(picture, toQColor(theme.accent)) > 40); // the ring
    const double ratio = picture.devicePixelRatio();
    int seen = 0;
    for (int k = 1; k < 20; ++k) {
        const double lambda = k / 20.0;
        const QPoint at = (QPointF(placeOf(lambda)) * ratio).toPoint();
        const QColor wanted = toQColor(theme.lambda.at(lambda));
        seen += test::inkOf(picture.copy(at.x() - 4, at.y() - 4, 9, 9), wanted) > 6;
    }
    QVERIFY2(seen >= 12, qPrintable(QString::number(seen))); // names and the handle lie over some
}

void TestPlayground::theme_changed_isFollowed()
{
    m_window->setTheme(ThemeChoice::Light);
    QCOMPARE(m_page->view()->style().theme, scene::ThemeMode::Light);
    m_window->setTheme(ThemeChoice::Dark);
    QCOMPARE(m_page->view()->style().theme, scene::ThemeMode::Dark);
}

void TestPlayground::everyControl_hasANameAndATip()
{
    for (auto* one : m_page->findChildren<QWidget*>()) {
        if (one->focusPolicy() == Qt::NoFocus || one->inherits("QLineEdit") || one->inherits("QScrollBar"))
            continue;
        const auto* named = qobject_cast<QAbstractButton*>(one);
        QVERIFY2(!one->accessibleName().isEmpty() || (named && !named->text().isEmpty()),
                 one->metaObject()->className());
        const bool fold =
            named && named->isCheckable() && !one->inherits("QCheckBox") && !one->property("role").isValid();
        if (!fold && !qobject_cast<SceneView*>(one))
            QVERIFY2(!one->toolTip().isEmpty(), qPrintable(one->accessibleName() + (named ? named->text() : "")));
    }
}

QTEST_MAIN(TestPlayground)
#include "tst_playground.moc"
