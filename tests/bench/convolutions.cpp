// Times convolutions alone: ours, direct and through Winograd, and oneDNN's where it was found. Prints one JSON object.
//
// usage: convolutions THREADS ROUNDS     rounds alternate between the forms; the fastest run of each counts
#include "bench/contender.hpp"
#include "bench/convolution_work.hpp"
#include "cli/json_writer.hpp"
#include "cli/peak.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

using namespace ingot::bench;
using ingot::runtime::cli::JsonWriter;
using ingot::runtime::cli::Peak;

namespace {

constexpr Convolution convolutions[] = {{28, 1, 32}, {14, 32, 64}, {32, 16, 16}, {16, 32, 32}, {8, 64, 64}, {75, 32, 128}};
constexpr std::pair<Direction, const char*> directions[] = {
    {Direction::forward, "forward"}, {Direction::image_gradient, "image gradient"}, {Direction::kernel_gradient, "kernel gradient"}};
void measure(const Convolution& c, Direction d, const char* direction, std::uint32_t threads, int rounds, JsonWriter& out) {
  Contender contenders[] = {{"direct", our_work(c, d, Form::direct, threads)},
                            {"winograd", our_work(c, d, Form::winograd, threads)},
                            {"onednn", onednn_work(c, d, threads)}};
  for (int round = 0; round < rounds; ++round)
    for (Contender& contender : contenders) contender.race();
  const std::string side = std::to_string(c.side);
  out.begin_object().add("shape", side + "x" + side + " " + std::to_string(c.channels) + "->" + std::to_string(c.filters));
  out.add("channels", std::min(c.channels, c.filters)).add("direction", direction);
  for (const Contender& contender : contenders) {
    const auto gflops = contender.work ? std::optional(flops(c) * 1e-9 / contender.seconds) : std::nullopt;
    out.add(std::string(contender.name) + "_gflops", gflops);
  }
  out.end_object();
}

std::string measure_all(std::uint32_t threads, int rounds) {
  Peak peak = ingot::runtime::cli::measure_peak(threads);
  JsonWriter out;
  out.begin_object().add("threads", threads).add("onednn", onednn_version()).begin_array("convolutions");
  for (const Convolution& c : convolutions) {
    for (const auto& [direction, name] : directions)
      if (c.channels > 1 || direction != Direction::image_gradient)
        measure(c, direction, name, threads, rounds, out);  // nobody asks for the gradient of an input
    peak = better(peak, ingot::runtime::cli::measure_peak(threads));
  }
  out.end_array().add("peak_gflops", peak.gflops).add("peak_valid", peak.valid);
  return out.end_object().text();
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc == 3 ? std::atoi(argv[1]) : 0, rounds = argc == 3 ? std::atoi(argv[2]) : 0;
  if (threads < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: convolutions THREADS ROUNDS\n");
    return 2;
  }
  try {
    std::puts(measure_all(static_cast<std::uint32_t>(threads), rounds).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "convolutions: %s\n", error.what());
    return 1;
  }
  return 0;
}
