#include "host/output_file.hpp"

#include "ir/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <unistd.h>

namespace ingot::codegen {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
  throw UserError("cannot write " + path.string() + ": " + std::strerror(error));
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

void write_output(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path temporary = path.string() + ".tmp." + std::to_string(::getpid());
  {
    const std::unique_ptr<std::FILE, Close> file(std::fopen(temporary.c_str(), "wb"));
    if (!file) fail(path, errno);
    const bool written = std::fwrite(content.data(), 1, content.size(), file.get()) == content.size();
    if (!written || std::fflush(file.get()) != 0 || ::fsync(::fileno(file.get())) != 0) {
      const int error = errno;
      std::remove(temporary.c_str());
      fail(path, error);
    }
  }
  if (std::rename(temporary.c_str(), path.c_str()) == 0) return;
  const int error = errno;
  std::remove(temporary.c_str());
  fail(path, error);
}

}  // namespace ingot::codegen
