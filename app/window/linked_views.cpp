#include "app/window/linked_views.h"

#include <algorithm>
#include <cmath>

#include <QFileInfo>
#include <QVBoxLayout>

#include "app/figure_caption.h"
#include "app/view_reasons.h"
#include "app/window/run_stroke.h"
#include "app/window/ui_theme.h"
#include "app/window/view_grid.h"

namespace nc::window
{

namespace
{

bool isOpen(const LinkedView& view)
{
    return view.session() && view.session()->summary();
}

/// What of a choice a run does not have, in a few words.
QString lackText(const ViewChoice& wanted, const ViewChoice& fitted, const io::RunSummary& run)
{
    if (wanted.classes != fitted.classes || wanted.shape != fitted.shape)
        return LinkedViews::tr("own classes: it has %1").arg(run.classes());
    if (wanted.basis != fitted.basis)
        return LinkedViews::tr("own basis: %1").arg(QString::fromStdString(app::basisAbsent(run, *wanted.basis)));
    if (!wanted.basis && !run.hasClassifier)
        return LinkedViews::tr("basis class means: no W recorded");
    if (wanted.third != fitted.third)
        return LinkedViews::tr("no third axis: not recorded");
    if (wanted.basisEpoch != fitted.basisEpoch)
        return LinkedViews::tr("own basis: no epoch %1").arg(QString::fromStdString(wanted.basisEpoch));
    return {};
}

/// Whether a row is the same mix of samples in two panels; where one is not read yet, the same row of as many.
bool isSameSample(const LinkedView& a, const LinkedView& b, std::int64_t row)
{
    if (!a.panel() || !b.panel())
        return isOpen(a) && isOpen(b);
    if (a.panel()->split != b.panel()->split || a.panel()->total != b.panel()->total)
        return false;
    const auto sample = [row](const scene::Cloud& cloud) -> std::optional<std::size_t> {
        const auto at = std::lower_bound(cloud.row.begin(), cloud.row.end(), row);
        if (at == cloud.row.end() || *at != row)
            return {};
        return static_cast<std::size_t>(at - cloud.row.begin());
    };
    const scene::Cloud &here = a.panel()->scene.cloud, &there = b.panel()->scene.cloud;
    const auto p = sample(here), q = sample(there);
    constexpr float rounding = 1e-4F; // λ may be stored with fewer digits
    return p && q && here.labelA[*p] == there.labelA[*q] && here.labelB[*p] == there.labelB[*q] &&
           std::abs(here.lambda[*p] - there.lambda[*q]) < rounding;
}

} // namespace

LinkedViews::LinkedViews(QWidget* parent)
    : QWidget(parent)
    , m_grid(new ViewGrid(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_grid);
}

// --- which views there are

LinkedView* LinkedViews::add(Qt::Orientation along)
{
    auto* view = new LinkedView(this);
    if (m_makeBody)
        if (Result<std::unique_ptr<ViewBody>> body = m_makeBody())
            view->view()->setBody(std::move(*body));
    if (m_views.size() == 1)
        rememberLinked();
    int place = 0; // the first letter that is free
    while (place < static_cast<int>(m_views.size()) && m_views[static_cast<std::size_t>(place)]->place() == place)
        ++place;
    view->setPlace(place);
    m_views.insert(m_views.begin() + place, view);
    if (m_current) {
        ViewChoice choice = m_current->choice();
        choice.pinnedRow = -1;
        view->setChoice(choice);
    }
    connect(view, &LinkedView::activated, this, [this, view] { makeCurrent(view); });
    connect(view, &LinkedView::adopted, this, [this, view] { takeAdopted(view); });
    connect(view, &LinkedView::panelRead, this, &LinkedViews::shareScale);
    connect(view, &LinkedView::shown, this, [this, view](bool otherClasses) {
        if (otherClasses && view != m_current) // from nothing, or from another shape
            if (const auto others = linkedWith(view, Link::Camera); !others.empty())
                followCamera(view, *others.front(), others.front()->view()->target());
    });
    connect(view->view(), &SceneView::viewChanged, this, [this, view] {
        if (m_leads)
            return; // it follows another
        m_leads = true;
        for (LinkedView* other : linkedWith(view, Link::Camera))
            followCamera(other, *view, view->view()->view());
        m_leads = false;
    });
    connect(view->header(), &ViewHeader::linkChosen, this,
            [this, view](Link link, bool on) { setLinked(view, link, on); });
    m_grid->add(view, m_current, along);
    view->show();
    if (!m_current)
        m_current = view;
    Q_EMIT added(view);
    refresh();
    return view;
}

void LinkedViews::remove(LinkedView* view)
{
    if (!areSeveral())
        return;
    const auto at = std::find(m_views.begin(), m_views.end(), view);
    const bool first = at == m_views.begin();
    LinkedView* next = first ? *std::next(at) : *std::prev(at);
    m_views.erase(at);
    view->disconnect(this);
    view->view()->disconnect(this);
    const bool wasCurrent = view == m_current;
    if (wasCurrent)
        makeCurrent(next);
    m_grid->take(view);
    view->setSession(nullptr);
    view->deleteLater(); // its own button may have asked for it
    if (wasCurrent)
        next->view()->setFocus();
    refresh();
}

void LinkedViews::arrange()
{
    m_grid->arrange({m_views.begin(), m_views.end()});
    refresh();
}

void LinkedViews::makeCurrent(LinkedView* view)
{
    if (view == m_current)
        return;
    m_current = view;
    refresh();
    Q_EMIT currentChanged();
}

std::vector<LinkedView*> LinkedViews::linkedWith(const LinkedView* view, Link link) const
{
    std::vector<LinkedView*> others;
    if (!view->isLinked(link))
        return others;
    for (LinkedView* other : m_views)
        if (other != view && other->isLinked(link) && other->session())
            others.insert(other == m_current ? others.begin() : others.end(), other);
    return others;
}

int LinkedViews::linePlace(const LinkedView* view) const
{
    const auto shows = [view](const LinkedView* other) {
        return view->session() && other->session() && other->session()->path() == view->session()->path();
    };
    const auto first = std::find_if(m_views.begin(), m_views.end(), shows);
    return first == m_views.end() ? view->place() : (*first)->place();
}

/// What tells the runs of the views apart, a name a view: of their titles what not all share, of one title their
/// folders' names. Empty where no run is open.
std::vector<QString> LinkedViews::distinctNames() const
{
    const auto titleOf = [](const LinkedView& view) {
        return isOpen(view) ? view.session()->summary()->title : std::string();
    };
    std::vector<std::string> titles;
    for (const LinkedView* view : m_views)
        if (isOpen(*view))
            titles.push_back(titleOf(*view));
    titles = app::distinctNames(titles);
    std::vector<QString> names;
    std::size_t next = 0;
    for (const LinkedView* view : m_views) {
        if (!isOpen(*view)) {
            names.emplace_back();
            continue;
        }
        const bool namesake = std::any_of(m_views.begin(), m_views.end(), [&](const LinkedView* other) {
            return isOpen(*other) && other->session()->path() != view->session()->path() &&
                   titleOf(*other) == titleOf(*view);
        });
        const QString title = QString::fromStdString(titles[next++]);
        names.push_back(namesake || title.isEmpty() ? QFileInfo(view->session()->path()).completeBaseName() : title);
    }
    return names;
}

/// Headers, cards and scales as the views that there are want them.
void LinkedViews::refresh()
{
    bool legend = true, gizmo = true; // one stands for all that are linked
    const std::vector<QString> names = distinctNames();
    for (std::size_t k = 0; k < m_views.size(); ++k) {
        LinkedView* view = m_views[k];
        view->setBeside(areSeveral(), view == m_current, linePlace(view), areSeveral() ? names[k] : QString());
        const bool request = view->isLinked(Link::Request), camera = view->isLinked(Link::Camera);
        view->pane()->setOverlays(
            {!request || legend, !camera || gizmo, m_views.size() < 3 && view == m_current, areSeveral()});
        legend = legend && !request;
        gizmo = gizmo && !camera;
        view->setWish(areSeveral() && view->isLinked(Link::Epoch) ? m_epoch : std::nullopt);
    }
    shareScale();
    Q_EMIT changed();
}

// --- what they show

void LinkedViews::setRun(LinkedView* view, app::RunSession* session)
{
    const bool taken = std::any_of(m_views.begin(), m_views.end(), [&](const LinkedView* other) {
        return session && other != view && other->session() == session;
    });
    if (areSeveral() && view->isLinked(Link::Request))
        view->setChoice(m_choice);
    for (const Link link : allLinks)
        view->setRemark(link, {});
    if (taken) {
        auto* own = new app::RunSession(session->path(), view, session->options());
        connect(own, &app::RunSession::opened, view,
                [own, view] { own->setRequest(view->choice().fittedTo(*own->summary()).request()); });
        connect(own, &app::RunSession::failedToOpen, view->pane(), [pane = view->pane()](const QString& message) {
            pane->showError({message, {}, false, {}});
        });
        view->setSession(own);
    } else {
        view->setSession(session);
    }
    refresh();
}

/// A run was opened in a view, or another one put there.
void LinkedViews::takeAdopted(LinkedView* view)
{
    if (!areSeveral())
        return;
    if (view->isLinked(Link::Request))
        followChoice(view);
    refresh();
}

/// The first view becomes one of several: what it shows is what those to come are linked with.
void LinkedViews::rememberLinked()
{
    m_epoch.reset();
    if (m_current->session() && !m_current->session()->epochs().empty())
        m_epoch = m_current->epoch();
    m_choice = m_current->choice();
    m_choice.pinnedRow = -1;
    m_classes.clear();
    if (isOpen(*m_current))
        m_classes = app::expectedClasses(*m_current->session()->summary(), m_choice.request());
}

void LinkedViews::goTo(LinkedView* view, std::int64_t epoch, int direction)
{
    const bool linked = areSeveral() && view->isLinked(Link::Epoch);
    if (linked) {
        m_epoch = epoch;
        view->setWish(epoch);
    }
    view->goTo(epoch, direction);
    for (LinkedView* other : linkedWith(view, Link::Epoch)) {
        other->setWish(epoch);
        const std::int64_t nearest = other->atOrBefore(epoch);
        if (nearest != other->epoch())
            other->goTo(nearest, direction);
    }
}

void LinkedViews::setChoice(LinkedView* view, const ViewChoice& choice)
{
    const ViewChoice before = view->choice();
    view->setChoice(choice);
    if (!areSeveral())
        return;
    if (view->isLinked(Link::Request)) {
        // What was changed, so that what this run does not have stays asked for where another has it.
        const auto take = [&](auto field) {
            if (choice.*field != before.*field)
                m_choice.*field = choice.*field;
        };
        take(&ViewChoice::shape);
        take(&ViewChoice::basis);
        take(&ViewChoice::basisEpoch);
        take(&ViewChoice::classes);
        take(&ViewChoice::third);
        take(&ViewChoice::style);
        if (isOpen(*view))
            m_classes = app::expectedClasses(*view->session()->summary(), choice.request());
        for (LinkedView* other : linkedWith(view, Link::Request))
            followChoice(other);
        view->setRemark(Link::Request, {});
    }
    if (choice.pinnedRow != before.pinnedRow) {
        view->setRemark(Link::Selection, {});
        for (LinkedView* other : linkedWith(view, Link::Selection))
            followPin(other, *view);
    }
}

void LinkedViews::setLinked(LinkedView* view, Link link, bool on)
{
    view->setLinked(link, on);
    view->setRemark(link, {});
    const std::vector<LinkedView*> others = linkedWith(view, link);
    if (others.empty()) {
        refresh();
        return;
    }
    switch (link) {
    case Link::Camera:
        followCamera(view, *others.front(), others.front()->view()->target());
        break;
    case Link::Epoch:
        m_epoch = others.front()->epoch();
        if (view->session() && view->atOrBefore(*m_epoch) != view->epoch())
            view->goTo(view->atOrBefore(*m_epoch), 0);
        break;
    case Link::Selection:
        followPin(view, *others.front());
        break;
    case Link::Request:
        followChoice(view);
        break;
    }
    refresh();
    if (view == m_current)
        Q_EMIT currentChanged(); // its choice may be another
}

void LinkedViews::followChoice(LinkedView* view)
{
    ViewChoice wanted = m_choice;
    wanted.pinnedRow = view->choice().pinnedRow;
    wanted.style.theme = currentMode();
    if (!isOpen(*view)) {
        view->setChoice(wanted);
        return;
    }
    const io::RunSummary& run = *view->session()->summary();
    ViewChoice fitted = wanted.fittedTo(run);
    // "The run's own classes" are those of the view where that was chosen.
    const std::vector<Index> own = app::expectedClasses(run, fitted.request());
    const bool hasThem = std::all_of(m_classes.begin(), m_classes.end(), [&](Index k) { return k < run.classes(); });
    if (wanted.classes.empty() && !m_classes.empty() && own != m_classes) {
        wanted.classes = m_classes;
        if (hasThem)
            fitted.classes = m_classes;
    }
    view->setChoice(fitted);
    view->setRemark(Link::Request, lackText(wanted, fitted, run));
}

/// The same part of the picture, from the same side. Views of another kind stay as they are.
void LinkedViews::followCamera(LinkedView* view, const LinkedView& leader, scene::ScreenView wanted)
{
    const scene::SceneModel *scene = view->view()->scene(), *other = leader.view()->scene();
    const auto &to = view->view()->extent(), &from = leader.view()->extent();
    if (!scene || !other || !to || !from || scene->dims != other->dims ||
        scene->third.has_value() != other->third.has_value())
        return;
    const double ratio = scene->dims == 3 ? to->widest / from->widest : to->half.norm() / from->half.norm();
    if (!(ratio > 0) || !std::isfinite(ratio))
        return;
    wanted.centre *= ratio; // lengths of that scene
    if (wanted.pivot)
        *wanted.pivot *= ratio;
    if (wanted != view->view()->view())
        view->view()->setView(wanted);
}

void LinkedViews::followPin(LinkedView* view, const LinkedView& leader)
{
    ViewChoice choice = view->choice();
    const std::int64_t row = leader.choice().pinnedRow;
    const bool same = row < 0 || isSameSample(leader, *view, row);
    choice.pinnedRow = same ? row : -1;
    view->setChoice(choice);
    view->setRemark(Link::Selection, same ? QString() : tr("the pinned sample is not here"));
}

/// Views of one kind at one scale, in which the simplex of each run's classifier, as it is drawn, has one size.
void LinkedViews::shareScale()
{
    for (LinkedView* view : m_views) {
        const std::optional<ViewScale> own = view->scale();
        if (!areSeveral() || !own) {
            view->setSharedExtent({}, {});
            continue;
        }
        std::optional<scene::ScreenExtent> all;
        double firstUnit = 0;
        for (const LinkedView* other : m_views) {
            const std::optional<ViewScale> scale = other->scale();
            if (!scale || scale->dims != own->dims || scale->third != own->third)
                continue;
            const scene::ScreenExtent inUnits = other->session()->extent()->scaled(1 / scale->unit);
            if (all)
                all->growFor(inUnits);
            else
                firstUnit = scale->unit;
            if (!all)
                all = inUnits;
        }
        const double factor = firstUnit / own->unit;
        const bool other = std::abs(std::log(factor)) > 0.01;
        view->setSharedExtent(all->scaled(own->unit), other ? tr("scale ×%1").arg(factor, 0, 'g', 2) : QString());
    }
}

} // namespace nc::window
