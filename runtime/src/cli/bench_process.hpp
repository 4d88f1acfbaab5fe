// Figures of the program as a whole: how long compilation and start-up take, how large the executable is.
#pragma once
#include <ingot/runtime/model/program.hpp>

#include <optional>
#include <utility>

namespace ingot::runtime::cli {

/// Milliseconds to compile this point for `target` with an empty cache and again with a full one; the compiler library is loaded
/// and warmed up before. Nothing: there is no such library.
std::pair<std::optional<double>, std::optional<double>> compile_times(const ingot_model& model, const Point& point, std::uint32_t batch,
                                                                      const std::string& target);

/// Milliseconds from the start to the end of this executable with --help, the best of several. Nothing: it could not be started.
std::optional<double> startup_ms();
/// 0 when it cannot be read.
std::uint64_t executable_bytes();

}  // namespace ingot::runtime::cli
