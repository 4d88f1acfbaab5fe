#include <ingot/runtime/data/mapped_file.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ingot::runtime {
namespace {

int open_for_reading(const std::filesystem::path& path) {
  // O_NONBLOCK: a pipe must be refused below, not waited for.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor >= 0) return descriptor;
  if (errno == ENOENT || errno == ENOTDIR) throw UserError(fmt::format("there is no file {}", path.string()));
  throw machine_error("read", path.string(), errno);
}

struct Closer {
  int descriptor;
  ~Closer() { ::close(descriptor); }
};

std::size_t size_of(const Closer& file, const std::filesystem::path& path) {
  struct stat status{};
  if (::fstat(file.descriptor, &status) != 0) throw machine_error("read", path.string(), errno);
  if (!S_ISREG(status.st_mode)) throw UserError(fmt::format("{} is not a regular file", path.string()));
  return static_cast<std::size_t>(status.st_size);
}

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const Closer file{open_for_reading(path)};
  const std::size_t size = size_of(file, path);
  std::shared_ptr<MappedFile> mapped(new MappedFile);
  if (size == 0) return mapped;
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0);
  if (memory == MAP_FAILED) throw machine_error("map", path.string(), errno);
  mapped->data_ = static_cast<const std::byte*>(memory);
  mapped->size_ = size;
  return mapped;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

void read_file(const std::filesystem::path& path, std::vector<std::byte>& content) {
  const Closer file{open_for_reading(path)};
  content.resize(size_of(file, path));
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = ::read(file.descriptor, content.data() + done, content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw machine_error("read", path.string(), errno);
    if (got == 0) break;  // it has become shorter meanwhile
    done += static_cast<std::size_t>(got);
  }
  content.resize(done);
}

}  // namespace ingot::runtime
