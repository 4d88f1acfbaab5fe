#include <ingot/runtime/data/atomic_file.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/mapped_file.hpp>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace ingot::runtime {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& target) {
  return target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
}

// Process and counter: several threads and processes may write the same target at once, each with a file of its own.
std::filesystem::path temporary_name(const std::filesystem::path& target) {
  static std::atomic<unsigned> counter{0};
  return folder_of(target) / fmt::format(".{}.{}.{}.tmp", target.filename().string(), ::getpid(), counter++);
}

/// The process of a temporary_name; 0: it is none.
pid_t writer_of(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(".tmp")) return 0;
  name.remove_suffix(4);
  const std::size_t counter = name.rfind('.'), process = name.rfind('.', counter - 1);
  if (counter == std::string_view::npos || counter == 0 || process == std::string_view::npos) return 0;
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data() + process + 1, name.data() + counter, pid);
  return error == std::errc() && end == name.data() + counter && pid > 0 ? pid : 0;
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)), temporary_(temporary_name(target_)) {
  std::error_code ignored;
  if (std::filesystem::is_directory(target_, ignored))
    throw UserError(fmt::format("cannot write {}: it is a folder; name a file", target_.string()));
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw machine_error("write", target_.string(), errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* data, std::size_t bytes) {
  const auto* at = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t done = ::write(descriptor_, at, bytes);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) throw machine_error("write", target_.string(), done < 0 ? errno : EIO);
    at += done;
    bytes -= static_cast<std::size_t>(done);
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) throw machine_error("sync", target_.string(), errno);
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) throw machine_error("close", target_.string(), errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) throw machine_error("replace", target_.string(), errno);
  temporary_.clear();
  sync_folder(folder_of(target_));
}

void write_atomically(const std::filesystem::path& target, std::string_view content) {
  AtomicFile file(target);
  file.write(content);
  file.commit();
}

void remove_abandoned(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const pid_t writer = writer_of(entry.path().filename().string());
    if (writer > 0 && ::kill(writer, 0) != 0 && errno == ESRCH) std::filesystem::remove(entry.path(), ignored);
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw machine_error("open folder", folder.string(), errno);
  const int failed = ::fsync(descriptor) != 0 ? errno : 0;
  ::close(descriptor);
  // Some file systems have no folders to sync; the rename itself is done.
  if (failed != 0 && failed != EINVAL && failed != ENOTSUP) throw machine_error("sync folder", folder.string(), failed);
}

std::string read_whole_file(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  return {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()};
}

}  // namespace ingot::runtime
