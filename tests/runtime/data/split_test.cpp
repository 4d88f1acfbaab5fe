#include <ingot/runtime/data/split.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/dataset.hpp>

#include <cmath>
#include <limits>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

template <class Element>
Table table_of(std::vector<Element> values, std::uint32_t dtype, std::vector<std::uint32_t> dims) {
  auto memory = std::make_shared<std::vector<Element>>(std::move(values));
  Table table{"x", dtype, std::move(dims), 0, {memory, reinterpret_cast<const std::byte*>(memory->data())}, true};
  table.rows = memory->size() / table.row_elements();
  return table;
}

Dataset counting(std::uint64_t rows) {
  std::vector<float> x(rows);
  std::vector<std::int32_t> y(rows);
  for (std::uint64_t r = 0; r < rows; ++r) {
    x[r] = static_cast<float>(r);
    y[r] = static_cast<std::int32_t>(r % 3);
  }
  Dataset data;
  data.inputs.push_back(table_of(x, INGOT_F32, {}));
  data.targets.push_back(table_of(y, INGOT_I32, {}));
  data.identity = content_identity(data);
  return data;
}

}  // namespace

TEST_CASE("validation comes from the end, by Keras's rule") {
  const Dataset data = counting(10);
  for (const auto& [validation, train] :
       std::vector<std::pair<double, std::uint64_t>>{{0, 10}, {0.2, 8}, {0.25, 7}, {0.01, 9}, {1, 9}, {9, 1}, {0.85, 1}}) {
    const Split split = split_validation(data, validation);
    INFO(validation);
    REQUIRE(split.train.rows() == train);
    REQUIRE(split.validation.rows() == 10 - train);
    if (train < 10) {
      CHECK(*static_cast<const float*>(split.validation.inputs[0].row(0)) == static_cast<float>(train));
      CHECK(*static_cast<const std::int32_t*>(split.validation.targets[0].row(0)) == static_cast<std::int32_t>(train % 3));
    }
  }
  CHECK(split_validation(data, 0).train.identity == data.identity);
  CHECK(split_validation(data, 3).train.identity != data.identity);
  CHECK(split_validation(data, 3).train.identity != split_validation(data, 3).validation.identity);
  CHECK(split_validation(counting(60000), 10000).train.rows() == 50000);
}

TEST_CASE("impossible validation parts are refused") {
  const Dataset data = counting(10);
  const auto with = [&](double validation) { return refusal([&] { split_validation(data, validation); }); };
  CHECK_THAT(with(10), Contains("validation 10 leaves nothing to train on: the training part has 10 rows"));
  CHECK_THAT(with(-0.1), Contains("neither a fraction below 1 nor a whole number"));
  CHECK_THAT(with(2.5), Contains("neither a fraction"));
  CHECK_THAT(with(std::nan("")), Contains("neither a fraction"));
  CHECK_THAT(with(0.99), Contains("makes one part empty"));
}

TEST_CASE("class counts") {
  CHECK(class_counts(counting(10).targets[0], 3) == std::vector<std::uint64_t>{4, 3, 3});
  CHECK(class_counts(counting(2).targets[0], 4) == std::vector<std::uint64_t>{1, 1, 0, 0});
}

TEST_CASE("standardization is measured per feature in double") {
  // features: 1,2,3 and constant 5; a large mean with a small spread keeps its digits
  const auto s = measure_standardization(table_of<float>({1, 5, 2, 5, 3, 5}, INGOT_F32, {2}), 2);
  CHECK(s.mean == std::vector<double>{2, 5});
  CHECK(s.scale[0] == Approx(1 / std::sqrt(2.0 / 3)).epsilon(1e-14));
  CHECK(s.scale[1] == 1);
  const auto large = measure_standardization(table_of<float>({16777215, 16777216, 16777214}, INGOT_F32, {}), 1);
  CHECK(large.scale[0] == Approx(1 / std::sqrt(2.0 / 3)).epsilon(1e-14));
}

TEST_CASE("standardization of bytes, over axes, with a factor") {
  const Table bytes = table_of<std::uint8_t>({0, 255, 51, 204, 102, 153, 153, 102}, INGOT_U8, {2, 2});
  const auto last_axis = measure_standardization(bytes, 2, 1 / 255.0);
  REQUIRE(last_axis.mean.size() == 2);
  CHECK(last_axis.mean[0] == Approx(0.3));
  CHECK(last_axis.mean[1] == Approx(0.7));
  CHECK(last_axis.scale[0] == Approx(1 / std::sqrt(0.05)));
  CHECK(measure_standardization(bytes, 4).mean == std::vector<double>{51, 204, 102, 153});
  CHECK_THROWS_AS(measure_standardization(bytes, 3), std::logic_error);
}

TEST_CASE("tables widen to f64") {
  const Table wide = as_f64(table_of<std::uint8_t>({1, 200}, INGOT_U8, {1}));
  CHECK(wide.dtype == INGOT_F64);
  CHECK(*static_cast<const double*>(wide.row(1)) == 200);
  CHECK(*static_cast<const double*>(as_f64(table_of<float>({0.1f}, INGOT_F32, {})).data()) == static_cast<double>(0.1f));
}

TEST_CASE("slices stay within their rows") {
  CHECK_THROWS_AS(counting(4).slice(3, 2), std::logic_error);
  CHECK_THROWS_AS(counting(4).slice(5, 0), std::logic_error);
  CHECK(counting(4).slice(4, 0).rows() == 0);
}
