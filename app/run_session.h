#pragma once

#include <map>
#include <memory>
#include <optional>

#include <QObject>
#include <QString>

#include "app/panel_loader.h"

namespace nc::app
{

/// One open run as the window sees it: what was read so far, never blocking. Lives on the GUI thread; the reading
/// happens on the loader's.
class RunSession : public QObject
{
    Q_OBJECT

public:
    /// Half of the memory limit is for panels; what the reader holds while it works is in the other half.
    explicit RunSession(QString path, QObject* parent = nullptr, const io::ReadOptions& options = {});
    ~RunSession() override;

    [[nodiscard]] const QString& path() const { return m_path; }
    [[nodiscard]] const io::ReadOptions& options() const { return m_options; }
    [[nodiscard]] const io::RunSummary* summary() const { return m_summary.get(); } ///< null until opened()
    [[nodiscard]] const QString& openError() const { return m_openError; } ///< why it cannot be opened; else empty
    [[nodiscard]] const std::vector<std::int64_t>& epochs() const;
    [[nodiscard]] const FigureRequest& request() const { return m_request; }

    /// Reads everything anew, as if it were just made.
    void reload();
    /// Whether a training writes to it now, as far as the disk tells.
    [[nodiscard]] bool isRunning() const { return m_summary && m_summary->state == "running"; }
    /// What to see: forgets every panel that was made for another request.
    void setRequest(const FigureRequest& request);
    /// Where the user is and which way he goes: decides what is read first. `direction` is -1, 0 or 1.
    void setEpoch(std::int64_t epoch, int direction);
    /// Reads a sample's pictures and probabilities; sampleRead() answers, unless another is asked for before.
    void askSample(const SampleRequest& request) { m_loader->wantSample(request); }
    /// Reads an epoch again that could not be read.
    void retry(std::int64_t epoch);
    /// Panels are dropped, farthest from the current epoch first, beyond so many bytes.
    void setMemoryLimit(std::size_t bytes) { m_memoryLimit = bytes; }

    /// The panel of an epoch, null while it is not read.
    [[nodiscard]] std::shared_ptr<const PanelContent> panel(std::int64_t epoch) const;
    /// What all panels of this request take that were read so far; only grows. None before the first.
    [[nodiscard]] const std::optional<scene::ScreenExtent>& extent() const { return m_extent; }
    /// The nearest epoch that is read, for showing meanwhile.
    [[nodiscard]] std::optional<std::int64_t> nearestLoaded(std::int64_t epoch) const;
    [[nodiscard]] bool isLoaded(std::int64_t epoch) const { return m_panels.contains(epoch); }
    [[nodiscard]] std::optional<QString> failure(std::int64_t epoch) const;
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

    /// Figures of the first clean split, and the scalars that the trainer wrote; empty until measured.
    struct Measured {
        std::shared_ptr<const MetricEntry> clean;
        std::map<std::string, double> scalars;
    };
    [[nodiscard]] const std::map<std::int64_t, Measured>& measured() const { return m_measured; }
    /// Theory gap of the mixes (docs/maths.md, 5) of every epoch whose panel was made.
    [[nodiscard]] const std::map<std::int64_t, double>& theoryGaps() const { return m_theoryGaps; }

Q_SIGNALS:
    void opened();
    void failedToOpen(const QString& message);
    void epochsChanged();              ///< others wrote to the run: epochs, their content or the state are new
    void lost(const QString& message); ///< the run is gone; what was read stays, and it may come back
    void panelLoaded(qint64 epoch);
    void epochFailed(qint64 epoch, const QString& message);
    void metricsChanged();
    void sampleRead(const std::shared_ptr<const nc::app::SampleDetail>& detail);

private:
    struct AnswerGate;
    void startLoader();
    void retireLoader();
    void takeChange(std::shared_ptr<const io::RunSummary> summary, const std::vector<std::int64_t>& stale,
                    bool restarted);
    void forget(std::int64_t epoch);
    [[nodiscard]] bool isOutdated(std::int64_t epoch) const;
    void forgetPanels();
    void sendWish();
    void takePanel(std::uint64_t generation, std::int64_t epoch, std::shared_ptr<const PanelContent> panel);
    void dropFarPanels();

    QString m_path, m_openError;
    io::ReadOptions m_options;
    std::shared_ptr<const io::RunSummary> m_summary;
    FigureRequest m_request;
    std::uint64_t m_generation = 0;
    std::uint64_t m_answersTaken = 0; ///< of this loader
    std::int64_t m_epoch = 0;
    int m_direction = 0;
    std::size_t m_memoryLimit; ///< of panels
    std::size_t m_bytes = 0;
    std::optional<scene::ScreenExtent> m_extent;
    struct Loaded {
        std::shared_ptr<const PanelContent> panel;
        std::int64_t lastEpoch = 0; ///< of the run when it was read: the basis may be that one's
    };
    std::map<std::int64_t, Loaded> m_panels;
    std::map<std::int64_t, QString> m_failures;
    std::map<std::int64_t, Measured> m_measured;
    std::map<std::int64_t, double> m_theoryGaps;
    std::shared_ptr<AnswerGate> m_gate; ///< of the loader
    std::unique_ptr<PanelLoader> m_loader;
};

} // namespace nc::app
