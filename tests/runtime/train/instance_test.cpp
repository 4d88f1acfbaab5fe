#include "runtime/support/fake_model.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/safetensors.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <array>
#include <cmath>
#include <limits>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

const std::filesystem::path folder = std::filesystem::temp_directory_path() / "ingot_instance_test";

Instance make(Device& device, std::uint32_t dtype = INGOT_F32, int units = 4) {
  Program program;
  program.abi = fake::program(units, fake::tanh_act, 8, dtype);
  Point point(fake::model());
  point.set("units", std::to_string(units));
  return {point, program, device};
}

}  // namespace

TEST_CASE("scalars are filled by their kinds", "[instance]") {
  Point point(fake::model());
  point.set("drop=true");
  std::array<double, 8> scalars = {};
  fill_scalars(*fake::program(4, fake::tanh_act, 8, INGOT_F32), point, {3, 0x1234567800000042u, 0.5}, scalars);
  CHECK(scalars[0] == 0.5);
  CHECK(scalars[1] == 3);
  CHECK(scalars[2] == 0x42);
  CHECK(scalars[3] == 0x12345678);
  CHECK(scalars[4] == Approx(0.9 * 0.9 * 0.9));
  CHECK(scalars[5] == Approx(0.999 * 0.999 * 0.999));
  CHECK(scalars[6] == 1);
  CHECK(scalars[7] == 0.25);
}

TEST_CASE("scalars of accumulated updates, and Nadam's product", "[instance]") {
  const ingot_scalar rows[] = {{"step", INGOT_SCALAR_STEP, -1, 0},
                               {"update", INGOT_SCALAR_UPDATE, -1, 0},
                               {"applies", INGOT_SCALAR_APPLY, -1, 0},
                               {"power", INGOT_SCALAR_POWER, -1, 0.5},
                               {"nadam", INGOT_SCALAR_NADAM_PRODUCT, -1, 0.9}};
  ingot_program program = *fake::program(4, fake::tanh_act, 8, INGOT_F32);
  program.scalars = rows;
  program.n_scalars = 5;
  ingot_model model = fake::model();
  model.recipe.accumulation = {3, -1, 0};
  const Point point(model);
  double product = 1;
  for (std::uint64_t step = 1; step <= 3000; ++step) {
    const std::uint64_t update = (step + 2) / 3;
    if (step % 3 == 1) product *= 0.9 * (1 - 0.5 * std::pow(0.96, static_cast<double>(update)));
    std::array<double, 5> scalars = {};
    fill_scalars(program, point, {step, 0, 0.1}, scalars);
    CHECK((scalars[0] == static_cast<double>(step) && scalars[1] == static_cast<double>(update)));
    CHECK(scalars[2] == (step % 3 == 0 ? 1 : 0));
    CHECK(scalars[3] == std::pow(0.5, static_cast<double>(update)));
    CHECK(scalars[4] == Approx(product).epsilon(1e-11));
  }
}

TEST_CASE("scalars of a momentum that the schedule moves", "[instance]") {
  const ingot_scalar rows[] = {{"momentum", INGOT_SCALAR_MOMENTUM, -1, 0}, {"power", INGOT_SCALAR_MOMENTUM_POWER, -1, 0}};
  ingot_program program = *fake::program(4, fake::tanh_act, 8, INGOT_F32);
  program.scalars = rows;
  program.n_scalars = 2;
  ingot_model model = fake::model();
  model.recipe.schedule.high_momentum = {0.95, -1, 0};
  std::array<double, 2> scalars = {};
  fill_scalars(program, Point(model), {3, 0, 0.1, 0.5}, scalars);
  CHECK(scalars == std::array{0.5, 0.125});
  fill_scalars(program, Point(model), {2, 0, 0.1}, scalars);  // who follows no schedule
  CHECK(scalars == std::array{0.95, 0.95 * 0.95});
}

