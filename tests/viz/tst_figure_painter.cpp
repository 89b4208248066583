#include <cmath>

#include <QBuffer>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>

#include "core/parallel.h"
#include "synthetic_scene.h"
#include "three_font_setups.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/region_shading.h"

using namespace nc;
using namespace nc::scene;

namespace
{

constexpr double dpi = 150;

Figure sampleFigure()
{
    Figure figure;
    for (const int n : {40, 120, 300})
        figure.panels.push_back({syntheticScene({3, n, n}), "epoch " + std::to_string(n)});
    figure.caption = RichText("one fixed basis (").italic("W").text(" of epoch 499), ").italic("β").text(" = 88.0");
    figure.page.dpi = dpi;
    return figure;
}

/// Two dots at the same place on the page, one behind the other: the back one of kind "same", the front one
/// "different".
SceneModel oneBehindTheOther(bool frontFirst)
{
    SceneModel model;
    model.dims = 3;
    model.camera = {0, 0, 1};
    model.classes = std::vector<SceneClass>{{0, "a"}, {1, "b"}};
    model.cloud.positions.resize(4, 3);
    const float front = frontFirst ? 1.0F : -1.0F;
    model.cloud.positions << front, 0, 0, -front, 0, 0, 0, -4, -4, 0, 4, 4; // the last two only span the panel
    model.cloud.labelA = {0, 0, 0, 0};
    model.cloud.labelB = frontFirst ? std::vector<std::int32_t>{1, 0, 0, 0} : std::vector<std::int32_t>{0, 1, 0, 0};
    model.cloud.lambda = {1, 1, 1, 1};
    model.layers = Layers::none();
    model.layers.set(Layer::Cloud);
    return model;
}

Figure hidingFigure(bool frontFirst)
{
    Figure figure;
    figure.panels.push_back({oneBehindTheOther(frontFirst), ""});
    figure.page.widthPt = 144;
    figure.page.pointDiameterPt = 20;
    figure.page.dpi = dpi;
    return figure;
}

QByteArray run(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        qWarning("%s: %s", qPrintable(program), process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

/// Mean darkness of blocks of 10 x 10 pixels, 0 white to 1 black.
std::vector<double> darkness(const QImage& picture, QSize blocks)
{
    const QImage grey = picture.convertToFormat(QImage::Format_Grayscale8)
                            .scaled(blocks * 10, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    std::vector<double> result;
    for (int by = 0; by < blocks.height(); ++by)
        for (int bx = 0; bx < blocks.width(); ++bx) {
            double sum = 0;
            for (int y = 0; y < 10; ++y)
                for (int x = 0; x < 10; ++x)
                    sum += 255 - grey.constScanLine(by * 10 + y)[bx * 10 + x];
            result.push_back(sum / 25500);
        }
    return result;
}

double mean(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

struct Agreement {
    double difference; ///< mean absolute difference of block darkness, as a share of the mean darkness
    double ink;        ///< ratio of all ink
};

Agreement compare(const QImage& a, const QImage& b)
{
    const QSize blocks = a.size() / 10;
    const std::vector<double> first = darkness(a, blocks), second = darkness(b, blocks);
    double difference = 0;
    for (std::size_t i = 0; i < first.size(); ++i)
        difference += std::abs(first[i] - second[i]);
    return {difference / static_cast<double>(first.size()) / mean(first), mean(second) / mean(first)};
}

/// Two rasterisers differ at the rims of dots of one pixel: measured 0.12 to 0.16 and 0.94 to 1.07. A blank or mirrored
/// picture differs by 1 and more.
bool agree(const QImage& a, const QImage& b)
{
    const Agreement result = compare(a, b);
    return result.difference < 0.25 && std::abs(result.ink - 1) < 0.1;
}

} // namespace

class TestFigurePainter : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }

    /// The PDF as poppler draws it.
    QImage rendered(const QByteArray& pdf)
    {
        write(path("page.pdf"), pdf);
        run("pdftoppm", {"-r", QString::number(dpi), "-png", "-singlefile", path("page.pdf"), path("page")});
        return QImage(path("page.png"));
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        for (const char* tool : {"pdftoppm", "pdffonts", "pdfimages", "pdftotext"})
            QVERIFY2(!QStandardPaths::findExecutable(tool).isEmpty(), "poppler-utils is not installed");
    }

    void paint_twice_givesTheSameBytes()
    {
        const Figure figure = sampleFigure();
        for (const auto paint : {&paintPdf, &paintSvg, &paintPng}) {
            const QByteArray once = *paint(figure, 1);
            QVERIFY(once.size() > 10'000);
            QCOMPARE(*paint(figure, 4), once);
        }
    }

    /// The program itself is run again under other surroundings: this test paints when it is told to (main, below).
    QByteArray paintedElsewhere(const QProcessEnvironment& surroundings)
    {
        QProcess process;
        QProcessEnvironment all = surroundings;
        all.insert("NCSCOPE_TEST_PAINT", path("paint"));
        process.setProcessEnvironment(all);
        process.start(QCoreApplication::applicationFilePath(), {});
        if (!process.waitForFinished(60'000) || process.exitCode() != 0)
            return {};
        QByteArray files;
        for (const char* ending : {"pdf", "svg", "png"}) {
            QFile file(path("paint.") + ending);
            files += file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        }
        return files;
    }

    void paint_elsewhere_givesTheSameBytes()
    {
        QByteArray first;
        for (const char* zone : {"UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"}) {
            QProcessEnvironment surroundings = QProcessEnvironment::systemEnvironment();
            surroundings.insert("TZ", zone);
            surroundings.insert("LC_ALL", QByteArray(zone) == "UTC" ? "C" : "de_DE.UTF-8");
            surroundings.insert("HOME", path(zone));
            const QByteArray all = paintedElsewhere(surroundings);
            QVERIFY(all.size() > 50'000);
            if (first.isEmpty())
                first = all;
            QVERIFY2(all == first, zone);
        }
    }

    void paint_underThreeFontSetups_givesTheSameBytesAndPixels()
    {
        QByteArray first;
        QImage firstPage;
        for (const QString& setup : test::threeFontSetups(m_folder.path())) {
            QProcessEnvironment surroundings = QProcessEnvironment::systemEnvironment();
            if (setup.isEmpty())
                surroundings.remove("FONTCONFIG_FILE");
            else
                surroundings.insert("FONTCONFIG_FILE", setup);
            const QByteArray all = paintedElsewhere(surroundings);
            QVERIFY(all.size() > 50'000);
            QProcess reader; // the reader of the PDF lives on that machine too
            reader.setProcessEnvironment(surroundings);
            reader.start("pdftoppm", {"-r", "100", "-png", "-singlefile", path("paint.pdf"), path("elsewhere")});
            QVERIFY(reader.waitForFinished(60'000) && reader.exitCode() == 0);
            const QImage page(path("elsewhere.png"));
            QVERIFY(!page.isNull());
            if (first.isEmpty()) {
                first = all;
                firstPage = page;
            }
            QVERIFY2(all == first, qPrintable(setup));
            QVERIFY2(page == firstPage, qPrintable(setup));
        }
    }

    /// Fifty figures of every kind and size on many threads at once, each as it is alone.
    void paint_fiftyAtOnce_doNotDisturbEachOther()
    {
        constexpr Index count = 50;
        const auto painted = [](Index n) {
            Figure figure;
            figure.panels.push_back({syntheticScene({3 + static_cast<int>(n % 2), 20, 20, true, unsigned(n)}), "one"});
            figure.page.dpi = 60;
            figure.page.widthPt = 150 + static_cast<double>(n);
            figure.page.family = n % 5 == 0 ? FontFamily::Sans : FontFamily::Serif;
            const auto paint = n % 3 == 0 ? &paintPdf : n % 3 == 1 ? &paintSvg : &paintPng;
            return *paint(figure, 1);
        };
        std::vector<QByteArray> alone, together(count);
        for (Index n = 0; n < count; ++n)
            alone.push_back(painted(n));
        parallelFor(count, 8, [&](Index n) { together[static_cast<std::size_t>(n)] = painted(n); });
        for (std::size_t n = 0; n < count; ++n)
            QVERIFY2(together[n] == alone[n] && alone[n].size() > 2000, qPrintable(QString::number(n)));
    }

    void pdf_isVector_withEmbeddedFonts_andRealText()
    {
        Figure figure = sampleFigure();
        const QByteArray pdf = *paintPdf(figure);
        QVERIFY(!pdf.contains("CreationDate"));
        write(path("vector.pdf"), pdf);
        QCOMPARE(run("pdfimages", {"-list", path("vector.pdf")}).count('\n'), 2); // the head of the table alone
        const QString fonts = QString::fromUtf8(run("pdffonts", {path("vector.pdf")}));
        QVERIFY(fonts.contains("NCScopeSerif-Regular") && fonts.contains("NCScopeSerif-Italic"));
        for (const QString& line : fonts.split('\n').mid(2))
            QVERIFY2(line.isEmpty() || line.contains(QRegularExpression("\\s+yes\\s+(yes|no)\\s+yes\\s")),
                     qPrintable(line));
        const QString text = QString::fromUtf8(run("pdftotext", {"-layout", path("vector.pdf"), "-"})).simplified();
        for (const char* words :
             {"(a) epoch 40", "same class", "classifier", "one fixed basis (W of epoch 499), β = 88.0"})
            QVERIFY2(text.contains(QString::fromUtf8(words)), qPrintable(text));

        figure.page.vector = VectorMode::Never;
        write(path("hybrid.pdf"), *paintPdf(figure));
        QVERIFY(run("pdfimages", {"-list", path("hybrid.pdf")}).count('\n') > 2);
        figure.page.vector = VectorMode::Auto;
        figure.page.vectorLimit = 100;
        QCOMPARE(paintPdf(figure)->size(), QFile(path("hybrid.pdf")).size());
    }

    /// The offsets at the end of the file were moved when the date was taken out: each must point at its object.
    void pdf_crossReferences_pointAtTheirObjects()
    {
        const QByteArray pdf = *paintPdf(sampleFigure());
        const qsizetype start = pdf.lastIndexOf("startxref\n") + 10;
        const qsizetype table = pdf.mid(start, pdf.indexOf('\n', start) - start).toLongLong();
        QVERIFY(pdf.mid(table).startsWith("xref\n0 "));
        const QByteArrayList lines = pdf.mid(table).split('\n');
        const int objects = lines[1].split(' ')[1].toInt();
        QVERIFY(objects > 5);
        for (int n = 1; n < objects; ++n) {
            const qsizetype offset = lines[2 + n].left(10).toLongLong();
            if (lines[2 + n].contains(" n"))
                QVERIFY(pdf.mid(offset).startsWith(QByteArray::number(n) + " 0 obj"));
        }
    }

    void pdf_asPopplerDrawsIt_agreesWithThePng()
    {
        for (const bool vector : {true, false})
            for (const FontFamily family : {FontFamily::Serif, FontFamily::Sans}) {
                Figure figure = sampleFigure();
                figure.page.vector = vector ? VectorMode::Always : VectorMode::Never;
                figure.page.family = family;
                const QImage png = QImage::fromData(*paintPng(figure));
                const QImage pdf = rendered(*paintPdf(figure));
                QVERIFY(std::abs(png.width() - pdf.width()) <= 1 && std::abs(png.height() - pdf.height()) <= 1);
                const Agreement result = compare(png, pdf);
                QVERIFY2(agree(png, pdf), qPrintable(QString("%1 %2").arg(result.difference).arg(result.ink)));
                QImage blank(png.size(), QImage::Format_RGB32);
                blank.fill(Qt::white);
                QVERIFY(!agree(png, blank));
                QVERIFY(!agree(png, png.mirrored(true, false)));
            }
    }

    void hiding_nearerDotWins_inPngAndPdf()
    {
        const QColor front(0x6D, 0xB6, 0xF2); // "different class" at λ = 1, at the nearest depth: no fog
        for (const bool frontFirst : {false, true}) {
            const Figure figure = hidingFigure(frontFirst);
            const QImage png = QImage::fromData(*paintPng(figure));
            const QImage pdf = rendered(*paintPdf(figure));
            for (const QImage& image : {png, pdf}) {
                const QPoint centre = image.rect().center();
                const int reach = static_cast<int>(8 / 72.0 * dpi); // 2 pt inside the rim
                for (int dy = -reach; dy <= reach; ++dy)
                    for (int dx = -reach; dx <= reach; ++dx)
                        if (dx * dx + dy * dy < reach * reach)
                            QCOMPARE(image.pixelColor(centre + QPoint(dx, dy)), front);
            }
        }
    }

    void svg_isWellFormed_andItsDotsAreInside()
    {
        Figure figure = sampleFigure();
        figure.title = "a < b & \"c\"";
        for (const bool asText : {false, true}) {
            figure.page.svgTextAsText = asText;
            const QByteArray svg = *paintSvg(figure);
            QXmlStreamReader reader(svg);
            int texts = 0, images = 0;
            QRectF page;
            qsizetype dots = 0;
            static const QRegularExpression dot("M(-?[0-9.]+)[ ]?(-?[0-9.]+)h0");
            while (!reader.atEnd()) {
                if (reader.readNext() != QXmlStreamReader::StartElement)
                    continue;
                texts += reader.name() == QLatin1String("text");
                images += reader.name() == QLatin1String("image");
                if (reader.name() == QLatin1String("svg")) {
                    const auto box = reader.attributes().value("viewBox").toString().split(' ');
                    page = QRectF(0, 0, box[2].toDouble(), box[3].toDouble());
                }
                auto at = dot.globalMatch(reader.attributes().value("d").toString());
                while (at.hasNext()) {
                    const auto match = at.next();
                    QVERIFY(page.contains(QPointF(match.captured(1).toDouble(), match.captured(2).toDouble())));
                    ++dots;
                }
            }
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
            QCOMPARE(texts > 0, asText);
            QCOMPARE(images, 0);
            QVERIFY(!svg.contains("nan") && !svg.contains("inf\""));
            const qsizetype all = 6 * (40 + 120 + 300);
            QVERIFY(dots > all * 9 / 10 && dots <= all); // wholly hidden ones are left out
        }
    }

    void png_hasItsSizeAndResolution_andCanBeTransparent()
    {
        Figure figure = sampleFigure();
        figure.page.heightPt = 180;
        const QImage opaque = QImage::fromData(*paintPng(figure));
        QCOMPARE(opaque.size(), QSize(825, 375)); // 396 x 180 pt at 150 dpi
        QCOMPARE(qRound(opaque.dotsPerMeterX() * 0.0254), 150);
        QCOMPARE(opaque.pixelColor(0, 0), QColor(Qt::white));
        figure.page.transparent = true;
        const QImage clear = QImage::fromData(*paintPng(figure));
        QCOMPARE(clear.pixelColor(0, 0).alpha(), 0);
        figure.page.transparent = false;
        figure.page.theme = ThemeMode::Dark;
        QCOMPARE(QImage::fromData(*paintPng(figure)).pixelColor(0, 0), QColor(0x12, 0x13, 0x16));
    }

    void regions_areTheSoftmaxAtThirtyPercent()
    {
        Figure figure;
        SceneModel scene = syntheticScene({3, 5, 5, false});
        scene.layers = Layers::none();
        scene.layers.set(Layer::Regions);
        scene.layers.set(Layer::Simplex);
        scene.regions->slope *= 50; // so steep that a class holds its whole region
        scene.regions->triplePoint.reset();
        figure.panels.push_back({scene, ""});
        figure.page.dpi = dpi;
        const QImage png = QImage::fromData(*paintPng(figure));
        const auto near = [](QColor colour, Rgb expected) {
            return std::abs(colour.red() - expected.r) < 3 && std::abs(colour.green() - expected.g) < 3 &&
                   std::abs(colour.blue() - expected.b) < 3;
        };
        const Theme& light = theme(ThemeMode::Light);
        const auto at = [&](double x, double y) {
            return png.pixelColor(static_cast<int>(x * png.width()), static_cast<int>(y * png.height()));
        };
        QVERIFY(near(at(0.8, 0.9), mix(light.canvas, light.classColour(0), 0.3)));
        QVERIFY(near(at(0.2, 0.9), mix(light.canvas, light.classColour(1), 0.3)));
        QVERIFY(near(at(0.6, 0.2), mix(light.canvas, light.classColour(2), 0.3)));
    }

    /// A plane seen in perspective: the picture's place q is the plane's q / (1 + tilt q).
    void regions_inPerspective_areTheSamePlane()
    {
        RegionField field = *syntheticScene({3, 1, 1, false}).regions;
        field.slope *= 4;
        const Theme& light = theme(ThemeMode::Light);
        const std::vector<Rgb> colours{light.classColour(0), light.classColour(1), light.classColour(2)};
        const Eigen::Vector2d tilt(0.1, -0.2);
        constexpr int side = 40;
        const QImage seen = shadeRegions(field, tilt, {-1, 1}, {1, -1}, colours, light.canvas, {side, side});
        for (int y = 0; y < side; y += 3)
            for (int x = 0; x < side; x += 3) {
                const Eigen::Vector2d q((x + 0.5) * 2 / side - 1, 1 - (y + 0.5) * 2 / side);
                const Eigen::Vector2d place = q / (1 + tilt.dot(q));
                const QPointF at(place.x(), place.y()), little(1e-9, -1e-9);
                const QImage one = shadeRegions(field, Eigen::Vector2d::Zero(), at - little, at + little, colours,
                                                light.canvas, {1, 1});
                QVERIFY(std::abs(qRed(one.pixel(0, 0)) - qRed(seen.pixel(x, y))) <= 1);
                QVERIFY(std::abs(qBlue(one.pixel(0, 0)) - qBlue(seen.pixel(x, y))) <= 1);
            }
    }

    void paint_impossible_isAnError()
    {
        Figure figure = sampleFigure();
        figure.page.dpi = 1e6;
        QVERIFY(!paintPng(figure));
        for (const auto paint : {&paintPdf, &paintSvg, &paintPng})
            QVERIFY(!paint(Figure{}, 0));
    }
};

namespace
{

int paintAll(const QString& base)
{
    const Figure figure = sampleFigure();
    write(base + ".pdf", *paintPdf(figure));
    write(base + ".svg", *paintSvg(figure));
    write(base + ".png", *paintPng(figure));
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const QGuiApplication app(argc, argv);
    if (const QString base = qEnvironmentVariable("NCSCOPE_TEST_PAINT"); !base.isEmpty())
        return paintAll(base);
    TestFigurePainter test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_figure_painter.moc"
