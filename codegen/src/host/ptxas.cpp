#include "host/ptxas.hpp"

#include "ir/error.hpp"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <regex>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace ingot::codegen {

namespace fs = std::filesystem;

namespace {

/// A directory of our own that goes away.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string path = (fs::temp_directory_path() / "ingot-ptxas-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw UserError("cannot make a directory in " + fs::temp_directory_path().string());
    path_ = path;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Runs a program with all that it prints in a file; its exit status, -1 when it could not start.
int run(std::vector<std::string> words, const fs::path& output) {
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, argv[0], &files, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  int status = 0;
  if (failed != 0 || ::waitpid(child, &status, 0) < 0) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// "Function properties for NAME / 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads / Used 32 registers, ...".
std::vector<KernelResources> read_resources(const std::string& text) {
  static const std::regex row(
      "Function properties for (\\S+)\\s+(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads\\s+"
      "ptxas info\\s*: Used (\\d+) registers");
  std::vector<KernelResources> kernels;
  for (auto m = std::sregex_iterator(text.begin(), text.end(), row); m != std::sregex_iterator(); ++m)
    kernels.push_back({(*m)[1], std::stoi((*m)[5]), std::stoi((*m)[2]), std::stoi((*m)[3]), std::stoi((*m)[4])});
  return kernels;
}

}  // namespace

std::optional<fs::path> find_ptxas() {
  const char* path = std::getenv("PATH");
  for (std::string_view rest = path != nullptr ? path : ""; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    fs::path candidate = fs::path(rest.substr(0, end)) / "ptxas";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::string ptxas_version(const fs::path& ptxas) {
  const ScratchDirectory scratch;
  run({ptxas.string(), "--version"}, scratch / "words");
  const std::string words = read_file(scratch / "words");
  std::smatch m;
  return std::regex_search(words, m, std::regex("V(\\d+\\.\\d+\\.\\d+)")) ? m[1].str() : "";
}

Assembly assemble(const fs::path& ptxas, const std::string& ptx, int sm) {
  const ScratchDirectory scratch;
  const fs::path source = scratch / "kernels.ptx", cubin = scratch / "kernels.cubin", words = scratch / "words";
  std::ofstream(source, std::ios::binary) << ptx;
  const int status = run({ptxas.string(), "-v", "-arch=sm_" + std::to_string(sm), source.string(), "-o", cubin.string()}, words);
  const std::string text = read_file(words);
  if (status != 0) throw UserError(ptxas.string() + " failed for sm_" + std::to_string(sm) + ": " + text.substr(0, text.find('\n')));
  return {read_file(cubin), read_resources(text)};
}

}  // namespace ingot::codegen
