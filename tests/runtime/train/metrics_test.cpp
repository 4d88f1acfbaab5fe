// Metrics that are no means over rows, against numbers that Keras 3.15 gave after several batches.
#include <ingot/runtime/train/metrics.hpp>

#include <catch2/catch.hpp>
#include <ingot/runtime/train/early_stopping.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

using namespace ingot::runtime;

namespace {

std::vector<float> floats(const std::string& text) {
  std::istringstream in(text);
  std::vector<float> v;
  for (double x; in >> x;) v.push_back(static_cast<float>(x));
  return v;
}

struct Case {
  std::string name, kind;
  std::uint32_t rows = 0, columns = 0;
  std::vector<float> p, y;
  std::map<std::string, double> expected;
};

std::vector<Case> golden_cases() {
  std::ifstream file(GOLDEN_LOSSES "/metrics.txt");
  REQUIRE(file);
  std::vector<Case> cases;
  for (std::string line, word; std::getline(file, line);) {
    std::istringstream in(line);
    in >> word;
    if (word == "case") {
      in >> cases.emplace_back().name >> cases.back().kind >> cases.back().rows >> cases.back().columns;
    } else if (word == "row") {
      const std::size_t bar = line.find('|');
      for (const float x : floats(line.substr(4, bar - 4))) cases.back().p.push_back(x);
      for (const float x : floats(line.substr(bar + 1))) cases.back().y.push_back(x);
    } else {
      std::string figure;
      in >> figure;
      in >> cases.back().expected[figure];
    }
  }
  return cases;
}

constexpr std::uint32_t every_metric = 0xff0;

/// One output of `columns` columns with everything asked for.
struct Model {
  ingot_tensor output{"scores", INGOT_F32, 1, {}, 0};
  std::uint32_t classes;
  ingot_model model{};
  Model(std::uint32_t columns, std::uint32_t of_classes, std::uint32_t metrics = every_metric) : classes(of_classes) {
    output.dims[0] = columns;
    output.elements = columns;
    model.n_outputs = 1;
    model.outputs = &output;
    model.classes = &classes;
    model.recipe.metrics = metrics;
  }
};

Table table_of(const std::vector<float>& values, std::uint32_t columns) {
  const std::shared_ptr<const void> no_owner;
  return {"y", INGOT_F32, {columns}, values.size() / columns, {no_owner, reinterpret_cast<const std::byte*>(values.data())}, true};
}
Table table_of(const std::vector<std::int32_t>& labels) {
  const std::shared_ptr<const void> no_owner;
  return {"y", INGOT_I32, {}, labels.size(), {no_owner, reinterpret_cast<const std::byte*>(labels.data())}, true};
}

std::map<std::string, double> figures(const OutputMetrics& metrics) {
  std::map<std::string, double> named;
  const std::vector<double> values = metrics.values();
  for (std::size_t i = 0; i < values.size(); ++i) named[metrics.names()[i]] = values[i];
  return named;
}

}  // namespace

TEST_CASE("metrics are Keras's, whatever the batches", "[metrics][golden]") {
  const std::vector<Case> cases = golden_cases();
  CHECK(cases.size() >= 9);
  for (const Case& c : cases) {
    const Model m(c.columns, c.kind == "values" ? 0 : c.kind == "binary" ? 1 : c.columns);
    for (const std::uint32_t batch : {c.rows, 7u, 1u}) {
      OutputMetrics metrics(m.model, 0);
      for (std::uint32_t first = 0; first < c.rows; first += batch) {
        const std::uint32_t n = std::min(batch, c.rows - first);
        metrics.add({c.p.data() + first * c.columns, n * c.columns}, table_of(c.y, c.columns), first);
      }
      const auto got = figures(metrics);
      CHECK(got.size() == c.expected.size());
      for (const auto& [name, value] : c.expected) {
        INFO(c.name << ", " << name << ", batches of " << batch);
        CHECK(got.at(name) == Approx(value).margin(2e-6));  // Keras adds 1e-7 to the divisors of f1
      }
    }
  }
}

