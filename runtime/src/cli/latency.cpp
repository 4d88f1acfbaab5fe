#include "cli/latency.hpp"

#include <ingot/runtime/model/instance.hpp>
#include <ingot/runtime/train/loops.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <algorithm>
#include <chrono>

namespace ingot::runtime::cli {
namespace {

constexpr int passes = 15;
constexpr std::uint64_t batches_of_pass = 200;

Instance load(ProgramSource& source, const Point& point, const Served& served, std::uint32_t batch, Device& device) {
  ProgramRequest request;
  request.batch = batch;
  request.entries = entry_bit(INGOT_PREDICT);
  request.variant = served.variant;
  Instance instance(point, source.get(point, request), device);
  load_weights(served.weights, instance);
  return instance;
}

double seconds_per_batch(Instance& instance, const Dataset& rows) {
  const auto start = std::chrono::steady_clock::now();
  const auto outputs = predict(instance, rows);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const std::uint32_t batch = instance.program()->batch;
  const std::uint64_t calls = (rows.rows() + batch - 1) / batch;
  return seconds / static_cast<double>(calls);
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

}  // namespace

std::pair<Latencies, Latencies> compare_latency(ProgramSource& source, const Point& point, const Served& first, const Served& second,
                                                const Dataset& rows) {
  std::pair<Latencies, Latencies> result;
  CpuDevice device(1);
  for (std::size_t k = 0; k < latency_batches.size(); ++k) {
    const std::uint32_t batch = latency_batches[k];
    Instance a = load(source, point, first, batch, device), b = load(source, point, second, batch, device);
    const Dataset part = rows.slice(0, std::min(rows.rows(), batch * batches_of_pass));
    std::vector<double> of_a, of_b;
    for (int pass = 0; pass < passes; ++pass) {
      of_a.push_back(seconds_per_batch(a, part));
      of_b.push_back(seconds_per_batch(b, part));
    }
    result.first[k] = median(of_a);
    result.second[k] = median(of_b);
  }
  return result;
}

}  // namespace ingot::runtime::cli
