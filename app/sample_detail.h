#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/figure_builder.h"

namespace nc::app
{

/// Which sample, by its row in the split.
struct SampleRequest {
    std::int64_t epoch = 0;
    std::string split;
    std::string layer = "penultimate";
    std::int64_t row = 0;
    bool operator==(const SampleRequest&) const = default;
};

/// What the run holds of one sample beside its place in the view. What is absent says why.
struct SampleDetail {
    SampleRequest of;
    std::int64_t sampleA = -1, sampleB = -1; ///< index into the data set; -1: not recorded
    io::Images own, a, b;                    ///< one picture each, or none: of the row itself and of what it mixes
    std::vector<double> probabilities;       ///< C, softmax
    std::string probabilitiesFrom;           ///< "recorded logits" or "W h + b"
    std::string probabilitiesAbsent;         ///< why there are none
    std::string says;                        ///< name of the most probable class; empty without probabilities
    double featureNorm = 0;                  ///< |h|; 0 where it could not be read
};

/// Reads single samples of a run, a few milliseconds each; keeps what does not change between samples of one epoch.
/// Belongs to the thread that opened the run.
class SampleReader
{
public:
    explicit SampleReader(const OpenRun& run)
        : m_run(run)
    {
    }

    [[nodiscard]] SampleDetail read(const SampleRequest& request);

private:
    struct Known; ///< of one epoch and split
    [[nodiscard]] Result<const Known*> known(const SampleRequest& request);
    void addPictures(SampleDetail& detail, const Known& known) const;
    void addProbabilities(SampleDetail& detail) const;

    const OpenRun& m_run;
    std::shared_ptr<const Known> m_known;
};

} // namespace nc::app
