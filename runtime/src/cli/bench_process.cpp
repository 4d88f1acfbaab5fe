#include "cli/bench_process.hpp"

#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ingot::runtime::cli {
namespace {

namespace fs = std::filesystem;

constexpr int start_repeats = 10;
constexpr const char* self = "/proc/self/exe";

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "ingot-bench-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw machine_error("make the folder", name, errno);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// A new source each time: a source keeps what it has compiled.
double compile_ms(const ingot_model& model, const Point& point, std::uint32_t batch, const std::string& target, const fs::path& cache) {
  ProgramSourceOptions options;
  options.cache_dir = cache;
  ProgramSource source(model, options);
  ProgramRequest request;
  request.batch = batch;
  request.target = target;
  return source.get(point, request).compile_ms;
}

bool run_help() {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  char name[] = "bench", help[] = "--help";
  char* arguments[] = {name, help, nullptr};
  pid_t child = 0;
  int status = -1;
  const int error = posix_spawn(&child, self, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

std::pair<std::optional<double>, std::optional<double>> compile_times(const ingot_model& model, const Point& point, std::uint32_t batch,
                                                                      const std::string& target) {
  const TemporaryFolder warm_up, measured;
  try {
    compile_ms(model, point, batch, target, warm_up.path());
    const double cold = compile_ms(model, point, batch, target, measured.path());
    return {cold, compile_ms(model, point, batch, target, measured.path())};
  } catch (const UserError&) {
    return {};
  }
}

std::optional<double> startup_ms() {
  std::optional<double> best;
  for (int i = 0; i < start_repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!run_help()) return std::nullopt;
    const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    best = std::min(best.value_or(ms), ms);
  }
  return best;
}

std::uint64_t executable_bytes() {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(fs::canonical(self, error), error);
  return error ? 0 : bytes;
}

}  // namespace ingot::runtime::cli
