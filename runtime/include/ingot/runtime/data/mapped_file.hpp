// Files as read-only memory, mapped or read. A file must not shrink while it is mapped.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace ingot::runtime {

class MappedFile {
 public:
  /// Throws UserError when there is no such regular file, MachineError when it cannot be opened or mapped. Empty files are fine.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }

 private:
  MappedFile() = default;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// The content of a file, in memory that can be used for one file after the other: for many small files, as every mapping that goes away
/// stops all other threads for a moment. Errors are those of MappedFile::open.
void read_file(const std::filesystem::path& path, std::vector<std::byte>& content);

}  // namespace ingot::runtime
