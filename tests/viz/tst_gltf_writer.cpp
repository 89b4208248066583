#include <cstring>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "tests/viz/synthetic_scene.h"
#include "viz/scene/gltf_writer.h"

using namespace nc;
using namespace nc::scene;

namespace
{

/// A .glb taken apart as the specification says.
struct Parts {
    explicit Parts(const QByteArray& file)
    {
        const auto word = [&](qsizetype at) {
            std::uint32_t value = 0;
            std::memcpy(&value, file.constData() + at, sizeof value);
            return static_cast<qsizetype>(value);
        };
        if (!file.startsWith("glTF") || word(4) != 2 || word(8) != file.size())
            return;
        const qsizetype length = word(12);
        json = QJsonDocument::fromJson(file.mid(20, length)).object();
        numbers = file.mid(20 + length + 8, word(20 + length));
        sound = length % 4 == 0 && file.mid(16, 4) == "JSON" &&
                file.mid(20 + length + 4, 4) == QByteArray("BIN\0", 4) &&
                numbers.size() == json["buffers"].toArray()[0].toObject()["byteLength"].toInt();
    }
    [[nodiscard]] std::vector<float> floats(int accessor, int width) const
    {
        const QJsonObject a = json["accessors"].toArray()[accessor].toObject();
        const QJsonObject view = json["bufferViews"].toArray()[a["bufferView"].toInt()].toObject();
        std::vector<float> values(static_cast<std::size_t>(a["count"].toInt() * width));
        std::memcpy(values.data(), numbers.constData() + view["byteOffset"].toInt(), values.size() * sizeof(float));
        return values;
    }
    [[nodiscard]] QJsonObject mesh(int index) const { return json["meshes"].toArray()[index].toObject(); }
    [[nodiscard]] QJsonObject primitive(int index) const { return mesh(index)["primitives"].toArray()[0].toObject(); }

    QJsonObject json;
    QByteArray numbers;
    bool sound = false;
};

} // namespace

class TestGltfWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scene_isPointsWithColoursAndLines()
    {
        for (const int classes : {3, 4}) {
            SceneModel scene = syntheticScene({.classes = classes});
            scene.scale = 0.5;
            const Parts file(glbBytes({&scene}));
            QVERIFY(file.sound);
            const QJsonObject points = file.primitive(0);
            QCOMPARE(points["mode"].toInt(), 0);
            const QJsonObject attributes = points["attributes"].toObject();
            const auto positions = file.floats(attributes["POSITION"].toInt(), 3);
            QCOMPARE(Index(positions.size()), 3 * scene.cloud.size());
            for (const Index i : {Index{0}, scene.cloud.size() - 1}) {
                const auto p = scene.cloud.positions.row(i);
                const std::size_t at = static_cast<std::size_t>(3 * i);
                QCOMPARE(positions[at], 0.5F * p(0));
                QCOMPARE(positions[at + 1], 0.5F * (classes == 3 ? p(1) : p(2)));
                QCOMPARE(positions[at + 2], classes == 3 ? 0.0F : -0.5F * p(1));
            }
            const QJsonObject colours = file.json["accessors"].toArray()[attributes["COLOR_0"].toInt()].toObject();
            QVERIFY(colours["normalized"].toBool() && colours["componentType"].toInt() == 5121);
            int lines = 0;
            for (int m = 1; m < file.json["meshes"].toArray().size(); ++m)
                lines += file.primitive(m)["mode"].toInt() == 1;
            QCOMPARE(lines, classes + 1); // arrows and the simplex
        }
    }

    void epochs_areMorphTargetsShownOneByOne()
    {
        const SceneModel first = syntheticScene();
        SceneModel second = first, third = first;
        second.cloud.positions *= 2;
        third.cloud.positions *= 3;
        const Parts file(glbBytes({&first, &second, &third}));
        QVERIFY(file.sound);
        const QJsonArray targets = file.primitive(0)["targets"].toArray();
        QCOMPARE(targets.size(), 2);
        const auto moved = file.floats(targets[1].toObject()["POSITION"].toInt(), 3);
        const float x = first.cloud.positions(7, 0);
        QCOMPARE(moved[21], 3 * x - x);
        const QJsonObject sampler = file.json["animations"].toArray()[0].toObject()["samplers"].toArray()[0].toObject();
        QCOMPARE(sampler["interpolation"].toString(), "STEP");
        QCOMPARE(file.floats(sampler["output"].toInt(), 1), (std::vector<float>{0, 0, 1, 0, 0, 1}));
        QCOMPARE(file.mesh(0)["weights"].toArray(), (QJsonArray{0, 1}));
    }

    void epochsOfOtherRows_areNotMorphed()
    {
        const SceneModel first = syntheticScene(), other = syntheticScene({.seed = 2});
        const Parts file(glbBytes({&first, &other}));
        QVERIFY(file.sound);
        QVERIFY(!file.json.contains("animations"));
        QCOMPARE(file.floats(file.primitive(0)["attributes"].toObject()["POSITION"].toInt(), 3)[0],
                 other.cloud.positions(0, 0));
    }

    void emptyCloud_isStillAFile()
    {
        SceneModel scene = syntheticScene();
        scene.cloud = {};
        scene.cloud.positions.resize(0, 2);
        QVERIFY(Parts(glbBytes({&scene})).sound);
    }
};

QTEST_APPLESS_MAIN(TestGltfWriter)
#include "tst_gltf_writer.moc"
