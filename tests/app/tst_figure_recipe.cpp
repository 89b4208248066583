#include <QTest>

#include "app/figure_recipe.h"

using namespace nc;
using namespace nc::app;

class TestFigureRecipe : public QObject
{
    Q_OBJECT

    static FigureRecipe recipe()
    {
        FigureRecipe recipe;
        recipe.command = "render";
        recipe.options = {"--epoch=24", "--title=a \"b\" λ"};
        recipe.output = "figure.pdf";
        recipe.runs.push_back({"../runs/a", {{{24, "mix"}}, {24}, "penultimate"}, {{"splits/mix/lambda", "00ff"}}});
        recipe.caption = "Epoch 24.";
        recipe.program = "1.0";
        recipe.latex = latexSnippet("figure.pdf", "Epoch 24.");
        return recipe;
    }

private Q_SLOTS:
    void recipe_readsBack()
    {
        const auto again = recipeFromJson(toJson(recipe()), "r.json");
        QVERIFY(again);
        QCOMPARE(toJson(*again), toJson(recipe()));
    }

    void noRecipe_isOneSentence()
    {
        std::string newer = toJson(recipe());
        newer.replace(newer.find("recipe\": 1"), 10, "recipe\": 9");
        for (const std::string& text :
             {std::string(), std::string("{}"), std::string("[1]"), std::string(R"({"ncscope_recipe": 1})"), newer}) {
            const auto read = recipeFromJson(text, "r.json");
            QVERIFY(!read);
            QVERIFY(read.error().kind == ErrorKind::Data);
            QVERIFY(read.error().message.find("r.json") != std::string::npos);
        }
    }

    void firstChange_namesTheDataset()
    {
        const DataHashes before{{"a", "1"}, {"b", "2"}};
        QCOMPARE(firstChange(before, before), std::string());
        QCOMPARE(firstChange(before, {{"a", "1"}, {"b", "3"}}), std::string("b"));
        QCOMPARE(firstChange(before, {{"b", "2"}}), std::string("a"));
        QCOMPARE(firstChange(before, {{"a", "1"}, {"b", "2"}, {"c", "0"}}), std::string());
    }

    void latex_escapesWhatItMinds()
    {
        const std::string text = latexSnippet("out/fig.pdf", "56 % of |h|, λ = 0.5, a_b & c");
        QVERIFY(text.find("{fig.pdf}") != std::string::npos);
        QVERIFY(latexSnippet("f.pdf", "λ\u00a0=\u00a00.5").find("$\\lambda$~=~0.5") != std::string::npos);
        QVERIFY(text.find("56 \\% of |h|, $\\lambda$ = 0.5, a\\_b \\& c") != std::string::npos);
    }

    void paths_areRelativeToTheRecipe()
    {
        QCOMPARE(relativeTo("/tmp/figures", "/tmp/runs/a"), std::string("../runs/a"));
        QCOMPARE(relativeTo("/tmp/figures", "/tmp/figures/b.pdf"), std::string("b.pdf"));
    }
};

QTEST_APPLESS_MAIN(TestFigureRecipe)
#include "tst_figure_recipe.moc"
