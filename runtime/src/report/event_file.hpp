// A file of records as TensorFlow frames them (tensorflow/core/lib/io/record_writer.cc): length (u64), masked CRC-32C of the length,
// the bytes, masked CRC-32C of the bytes; all little-endian. TensorBoard follows such a file while it grows.
#pragma once
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace ingot::runtime {

/// CRC-32C (Castagnoli) rotated by 15 bits plus 0xa282ead8, as records carry it.
[[nodiscard]] std::uint32_t masked_crc32c(std::string_view bytes);
/// The record with its frame.
[[nodiscard]] std::string framed_record(std::string_view bytes);

class EventFile {
 public:
  EventFile() = default;
  /// Opens for appending, behind the leading whole records for which `keep` holds; what follows them (a record cut by a kill, steps that
  /// a resumed run repeats) is removed. Throws MachineError.
  EventFile(std::filesystem::path path, const std::function<bool(std::string_view record)>& keep);

  /// Whether no record was kept.
  [[nodiscard]] bool fresh() const noexcept { return kept_ == 0; }
  /// Appends one record; it is in the file when the call returns. Throws MachineError.
  void append(std::string_view record);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t kept_ = 0;  ///< bytes
};

/// Bytes of the leading whole records of `content` for which `keep` holds.
[[nodiscard]] std::uint64_t kept_bytes(std::string_view content, const std::function<bool(std::string_view record)>& keep);

}  // namespace ingot::runtime
