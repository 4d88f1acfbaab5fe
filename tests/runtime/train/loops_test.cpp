#include <ingot/runtime/train/loops.hpp>

#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <cmath>

using namespace ingot::runtime;

namespace {

Instance make(Device& device) {
  Program program;
  program.abi = fake::program(4, fake::tanh_act, 8, INGOT_F32);
  Instance instance(Point(fake::model()), program, device);
  instance.initialize(5);
  return instance;
}

}  // namespace

TEST_CASE("means are weighted by rows", "[loops]") {
  RunningMeans means(1);
  const double a = 1, b = 4;
  means.add({&a, 1}, 8);
  means.add({&b, 1}, 2);
  CHECK(means.mean(0) == Approx(1.6));
  means.reset();
  CHECK(means.mean(0) == 0);
}

TEST_CASE("evaluation and prediction take any number of rows", "[loops]") {
  CpuDevice device(1);
  Instance instance = make(device);
  const Dataset all = fake::dataset(50, 4);
  for (std::uint64_t rows : {1u, 7u, 8u, 9u, 50u}) {
    const Dataset part = all.slice(0, rows);
    const auto outputs = predict(instance, part);
    REQUIRE(outputs.size() == 1);
    REQUIRE(outputs[0].size() == rows * 3 * sizeof(float));
    std::vector<float> p(rows * 3);
    std::memcpy(p.data(), outputs[0].data(), outputs[0].size());
    to_probabilities(fake::model(), 0, p);
    const auto* labels = static_cast<const std::int32_t*>(part.targets[0].data());
    double loss = 0, hits = 0;
    for (std::uint64_t r = 0; r < rows; ++r) {
      CHECK(p[r * 3] + p[r * 3 + 1] + p[r * 3 + 2] == Approx(1));
      loss -= std::log(static_cast<double>(p[r * 3 + static_cast<std::size_t>(labels[r])]));
      hits += std::max_element(&p[r * 3], &p[r * 3] + 3) - &p[r * 3] == labels[r];
    }
    const NamedValues values = evaluate(instance, part);
    CHECK(*find_value(values, "loss") == Approx(loss / static_cast<double>(rows)).epsilon(1e-5));
    CHECK(*find_value(values, "accuracy") == Approx(hits / static_cast<double>(rows)));
  }
}

TEST_CASE("prediction reports its progress and needs no targets", "[loops]") {
  CpuDevice device(2);
  Instance instance = make(device);
  Dataset data = fake::dataset(20, 4);
  data.targets.clear();
  std::vector<std::size_t> rows;
  const auto outputs = predict(instance, data, [&](std::size_t, std::size_t n) { rows.push_back(n); });
  CHECK(rows == std::vector<std::size_t>{8, 8, 4});
  CHECK_THROWS_AS(evaluate(instance, data), UserError);
}
