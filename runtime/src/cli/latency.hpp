// How long a program takes to predict one batch.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/program.hpp>

#include <array>
#include <filesystem>

namespace ingot::runtime::cli {

/// Batches that are measured: one row, and as many as a busy server gathers.
inline constexpr std::array<std::uint32_t, 2> latency_batches = {1, 64};
/// Seconds of a batch, one for each of latency_batches.
using Latencies = std::array<double, latency_batches.size()>;

/// Trained weights and the program that runs them.
struct Served {
  std::filesystem::path weights;
  ProgramVariant variant{};
};
/// The median over passes of `rows`, one thread, of two programs in turn. Rows are those of a data set in memory.
[[nodiscard]] std::pair<Latencies, Latencies> compare_latency(ProgramSource& source, const Point& point, const Served& first,
                                                              const Served& second, const Dataset& rows);

}  // namespace ingot::runtime::cli
