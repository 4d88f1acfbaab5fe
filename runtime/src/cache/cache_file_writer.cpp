// Cache files while they are filled.
#include "cache/cache_layout.hpp"

#include <fmt/format.h>
#include <ingot/runtime/cache/cache_file.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ingot::runtime {
namespace {

// The locked file at `path`, or -1: another process holds it. Between opening and locking the file may have been finished by its owner,
// and then has another name.
int lock_part(const std::filesystem::path& path) {
  while (true) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) throw machine_error("write", path.string(), errno);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int why = errno;
      ::close(descriptor);
      if (why == EWOULDBLOCK) return -1;
      throw machine_error("lock", path.string(), why);
    }
    struct stat opened{}, named{};
    if (::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
        opened.st_dev == named.st_dev)
      return descriptor;
    ::close(descriptor);
  }
}

}  // namespace

std::unique_ptr<CacheFileWriter> CacheFileWriter::begin(const std::filesystem::path& folder, const CacheKey& key,
                                                        const CacheExtents& extents) {
  (void)cache_file_bytes(extents);  // throws when they cannot be counted
  if (extents.row_bytes.size() > CacheExtents::max_tables) throw std::logic_error("a cache file of too many tables");
  std::unique_ptr<CacheFileWriter> writer(new CacheFileWriter);
  const std::filesystem::path part = folder / (key.text() + cache_part_ending);
  writer->descriptor_ = lock_part(part);
  if (writer->descriptor_ < 0) return nullptr;
  writer->part_ = part;
  writer->target_ = cache_file_path(folder, key);
  writer->key_ = key.words();
  writer->extents_ = extents;
  writer->offsets_ = *cache_offsets(extents);
  const std::uint64_t size = writer->offsets_.back();
  // First to nothing: what a killed process left is no part of the new file.
  if (::ftruncate(writer->descriptor_, 0) != 0 || ::ftruncate(writer->descriptor_, static_cast<off_t>(size)) != 0)
    throw machine_error("write", part.string(), errno);
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, writer->descriptor_, 0);
  if (memory == MAP_FAILED) throw machine_error("map", part.string(), errno);
  writer->memory_ = static_cast<const std::byte*>(memory);
  return writer;
}

CacheFileWriter::~CacheFileWriter() {
  if (memory_ != nullptr) ::munmap(const_cast<std::byte*>(memory_), offsets_.back());
  if (descriptor_ < 0) return;
  if (!finished_) ::unlink(part_.c_str());
  ::close(descriptor_);
}

// With pwrite, not through the mapping: a full disk is then an error, and no signal.
void CacheFileWriter::put(const void* data, std::size_t bytes, std::uint64_t offset) {
  const auto* at = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t done = ::pwrite(descriptor_, at, bytes, static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) throw machine_error("write", part_.string(), done < 0 ? errno : EIO);
    at += done;
    offset += static_cast<std::uint64_t>(done);
    bytes -= static_cast<std::size_t>(done);
  }
}

void CacheFileWriter::write(std::size_t table, std::uint64_t first_row, std::span<const std::byte> rows) {
  put(rows.data(), rows.size(), offsets_[table] + first_row * extents_.row_bytes[table]);
}

const std::byte* CacheFileWriter::row(std::size_t table, std::uint64_t row) const {
  return memory_ + offsets_[table] + row * extents_.row_bytes[table];
}

void CacheFileWriter::finish(const std::string& description, std::uint32_t threads) {
  const std::uint64_t tail_at = offsets_.back();
  std::vector<std::uint64_t> checks = block_checks({memory_ + cache_page, tail_at - cache_page}, threads);
  const std::size_t check_bytes = checks.size() * sizeof(std::uint64_t);
  CacheHeader header{};
  std::memcpy(header.magic, cache_magic, sizeof header.magic);
  header.version = cache_version;
  header.tables = static_cast<std::uint32_t>(extents_.row_bytes.size());
  std::copy(key_.begin(), key_.end(), header.key);
  header.rows = extents_.rows;
  header.description_bytes = description.size();
  std::copy(extents_.row_bytes.begin(), extents_.row_bytes.end(), header.row_bytes);
  header.tail_check = ContentHash().add(checks.data(), check_bytes).add(description).digest();
  header.header_check = header_check(header);
  put(checks.data(), check_bytes, tail_at);
  put(description.data(), description.size(), tail_at + check_bytes);
  put(&header, sizeof header, 0);
  if (::fsync(descriptor_) != 0) throw machine_error("sync", part_.string(), errno);
  if (::rename(part_.c_str(), target_.c_str()) != 0) throw machine_error("replace", target_.string(), errno);
  finished_ = true;
  sync_folder(target_.parent_path());
}

}  // namespace ingot::runtime
