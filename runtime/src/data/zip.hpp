// The part of the zip format that .npz files use: stored and deflated members below 4 GiB, no encryption, one volume. (APPNOTE 6.3)
// All damage is a UserError with file, member and offset; sizes are checked against the file before memory is taken.
#pragma once
#include <ingot/runtime/data/mapped_file.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::runtime {

class ZipReader {
 public:
  struct Member {
    std::string name;
    std::uint32_t method = 0, checksum = 0;
    std::uint64_t packed = 0, size = 0, header_offset = 0;
  };
  explicit ZipReader(const std::filesystem::path& path);
  [[nodiscard]] const std::vector<Member>& members() const noexcept { return members_; }
  /// The `size` bytes of a member, aligned to 64; the checksum was right.
  [[nodiscard]] std::shared_ptr<std::byte> unpack(const Member& member) const;
  /// "data.npz: x_train.npy"
  [[nodiscard]] std::string where(const Member& member) const { return name_ + ": " + member.name; }

 private:
  void read_directory(std::uint64_t offset, std::uint64_t bytes, std::uint32_t count);
  [[nodiscard]] std::uint64_t read_member(std::uint64_t offset, std::uint64_t end);
  static void read_wide_sizes(Member& member, const std::byte* extra, std::size_t bytes);
  [[nodiscard]] std::span<const std::byte> packed_bytes(const Member& member) const;

  std::string name_;
  std::shared_ptr<const MappedFile> file_;
  std::vector<Member> members_;
};

/// Appends stored members; the text is a whole archive after finish().
class ZipWriter {
 public:
  /// `pieces` are written one after the other as the member's content.
  void add(const std::string& name, std::span<const std::string_view> pieces);
  /// Throws UserError when the archive would exceed 4 GiB.
  std::string finish();

 private:
  std::string text_, directory_;
  std::uint32_t members_ = 0;
};

}  // namespace ingot::runtime
