// The real Fashion-MNIST, where the package dataset-fashion-mnist is installed.
#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/data/split.hpp>

#include <cstdio>
#include <cstdlib>
#include <numeric>

using namespace ingot::runtime;

namespace {
const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
}

TEST_CASE("Fashion-MNIST") {
  if (!std::filesystem::exists(folder / "train-images-idx3-ubyte.gz")) {
    std::puts("SKIPPED: /usr/share/datasets/fashion-mnist is not there; install dataset-fashion-mnist");
    std::exit(77);
  }
  const ModelPorts ports{"fashion", {{"pixels", INGOT_U8, {28, 28}, 0}}, {{"scores", INGOT_I32, {}, 10}}};
  const LoadedData data = load_dataset(folder, ports);
  CHECK(data.train.rows() == 60000);
  CHECK(data.test.rows() == 10000);
  CHECK(class_counts(data.train.targets[0], 10) == std::vector<std::uint64_t>(10, 6000));
  CHECK(class_counts(data.test.targets[0], 10) == std::vector<std::uint64_t>(10, 1000));
  CHECK(*static_cast<const std::int32_t*>(data.train.targets[0].row(0)) == 9);  // an ankle boot
  const auto overall = measure_standardization(data.train.inputs[0], 1, 1 / 255.0);
  CHECK(overall.mean[0] == Approx(0.2860).margin(5e-5));  // the figures that everybody normalizes with
  CHECK(1 / overall.scale[0] == Approx(0.3530).margin(5e-5));
  CHECK(measure_standardization(data.train.inputs[0], 784).mean.size() == 784);
  const Split split = split_validation(data.train, 10000);
  CHECK(split.train.rows() == 50000);
  CHECK(split.validation.inputs[0].row(0) == data.train.inputs[0].row(50000));

  BatchSource source(split.train, {.batch = 32, .seed = 1});
  std::vector<std::uint64_t> counts(10);
  while (const Batch* batch = source.next())
    for (std::uint32_t r = 0; r < batch->rows; ++r)
      ++counts[static_cast<std::size_t>(static_cast<const std::int32_t*>(batch->targets[0])[batch->index[r]])];
  CHECK(counts == class_counts(split.train.targets[0], 10));
}
