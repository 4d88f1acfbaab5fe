// Times the contraction of a dense layer alone, 128 x 784 x 512 in float32. Prints one JSON object.
//
// usage: forward THREADS ROUNDS     the fastest run counts; the peak is measured between the rounds
#include "bench/contender.hpp"
#include "bench/kernels_alone.hpp"
#include "cli/json_writer.hpp"
#include "cli/peak.hpp"
#include "ir/builder.hpp"
#include "ir/verify.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

using namespace ingot::bench;
using namespace ingot::codegen;
using ingot::runtime::cli::JsonWriter;
using ingot::runtime::cli::Peak;

namespace {

constexpr std::int64_t rows = 128, inputs = 784, units = 512;

Graph dense_layer() {
  Graph g;
  g.name = "dense";
  g.dtype = DType::f32;
  g.inputs = {{"x", {inputs}, g.dtype}};
  g.states = {{"kernel", {inputs, units}, g.dtype, Role::parameter, Init::constant, 0, -1}};
  Builder b(g);
  const ValueId y = b.matmul(b.node(Op::input, {}, {}, {g.dtype, true, 1, inputs}), b.state(0));
  g.outputs = {{"y", {units}, g.dtype}};
  g.results = {{ResultKind::output, 0, y, "y"}};
  verify(g, Stage::primitive, "benchmark");
  return g;
}

std::string measure(std::uint32_t threads, int rounds) {
  Contender contender{"forward", kernels_alone(dense_layer(), rows, threads)};
  Peak peak = ingot::runtime::cli::measure_peak(threads);
  for (int round = 0; round < rounds; ++round) {
    contender.race();
    peak = better(peak, ingot::runtime::cli::measure_peak(threads));
  }
  constexpr double flops = 2.0 * rows * inputs * units;
  JsonWriter out;
  out.begin_object().add("threads", threads).add("gflops", flops * 1e-9 / contender.seconds);
  return out.add("peak_gflops", peak.gflops).add("peak_valid", peak.valid).end_object().text();
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc == 3 ? std::atoi(argv[1]) : 0, rounds = argc == 3 ? std::atoi(argv[2]) : 0;
  if (threads < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: forward THREADS ROUNDS\n");
    return 2;
  }
  try {
    std::puts(measure(static_cast<std::uint32_t>(threads), rounds).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "forward: %s\n", error.what());
    return 1;
  }
  return 0;
}
