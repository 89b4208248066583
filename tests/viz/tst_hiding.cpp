#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>
#include <random>

#include <QFile>
#include <QGuiApplication>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include "viz/scene/figure_layout.h"
#include "viz/scene/figure_painter.h"

using namespace nc;
using namespace nc::scene;

namespace
{

constexpr double dpi = 200;
constexpr double dotPt = 3;

/// Three balls of dots that reach deep into each other, all of one class each.
SceneModel threeBalls(double distance)
{
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    SceneModel model;
    model.dims = 3;
    model.camera = {-35, 22, 1, distance};
    model.colorBy = ColorBy::Class;
    model.layers = Layers::none();
    model.layers.set(Layer::Cloud);
    constexpr int each = 1500;
    model.cloud.positions.resize(3 * each, 3);
    for (int k = 0; k < 3; ++k) {
        model.classes.push_back({k, std::string(1, static_cast<char>('a' + k))});
        const double angle = 2 * std::numbers::pi * k / 3;
        for (int n = 0; n < each; ++n) {
            model.cloud.positions.row(each * k + n) << static_cast<float>(std::cos(angle)) + normal(random),
                static_cast<float>(std::sin(angle)) + normal(random), normal(random);
            model.cloud.labelA.push_back(k);
            model.cloud.labelB.push_back(k);
            model.cloud.lambda.push_back(1);
        }
    }
    return model;
}

/// A point of the scene as the eye sees it, reckoned anew: x right, y up, z its way along the line of sight.
struct Seen {
    double x, y, z;
};
std::vector<Seen> seen(const SceneModel& model)
{
    const double az = model.camera.azimuthDeg * std::numbers::pi / 180;
    const double el = model.camera.elevationDeg * std::numbers::pi / 180;
    std::vector<Seen> places;
    for (Index i = 0; i < model.cloud.size(); ++i) {
        const double x = static_cast<double>(model.cloud.positions(i, 0)),
                     y = static_cast<double>(model.cloud.positions(i, 1)),
                     z = static_cast<double>(model.cloud.positions(i, 2));
        const double forward = x * std::cos(az) + y * std::sin(az); // towards the eye, in the horizontal plane
        Seen place{y * std::cos(az) - x * std::sin(az), z * std::cos(el) - forward * std::sin(el),
                   forward * std::cos(el) + z * std::sin(el)};
        if (const double d = model.camera.distance; d > 0) {
            place.x *= d / (d - place.z);
            place.y *= d / (d - place.z);
        }
        places.push_back(place);
    }
    return places;
}

/// Which dot owns each pixel where that is beyond doubt: the nearest of all that touch it covers it wholly. -1: none.
std::vector<int> owners(const SceneModel& model, const Drawing& drawing, QSize pixels)
{
    const std::vector<Seen> places = seen(model);
    // The page shows the same dots, moved and enlarged: the frames around both tell by how much.
    const auto frame = [](const auto& list, auto x, auto y) {
        QRectF box(x(list[0]), y(list[0]), 0, 0);
        for (const auto& item : list) {
            box.setLeft(std::min(box.left(), x(item)));
            box.setRight(std::max(box.right(), x(item)));
            box.setTop(std::min(box.top(), y(item)));
            box.setBottom(std::max(box.bottom(), y(item)));
        }
        return box;
    };
    const auto* dots = std::get_if<Dots>(&drawing.items[0]);
    const QRectF from = frame(
        places, [](const Seen& s) { return s.x; }, [](const Seen& s) { return -s.y; });
    const QRectF to = frame(
        dots->centres, [](QPointF p) { return p.x(); }, [](QPointF p) { return p.y(); });
    const double scale = to.width() / from.width() * dpi / 72;

    std::vector<int> order(places.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        return places[static_cast<std::size_t>(a)].z < places[static_cast<std::size_t>(b)].z;
    });
    const double radius = dotPt / 2 * dpi / 72;
    std::vector<int> owner(static_cast<std::size_t>(pixels.width()) * static_cast<std::size_t>(pixels.height()), -1);
    for (const int dot : order) {
        const Seen& place = places[static_cast<std::size_t>(dot)];
        const double x = (place.x - from.left()) * scale + to.left() * dpi / 72;
        const double y = (-place.y - from.top()) * scale + to.top() * dpi / 72;
        for (int row = int(y - radius - 2); row <= int(y + radius + 2); ++row)
            for (int column = int(x - radius - 2); column <= int(x + radius + 2); ++column) {
                const double away = std::hypot(column + 0.5 - x, row + 0.5 - y);
                if (away < radius + 1 && row >= 0 && column >= 0 && row < pixels.height() && column < pixels.width())
                    owner[static_cast<std::size_t>(row * pixels.width() + column)] = away < radius - 1.2 ? dot : -1;
            }
    }
    return owner;
}