TEST_CASE("class numbers count as their one-hot form", "[metrics]") {
  for (const Case& c : golden_cases()) {
    if (c.kind != "classes") continue;
    std::vector<std::int32_t> labels;
    for (std::uint32_t r = 0; r < c.rows; ++r)
      for (std::uint32_t k = 0; k < c.columns; ++k)
        if (c.y[r * c.columns + k] > 0.5F) labels.push_back(static_cast<std::int32_t>(k));
    const Model m(c.columns, c.columns);
    OutputMetrics hot(m.model, 0), numbers(m.model, 0);
    hot.add(c.p, table_of(c.y, c.columns), 0);
    numbers.add(c.p, table_of(labels), 0);
    CHECK(hot.values() == numbers.values());
    const ConfusionMatrix matrix = confusion(m.model, 0, c.p, table_of(labels));
    std::uint64_t all = 0, right = 0;
    for (std::size_t a = 0; a < matrix.classes(); ++a)
      for (std::size_t d = 0; d < matrix.classes(); ++d) {
        all += matrix.count(a, d);
        right += a == d ? matrix.count(a, d) : 0;
      }
    CHECK(all == c.rows);
    CHECK((right > 0 && right < all));
  }
}

TEST_CASE("the AUC of 200 thresholds is near that of all pairs", "[metrics]") {
  AucCounts counts;
  std::vector<std::pair<double, bool>> rows;
  for (int i = 0; i < 400; ++i)
    rows.emplace_back(std::fmod(i * 0.618034, 1.0), (i * i) % 7 < 2 + (std::fmod(i * 0.618034, 1.0) > 0.5 ? 2 : 0));
  for (const auto& [p, y] : rows) counts.add(p, y);
  double above = 0, pairs = 0;
  for (const auto& [p, y] : rows)
    for (const auto& [q, z] : rows)
      if (y && !z) {
        above += p > q ? 1 : p == q ? 0.5 : 0;
        ++pairs;
      }
  CHECK(counts.area() == Approx(above / pairs).margin(3e-3));
}

TEST_CASE("a score at a threshold does not exceed it", "[metrics]") {
  const double limit = 99.0 / 199;
  REQUIRE(limit * 199 == 99);
  AucCounts counts;
  counts.add(limit, true);
  counts.add(limit + 1e-6, false);
  CHECK(counts.area() == 0);
}

TEST_CASE("predictions that are no numbers decide for nothing", "[metrics]") {
  const Model m(1, 1);
  OutputMetrics metrics(m.model, 0);
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> y{1, 0, 1};
  metrics.add(std::vector<float>{nan, nan, infinity}, table_of(y, 1), 0);
  const auto got = figures(metrics);
  CHECK(got.at("precision") == 1);
  CHECK(got.at("recall") == 0.5);
  CHECK(got.at("auc") == Approx(0.75));
}

TEST_CASE("only what is asked for and fits is measured", "[metrics]") {
  CHECK(OutputMetrics(Model(3, 3, 1u << INGOT_R2).model, 0).names().empty());
  CHECK(OutputMetrics(Model(3, 0, 1u << INGOT_F1).model, 0).names().empty());
  CHECK(OutputMetrics(Model(3, 0).model, 0).names() == std::vector<std::string>{"r2"});
  Model two(3, 3, 1u << INGOT_F1);
  two.model.n_outputs = 2;
  CHECK(OutputMetrics(two.model, 0).names() == std::vector<std::string>{"scores.f1"});
}

TEST_CASE("positions of a sample are rows of their own", "[metrics]") {
  Model m(2, 0, 1u << INGOT_R2);
  m.output.rank = 2;
  m.output.dims[0] = 3;
  m.output.dims[1] = 2;
  m.output.elements = 6;
  const std::vector<float> y{0, 1, 2, 5, 4, 9, 1, 1, 3, 5, 5, 9}, p{1, 1, 2, 4, 4, 8, 1, 2, 3, 5, 6, 9};
  OutputMetrics nested(m.model, 0), flat(Model(2, 0, 1u << INGOT_R2).model, 0);
  Table rows = table_of(y, 2);
  flat.add(p, rows, 0);
  rows.dims = {3, 2};
  rows.rows = 2;
  nested.add({p.data(), 6}, rows, 0);
  nested.add({p.data() + 6, 6}, rows, 1);
  CHECK(nested.values()[0] == Approx(flat.values()[0]));
}

TEST_CASE("names of figures and what is better", "[metrics]") {
  CHECK(metric_name(INGOT_VAL_R2) == "val_r2");
  for (std::uint32_t m = INGOT_TOP_K_ACCURACY; m <= INGOT_R2; ++m) CHECK(metric_name(m + 8) == "val_" + std::string(metric_name(m)));
  for (const char* more : {"accuracy", "val_top_k_accuracy", "val_f1", "scores.auc", "val_scores.accuracy", "r2"})
    CHECK(more_is_better(more));
  for (const char* less : {"loss", "val_loss", "mse", "val_mae", "scores.loss"}) CHECK_FALSE(more_is_better(less));
}
