#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "viz/scene/rich_text.h"
#include "viz/scene/theme.h"

/// What to draw, as a value: one view of one epoch in the coordinates y = B h of docs/maths.md, section 3.
namespace nc::scene
{

/// How points are coloured; names as on the command line ("kind-lambda", …).
enum class ColorBy {
    KindLambda,  ///< hue: same or different class; shade: |2λ-1|. The figures' default
    ClassLambda, ///< same-class mixes in class colours, others by λ of the lower class index. The window's default
    Repro,       ///< red or blue channel times |2λ-1|, as the public reproduction draws
    Class,       ///< the class with the larger share
    Pair,        ///< a colour for each pair of the view's classes, same-class mixes in class colours
    Lambda,      ///< every mix by λ, of the lower class index where it has two
    Kind,        ///< same or different class
    Correct,     ///< Class, and a ring around the samples whose largest logit is another class's
    Confidence,  ///< the largest probability
    Residual,    ///< |u - h*|/|h*|, docs/maths.md, 5
};
/// In the order in which they are offered.
inline constexpr std::array allColourings{
    ColorBy::ClassLambda, ColorBy::KindLambda, ColorBy::Class,      ColorBy::Pair,     ColorBy::Lambda,
    ColorBy::Kind,        ColorBy::Correct,    ColorBy::Confidence, ColorBy::Residual, ColorBy::Repro};
[[nodiscard]] std::string_view colorByName(ColorBy colorBy);
[[nodiscard]] std::optional<ColorBy> colorByFromName(std::string_view name);

/// What can be shown or left out; names as on the command line ("classifiers", …).
enum class Layer { Cloud, Classifiers, Names, Simplex, Regions, Boundaries, Theory, Channels, Means, Legend, Axes };
inline constexpr std::array allLayers{Layer::Cloud,   Layer::Classifiers, Layer::Names,  Layer::Simplex,
                                      Layer::Regions, Layer::Boundaries,  Layer::Theory, Layer::Channels,
                                      Layer::Means,   Layer::Legend,      Layer::Axes};
[[nodiscard]] std::string_view layerName(Layer layer);
[[nodiscard]] std::optional<Layer> layerFromName(std::string_view name);

/// A set of layers. The default is what a figure shows: everything but regions, boundaries,
/// channels, means and axes.
class Layers
{
public:
    Layers() = default;
    [[nodiscard]] static Layers none();
    [[nodiscard]] bool has(Layer layer) const { return (m_bits & bit(layer)) != 0; }
    void set(Layer layer, bool on = true) { m_bits = on ? m_bits | bit(layer) : m_bits & ~bit(layer); }
    bool operator==(const Layers&) const = default;

private:
    static constexpr std::uint32_t bit(Layer layer) { return 1U << static_cast<unsigned>(layer); }
    std::uint32_t m_bits = bit(Layer::Cloud) | bit(Layer::Classifiers) | bit(Layer::Names) | bit(Layer::Simplex) |
                           bit(Layer::Theory) | bit(Layer::Legend);
};

/// A class of the view. Its place in SceneModel::classes is its slot: the order of choice.
struct SceneClass {
    std::int32_t index = 0; ///< number in the run, shown as the subscript of w
    std::string name;       ///< UTF-8; empty: only the number is shown
    int colour = -1; ///< place among the theme's class colours; below 0: its slot. A class of several views has one
    bool operator==(const SceneClass&) const = default;
};

/// N samples, structure of arrays; all of length N. A clean sample has labelA = labelB and lambda 1.
struct Cloud {
    RowMatrixF positions;             ///< N x D
    std::vector<std::int32_t> labelA; ///< class numbers of the run, not slots
    std::vector<std::int32_t> labelB;
    std::vector<float> lambda;     ///< share of labelA, in [0, 1]
    std::vector<std::int64_t> row; ///< row in the split, for picking; may be empty

    // What some colourings show; each empty where it was not asked for.
    std::vector<char> correct;     ///< 1: as SampleFigures::correct
    std::vector<float> confidence; ///< in [0, 1]
    std::vector<float> residual;   ///< not negative

