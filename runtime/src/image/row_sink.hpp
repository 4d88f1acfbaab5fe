// What a decoder hands its rows to.
#pragma once
#include "image/exif.hpp"

#include <cstdint>

namespace ingot::runtime {

/// begin() once, then for every row from the top: fill the bytes at row(), commit().
class RowSink {
 public:
  virtual ~RowSink() = default;
  /// Channels of a row, 1 or 3: known before the header is.
  [[nodiscard]] virtual std::uint32_t channels() const = 0;
  virtual void begin(std::uint32_t height, std::uint32_t width, Orientation orientation) = 0;
  [[nodiscard]] virtual std::uint8_t* row() = 0;
  virtual void commit() = 0;
};

}  // namespace ingot::runtime
