#include <QDockWidget>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/presentation.h"
#include "tests/app/window_help.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;

class PresentationTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<MainWindow> m_window;

    [[nodiscard]] Presentation* presentation() const { return m_window->findChild<Presentation*>(); }
    /// Share of the view's pixels that are neither canvas nor grey.
    [[nodiscard]] static double colourShare(const QImage& picture)
    {
        qint64 count = 0;
        for (int y = 0; y < picture.height(); y += 2)
            for (int x = 0; x < picture.width(); x += 2)
                count += picture.pixelColor(x, y).hsvSaturation() > 70 && picture.pixelColor(x, y).value() > 70;
        return 4.0 * static_cast<double>(count) / (picture.width() * picture.height());
    }

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings("ncscope-presentation-test");
        QVERIFY(test::writeRun(m_dir.filePath("run"), 2000, 4));
    }
    void init()
    {
        applyTheme(*qApp, scene::ThemeMode::Dark);
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        m_window->openRun(m_dir.filePath("run"));
        QTRY_VERIFY(m_window->view()->scene());
        QTRY_VERIFY(m_window->session()->isLoaded(0));
        QTRY_COMPARE(m_window->session()->measured().size(), std::size_t{5}); // the time panel has grown its lanes
        QTest::keyClick(m_window.get(), Qt::Key_F11, Qt::ShiftModifier);
        QTRY_VERIFY(presentation());
        QVERIFY(presentation()->isFullScreen());
        presentation()->resize(1280, 720);
    }
    void cleanup() { m_window.reset(); }

    void picture_fillsTheScreen_captionBelow()
    {
        Presentation* shown = presentation();
        QVERIFY(shown->isWindow());
        QCOMPARE(shown->typeSizePx(), 18); // 2.5 % of 720
        QCOMPARE(shown->text().title, "Epoch 4");
        const QImage picture = shown->grab().toImage();
        const int lower = picture.height() * 4 / 5;
        // The view has room for the diffuse first epoch, so the collapsed last one fills less of it; a blank has none.
        QVERIFY(colourShare(picture.copy(0, 0, picture.width(), lower)) > 0.004);
        QCOMPARE(colourShare(picture.copy(0, lower, picture.width(), picture.height() - lower)), 0.0);
        const QImage caption = picture.copy(0, lower, picture.width(), picture.height() - lower);
        int text = 0;
        for (int y = 0; y < caption.height(); ++y)
            for (int x = 0; x < caption.width(); ++x)
                text += qGray(caption.pixel(x, y)) > 140;
        QVERIFY(text > 500);
    }
    void clicker_stepsThroughTheEpochs()
    {
        QTest::keyClick(presentation(), Qt::Key_Home);
        QCOMPARE(m_window->timeline()->current(), 0);
        QTRY_COMPARE(presentation()->text().title, "Epoch 0");
        const QImage first = presentation()->view()->grab().toImage();
        for (Qt::Key key : {Qt::Key_PageDown, Qt::Key_Right})
            QTest::keyClick(presentation(), key);
        QCOMPARE(m_window->timeline()->current(), 2);
        QTRY_COMPARE(presentation()->text().title, "Epoch 2");
        QVERIFY(presentation()->view()->grab().toImage() != first);
        QTest::keyClick(presentation(), Qt::Key_PageUp);
        QCOMPARE(m_window->timeline()->current(), 1);
        QTest::keyClick(presentation(), Qt::Key_End);
        QCOMPARE(m_window->timeline()->current(), 4);
    }
    void b_blanks_andShowsAgain()
    {
        const QImage before = presentation()->grab().toImage();
        QTest::keyClick(presentation(), Qt::Key_B);
        QVERIFY(presentation()->isBlank());
        QImage black(before.size(), QImage::Format_RGB32);
        black.fill(Qt::black);
        QCOMPARE(presentation()->grab().toImage().convertToFormat(QImage::Format_RGB32).copy(), black);
        QTest::keyClick(presentation(), Qt::Key_B);
        QCOMPARE(presentation()->grab().toImage(), before);
    }
    void escape_leavesTheWindowAsItWas()
    {
        const QByteArray state = m_window->saveState();
        const QSize size = m_window->size();
        const std::size_t docks = static_cast<std::size_t>(m_window->findChildren<QDockWidget*>().size());
        QTest::keyClick(presentation(), Qt::Key_Escape);
        QTRY_VERIFY(!presentation());
        QCOMPARE(m_window->saveState(), state);
        QCOMPARE(m_window->size(), size);
        QCOMPARE(static_cast<std::size_t>(m_window->findChildren<QDockWidget*>().size()), docks);
        for (const QDockWidget* dock : m_window->findChildren<QDockWidget*>())
            QVERIFY(dock->isVisible());
    }
};

QTEST_MAIN(PresentationTest)
#include "tst_presentation.moc"
