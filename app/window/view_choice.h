#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/figure_builder.h"
#include "viz/scene/screen_frame.h"

namespace nc::window
{

/// What the user chose to see; the whole of it is one value, so that a change is one step.
struct ViewChoice {
    std::optional<app::ViewShape> shape; ///< empty: from the number of classes
    std::optional<app::Basis> basis;
    std::string basisEpoch = "last";             ///< same, last or a recorded epoch
    std::vector<Index> classes;                  ///< empty: the run's own
    std::int64_t pinnedRow = -1;                 ///< of the split; -1: none
    std::optional<scene::ThirdQuantity> third{}; ///< on the plane of three classes
    scene::ScreenStyle style;

    [[nodiscard]] app::FigureRequest request() const;
    [[nodiscard]] bool samePlaces(const ViewChoice& other) const;     ///< points stand where they did
    [[nodiscard]] bool samePanels(const ViewChoice& other) const;     ///< they differ in style and pin at most
    [[nodiscard]] bool asks(const app::FigureRequest& request) const; ///< request() would give the same panels
    /// Without what the run does not have: classes beyond its own, a basis or an epoch that it does not record.
    [[nodiscard]] ViewChoice fittedTo(const io::RunSummary& run) const;
    bool operator==(const ViewChoice&) const = default;
};

} // namespace nc::window
