// report.json: what is written comes back, and whatever else stands in the file is an error in words.
#include "report/run_record.hpp"

#include "runtime/report/records.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <cmath>
#include <limits>
#include <random>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

std::string message(const std::string& text) {
  try {
    static_cast<void>(run_record_from_json(text, "out/report.json"));
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a record comes back from its file as it was", "[run_record]") {
  RunRecord r = report_test::record();
  r.epochs[1].values[0].second = std::numeric_limits<double>::quiet_NaN();
  const std::string text = to_json(r);
  const RunRecord back = run_record_from_json(text, "f");
  CHECK(to_json(back) == text);
  CHECK(std::isnan(back.epochs[1].values[0].second));
  CHECK(back.epochs[2].tensors[1].gradient_norm == 0.5);
  CHECK(back.epochs[2].samples_per_s == 3000);
  CHECK(back.best_epoch == 2u);
  CHECK(back.confusions[0].counts[1][0] == 2);
  CHECK(back.confusions[0].classes[1] == "<script>alert(\"x\")</script>");
}

TEST_CASE("names that are no UTF-8 do not keep a report from being written", "[run_record]") {
  RunRecord r = report_test::record();
  r.confusions[0].classes[0] = "\xff\xfe";
  CHECK_NOTHROW(run_record_from_json(to_json(r), "f"));
}

TEST_CASE("a damaged record is an error that names the file", "[run_record]") {
  CHECK_THAT(message("{"), Contains("out/report.json is damaged") && Contains("train again"));
  CHECK_THAT(message("{\"version\": 9}"), Contains("out/report.json: it was written by another version"));
  std::string text = to_json(report_test::record());
  const std::string row = "[2,5]";
  CHECK_THAT(message(std::string(text).replace(text.find(row), row.size(), "[2]")), Contains("confusion matrix of logits is not square"));
  const std::string tensor = ",[\"hidden.bias\",\"512\"]";
  CHECK_THAT(message(std::string(text).replace(text.find(tensor), tensor.size(), "")),
             Contains("epoch 1 has statistics of another number"));
}

TEST_CASE("no change of a record's bytes does more than an error", "[run_record]") {
  const std::string whole = to_json(report_test::record());
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text = whole;
    for (unsigned change = 0; change < 1 + random() % 4; ++change) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, 1 + random() % 9);
      else
        text[at] = "{}[]\",:0123nul-e."[random() % 17];
      if (text.empty()) break;
    }
    message(text);
  }
}
