#include "app/sample_detail.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/classifier_logits.h"

namespace nc::app
{

namespace
{

/// Where the picture of a sample of the data set stands.
struct PicturePlace {
    std::string split;
    Index row = 0;
};

std::vector<double> softmax(const Eigen::Ref<const Eigen::RowVectorXd>& logits)
{
    const Eigen::ArrayXd shifted = (logits.array() - logits.maxCoeff()).exp();
    const Eigen::ArrayXd shares = shifted / shifted.sum();
    return {shares.begin(), shares.end()};
}

/// One row of a source, or why it cannot be read.
Result<RowMatrixD> oneRow(const RowSource& source, Index row)
{
    RowMatrixD values(1, source.dim());
    if (Result<void> read = source.read(row, Eigen::Ref<RowMatrixD>(values)); !read)
        return read.error();
    return values;
}

} // namespace

struct SampleReader::Known {
    std::int64_t epoch = 0;
    Split split;
    std::unordered_map<std::int64_t, PicturePlace> pictures; ///< by index into the data set, of the split's origin
};

Result<const SampleReader::Known*> SampleReader::known(const SampleRequest& request)
{
    if (m_known && m_known->epoch == request.epoch && m_known->split.name == request.split)
        return m_known.get();
    Result<Split> split = m_run.reader.split(request.epoch, request.split);
    if (!split)
        return split.error();
    auto fresh = std::make_shared<Known>();
    fresh->epoch = request.epoch;
    fresh->split = std::move(*split);
    for (const io::SplitInfo& info : m_run.summary.splits) {
        if (info.kind != SplitKind::Clean || !info.hasImages || info.origin != fresh->split.origin)
            continue;
        const Result<Split> clean = m_run.reader.split(request.epoch, info.name);
        if (!clean) // its pictures are missing, which the card says
            continue;
        for (std::size_t r = 0; r < clean->sampleA.size(); ++r)
            fresh->pictures.try_emplace(clean->sampleA[r], PicturePlace{info.name, static_cast<Index>(r)});
    }
    m_known = std::move(fresh);
    return m_known.get();
}

void SampleReader::addPictures(SampleDetail& detail, const Known& known) const
{
    const auto at = static_cast<std::size_t>(detail.of.row);
    if (at < known.split.sampleA.size())
        detail.sampleA = known.split.sampleA[at];
    if (at < known.split.sampleB.size())
        detail.sampleB = known.split.sampleB[at];
    // A picture that cannot be read is a missing one: the card has words for that, not for files.
    if (auto own = m_run.reader.images(detail.of.split, detail.of.row, 1))
        detail.own = std::move(*own);
    if (known.split.kind != SplitKind::Mix)
        return;
    const auto recorded = [&](std::int64_t sample) -> io::Images {
        const auto place = known.pictures.find(sample);
        if (place == known.pictures.end())
            return {};
        Result<io::Images> picture = m_run.reader.images(place->second.split, place->second.row, 1);
        return picture ? std::move(*picture) : io::Images();
    };
    detail.a = recorded(detail.sampleA);
    detail.b = recorded(detail.sampleB);
}

void SampleReader::addProbabilities(SampleDetail& detail) const
{
    const SampleRequest& of = detail.of;
    const auto rows = m_run.reader.features(of.epoch, of.split, of.layer);
    if (!rows) {
        detail.probabilitiesAbsent = rows.error().message;
        return;
    }
    const Result<RowMatrixD> feature = oneRow(**rows, of.row);
    if (!feature) {
        detail.probabilitiesAbsent = feature.error().message;
        return;
    }
    detail.featureNorm = feature->norm();

    Eigen::RowVectorXd logits;
    if (const auto recorded = m_run.reader.logits(of.epoch, of.split); recorded && *recorded) {
        if (const Result<RowMatrixD> row = oneRow(**recorded, of.row)) {
            logits = row->row(0);
            detail.probabilitiesFrom = "recorded logits";
        }
    }
    if (logits.size() == 0) {
        const Result<std::optional<Classifier>> classifier = m_run.reader.classifier(of.epoch);
        if (classifier && *classifier && (*classifier)->dim() == feature->cols()) {
            logits = feature->row(0) * (*classifier)->weight.transpose() + (*classifier)->bias.transpose();
            detail.probabilitiesFrom = "W h + b";
        }
    }
    if (logits.size() == 0 || !logits.allFinite()) {
        detail.probabilitiesFrom.clear();
        detail.probabilitiesAbsent = "neither logits nor a classifier recorded";
        return;
    }
    detail.probabilities = softmax(logits);
    detail.says = m_run.reader.classNames()[static_cast<std::size_t>(lowestArgmax(logits))];
}

SampleDetail SampleReader::read(const SampleRequest& request)
{
    SampleDetail detail;
    detail.of = request;
    const Result<const Known*> known = this->known(request);
    if (!known) {
        detail.probabilitiesAbsent = known.error().message;
        return detail;
    }
    if (request.row < 0 || request.row >= (*known)->split.rows()) {
        detail.probabilitiesAbsent = "the split has no such row";
        return detail;
    }
    addPictures(detail, **known);
    addProbabilities(detail);
    return detail;
}

} // namespace nc::app
