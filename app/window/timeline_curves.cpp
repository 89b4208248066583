#include "app/window/timeline_curves.h"

#include <algorithm>
#include <cmath>

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

} // namespace

std::vector<TimelineWidget::Lane> lanesOf(const app::RunSession& session)
{
    struct Curve {
        const char *name, *tip, *metric;
        bool logarithmic;
        double factor;
        const char* unit;
    };
    static constexpr Curve curves[] = {
        {QT_TRANSLATE_NOOP("Timeline", "NC1 log"), QT_TRANSLATE_NOOP("Timeline", "tr(Σ_W Σ_B⁺)/C"), "nc1.pinv", true, 1,
         ""},
        {QT_TRANSLATE_NOOP("Timeline", "NC2"), QT_TRANSLATE_NOOP("Timeline", "ETF error of the class means"),
         "nc2.means_etf_error", false, 1, ""},
        {QT_TRANSLATE_NOOP("Timeline", "NC3"), QT_TRANSLATE_NOOP("Timeline", "distance of W from the class means"),
         "nc3.duality", false, 1, ""},
        {QT_TRANSLATE_NOOP("Timeline", "Accuracy"), QT_TRANSLATE_NOOP("Timeline", "on the clean split"), "accuracy",
         false, 100, "%"},
        {QT_TRANSLATE_NOOP("Timeline", "ECE"), QT_TRANSLATE_NOOP("Timeline", "expected calibration error"),
         "calibration.ece", false, 100, "%"},
    };
    std::vector<TimelineWidget::Lane> lanes;
    for (const Curve& curve : curves) {
        std::vector<double> values = metricSeries(session, curve.metric);
        if (std::any_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
            lanes.push_back({words(curve.name), words(curve.tip), curve.logarithmic, curve.factor,
                             QString::fromUtf8(curve.unit), std::move(values)});
    }
    return lanes;
}

std::vector<TimelineWidget::Mark> marksOf(const app::RunSession& session)
{
    const std::vector<std::int64_t>& epochs = session.epochs();
    std::vector<TimelineWidget::Mark> marks;
    for (std::int64_t epoch : epochs)
        if (session.failure(epoch))
            marks.push_back({epoch, TimelineWidget::MarkKind::Unreadable, words("unreadable")});
    const std::vector<double> rate = scalarSeries(session, "learning_rate");
    for (std::size_t k = 2; k < rate.size(); ++k)
        if (rate[k] < 0.67 * rate[k - 1] && rate[k - 1] == rate[k - 2] && rate[k] > 0)
            marks.push_back({epochs[k], TimelineWidget::MarkKind::LearningRate,
                             words("lr ×%1").arg(rate[k] / rate[k - 1], 0, 'g', 1)});
    const std::vector<double> accuracy = metricSeries(session, "accuracy");
    for (std::size_t k = 0; k < accuracy.size(); ++k)
        if (accuracy[k] >= 0.999) {
            marks.push_back({epochs[k], TimelineWidget::MarkKind::TerminalPhase, words("TPT")});
            break;
        }
    return marks;
}

} // namespace nc::window
