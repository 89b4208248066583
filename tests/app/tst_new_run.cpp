#include <csignal>

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QListWidget>
#include <QProcess>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "app/window/config_form.h"
#include "app/window/new_run_dialog.h"
#include "app/window/run_list_delegate.h"
#include "app/window/training_cards.h"
#include "core/config/data_folder.h"
#include "core/config/train_plan.h"
#include "io/run_state.h"
#include "tests/app/window_help.h"

using namespace nc;
using namespace nc::app;
using namespace nc::window;
using Phase = Training::Phase;

/// The form that starts a training, and the card that tells of it; the trainer is a script that does what a test needs,
/// and the real one in the last test.
class NewRunTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<MainWindow> m_window;
    std::vector<pid_t> m_started; ///< ended at the end of each test, whatever happened

    [[nodiscard]] QString path(const QString& name) const { return m_dir->filePath(name); }
    [[nodiscard]] NewRunDialog* openForm()
    {
        m_window->activateWindow();
        if (!QTest::qWaitForWindowActive(m_window.get()))
            return nullptr;
        QTest::keyClick(m_window.get(), Qt::Key_N, Qt::ControlModifier);
        return m_window->findChild<NewRunDialog*>();
    }
    [[nodiscard]] static QPushButton* startOf(NewRunDialog* form) { return form->findChild<QPushButton*>("start"); }
    [[nodiscard]] TrainingCards* cards() const { return m_window->findChild<TrainingCards*>(); }
    [[nodiscard]] static QPushButton* buttonOf(RunCard* card, const QString& text)
    {
        for (auto* button : card->findChildren<QPushButton*>())
            if (button->text() == text)
                return button;
        return nullptr;
    }
    RunCard* startFake(const char* mode)
    {
        qputenv("FAKE_MODE", mode);
        NewRunDialog* form = openForm();
        form->setFolder(path("run"));
        QTest::mouseClick(startOf(form), Qt::LeftButton);
        return cards()->cards().empty() ? nullptr : cards()->cards().front();
    }
    void rememberProcess()
    {
        const auto process = [this] { return io::readRunState(path("run").toStdString()).process; };
        QTRY_VERIFY(process() > 1); // what is remembered gets killed: never a group, never everyone
        m_started.push_back(static_cast<pid_t>(process()));
    }
    void makeWindow()
    {
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1366, 900);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get())); // its shortcuts work from then on
    }

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings("ncscope-test-new-run"); }
    void init()
    {
        QSettings().clear();
        applyTheme(*qApp, scene::ThemeMode::Dark);
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(test::writeRun(path("source"), 600, 3));
        QVERIFY(test::writeEmptyDataSet(path("data"), "fashion-mnist"));
        qputenv("NCSCOPE_DATA", path("data").toLocal8Bit());
        qputenv("XDG_DATA_HOME", path("home").toLocal8Bit());
        qputenv("NCSCOPE_TRAINER", NCSCOPE_FAKE_TRAINER);
        qputenv("FAKE_RUN", path("source").toLocal8Bit());
        makeWindow();
    }
    void cleanup()
    {
        m_window.reset();
        for (const pid_t pid : m_started)
            kill(pid, SIGKILL);
        m_started.clear();
        m_dir.reset();
    }

    void form_opensReadyToStart()
    {
        NewRunDialog* form = openForm();
        QVERIFY(form && form->isVisible());
        QCOMPARE(form->obstacle(), QString());
        QVERIFY(startOf(form)->isEnabled());
        QVERIFY(form->folder().startsWith(path("home")));
        QVERIFY(!QFile::exists(form->folder()));
        QCOMPARE(form->form()->config().epochs, presetConfig("quick")->epochs);
    }
    void preset_fillsTheFields()
    {
        NewRunDialog* form = openForm();
        QTest::mouseClick(form->findChild<QPushButton*>("preset:demo"), Qt::LeftButton);
        QCOMPARE(toJson(form->form()->config()), toJson(*presetConfig("demo")));
        QVERIFY(form->folder().endsWith("demo"));
        QVERIFY(form->command().startsWith("ncscope train --preset demo -o "));
    }
    void wrongField_isToldBesideItAndAtStart()
    {
        NewRunDialog* form = openForm();
        form->form()->setText("mixing.alpha", "500");
        auto* error = form->findChild<QLabel*>("error:mixing.kind");
        QVERIFY(error->isVisible());
        QVERIFY2(error->text().contains("500") && error->text().contains("0.01 to 100"), qPrintable(error->text()));
        QVERIFY(!startOf(form)->isEnabled());
        QVERIFY(form->findChild<QLabel*>("obstacle")->text().contains("mixing.alpha"));
        form->form()->setText("mixing.alpha", "0.4");
        QVERIFY(!error->isVisible());
        QVERIFY(startOf(form)->isEnabled());
        form->form()->setText("network.feature_dim", "2"); // right alone, wrong with the next
        form->form()->setText("network.classifier", "etf");
        QVERIFY(form->findChild<QLabel*>("error:network.classifier")->isVisible());
        QVERIFY(!startOf(form)->isEnabled());
    }
    void fieldWithoutEffect_isClosedAndSaysWhy()
    {
        NewRunDialog* form = openForm();
        QWidget *dim = form->form()->editor("network.feature_dim"), *alpha = form->form()->editor("mixing.alpha");
        QVERIFY(dim->isEnabled() && alpha->isEnabled());
        form->form()->setText("network.kind", "vit");
        QVERIFY(!dim->isEnabled());
        QVERIFY2(dim->toolTip().contains("not used where network.kind is vit"), qPrintable(dim->toolTip()));
        form->form()->setText("mixing.kind", "none");
        QVERIFY(!alpha->isEnabled());
        form->form()->setText("network.kind", "plain");
        QVERIFY(dim->isEnabled() && !dim->toolTip().contains("not used"));
        form->form()->setText("network.feature_dim", "many"); // wrong fields stay open
        form->form()->setText("network.kind", "vit");
        QVERIFY(dim->isEnabled());
        form->form()->setText("network.feature_dim", "16");
        QVERIFY(!dim->isEnabled());
    }
    void ownPictures_areEstimatedAsANamedDataSet()
    {
        if (QStringLiteral(NCSCOPE_PYTHON).isEmpty())
            QSKIP("no Python that has numpy and h5py");
        QCOMPARE(QProcess::execute(NCSCOPE_PYTHON, {NCSCOPE_PICTURE_FILES, m_dir->path()}), 0);
        NewRunDialog* form = openForm();
        const auto shown = [form](const QString& text) {
            const auto labels = form->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](QLabel* label) { return label->text() == text; });
        };
        for (const auto& [key, text] :
             {std::pair("data.classes", ""), std::pair("recording.thumbnails", "8"), std::pair("train_samples", "0"),
              std::pair("optimiser.batch_size", "8"), std::pair("epochs", "5"), std::pair("network.kind", "mlp")})
            form->form()->setText(key, text);
        form->form()->setText("data.name", path("floats.h5"));
        QTRY_COMPARE(form->obstacle(), QString());
        QVERIFY(shown("✓ 36 + 12 pictures of 8 × 8, 3 classes"));
        QVERIFY(shown("of 36"));
        QVERIFY(shown("4 an epoch × 5 epochs")); // 36 in whole batches of 8
        form->form()->setText("data.classes", "0, 3");
        QVERIFY(form->obstacle().contains("data.classes"));
        form->form()->setText("data.classes", "");
        form->form()->setText("data.name", path("whole.npz")); // nothing of the file before is taken for its own
        QVERIFY(!shown("4 an epoch × 5 epochs"));
        QTRY_COMPARE(form->obstacle(), QString());
        QVERIFY(shown("✓ 30 + 6 pictures of 8 × 8, 3 classes"));
        form->form()->setText("data.name", path("fewer.npz"));
        QTRY_VERIFY2(form->obstacle().contains("expected one label for each of 36"), qPrintable(form->obstacle()));
        QVERIFY(!startOf(form)->isEnabled());
        form->form()->setText("data.name", "fashion-mnist");
        QCOMPARE(form->obstacle(), QString());
    }
    void command_saysWhatTheFormSays()
    {
        NewRunDialog* form = openForm();
        form->form()->setText("mixing.kind", "none");
        form->form()->setText("data.classes", "0, 3, 5");
        form->form()->setText("title", "it's mine");
        form->form()->setText("recording.logits", "false");
        form->setFolder(path("a run"));
        const std::vector<std::string> words = form->words();
        std::vector<std::string> settings;
        for (std::size_t k = 0; k + 1 < words.size(); ++k)
            if (words[k] == "--set")
                settings.push_back(words[k + 1]);
        QCOMPARE(settings.size(), std::size_t{4});
        const Result<TrainConfig> read = withSettings(*presetConfig(words[1]), settings);
        QVERIFY(read);
        QCOMPARE(toJson(*read), toJson(form->form()->config()));
        QVERIFY(form->command().contains("'title=it'\\''s mine'"));
        QVERIFY(form->command().endsWith("-o '" + path("a run") + "'"));
    }
    void place_thatIsTaken_isAReason()
    {
        NewRunDialog* form = openForm();
        form->setFolder(path("source"));
        QVERIFY(!startOf(form)->isEnabled());
        QVERIFY(form->obstacle().contains("not empty"));
    }
    void missingTrainer_isAReason()
    {
        qputenv("NCSCOPE_TRAINER", "/nowhere/ncscope-train");
        NewRunDialog* form = openForm();
        QVERIFY(!startOf(form)->isEnabled());
        QVERIFY(form->obstacle().contains("not installed") && form->obstacle().contains("bootstrap"));
    }
    void time_byTrialSteps_whenAsked()
    {
        qputenv("FAKE_MODE", "quick");
        NewRunDialog* form = openForm();
        auto* value = form->findChild<QLabel*>("trialTime");
        auto* button = form->findChild<QPushButton*>("measure");
        QCOMPARE(value->text(), QStringLiteral("—")); // nothing runs unasked
        form->form()->setText("epochs", "12");
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_COMPARE(value->text(), QString("about 33 min")); // 12 times 150 s, and recording
        const auto* hint = form->findChild<QLabel*>("trialHint");
        QVERIFY(hint->text().contains("of which recording 10 %: probe_samples makes recorded epochs smaller"));
        form->form()->setText("epochs", "24");
        QCOMPARE(value->text(), QStringLiteral("—")); // of another training
        qputenv("FAKE_MODE", "refuse");
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_COMPARE(value->text(), QString("unknown"));
        qputenv("FAKE_MODE", "slow");
        QTRY_COMPARE(button->text(), QString("Measure"));
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(button->text(), QString("Cancel"));
        QVERIFY(form->findChild<QProgressBar*>()->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(button->text(), QString("Measure"));
        QCOMPARE(value->text(), QStringLiteral("—"));
        form->form()->setText("mixing.alpha", "500");
        QVERIFY(!button->isEnabled());
        QVERIFY(button->toolTip().contains("mixing.alpha"));
    }
    void start_showsACardAndThePicture()
    {
        RunCard* card = startFake("slow");
        QVERIFY(card);
        QTRY_COMPARE(card->training()->phase(), Phase::Running);
        rememberProcess();
        QTRY_VERIFY(m_window->session() && m_window->view()->scene()); // the run opened by itself
        QTRY_COMPARE(m_window->timeline()->current(), 2);              // and is followed
        QTRY_VERIFY(card->accessibleName().contains("epoch 3 / 7"));
        QCOMPARE(card->training()->progress().loss, 0.914);
        QVERIFY(test::inkOf(card->grab().toImage(), toQColor(currentTheme().accent)) >
                100); // the bar and the half disc
        QTest::mouseClick(buttonOf(card, "Stop"), Qt::LeftButton);
        QTRY_COMPARE(card->training()->phase(), Phase::Stopped);
        QTRY_COMPARE(markOf(*m_window->session()), RunMark::Stopped);
        QVERIFY(card->training()->canResume());
        QTest::mouseClick(buttonOf(card, "Resume"), Qt::LeftButton);
        QTRY_COMPARE(card->training()->phase(), Phase::Running);
        rememberProcess();
        QVERIFY(card->training()->stop());
        QTRY_COMPARE(card->training()->phase(), Phase::Stopped);
    }
    void runWithoutPictures_countsRows()
    {
        const Result<TrainConfig> config = presetConfig("ufm");
        QVERIFY(config && displayTitle(*config).starts_with("Unconstrained features, "));
        QVERIFY(test::writeForeignRun(path("free"), toJson(*config), 2));
        qputenv("FAKE_RUN", path("free").toLocal8Bit());
        RunCard* card = startFake("slow");
        rememberProcess();
        const auto says = [card](const char* words) {
            const auto labels = card->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [&](QLabel* label) { return label->text().contains(words); });
        };
        QTRY_VERIFY(says("rows/s"));
        QVERIFY(!says("img/s") && !says("picture") && !says("image"));
    }
    void snapshot_reachesTheTrainer()
    {
        RunCard* card = startFake("slow");
        QTRY_COMPARE(card->training()->phase(), Phase::Running);
        rememberProcess();
        QTRY_VERIFY(card->accessibleName().contains("epoch 3 / 7"));
        QPushButton* snapshot = buttonOf(card, "Snapshot now");
        QTRY_VERIFY(snapshot->isVisible() && snapshot->isEnabled());
        QTest::mouseClick(snapshot, Qt::LeftButton);
        QTRY_VERIFY(!card->training()->progress().lines.empty() &&
                    card->training()->progress().lines.back() == "snapshot asked");
        QVERIFY(!snapshot->isEnabled()); // until that epoch is through
        QCOMPARE(card->training()->phase(), Phase::Running);
    }
    void crash_isAReadableCard()
    {
        RunCard* card = startFake("crash");
        QVERIFY(card);
        QTRY_COMPARE(card->training()->phase(), Phase::Crashed);
        auto* how = card->findChild<QLabel*>("howItEnded");
        auto* why = card->findChild<QLabel*>("whyItEnded");
        QVERIFY(how->isVisible() && how->text().contains("exit code 9"));
        QVERIFY(why->isVisible() && why->text().contains("RuntimeError: out of luck"));
        QVERIFY(why->text().contains("no checkpoint"));
        QVERIFY(buttonOf(card, "Log")->isVisible());
        QTest::mouseClick(card->findChild<QToolButton*>("dismiss"), Qt::LeftButton);
        QVERIFY(cards()->cards().empty() && !cards()->isVisible());
    }
    void refusal_beforeTheRunExists_isAReadableCard()
    {
        RunCard* card = startFake("refuse");
        QVERIFY(card);
        QTRY_COMPARE(card->training()->phase(), Phase::Crashed);
        QVERIFY(card->training()->whyItEnded().contains("no such device: cuda:7"));
        QVERIFY(!QFile::exists(path("run")));
        QVERIFY(QFile::exists(path("run.log")));
    }
    void kill_isTold()
    {
        RunCard* card = startFake("slow");
        QTRY_COMPARE(card->training()->phase(), Phase::Running);
        rememberProcess();
        kill(m_started.back(), SIGKILL);
        QTRY_COMPARE(card->training()->phase(), Phase::Crashed);
        QVERIFY(card->training()->howItEnded().contains("killed"));
        QVERIFY(card->findChild<QLabel*>("howItEnded")->text().startsWith("Crashed"));
        QTRY_COMPARE(markOf(*m_window->session()), RunMark::Crashed); // one word for one state, in list and card
        QTRY_VERIFY(
            m_window->findChild<QListWidget*>("runList")->item(0)->data(DetailRole).toString().contains("crashed"));
    }
    void training_outlivesTheWindow()
    {
        RunCard* card = startFake("slow");
        QTRY_COMPARE(card->training()->phase(), Phase::Running);
        rememberProcess();
        m_window.reset();
        QCOMPARE(kill(m_started.back(), 0), 0);
        QCOMPARE(getpgid(m_started.back()), m_started.back()); // of a session of its own: no Ctrl+C reaches it
        makeWindow();
        m_window->openRun(path("run"));
        QTRY_COMPARE(cards()->cards().size(), std::size_t{1});
        card = cards()->cards().front();
        QCOMPARE(card->training()->phase(), Phase::Running);
        QVERIFY(card->accessibleName().contains("epoch 3 / 7")); // read off the log that the first window began
        QTest::mouseClick(buttonOf(card, "Stop"), Qt::LeftButton);
        QTRY_COMPARE(card->training()->phase(), Phase::Stopped);
    }
    void screenshots_areWritten()
    {
        const QString folder = QStringLiteral(NCSCOPE_SCREENSHOTS);
        QVERIFY(QDir().mkpath(folder));
        RunCard* card = startFake("slow");
        QTRY_COMPARE(card->training()->phase(), Phase::Running);
        rememberProcess();
        QTRY_VERIFY(m_window->session() && m_window->view()->scene());
        for (const auto& [choice, name] :
             {std::pair(ThemeChoice::Dark, "dark"), std::pair(ThemeChoice::Light, "light")}) {
            m_window->setTheme(choice);
            NewRunDialog* form = openForm();
            QVERIFY(form);
            QTest::qWait(50);
            QVERIFY(form->grab().save(folder + "/new-run-" + name + ".png"));
            QVERIFY(test::inkOf(form->grab().toImage(), toQColor(currentTheme().tint)) > 5000); // the chosen preset
            form->form()->setText("mixing.alpha", "500");
            QTest::qWait(50);
            QVERIFY(form->grab().save(folder + "/new-run-error-" + name + ".png"));
            delete form;
            QVERIFY(m_window->grab().save(folder + "/run-card-" + name + ".png"));
        }
        kill(m_started.back(), SIGKILL);
        QTRY_COMPARE(card->training()->phase(), Phase::Crashed);
        QVERIFY(m_window->grab().save(folder + "/run-card-crash-light.png"));
        m_window->setTheme(ThemeChoice::Dark);
        QVERIFY(m_window->grab().save(folder + "/run-card-crash-dark.png"));
    }
    void realTrainer_trainsAndIsFollowed()
    {
        qputenv("NCSCOPE_TRAINER", NCSCOPE_REAL_TRAINER);
        qunsetenv("NCSCOPE_DATA");
        if (!QFile::exists(NCSCOPE_REAL_TRAINER))
            QSKIP("ncscope-train is not built");
        if (!findDataSet("fashion-mnist"))
            QSKIP("FashionMNIST is not installed");
        NewRunDialog* form = openForm();
        const std::pair<const char*, const char*> settings[] = {
            {"epochs", "3"},          {"train_samples", "512"},         {"network.widths", "4, 4"},
            {"probe_samples", "200"}, {"recording.clean_train", "100"}, {"recording.clean_test", "100"},
            {"device", "cpu"}};
        for (const auto& [key, text] : settings)
            form->form()->setText(key, text);
        form->setFolder(path("real"));
        QCOMPARE(form->obstacle(), QString());
        QTest::mouseClick(startOf(form), Qt::LeftButton);
        QCOMPARE(cards()->cards().size(), std::size_t{1});
        RunCard* card = cards()->cards().front();
        QTRY_COMPARE_WITH_TIMEOUT(card->training()->phase(), Phase::Finished, 90'000); // LibTorch loads slowly
        QTRY_VERIFY(m_window->session() && m_window->view()->scene());
        QTRY_COMPARE(m_window->timeline()->current(), 3);
        QTRY_COMPARE(markOf(*m_window->session()), RunMark::Recorded);
        QCOMPARE(card->training()->progress().finished, std::string("completed"));
    }
};

QTEST_MAIN(NewRunTest)
#include "tst_new_run.moc"
