#include "report/event_file.hpp"

#include "data/byte_order.hpp"

#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>

#include <array>
#include <cerrno>

namespace ingot::runtime {
namespace {

constexpr std::size_t length_bytes = 8, crc_bytes = 4;

constexpr std::array<std::uint32_t, 256> crc_table() {
  constexpr std::uint32_t reflected_polynomial = 0x82f63b78u;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1u ? crc >> 1 ^ reflected_polynomial : crc >> 1;
    table[i] = crc;
  }
  return table;
}

template <class T>
T number_at(std::string_view bytes) {
  return load_little<T>(reinterpret_cast<const std::byte*>(bytes.data()));
}

}  // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> table = crc_table();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xffu] ^ crc >> 8;
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

std::string framed_record(std::string_view bytes) {
  const std::string length = little_bytes(static_cast<std::uint64_t>(bytes.size()));
  return length + little_bytes(masked_crc32c(length)) + std::string(bytes) + little_bytes(masked_crc32c(bytes));
}

std::uint64_t kept_bytes(std::string_view content, const std::function<bool(std::string_view record)>& keep) {
  std::uint64_t kept = 0;
  for (std::string_view rest = content; rest.size() >= length_bytes + 2 * crc_bytes;) {
    const auto length = number_at<std::uint64_t>(rest);
    if (masked_crc32c(rest.substr(0, length_bytes)) != number_at<std::uint32_t>(rest.substr(length_bytes))) break;
    rest.remove_prefix(length_bytes + crc_bytes);
    if (rest.size() < crc_bytes || length > rest.size() - crc_bytes) break;
    const std::string_view record = rest.substr(0, length);
    if (masked_crc32c(record) != number_at<std::uint32_t>(rest.substr(length)) || !keep(record)) break;
    rest.remove_prefix(length + crc_bytes);
    kept = content.size() - rest.size();
  }
  return kept;
}

EventFile::EventFile(std::filesystem::path path, const std::function<bool(std::string_view record)>& keep) : path_(std::move(path)) {
  std::error_code error;
  if (std::filesystem::exists(path_, error)) {
    kept_ = kept_bytes(read_whole_file(path_), keep);
    std::filesystem::resize_file(path_, kept_, error);
    if (error) throw machine_error("shorten", path_.string(), error.value());
  }
  file_.reset(std::fopen(path_.c_str(), "ab"));
  if (!file_) throw machine_error("write", path_.string(), errno);
}

void EventFile::append(std::string_view record) {
  const std::string bytes = framed_record(record);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size() && std::fflush(file_.get()) == 0;
  if (!written) throw machine_error("write", path_.string(), errno);
}

}  // namespace ingot::runtime
