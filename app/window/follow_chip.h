#pragma once

#include <cstdint>
#include <vector>

#include <QPushButton>

namespace nc::window
{

/// "3 new epochs – follow": over the view, at the bottom, while the user looks elsewhere than at the end of a run that
/// grows. Hidden where there is nothing new.
class FollowChip : public QPushButton
{
    Q_OBJECT

public:
    explicit FollowChip(QWidget* view);

    /// The user looks at an epoch of these; at the last one, everything is seen.
    void setPlace(const std::vector<std::int64_t>& epochs, std::int64_t current);
    /// Another run is looked at, from its end or elsewhere.
    void setRun(const std::vector<std::int64_t>& epochs, std::int64_t current);
    /// The epochs are new. True where the view should go on to the last of them.
    [[nodiscard]] bool takeEpochs(const std::vector<std::int64_t>& epochs, std::int64_t current, bool playing);
    [[nodiscard]] int unseen() const { return m_unseen; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void update();
    void place();

    std::int64_t m_seenUpTo = 0; ///< the last epoch when the user was at the end, or opened the run
    int m_unseen = 0;
};

} // namespace nc::window
