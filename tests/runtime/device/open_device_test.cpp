// A program of one's own chooses where a model runs: devices by name, ingot::trainer and the generated header on the simulated device
// against the CPU.
#include <ingot/runtime/device/open_device.hpp>

#include "conformance_model.hpp"

#include <catch2/catch.hpp>
#include <conformance.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/typed/trainer.hpp>

#include <cmath>

using Catch::Matchers::Contains;
using namespace ingot::literals;
namespace header = ingot_models::conformance;

namespace {

/// 50 rows of bytes, and labels that depend on them.
struct Rows {
  std::vector<header::input_row> inputs = std::vector<header::input_row>(50);
  std::vector<header::target_row> targets = std::vector<header::target_row>(50);
  Rows() {
    for (std::uint32_t i = 0; i < 50 * 12; ++i) inputs[i / 12][i % 12] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
    for (std::size_t r = 0; r < 50; ++r) targets[r][0] = inputs[r][0] > 127 ? 1.0F : 0.0F;
  }
  [[nodiscard]] header::batch batch(std::size_t first, std::size_t n) const {
    return {std::span(inputs).subspan(first, n), std::span(targets).subspan(first, n)};
  }
  [[nodiscard]] ingot::labelled<conformance, unsigned char> labelled() const {
    ingot::labelled<conformance, unsigned char> rows;
    rows.inputs = ingot::rows_of<ingot::input_of<conformance, 0, const unsigned char>>(std::span(inputs.front().data(), 50 * 12));
    rows.targets = ingot::rows_of<ingot::target_of<conformance>>(std::span(targets.front().data(), 50));
    return rows;
  }
};

ingot::fit_result fit(ingot::trainer<conformance>& trainer, const Rows& rows) { return trainer.fit(rows.labelled()); }

}  // namespace

TEST_CASE("devices have names", "[device]") {
  using ingot::runtime::cuda_ordinal;
  CHECK_FALSE(cuda_ordinal("cpu").has_value());
  CHECK(cuda_ordinal("cuda") == 0);
  CHECK(cuda_ordinal("cuda:3") == 3);
  for (const char* wrong : {"", "tpu", "cuda:", "cuda:-1", "cuda:1x", "cuda1"})
    CHECK_THROWS_WITH(cuda_ordinal(wrong), Contains("there is no such device; use cpu, cuda, or cuda:N"));
  CHECK(ingot::runtime::open_device({})->name() == "cpu");
  CHECK(ingot::runtime::open_device({"cuda", 1, SIMULATED_CUDA})->name() == "cuda:0");
  CHECK_THROWS_AS(ingot::runtime::open_device({"cpu", 1, SIMULATED_CUDA}), ingot::runtime::UserError);
  CHECK_THROWS_WITH(ingot::runtime::open_device({"cuda:7", 1, SIMULATED_CUDA}), Contains("this machine has 1 such device, cuda:0"));
}

TEST_CASE("ingot::trainer trains, evaluates and predicts on a device as on the CPU", "[device]") {
  const Rows rows;
  ingot::trainer<conformance> on_cpu(ingot_model_conformance, {}, {.seed = 5});
  ingot::trainer<conformance> on_device(ingot_model_conformance, {}, {.seed = 5, .device = "cuda", .cuda_driver = SIMULATED_CUDA});
  CHECK(on_device.core().instance().device().name() == "cuda:0");
  const ingot::fit_result a = fit(on_cpu, rows), b = fit(on_device, rows);
  CHECK(b.steps == a.steps);
  CHECK(*ingot::find_value(b.last, "loss") == Approx(*ingot::find_value(a.last, "loss")).epsilon(1e-3));
  CHECK(on_device.evaluate(rows.labelled()).loss == Approx(on_cpu.evaluate(rows.labelled()).loss).epsilon(1e-3));
  const auto p = on_cpu.predict(rows.labelled().inputs), q = on_device.predict(rows.labelled().inputs);
  REQUIRE(q.values.size() == p.values.size());
  for (std::size_t i = 0; i < p.values.size(); ++i) CHECK(q.values[i] == Approx(p.values[i]).epsilon(1e-3));
  ingot::weights<conformance> weights = on_device.read_weights();
  weights["logits"_layer].bias.data[0] = 42;
  on_device.write_weights(weights);
  CHECK(on_device.read_weights()["logits"_layer].bias.data[0] == 42);
}

TEST_CASE("the generated header runs its model on a device as on the CPU", "[device]") {
  const Rows rows;
  header::model on_cpu(3), on_device(3, {"cuda", 1, SIMULATED_CUDA});
  for (std::size_t first = 0; first < 50; first += header::batch_rows) {  // the last has two rows
    const header::batch batch = rows.batch(first, std::min<std::size_t>(header::batch_rows, 50 - first));
    const header::metrics expected = on_cpu.train_step(batch), got = on_device.train_step(batch);
    CHECK(got.loss == Approx(expected.loss).epsilon(1e-4));
  }
  CHECK(on_device.evaluate(rows.batch(0, 8)).loss == Approx(on_cpu.evaluate(rows.batch(0, 8)).loss).epsilon(1e-4));
  std::vector<header::logits_row> expected(8), got(8);
  on_cpu.predict({rows.batch(8, 8).input}, {expected});
  on_device.predict({rows.batch(8, 8).input}, {got});
  for (std::size_t r = 0; r < got.size(); ++r) CHECK(got[r][0] == Approx(expected[r][0]).epsilon(1e-3).margin(1e-5));
  const auto weights = on_device.read_parameters();
  on_cpu.write_parameters(*weights);
  CHECK(on_cpu.read_parameters()->hidden.kernel == weights->hidden.kernel);
}

TEST_CASE("a device that is not there is one sentence", "[device]") {
  CHECK_THROWS_WITH(header::model(1, {"cuda:1", 1, SIMULATED_CUDA}), Contains("this machine has 1 such device"));
  CHECK_THROWS_WITH(ingot::trainer<conformance>(ingot_model_conformance, {}, {.device = "tpu"}), Contains("use cpu, cuda, or cuda:N"));
}
