// Image files as rows that are decoded when they are asked for.
#pragma once
#include "data/workers.hpp"

#include <ingot/runtime/data/row_source.hpp>
#include <ingot/runtime/image/decode.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace ingot::runtime {

/// Decodes files into rows of the dtype of the model's input, INGOT_U8 or INGOT_F32.
class ImageRows final : public RowSource {
 public:
  ImageRows(const ImageFormat& format, std::uint32_t dtype, std::vector<std::filesystem::path> files, std::shared_ptr<Workers> workers)
      : format_(format), dtype_(dtype), files_(std::move(files)), workers_(std::move(workers)) {}

  [[nodiscard]] std::uint64_t row_bytes() const;
  void read(std::span<const std::uint32_t> rows, std::byte* to) const override;
  [[nodiscard]] std::uint64_t rows_at_once() const override;
  void read_row(std::uint32_t row, std::byte* to) const;

 private:
  ImageFormat format_;
  std::uint32_t dtype_;
  std::vector<std::filesystem::path> files_;
  std::shared_ptr<Workers> workers_;
};

}  // namespace ingot::runtime
