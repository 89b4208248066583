#include "app/window/timeline_curves.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <QCoreApplication>

namespace nc::window
{

namespace
{

using Measured = app::RunSession::Measured;

QString words(const char* text)
{
    return QCoreApplication::translate("Timeline", text);
}

/// One value an epoch, NaN where there is none.
template <typename Pick>
std::vector<double> series(const app::RunSession& session, const Pick& pick)
{
    std::vector<double> values;
    for (std::int64_t epoch : session.epochs()) {
        const auto found = session.measured().find(epoch);
        values.push_back(found == session.measured().end() ? std::nan("") : pick(found->second));
    }
    return values;
}

std::vector<double> metricSeries(const app::RunSession& session, const char* name)
{
    return series(session, [name](const Measured& m) {
        return m.clean && (*m.clean)[name].available() ? (*m.clean)[name].value : std::nan("");
    });
}

std::vector<double> scalarSeries(const app::RunSession& session, const char* name)
{
    return series(session, [name](const Measured& m) {
        const auto found = m.scalars.find(name);
        return found == m.scalars.end() ? std::nan("") : found->second;
    });
}

/// Known once an epoch's panel was made.
std::vector<double> gapSeries(const app::RunSession& session)
{
    std::vector<double> values;
    for (std::int64_t epoch : session.epochs()) {
        const auto found = session.theoryGaps().find(epoch);
        values.push_back(found == session.theoryGaps().end() ? std::nan("") : found->second);
    }
    return values;
}

bool isKnown(const std::vector<double>& values)
{
    return std::any_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

/// Where the training error vanishes: of the whole training set where that was recorded, else of the clean split.
std::optional<TimelineWidget::Mark> terminalPhase(const app::RunSession& session)
{
    constexpr double vanished = 0.999;
    const std::vector<double> whole = scalarSeries(session, "whole_train_accuracy");
    const std::vector<double> accuracy = isKnown(whole) ? whole : metricSeries(session, "accuracy");
    const auto first = std::find_if(accuracy.begin(), accuracy.end(), [](double value) { return value >= vanished; });
    if (first == accuracy.end())
        return std::nullopt;
    const std::int64_t epoch = session.epochs()[static_cast<std::size_t>(first - accuracy.begin())];
    const QString tip =
        isKnown(whole)
            ? words("Terminal phase of training: from epoch %1 on the error on all training pictures is zero")
            : words("Terminal phase of training: from epoch %1 on the error on the clean split is zero");
    return TimelineWidget::Mark{epoch, TimelineWidget::MarkKind::TerminalPhase, words("TPT"), tip.arg(epoch)};
}

} // namespace

std::vector<TimelineWidget::Lane> lanesOf(const app::RunSession& session)
{
    enum class From { Metric, Scalar, Panel };
    struct Curve {
        const char *id, *name, *tip, *source;
        From from;
        bool logarithmic;
        double factor;
        const char* unit;
    };
    static constexpr Curve curves[] = {
        {"nc1", QT_TRANSLATE_NOOP("Timeline", "NC1 log"),
         QT_TRANSLATE_NOOP("Timeline", "scatter within classes against between them"), "nc1.pinv", From::Metric, true,
         1, ""},
        {"nc2", QT_TRANSLATE_NOOP("Timeline", "NC2"), QT_TRANSLATE_NOOP("Timeline", "ETF error of the class means"),
         "nc2.means_etf_error", From::Metric, false, 1, ""},
        {"nc3", QT_TRANSLATE_NOOP("Timeline", "NC3"),
         QT_TRANSLATE_NOOP("Timeline", "distance of W from the class means"), "nc3.duality", From::Metric, false, 1,
         ""},
        {"nc4", QT_TRANSLATE_NOOP("Timeline", "NC4"),
         QT_TRANSLATE_NOOP("Timeline", "nearest class mean differs from the answer"), "nc4.mismatch", From::Metric,
         false, 100, "%"},
        {"loss", QT_TRANSLATE_NOOP("Timeline", "Loss"), QT_TRANSLATE_NOOP("Timeline", "of the training, as recorded"),
         "train_loss", From::Scalar, false, 1, ""},
        {"accuracy", QT_TRANSLATE_NOOP("Timeline", "Accuracy"), QT_TRANSLATE_NOOP("Timeline", "on the clean split"),
         "accuracy", From::Metric, false, 100, "%"},
        {"whole_nc1", QT_TRANSLATE_NOOP("Timeline", "NC1 all log"),
         QT_TRANSLATE_NOOP("Timeline", "tr Σ_W / tr Σ_B of all training pictures"), "whole_train_nc1_quotient",
         From::Scalar, true, 1, ""},
        {"whole_accuracy", QT_TRANSLATE_NOOP("Timeline", "Acc. all"),
         QT_TRANSLATE_NOOP("Timeline", "on all training pictures"), "whole_train_accuracy", From::Scalar, false, 100,
         "%"},
        {"ece", QT_TRANSLATE_NOOP("Timeline", "ECE"), QT_TRANSLATE_NOOP("Timeline", "expected calibration error"),
         "calibration.ece", From::Metric, false, 100, "%"},
        {"theory_gap", QT_TRANSLATE_NOOP("Timeline", "Theory gap"),
         QT_TRANSLATE_NOOP("Timeline", "distance of the mixes from the optimum"), "", From::Panel, false, 1, ""},
    };
    // While the measuring goes on every lane keeps its place, so that nothing moves when the first value comes.
    const bool settled = session.measured().size() >= session.epochs().size();
    std::vector<TimelineWidget::Lane> lanes;
    for (const Curve& curve : curves) {
        std::vector<double> values = curve.from == From::Metric   ? metricSeries(session, curve.source)
                                     : curve.from == From::Scalar ? scalarSeries(session, curve.source)
                                                                  : gapSeries(session);
        if (!settled || isKnown(values))
            lanes.push_back({QString::fromUtf8(curve.id), words(curve.name), words(curve.tip), curve.logarithmic,
                             curve.factor, QString::fromUtf8(curve.unit), std::move(values)});
    }
    return lanes;
}

std::vector<TimelineWidget::Mark> marksOf(const app::RunSession& session)
{
    const std::vector<std::int64_t>& epochs = session.epochs();
    std::vector<TimelineWidget::Mark> marks;
    for (std::int64_t epoch : epochs)
        if (session.failure(epoch))
            marks.push_back(
                {epoch, TimelineWidget::MarkKind::Unreadable, words("unreadable"), *session.failure(epoch)});
    const std::vector<double> rate = scalarSeries(session, "learning_rate");
    for (std::size_t k = 2; k < rate.size(); ++k)
        if (rate[k] < 0.67 * rate[k - 1] && rate[k - 1] == rate[k - 2] && rate[k] > 0)
            marks.push_back({epochs[k], TimelineWidget::MarkKind::LearningRate,
                             words("lr ×%1").arg(rate[k] / rate[k - 1], 0, 'g', 1),
                             words("The learning rate falls from %1 to %2 at epoch %3")
                                 .arg(rate[k - 1])
                                 .arg(rate[k])
                                 .arg(epochs[k])});
    if (const std::optional<TimelineWidget::Mark> mark = terminalPhase(session))
        marks.push_back(*mark);
    std::sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.epoch < b.epoch; });
    return marks;
}

} // namespace nc::window