    [[nodiscard]] Index size() const { return positions.rows(); }
};

struct ClassifierArrow {
    Vector tail, tip; ///< D; drawn at their true length
    int slot = 0;
};

/// The ideal simplex ETF: corners (K x D, a row a class) and which of them are joined.
struct SimplexFrame {
    Matrix vertices;
    std::vector<std::array<int, 2>> edges;
};
/// Every pair of `count` corners.
[[nodiscard]] std::vector<std::array<int, 2>> completeEdges(int count);

/// Optimal features of the unconstrained features model.
struct TheoryArms {
    std::vector<Matrix> curves; ///< each M x D, evenly spaced in arc length
    std::string badge;          ///< shown with the curves where they do not apply ("not valid here: …"); empty: valid
};

/// A line that explains the picture: a chord, the parts that a feature is made of. Of one point: a dot. Labels go with
/// the names.
struct GuideLine {
    Matrix points;    ///< M x D
    RichText label{}; ///< beside the middle of the line, or the dot; may be empty
    int slot = -1;    ///< of the class whose colour it has; -1: that of second text
    bool dashed = false;
    std::vector<double> lambdas{}; ///< of each point: a ribbon in the colours of lambda; empty: none
};

/// Exact restricted logits z = slope y + offset (docs/maths.md, 3.2); y has the 2 coordinates of the plane where a
/// scene has a third axis, else D. Shading only in a plane.
struct RegionField {
    Matrix slope;                      ///< K x D, rows in the order of SceneModel::classes
    Vector offset;                     ///< K
    std::optional<Vector> triplePoint; ///< D, y0
};

/// What may stand upright on a plane view; names as on the command line ("lambda", "off-view", …). None is negative.
enum class ThirdQuantity {
    Lambda,   ///< of the lower class index, the pair being unordered
    OffView,  ///< |(h-m) - B^T B (h-m)|
    Residual, ///< |u - h*|/|h*|, docs/maths.md, 5
    Loss,     ///< cross-entropy against the soft label, natural logarithm
};
[[nodiscard]] std::string_view thirdName(ThirdQuantity quantity);
[[nodiscard]] std::optional<ThirdQuantity> thirdFromName(std::string_view name);
/// As written at the axis.
[[nodiscard]] RichText thirdTitle(ThirdQuantity quantity);

/// The axis of a plane's third coordinate. Positions hold heights: a value v stands at the height v * unit over the
/// plane.
struct ThirdAxis {
    ThirdQuantity quantity = ThirdQuantity::Lambda;
    double high = 1;    ///< value at the axis's upper end; its lower end, in the plane, is 0
    double step = 0.25; ///< from tick to tick
    double unit = 1;    ///< scene units for a value of 1
    bool operator==(const ThirdAxis&) const = default;
};

/// How a 3-D scene is seen, z up. The eye looks from (cos el cos az, cos el sin az, sin el) towards the origin.
struct Camera {
    double azimuthDeg = -62;
    double elevationDeg = 18;
    double zoom = 1;     ///< 1: everything fits
    double distance = 0; ///< of the eye from the origin, as drawn (times SceneModel::scale); 0: parallel rays
    bool operator==(const Camera&) const = default;
};

/// One picture's content. Every coordinate is multiplied by `scale` when drawn.
struct SceneModel {
    int dims = 2; ///< D, 2 or 3
    std::vector<SceneClass> classes;
    Cloud cloud;
    std::vector<ClassifierArrow> classifiers;
    std::optional<SimplexFrame> simplex;
    std::optional<TheoryArms> theory;
    std::string theoryRefused{};  ///< why there is none although it was asked for, for the legend; may be empty
    std::vector<Matrix> channels; ///< centrelines of the mixes' channels, or pieces of them: each M x D, M >= 2
    std::optional<RegionField> regions;
    std::optional<ThirdAxis> third; ///< where D = 3: the first two coordinates are a plane, z = 0
    std::vector<GuideLine> guides;
    Matrix means;     ///< class means, K x D, a row a class; empty: none
    double scale = 1; ///< 1/sqrt(kappa) draws runs of different classifier size alike; 1 keeps true lengths
    /// Classifier arrows and simplex are drawn at this share of their length (in (0, 1]), and the legend says so:
    /// weights much longer than features would leave the cloud no room.
    double classifierLength = 1;
    std::array<std::string, 3> axisNames{}; ///< shown with Layer::Axes; may be empty

    ColorBy colorBy = ColorBy::KindLambda;
    Layers layers;
    Camera camera; ///< used where dims is 3

    /// Number of coordinates that are features': what regions, arrows and simplex live in.
    [[nodiscard]] int flatDims() const { return third ? 2 : dims; }
    /// Slot of a class number, -1 where it is not among `classes`.
    [[nodiscard]] int slotOf(std::int32_t classIndex) const;
    /// Place of a slot's colour among the theme's; -1 for slot -1.
    [[nodiscard]] int colourOf(int slot) const;
};

/// It needs numbers of every sample that a cloud holds only where they were asked for.
[[nodiscard]] bool needsValues(ColorBy colorBy);
/// It tells mixes apart, so it says nothing of samples that are none.
[[nodiscard]] bool needsMixes(ColorBy colorBy);
/// The colouring itself where the cloud holds what it needs, else Class.
[[nodiscard]] ColorBy drawnColorBy(const Cloud& cloud, ColorBy wanted);

/// The same scene with another unit of its third axis, which it has; heights move with it.
void rescaleThird(SceneModel& model, double unit);

/// What is wrong with the model's shapes (lengths, dims, slots), in one sentence; nothing where it is sound.
[[nodiscard]] Result<void> validate(const SceneModel& model);

/// The whole value as JSON (UTF-8). Floats survive the round trip exactly.
[[nodiscard]] std::string toJson(const SceneModel& model);
[[nodiscard]] Result<SceneModel> sceneFromJson(std::string_view json);

} // namespace nc::scene
