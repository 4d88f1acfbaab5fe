// The training loop around the fake model against a straightforward computation in double, written from the formulas.
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <array>
#include <cmath>

using namespace ingot::runtime;

namespace {

/// The fake model at its initial point, in double, row by row.
struct Reference {
  std::vector<double> w1, b1, w2, b2;  // [6,4], [4], [4,3], [3]
  std::array<std::vector<double>, 4> m, v;
  int step = 0;

  double train(const fake::Data& data, const std::vector<std::uint32_t>& rows, double rate) {
    std::array<std::vector<double>, 4> g = {std::vector<double>(24), std::vector<double>(4), std::vector<double>(12),
                                            std::vector<double>(3)};
    double loss = 0;
    for (std::uint32_t row : rows) loss += backward(data, row, 1.0 / static_cast<double>(rows.size()), g);
    ++step;
    std::array<std::vector<double>*, 4> w = {&w1, &b1, &w2, &b2};
    const double alpha = rate * std::sqrt(1 - std::pow(.999, step)) / (1 - std::pow(.9, step));
    for (std::size_t t = 0; t < 4; ++t) {
      m[t].resize(g[t].size());
      v[t].resize(g[t].size());
      for (std::size_t i = 0; i < g[t].size(); ++i) {
        m[t][i] += (g[t][i] - m[t][i]) * (1 - .9);
        v[t][i] += (g[t][i] * g[t][i] - v[t][i]) * (1 - .999);
        (*w[t])[i] -= alpha * m[t][i] / (std::sqrt(v[t][i]) + 1e-7);
      }
    }
    return loss / static_cast<double>(rows.size());
  }

  double backward(const fake::Data& data, std::uint32_t row, double weight, std::array<std::vector<double>, 4>& g) const {
    std::array<double, 6> x;
    std::array<double, 4> h;
    std::array<double, 3> z;
    for (std::size_t i = 0; i < 6; ++i) x[i] = data.pixels[row * 6 + i] / 255.0;
    for (std::size_t u = 0; u < 4; ++u) {
      h[u] = b1[u];
      for (std::size_t i = 0; i < 6; ++i) h[u] += x[i] * w1[i * 4 + u];
      h[u] = std::tanh(h[u]);
    }
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      z[k] = b2[k];
      for (std::size_t u = 0; u < 4; ++u) z[k] += h[u] * w2[u * 3 + k];
      sum += std::exp(z[k]);
    }
    const auto label = static_cast<std::size_t>(data.labels[row]);
    for (std::size_t k = 0; k < 3; ++k) {
      const double dz = (std::exp(z[k]) / sum - (k == label ? 1 : 0)) * weight;
      g[3][k] += dz;
      for (std::size_t u = 0; u < 4; ++u) {
        g[2][u * 3 + k] += h[u] * dz;
        const double dh = dz * w2[u * 3 + k] * (1 - h[u] * h[u]);
        g[1][u] += dh;
        for (std::size_t i = 0; i < 6; ++i) g[0][i * 4 + u] += x[i] * dh;
      }
    }
    return std::log(sum) - z[label];
  }
};

struct Trace : TrainListener {
  std::vector<double> losses, running;
  std::vector<std::uint32_t> rows;
  std::vector<NamedValues> epochs;
  void on_batch_end(const BatchReport& report) override {
    losses.push_back(report.metrics[0]);
    rows.push_back(report.rows);
    running.push_back(report.means->mean(0));
  }
  bool on_epoch_end(const EpochReport& report) override {
    epochs.push_back(report.values);
    return true;
  }
};

}  // namespace

TEST_CASE("steps equal a straightforward computation in double, the partial batch of an epoch included", "[trace]") {
  constexpr std::uint32_t rows = 37;  // 4 batches of 8 and one of 5
  ProgramSource source(fake::model());
  CpuDevice device(1);
  TrainOptions options;
  options.epochs = 3;
  options.batch = 8;
  options.shuffle = false;
  Trainer trainer(source, Point(fake::model()), device, options);
  Reference reference;
  const auto read = [&](const char* name) { return trainer.instance().get_doubles(*trainer.instance().find_state(name)); };
  reference.w1 = read("hidden.kernel"), reference.b1 = read("hidden.bias");
  reference.w2 = read("logits.kernel"), reference.b2 = read("logits.bias");

  Trace trace;
  const TrainResult result = trainer.run({fake::dataset(rows, 3), {}}, &trace);
  REQUIRE(result.epochs == 3);
  REQUIRE(trace.losses.size() == 15);
  CHECK(trace.rows == std::vector<std::uint32_t>{8, 8, 8, 8, 5, 8, 8, 8, 8, 5, 8, 8, 8, 8, 5});

  const fake::Data data = fake::data(rows, 3);
  std::size_t step = 0;
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    double weighted = 0;
    for (std::uint32_t first = 0; first < rows; first += 8, ++step) {
      std::vector<std::uint32_t> batch;
      for (std::uint32_t r = first; r < std::min(first + 8, rows); ++r) batch.push_back(r);
      const double loss = reference.train(data, batch, 0.01);
      CHECK(trace.losses[step] == Approx(loss).epsilon(1e-5));
      weighted += trace.losses[step] * static_cast<double>(batch.size());
    }
    CHECK(trace.running[step - 1] == Approx(weighted / rows).epsilon(1e-12));
    CHECK(*find_value(trace.epochs[epoch], "loss") == trace.running[step - 1]);
  }
  const auto kernel = read("hidden.kernel");
  for (std::size_t i = 0; i < kernel.size(); ++i) CHECK(kernel[i] == Approx(reference.w1[i]).epsilon(1e-4).margin(1e-6));
}
