#include <QFontInfo>
#include <QtTest>

#include "viz/scene/text_layout.h"

using namespace nc::scene;

class TestTextLayout : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void digits_haveOneWidth()
    {
        for (const FontFamily family : {FontFamily::Serif, FontFamily::Sans}) {
            const Fonts fonts(family);
            const double width = layoutLine(fonts, "0000", 10).width;
            for (char digit = '1'; digit <= '9'; ++digit)
                QCOMPARE(layoutLine(fonts, std::string(4, digit), 10).width, width);
        }
    }

    /// "AV" is closer than its letters apart: the kerning of the source fonts has survived.
    void pairs_areKerned()
    {
        for (const FontFamily family : {FontFamily::Serif, FontFamily::Sans}) {
            const Fonts fonts(family);
            const double apart = layoutLine(fonts, "A", 10).width + layoutLine(fonts, "V", 10).width;
            QVERIFY(layoutLine(fonts, "AV", 10).width < apart - 0.5);
        }
    }

    void glyphs_ofFigures_allExist()
    {
        const QString wanted = QStringLiteral("abcXYZ0123456789½λβκμαΣ−×·–—…′→≤≥≈°±é²");
        for (const FontFamily family : {FontFamily::Serif, FontFamily::Sans}) {
            const Fonts fonts(family);
            const auto glyphs = fonts.raw(FontFace::Upright).glyphIndexesForString(wanted);
            for (qsizetype i = 0; i < glyphs.size(); ++i)
                QVERIFY2(glyphs[i] != 0, qPrintable(wanted.mid(i, 1)));
        }
    }

    void faces_areTheBundledOnes()
    {
        for (const FontFamily family : {FontFamily::Serif, FontFamily::Sans}) {
            const Fonts fonts(family);
            for (const FontFace face : {FontFace::Upright, FontFace::Italic, FontFace::Strong}) {
                const QFontInfo info(fonts.font(face, 12));
                QCOMPARE(info.family(), fonts.familyName());
                QCOMPARE(info.italic(), face == FontFace::Italic);
            }
            QVERIFY(layoutLine(fonts, RichText().italic("W"), 10).runs[0].face == FontFace::Italic);
        }
    }

    void subscript_isSmallerAndLower()
    {
        const Fonts fonts(FontFamily::Serif);
        const TextLine line = layoutLine(fonts, RichText().italic("w").subscript("7").text(" Bag"), 10);
        QCOMPARE(line.runs.size(), std::size_t{3});
        QVERIFY(line.runs[1].sizePt < 10);
        QVERIFY(line.runs[1].origin.y() > 0);
        QCOMPARE(line.runs[2].origin.y(), 0.0);
        QVERIFY(line.runs[1].origin.x() >= line.runs[0].width);
        const QRectF ink = outline(fonts, line).boundingRect();
        QVERIFY(ink.right() <= line.width + 0.5 && ink.top() >= -line.ascent && ink.bottom() <= line.descent);
    }

    void wrapText_linesFit_andLoseNothing()
    {
        const Fonts fonts(FontFamily::Serif);
        RichText text("mixed training data, evaluation mode, one fixed basis (");
        text.italic("W").text(" of epoch 499), shown 17,920 of 17,920 points of Incomprehensibilities");
        for (const double width : {30.0, 60.0, 120.0, 1000.0}) {
            QString all;
            const auto lines = wrapText(fonts, text, 8, width);
            for (const TextLine& line : lines) {
                QVERIFY(line.width <= width + 1e-9);
                for (const GlyphRun& run : line.runs)
                    all += run.text;
            }
            QCOMPARE(all.remove(u' '), QString::fromStdString(text.plain()).remove(u' '));
            QCOMPARE(lines.size() == 1, width == 1000.0);
        }
        QVERIFY(wrapText(fonts, "", 8, 100).empty());
    }

    void wrapText_unbrokenWords_stayOnOneLine()
    {
        const Fonts fonts(FontFamily::Serif);
        RichText text("effective ");
        text.italic("β").text(unbroken(" = 115") + " (" + unbroken("ln ")).italic("β").text(unbroken(" ± 0.15") + ")");
        for (double width = 40; width < 200; width += 3)
            for (const TextLine& line : wrapText(fonts, text, 9, width)) {
                QString words;
                for (const GlyphRun& run : line.runs)
                    words += run.text;
                QCOMPARE(words.contains(u'='), words.contains(QLatin1String("115")));
                QCOMPARE(words.contains(QLatin1String("ln")), words.contains(u'±'));
            }
        QCOMPARE(breakable(unbroken("a = 1")), std::string("a = 1"));
    }

    void wrapText_keepsAnItalicLetterWithItsBracket()
    {
        const Fonts fonts(FontFamily::Serif);
        RichText text("basis (");
        text.italic("W").text(")");
        const double width = layoutLine(fonts, text, 8).width - 0.5; // everything but the last bracket would fit
        const auto lines = wrapText(fonts, text, 8, width);
        QCOMPARE(lines.size(), std::size_t{2});
        QCOMPARE(lines[1].runs[0].text, QStringLiteral("("));
    }
};

QTEST_MAIN(TestTextLayout)
#include "tst_text_layout.moc"
