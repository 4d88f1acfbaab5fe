#include "schedule/layout.hpp"

namespace ingot::codegen {

namespace {
std::int64_t round_up(std::int64_t n, std::int64_t to) { return (n + to - 1) / to * to; }
}  // namespace

Layout make_layout(const Type& type, std::int64_t batch, const Target& target) {
  Layout l;
  l.dtype = type.dtype;
  l.batched = type.batched;
  l.valid_rows = type.rows;
  l.cols = type.cols;
  if (target.dense) {
    l.rows = type.batched ? type.rows * batch : type.rows;
    l.width = type.cols;
    return l;
  }
  const std::int64_t lanes = target.vector_bytes / static_cast<std::int64_t>(dtype_size(type.dtype));
  if (type.cols > 1) {
    l.lanes = lanes;
    l.width = type.cols > lanes ? 2 * lanes : lanes;
  }
  if (type.batched)
    l.rows = type.rows * batch + max_row_tile;
  else if (type.rows > 1)
    l.rows = round_up(type.rows, 2 * lanes);  // a transposed panel reads whole panels of rows
  return l;
}

}  // namespace ingot::codegen
