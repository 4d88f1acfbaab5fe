#include "schedule/layout.hpp"

#include "ir/op_info.hpp"

namespace ingot::codegen {

namespace {
std::int64_t round_up(std::int64_t n, std::int64_t to) { return (n + to - 1) / to * to; }
}  // namespace

std::int64_t vector_lanes(DType t, const Target& target) {
  return target.vector_bytes / static_cast<std::int64_t>(dtype_size(accumulated(t)));
}

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
  const std::int64_t lanes = vector_lanes(type.dtype, target);
  if (type.cols > 1) {
    l.lanes = lanes;
    l.width = type.cols > lanes ? 2 * lanes : lanes;
  }
  if (type.batched)
    l.rows = round_up(type.rows * batch, is_low(type.dtype) ? 2 : 1) + max_row_tile;  // low ones may lie in pairs
  else if (type.rows > 1)
    l.rows = round_up(type.rows, 2 * lanes);  // a transposed panel reads whole panels of rows
  return l;
}

}  // namespace ingot::codegen
