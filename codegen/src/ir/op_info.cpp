#include "ir/op_info.hpp"

#include <array>

namespace ingot::codegen {
namespace {

struct OpRow {
  std::string_view name;
  int arity;
  Family family;
};
constexpr OpRow op_rows[] = {
#define OP(name, arity, family) {#name, arity, Family::family},
#include "ir/op_table.def"
#undef OP
};
static_assert(std::size(op_rows) == op_count);

struct DTypeRow {
  std::string_view name;
  std::size_t size;
};
constexpr DTypeRow dtype_rows[] = {{"f32", 4}, {"f64", 8}, {"f16", 2}, {"bf16", 2}, {"u8", 1}, {"i32", 4}, {"bool", 1}};

constexpr const OpRow& row(Op op) { return op_rows[static_cast<std::size_t>(op)]; }

}  // namespace

std::string_view op_name(Op op) { return row(op).name; }
int op_arity(Op op) { return row(op).arity; }
Family op_family(Op op) { return row(op).family; }
std::string_view dtype_name(DType t) { return dtype_rows[static_cast<std::size_t>(t)].name; }
std::size_t dtype_size(DType t) { return dtype_rows[static_cast<std::size_t>(t)].size; }

std::optional<Op> find_op(std::string_view name) {
  for (std::size_t i = 0; i < std::size(op_rows); ++i)
    if (op_rows[i].name == name) return static_cast<Op>(i);
  return std::nullopt;
}

std::optional<DType> find_dtype(std::string_view name) {
  for (std::size_t i = 0; i < std::size(dtype_rows); ++i)
    if (dtype_rows[i].name == name) return static_cast<DType>(i);
  return std::nullopt;
}

bool is_decomposed(Op op) {
  switch (op) {
    case Op::relu:
    case Op::leaky_relu:
    case Op::elu:
    case Op::gelu:
    case Op::silu:
    case Op::dropout:
    case Op::softmax:
    case Op::log_softmax:
      return true;
    default:
      return op_family(op) == Family::loss || op_family(op) == Family::norm;
  }
}

bool not_differentiable(Op op) {
  switch (op) {
    case Op::sign:
    case Op::greater:
    case Op::greater_equal:
    case Op::equal:
    case Op::keep_mask:
    case Op::normal:
    case Op::winograd_kernel:  // these appear behind the sweep
    case Op::winograd_conv:
    case Op::winograd_kernel_gradient:
    case Op::conv_kernel_gradient:
    case Op::depthwise_kernel_gradient:
    case Op::max_pool_gradient:
    case Op::fold_rows:
    case Op::sparse_accuracy:
    case Op::categorical_accuracy:
    case Op::binary_accuracy:
    case Op::sparse_top_k_accuracy:
      return true;
    default:
      return op_family(op) == Family::leaf;
  }
}

bool is_commutative(Op op) {
  // not maximum and minimum: which of two zeros, or whether a NaN is returned, depends on the order
  return op == Op::add || op == Op::mul || op == Op::equal;
}

}  // namespace ingot::codegen