TEST_CASE("initial values follow the declaration, the seed and nothing else", "[instance]") {
  CpuDevice device(1);
  Instance a = make(device), b = make(device), d = make(device, INGOT_F64);
  a.initialize(7);
  b.initialize(7);
  d.initialize(7);
  const std::uint32_t kernel = *a.find_state("hidden.kernel");
  const auto values = a.get_doubles(kernel), wide = d.get_doubles(kernel);
  CHECK(values == b.get_doubles(kernel));
  const double limit = std::sqrt(6.0 / (6 + 4));
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK(std::abs(values[i]) <= limit);
    CHECK(values[i] == static_cast<double>(static_cast<float>(wide[i])));
  }
  b.initialize(8);
  CHECK(values != b.get_doubles(kernel));
  CHECK(values != a.get_doubles(*a.find_state("logits.kernel")));
  CHECK(a.get_doubles(*a.find_state("input.scale"))[2] == Approx(1 / 255.0));
}

TEST_CASE("canonical tensors survive packing", "[instance]") {
  CpuDevice device(1);
  Instance instance = make(device, INGOT_F32, 6);
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    std::vector<double> values(instance.states()[i].tensor.elements);
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<double>(100 * i + k);
    instance.set_doubles(i, values);
  }
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const auto values = instance.get_doubles(i);
    for (std::size_t k = 0; k < values.size(); ++k) CHECK(values[k] == static_cast<double>(100 * i + k));
  }
}

TEST_CASE("a weight that is not finite is found", "[instance]") {
  CpuDevice device(1);
  Instance instance = make(device);
  instance.initialize(1);
  CHECK(all_finite(instance));
  instance.set_doubles(*instance.find_state("logits.bias"), std::vector<double>{0, std::numeric_limits<double>::quiet_NaN(), 0});
  std::string where;
  CHECK_FALSE(all_finite(instance, &where));
  CHECK(where == "logits.bias");
}

TEST_CASE("weights go to safetensors and back", "[weights]") {
  std::filesystem::create_directories(folder);
  CpuDevice device(1);
  Instance a = make(device), b = make(device), wide = make(device, INGOT_F64);
  a.initialize(1);
  b.initialize(2);
  save_weights(folder / "w.safetensors", a);
  const Safetensors file = read_safetensors(folder / "w.safetensors");
  CHECK(file.find("hidden.kernel")->shape == std::vector<std::uint64_t>{6, 4});
  CHECK(file.find("hidden.kernel/adam.m") == nullptr);
  CHECK(file.metadata.at("units") == "4");
  load_weights(folder / "w.safetensors", b);
  load_weights(folder / "w.safetensors", wide);
  Instance copy = make(device);
  copy_weights(wide, copy);
  for (const char* name : {"hidden.kernel", "hidden.bias", "logits.kernel", "logits.bias", "input.scale"}) {
    const auto i = *a.find_state(name);
    CHECK(a.get_doubles(i) == b.get_doubles(i));
    CHECK(a.get_doubles(i) == wide.get_doubles(i));
    CHECK(a.get_doubles(i) == copy.get_doubles(i));
  }
}

TEST_CASE("weights of another structure are refused and change nothing", "[weights]") {
  std::filesystem::create_directories(folder);
  CpuDevice device(1);
  Instance six = make(device, INGOT_F32, 6), four = make(device);
  six.initialize(1);
  four.initialize(2);
  const auto before = four.get_doubles(*four.find_state("hidden.kernel"));
  save_weights(folder / "six.safetensors", six);
  CHECK_THROWS_WITH(load_weights(folder / "six.safetensors", four), Contains("hidden.kernel"));
  CHECK(four.get_doubles(*four.find_state("hidden.kernel")) == before);

  const float number = 1;
  const TensorView stranger{"stranger", INGOT_F32, {1}, &number};
  write_safetensors(folder / "s.safetensors", std::span(&stranger, 1));
  CHECK_THROWS_WITH(load_weights(folder / "s.safetensors", four), Contains("stranger"));
  write_safetensors(folder / "none.safetensors", {});
  CHECK_THROWS_AS(load_weights(folder / "none.safetensors", four), UserError);
}
