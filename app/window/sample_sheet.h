#pragma once

#include <optional>
#include <vector>

#include <QImage>
#include <QString>
#include <QWidget>

#include "app/figure_builder.h"
#include "app/sample_detail.h"

namespace nc::window
{

/// What is written about one sample. What has not been read yet is left empty, its room is kept.
struct SampleFacts {
    QString title;  ///< "Mix # 11,482"
    QString lambda; ///< "λ = 0.620"; empty for a clean sample
    struct Part {
        QString name, note;
        QImage picture; ///< null: not recorded, or not read yet
        int slot = -1;  ///< of a class
    };
    std::vector<Part> parts; ///< a, b and their mix; a clean sample has one
    bool hasPictures = false;
    bool picturesRead = false;
    struct Probability {
        QString name;
        double value = 0;
        int slot = -1; ///< -1: the classes that are not shown
    };
    std::vector<Probability> probabilities; ///< of the shown classes, and of the others together
    QString probabilityNote;                ///< instead of them: why they are absent, or that they are being read
    QString foot;                           ///< distance to theory, share in view, what the network says

    [[nodiscard]] QString plainText() const; ///< for screen readers
};

/// `point`: index into the panel's cloud. `detail` may be missing or of another epoch of the same row: then only its
/// pictures count.
[[nodiscard]] SampleFacts sampleFacts(const app::PanelContent& panel, Index point, const app::SampleDetail* detail);

/// Shows a sample's facts in the width that it is given.
class SampleSheet : public QWidget
{
    Q_OBJECT

public:
    explicit SampleSheet(QWidget* parent = nullptr);

    void setFacts(const SampleFacts& facts);
    [[nodiscard]] const SampleFacts& facts() const { return m_facts; }

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;

private:
    SampleFacts m_facts;
};

} // namespace nc::window
