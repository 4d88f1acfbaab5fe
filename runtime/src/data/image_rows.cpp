#include "data/image_rows.hpp"

#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/mapped_file.hpp>

#include <algorithm>

namespace ingot::runtime {

namespace {

constexpr std::uint64_t rows_per_thread = 8;  // in one request: threads end at about the same time

}  // namespace

std::uint64_t ImageRows::row_bytes() const { return format_.bytes() * dtype_bytes(dtype_); }

void ImageRows::read(std::span<const std::uint32_t> rows, std::byte* to) const {
  workers_->run(rows.size(), [&](std::size_t i) { read_row(rows[i], to + i * row_bytes()); });
}

std::uint64_t ImageRows::rows_at_once() const { return workers_->threads() * rows_per_thread; }

void ImageRows::read_row(std::uint32_t row, std::byte* to) const {
  thread_local std::vector<std::byte> file;
  read_file(files_.at(row), file);
  const std::string name = files_[row].string();
  if (dtype_ == INGOT_U8) return decode_image(file, name, format_, reinterpret_cast<std::uint8_t*>(to));
  std::vector<std::uint8_t> pixels(format_.bytes());
  decode_image(file, name, format_, pixels.data());
  std::ranges::copy(pixels, reinterpret_cast<float*>(to));
}

}  // namespace ingot::runtime
