// The page of a training: complete, self-contained, and nothing of the user's is markup.
#include "report/run_page.hpp"

#include "report/confusion_picture.hpp"
#include "report/html.hpp"
#include "runtime/report/records.hpp"

#include <catch2/catch.hpp>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

TEST_CASE("texts become content of elements and attributes", "[html]") {
  CHECK(html_text("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(html_table({"<h>"}, {{"<c>", HtmlCell::markup("<svg/>")}}) ==
        "<table>\n<tr><th>&lt;h&gt;</th></tr>\n<tr><td>&lt;c&gt;</td><td><svg/></td></tr>\n</table>\n");
}

TEST_CASE("the page has curves, outcome, recipe, layers, times, confusions and statistics", "[run_page]") {
  const std::string page = run_page(report_test::record());
  for (const char* part :
       {"Learning curves", ">loss<", ">accuracy<", ">validation<", "best: 2", "val_loss did not improve", "adam", "401920", "0.250", "3000",
        "Confusion matrix of logits", "hidden.kernel", "784 x 512", "gradient norm", "0.75 <svg"})
    CHECK_THAT(page, Contains(part));
}

TEST_CASE("names of the user are escaped, and the page loads nothing", "[run_page]") {
  RunRecord r = report_test::record();
  r.model = r.reason = r.layers[0].name = r.recipe[0].second = r.tensors[0].first = "</td><script>alert(1)</script>";
  for (RunRecord::Epoch& epoch : r.epochs) epoch.values[1].first = "<script>";
  const std::string page = run_page(r);
  CHECK_THAT(page, !Contains("<script") && Contains("&lt;script&gt;alert(1)"));
  CHECK_THAT(page, Contains("100 rows of &lt;data&gt; &amp; more"));
  for (const char* loads : {"src=", "href=", "url(", "@import"}) CHECK_THAT(page, !Contains(loads));
}

TEST_CASE("a run without epochs, validation or classes has a page", "[run_page]") {
  CHECK_THAT(run_page({}), Contains("</html>"));
  RunRecord r = report_test::record();
  r.epochs.resize(1);
  r.epochs[0].values = {{"loss", 1.0}};
  r.epochs[0].tensors[0].gradient_norm.reset();
  r.confusions.clear();
  r.best_epoch.reset();
  CHECK_THAT(run_page(r), !Contains("nan") && !Contains("gradient norm"));
}

TEST_CASE("the picture of a confusion matrix: rows are true classes, darkness is the share of the row", "[confusion_picture]") {
  const RunRecord::Confusion c{"out", {"a", "b"}, {{4, 0}, {1, 3}}};
  const std::string svg = confusion_svg(c);
  // margin 30 + 7 * 6, squares of 52
  CHECK_THAT(svg, Contains("<rect x=\"72.0\" y=\"72.0\" width=\"52.0\" height=\"52.0\" fill=\"rgb(31,119,180)\"/>"));    // all of row a
  CHECK_THAT(svg, Contains("<rect x=\"124.0\" y=\"72.0\" width=\"52.0\" height=\"52.0\" fill=\"rgb(255,255,255)\"/>"));  // none
  CHECK_THAT(svg, Contains("<rect x=\"72.0\" y=\"124.0\" width=\"52.0\" height=\"52.0\" fill=\"rgb(228,148,148)\"/>"));  // a quarter of b
  CHECK_THAT(svg, Contains("text-anchor=\"end\">b</text>"));
  const RunRecord::Confusion many{"out", std::vector<std::string>(200, "c"), std::vector(200, std::vector<std::uint64_t>(200, 1))};
  CHECK_THAT(confusion_svg(many), !Contains(">c<"));
}
