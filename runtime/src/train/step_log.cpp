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
std::uint64_t kept_bytes(const std::filesystem::path& path, std::uint64_t done) {
  std::uint64_t kept = 0;
  std::string line;
  std::ifstream file(path);
  while (done > 0 && std::getline(file, line) && !file.eof() && std::strtoull(line.c_str(), nullptr, 10) <= done) kept += line.size() + 1;
  return kept;
}

}  // namespace

StepLog::StepLog(const std::filesystem::path& path, std::uint64_t done) : path_(path) {
  // cut, not written again: a kill must not cost the lines that stay
  std::error_code error, none;
  if (std::filesystem::is_regular_file(path, none)) std::filesystem::resize_file(path, kept_bytes(path, done), error);
  if (error) throw machine_error("shorten", path.string(), error.value());
  file_.reset(std::fopen(path.c_str(), "a"));
  if (!file_) throw machine_error("write", path.string(), errno);
}

void StepLog::add(std::uint64_t step, double loss) {
  if (file_) std::fprintf(file_.get(), "%" PRIu64 ",%.9g\n", step, loss);
}

void StepLog::flush() {
  if (!file_) return;
  if (std::fflush(file_.get()) != 0 || std::ferror(file_.get()) != 0) throw machine_error("write", path_.string(), errno);
}

}  // namespace ingot::runtime
