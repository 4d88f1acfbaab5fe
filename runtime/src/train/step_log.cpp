#include "step_log.hpp"

#include <ingot/runtime/data/error.hpp>

#include <cerrno>
#include <cinttypes>
#include <cstdlib>
#include <fstream>
#include <string>

namespace ingot::runtime {
namespace {

// A killed run has logged steps that its checkpoint does not know; they will be done, and logged, again.
std::string kept_lines(const std::filesystem::path& path, std::uint64_t done) {
  std::string kept, line;
  std::ifstream file(path);
  while (done > 0 && std::getline(file, line) && !file.eof() && std::strtoull(line.c_str(), nullptr, 10) <= done) kept += line + '\n';
  return kept;
}

}  // namespace

StepLog::StepLog(const std::filesystem::path& path, std::uint64_t done) : path_(path) {
  const std::string kept = kept_lines(path, done);
  file_.reset(std::fopen(path.c_str(), "w"));
  if (!file_) throw machine_error("write", path.string(), errno);
  std::fwrite(kept.data(), 1, kept.size(), file_.get());
  flush();
}

void StepLog::add(std::uint64_t step, double loss) {
  if (file_) std::fprintf(file_.get(), "%" PRIu64 ",%.9g\n", step, loss);
}

void StepLog::flush() {
  if (!file_) return;
  if (std::fflush(file_.get()) != 0 || std::ferror(file_.get()) != 0) throw machine_error("write", path_.string(), errno);
}

}  // namespace ingot::runtime
