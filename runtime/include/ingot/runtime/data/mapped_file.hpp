// A file as read-only memory. The file must not shrink while it is mapped.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

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

}  // namespace ingot::runtime