/// The class that owns a pixel and all within `reach` of it; -1: not one.
int classAt(const std::vector<int>& owner, const std::vector<std::int32_t>& labels, QPoint at, QSize size, int reach)
{
    int common = -1;
    for (int y = at.y() - reach; y <= at.y() + reach; ++y)
        for (int x = at.x() - reach; x <= at.x() + reach; ++x) {
            if (x < 0 || y < 0 || x >= size.width() || y >= size.height())
                return -1;
            const int dot = owner[static_cast<std::size_t>(y * size.width() + x)];
            const int label = dot < 0 ? -1 : labels[static_cast<std::size_t>(dot)];
            if (label < 0 || (common >= 0 && label != common))
                return -1;
            common = label;
        }
    return common;
}

/// The class whose colour this is, clear or in any fog; -1: none's.
int classOf(QRgb pixel)
{
    const Theme& light = theme(ThemeMode::Light);
    for (int k = 0; k < 3; ++k)
        for (int fog = 0; fog <= 100; ++fog) {
            const Rgb colour = mix(light.classColour(k), light.canvas, fog / 200.0);
            if (std::abs(qRed(pixel) - colour.r) + std::abs(qGreen(pixel) - colour.g) +
                    std::abs(qBlue(pixel) - colour.b) <=
                6)
                return k;
        }
    return -1;
}

QByteArray run(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        qWarning("%s: %s", qPrintable(program), process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

} // namespace

/// What a matplotlib scatter gets wrong: in every file each pixel must show the dot that is nearest to the eye.
class TestHiding : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    /// The file as another program draws it; `words` name the file IN and the picture OUT (without .png).
    QImage drawnBy(const QString& program, QStringList words, const QByteArray& bytes)
    {
        const QString in = m_folder.filePath("in"), out = m_folder.filePath("out");
        QFile file(in);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            return {};
        file.close();
        QFile::remove(out + ".png");
        run(program, words.replaceInStrings("IN", in).replaceInStrings("OUT", out));
        return QImage(out + ".png");
    }
    QImage drawnPdf(const Figure& figure)
    {
        return drawnBy("pdftoppm", {"-r", QString::number(dpi), "-png", "-singlefile", "IN", "OUT"}, *paintPdf(figure));
    }

private Q_SLOTS:
    void everyPixel_showsTheNearestDot_data()
    {
        QTest::addColumn<double>("distance");
        QTest::newRow("parallel rays") << 0.0;
        QTest::newRow("perspective") << 14.0; // the farthest dot is 5 or 6 away from the middle
    }
    void everyPixel_showsTheNearestDot()
    {
        QFETCH(double, distance);
        Figure figure;
        figure.panels.push_back({threeBalls(distance), ""});
        figure.page.pointDiameterPt = dotPt;
        figure.page.dpi = dpi;
        const auto drawing = layoutFigure(figure);
        QVERIFY(drawing);
        const QImage png = QImage::fromData(*paintPng(figure));
        const std::vector<int> owner = owners(figure.panels[0].scene, *drawing, png.size());

        std::vector<std::pair<const char*, QImage>> pictures{{"png", png}, {"pdf, vectors", drawnPdf(figure)}};
        if (!QStandardPaths::findExecutable("rsvg-convert").isEmpty())
            pictures.emplace_back("svg", drawnBy("rsvg-convert",
                                                 {"-w", QString::number(png.width()), "-h",
                                                  QString::number(png.height()), "-o", "OUT.png", "IN"},
                                                 *paintSvg(figure)));
        figure.page.vector = VectorMode::Never;
        pictures.emplace_back("pdf, one picture", drawnPdf(figure));
        for (const auto& [name, picture] : pictures) {
            QVERIFY2(std::abs(picture.width() - png.width()) <= 1 && std::abs(picture.height() - png.height()) <= 1,
                     name);
            // A picture inside a page is resampled by the reader, up to a pixel away: there the pixels around must
            // agree.
            const int reach = std::strstr(name, "picture") ? 1 : 0;
            int judged = 0, wrong = 0;
            for (int y = 0; y < std::min(png.height(), picture.height()); ++y)
                for (int x = 0; x < std::min(png.width(), picture.width()); ++x) {
                    const int expected = classAt(owner, figure.panels[0].scene.cloud.labelA, {x, y}, png.size(), reach);
                    judged += expected >= 0;
                    wrong += expected >= 0 && classOf(picture.pixel(x, y)) != expected;
                }
            QVERIFY2(judged > 15'000, qPrintable(QString("%1: %2 judged").arg(name).arg(judged)));
            QVERIFY2(wrong == 0, qPrintable(QString("%1: %2 of %3 wrong").arg(name).arg(wrong).arg(judged)));
        }
    }
};

int main(int argc, char** argv)
{
    const QGuiApplication app(argc, argv);
    TestHiding test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_hiding.moc"
