// Times "bound graph to cubin in memory" for new variants of the sample `fashion`: training's entries, batch 32, for compute
// capability 9.0, with an empty cache and with what that left there. Prints one JSON object with the medians; CPU times are those of this
// process and of ptxas together.
//
// usage: device_compile ROUNDS
#include "cli/json_writer.hpp"

#include <ingot/runtime/model/program.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

extern "C" const ingot_model ingot_model_fashion;

using namespace ingot::runtime;

namespace {

constexpr const char* device = "cuda:sm_90";

double cpu_ms() {
  double ms = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used = {};
    getrusage(who, &used);
    for (const timeval& t : {used.ru_utime, used.ru_stime})
      ms += static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) * 1e-3;
  }
  return ms;
}

struct Times {
  std::vector<double> wall, cpu;
};

/// Compiles `units` hidden units; what a source has compiled it keeps, so each call has its own.
void compile(int units, const std::filesystem::path& cache, Times& times) {
  ProgramSource source(ingot_model_fashion, {true, cache, {}});
  Point point(ingot_model_fashion);
  point.set("units=" + std::to_string(units));
  ProgramRequest request;
  request.batch = 32;
  request.target = device;
  const double before = cpu_ms();
  const Program program = source.get(point, request);
  times.cpu.push_back(cpu_ms() - before);
  times.wall.push_back(program.compile_ms);
  const bool has_cubin = std::any_of(program.device->images, program.device->images + program.device->n_images,
                                     [](const ingot_device_image& image) { return image.kind == INGOT_IMAGE_CUBIN; });
  if (!has_cubin) throw std::runtime_error("there is no cubin: ptxas is not on PATH");
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(int rounds) {
  const std::filesystem::path cache = std::filesystem::temp_directory_path() / ("ingot_device_compile_" + std::to_string(::getpid()));
  Times warm_up, cold, cached;
  compile(64, cache, warm_up);  // loads the library
  for (int round = 0; round < rounds; ++round)
    for (const int units : {96, 160, 288}) {
      std::filesystem::remove_all(cache);
      compile(units, cache, cold);
      compile(units, cache, cached);
    }
  std::filesystem::remove_all(cache);
  cli::JsonWriter w;
  w.begin_object().add("cold_ms", median(cold.wall)).add("cold_cpu_ms", median(cold.cpu));
  w.add("cached_ms", median(cached.wall)).add("cached_cpu_ms", median(cached.cpu));
  std::printf("%s\n", w.end_object().text().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    measure(argc == 2 ? std::atoi(argv[1]) : 1);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
