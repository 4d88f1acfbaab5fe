// Windows that are reduced channel by channel (pools, depthwise convolutions) and their way back to the pixels. All is vectors of
// channels; small windows are unrolled.
#include "llvm/emitter.hpp"

#include <llvm/IR/Intrinsics.h>

#include <limits>

namespace ingot::codegen {

using llvm::Value;

namespace {
constexpr std::int64_t most_unrolled_cells = 9;
}

// ---- positions

Value* KernelEmitter::row_address(int a, Value* panel, Value* row, int vector) {
  const Layout& l = k_.argument(a);
  Value* at = b_.CreateMul(row, i64(l.width));
  if (l.cols > 1) at = b_.CreateAdd(at, b_.CreateAdd(b_.CreateMul(panel, i64(l.panel_stride())), i64(vector * l.lanes)));
  return offset(argument(a), l.dtype, at);
}

Value* KernelEmitter::load_row(int a, Value* panel, Value* row, int vector) {
  const Layout& l = k_.argument(a);
  return widened(b_.CreateAlignedLoad(vector_type(l.dtype, l.lanes), row_address(a, panel, row, vector), vector_align(l)), l.dtype);
}

Value* KernelEmitter::where(Value* valid, Value* v, Value* otherwise) {
  return valid == nullptr ? v : b_.CreateSelect(valid, v, otherwise);
}

/// The pixel under a cell; where that is padding, some pixel of the image, and `valid` is false.
KernelEmitter::Cell KernelEmitter::find_cell(Value* sample, Value* y, Value* x, Value* cell_y, Value* cell_x) {
  const Window& w = k_.window();
  Cell cell;
  cell.number = b_.CreateAdd(b_.CreateMul(cell_y, i64(w.kernel_w)), cell_x);
  const auto axis = [&](Value* out, Value* at, std::int64_t stride, std::int64_t dilation, std::int64_t pad, std::int64_t spread,
                        std::int64_t n) {
    Value* p = b_.CreateSub(add({b_.CreateMul(out, i64(stride)), b_.CreateMul(at, i64(dilation))}), i64(pad));
    if (w.inside()) return p;
    Value* pixel = spread == 1 ? p : b_.CreateSDiv(p, i64(spread));
    Value* ok = all_of({b_.CreateICmpSGE(p, i64(0)), b_.CreateICmpSLT(pixel, i64(n))});
    if (spread > 1) ok = b_.CreateAnd(ok, b_.CreateICmpEQ(b_.CreateSRem(p, i64(spread)), i64(0)));
    cell.valid = cell.valid == nullptr ? ok : b_.CreateAnd(cell.valid, ok);
    return b_.CreateSelect(ok, pixel, i64(0));
  };
  Value* from_y = axis(y, cell_y, w.stride_h, w.dilation_h, w.pad_top, w.spread_h, w.in_h);
  Value* from_x = axis(x, cell_x, w.stride_w, w.dilation_w, w.pad_left, w.spread_w, w.in_w);
  cell.row = add({b_.CreateMul(sample, i64(w.in_pixels())), b_.CreateAdd(b_.CreateMul(from_y, i64(w.in_w)), from_x)});
  return cell;
}

void KernelEmitter::for_outputs(const std::function<void(Value*, Value*, Value*, Value*)>& body) {
  const Window& w = k_.window();
  Value *begin, *end;
  sample_range(begin, end);
  loop(begin, end, 1, [&](Value* sample) {
    nested_loop(domain_.panels(), [&](Value* panel) {
      nested_loop(w.out_h, [&](Value* y) { nested_loop(w.out_w, [&](Value* x) { body(panel, sample, y, x); }); });
    });
  });
}

void KernelEmitter::fold_cells(std::vector<Value*>& acc, const std::function<void(Value*, Value*, std::vector<Value*>&)>& body) {
  const Window& w = k_.window();
  if (w.cells() <= most_unrolled_cells) {
    for (std::int64_t y = 0; y < w.kernel_h; ++y)
      for (std::int64_t x = 0; x < w.kernel_w; ++x) body(i64(y), i64(x), acc);
    return;
  }
  accumulate_over(acc, i64(w.kernel_h), [&](Value* y, std::vector<Value*>& sums) {
    accumulate_over(sums, i64(w.kernel_w), [&](Value* x, std::vector<Value*>& s) { body(y, x, s); });
  });
}

/// Cells of a window that are no padding, as a number of the domain's dtype; 1 where there are none, so that sums of none stay 0.
Value* KernelEmitter::count_cells(Value* y, Value* x) {
  const Window& w = k_.window();
  auto* type = element_type(k_.domain.dtype);
  if (w.inside()) return real(type, static_cast<double>(w.cells()));
  std::vector<Value*> count{real(type, 0)};
  fold_cells(count, [&](Value* cell_y, Value* cell_x, std::vector<Value*>& n) {
    n[0] = b_.CreateFAdd(n[0], b_.CreateUIToFP(find_cell(i64(0), y, x, cell_y, cell_x).valid, type));
  });
  Value* one = real(type, 1);
  return b_.CreateSelect(b_.CreateFCmpOGT(count[0], one), count[0], one);
}

// ---- forward

void KernelEmitter::emit_pool() {
  for_outputs([&](Value* panel, Value* sample, Value* y, Value* x) { pool_row(panel, sample, y, x); });
}

void KernelEmitter::pool_row(Value* panel, Value* sample, Value* y, Value* x) {
  const KernelNode& n = k_.node(k_.anchor);
  const Window& w = k_.window();
  const int image = k_.node(n.in[0]).load;
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  auto* type = vector_type(accumulated(n.type.dtype), domain_.lanes);
  Value* neutral = real(type, n.op == Op::max_pool ? -std::numeric_limits<double>::infinity() : 0.0);
  std::vector<Value*> acc(vectors, neutral);
  fold_cells(acc, [&](Value* cell_y, Value* cell_x, std::vector<Value*>& a) {
    const Cell cell = find_cell(sample, y, x, cell_y, cell_x);
    for (std::size_t v = 0; v < vectors; ++v) {
      Value* p = where(cell.valid, load_row(image, panel, cell.row, static_cast<int>(v)), neutral);
      if (n.op == Op::max_pool)
        a[v] = b_.CreateSelect(b_.CreateFCmpOGT(a[v], p), a[v], p);
      else if (n.op == Op::avg_pool)
        a[v] = b_.CreateFAdd(a[v], p);
      else
        a[v] = fma(p, load_row(k_.node(n.in[1]).load, panel, cell.number, static_cast<int>(v)), a[v]);
    }
  });
  if (n.op == Op::avg_pool) {
    Value* count = splat(count_cells(y, x), domain_.lanes);
    for (Value*& sum : acc) sum = b_.CreateFDiv(sum, count);
  }
  Value* row = add({b_.CreateMul(sample, i64(w.out_pixels())), b_.CreateAdd(b_.CreateMul(y, i64(w.out_w)), x)});
  forget();
  for (std::size_t v = 0; v < vectors; ++v) memo_[anchor_key(0, v)] = narrowed(acc[v], n.type.dtype);
  for (std::size_t v = 0; v < vectors; ++v) store_at({panel, row, 0, static_cast<int>(v)});
}

// ---- backward

void KernelEmitter::emit_pool_gradient() {
  const Window& w = k_.window();
  if (w.disjoint()) {
    for_outputs([&](Value* panel, Value* sample, Value* y, Value* x) { spread_disjoint(panel, sample, y, x); });
    Value *begin, *end;
    sample_range(begin, end);
    if (w.out_h * w.kernel_h < w.in_h || w.out_w * w.kernel_w < w.in_w)
      loop(begin, end, 1, [&](Value* sample) { nested_loop(domain_.panels(), [&](Value* panel) { uncovered_pixels(panel, sample); }); });
    return;
  }
  const int output = k_.stores.front().argument;
  Value *begin, *end;
  row_range(begin, end);
  nested_loop(domain_.panels(), [&](Value* panel) {
    loop(begin, end, 1, [&](Value* row) {
      for (int v = 0; v < domain_.vectors(); ++v)
        b_.CreateAlignedStore(llvm::Constant::getNullValue(vector_type(k_.domain.dtype, domain_.lanes)), row_address(output, panel, row, v),
                              vector_align(domain_));
    });
  });
  for_outputs([&](Value* panel, Value* sample, Value* y, Value* x) { spread_overlapping(panel, sample, y, x); });
}

/// Windows side by side: each pixel is written once, with whatever was fused behind.
void KernelEmitter::spread_disjoint(Value* panel, Value* sample, Value* y, Value* x) {
  const KernelNode& n = k_.node(k_.anchor);
  const Window& w = k_.window();
  const bool maximum = n.op == Op::max_pool_gradient;
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  Value* row = add({b_.CreateMul(sample, i64(w.out_pixels())), b_.CreateAdd(b_.CreateMul(y, i64(w.out_w)), x)});
  const int gradient = k_.node(n.in.back()).load;
  std::vector<Value*> dy, open;  // open: where no cell has attained the maximum yet
  auto* mask = domain_.lanes == 1 ? static_cast<llvm::Type*>(b_.getInt1Ty())
                                  : llvm::FixedVectorType::get(b_.getInt1Ty(), static_cast<unsigned>(domain_.lanes));
  for (std::size_t v = 0; v < vectors; ++v) {
    dy.push_back(load_row(gradient, panel, row, static_cast<int>(v)));
    if (!maximum) dy[v] = b_.CreateFMul(dy[v], real(dy[v]->getType(), 1.0 / static_cast<double>(w.cells())));
    if (maximum) open.push_back(llvm::ConstantInt::get(mask, 1));
  }
  std::vector<Value*> best;
  if (maximum)
    for (std::size_t v = 0; v < vectors; ++v) best.push_back(load_row(k_.node(n.in[1]).load, panel, row, static_cast<int>(v)));
  fold_cells(open, [&](Value* cell_y, Value* cell_x, std::vector<Value*>& o) {
    const Cell cell = find_cell(sample, y, x, cell_y, cell_x);
    std::vector<Value*> part = dy;
    for (std::size_t v = 0; v < vectors && maximum; ++v) {
      Value* here = b_.CreateAnd(o[v], b_.CreateFCmpOEQ(load_row(k_.node(n.in[0]).load, panel, cell.row, static_cast<int>(v)), best[v]));
      part[v] = b_.CreateSelect(here, dy[v], llvm::Constant::getNullValue(dy[v]->getType()));
      o[v] = b_.CreateAnd(o[v], b_.CreateNot(here));
    }
    forget();
    for (std::size_t v = 0; v < vectors; ++v) memo_[anchor_key(0, v)] = narrowed(part[v], n.type.dtype);
    for (std::size_t v = 0; v < vectors; ++v) store_at({panel, cell.row, 0, static_cast<int>(v)});
    forget();
  });
}

/// Pixels at the bottom and right that no window covers: their gradient is 0.
void KernelEmitter::uncovered_pixels(Value* panel, Value* sample) {
  const Window& w = k_.window();
  const auto clear = [&](std::int64_t y0, std::int64_t y1, std::int64_t x0, std::int64_t x1) {
    loop(i64(y0), i64(y1), 1, [&](Value* y) {
      loop(i64(x0), i64(x1), 1, [&](Value* x) {
        Value* row = add({b_.CreateMul(sample, i64(w.in_pixels())), b_.CreateAdd(b_.CreateMul(y, i64(w.in_w)), x)});
        forget();
        for (int v = 0; v < domain_.vectors(); ++v)
          memo_[anchor_key(0, static_cast<std::size_t>(v))] = llvm::Constant::getNullValue(vector_type(k_.domain.dtype, domain_.lanes));
        for (int v = 0; v < domain_.vectors(); ++v) store_at({panel, row, 0, v});
      });
    });
  };
  const std::int64_t covered_h = static_cast<std::int64_t>(w.out_h) * w.kernel_h,
                     covered_w = static_cast<std::int64_t>(w.out_w) * w.kernel_w;
  clear(0, covered_h, covered_w, w.in_w);
  clear(covered_h, w.in_h, 0, w.in_w);
}

/// Adds to the pixels of one window, after those before it; padding gets 0.
void KernelEmitter::spread_overlapping(Value* panel, Value* sample, Value* y, Value* x) {
  const KernelNode& n = k_.node(k_.anchor);
  const Window& w = k_.window();
  const bool maximum = n.op == Op::max_pool_gradient;
  const int output = k_.stores.front().argument;
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  Value* row = add({b_.CreateMul(sample, i64(w.out_pixels())), b_.CreateAdd(b_.CreateMul(y, i64(w.out_w)), x)});
  std::vector<Value*> dy, best;
  for (std::size_t v = 0; v < vectors; ++v) {
    dy.push_back(load_row(k_.node(n.in.back()).load, panel, row, static_cast<int>(v)));
    if (maximum) best.push_back(load_row(k_.node(n.in[1]).load, panel, row, static_cast<int>(v)));
  }
  if (!maximum) {
    Value* count = splat(count_cells(y, x), domain_.lanes);
    for (Value*& d : dy) d = b_.CreateFDiv(d, count);
  }
  // what is left to give: all of dy to the first cell that attains the maximum
  std::vector<Value*> left = dy;
  Value* zero = llvm::Constant::getNullValue(dy[0]->getType());
  fold_cells(left, [&](Value* cell_y, Value* cell_x, std::vector<Value*>& l) {
    const Cell cell = find_cell(sample, y, x, cell_y, cell_x);
    for (std::size_t v = 0; v < vectors; ++v) {
      Value* part = where(cell.valid, l[v], zero);
      if (maximum) {
        Value* here = b_.CreateFCmpOEQ(load_row(k_.node(n.in[0]).load, panel, cell.row, static_cast<int>(v)), best[v]);
        part = b_.CreateSelect(here, part, zero);
        Value* gone = cell.valid == nullptr ? here : b_.CreateAnd(here, splat_mask(cell.valid));
        l[v] = b_.CreateSelect(gone, zero, l[v]);
      }
      Value* at = row_address(output, panel, cell.row, static_cast<int>(v));
      b_.CreateAlignedStore(b_.CreateFAdd(b_.CreateAlignedLoad(part->getType(), at, vector_align(domain_)), part), at,
                            vector_align(domain_));
    }
  });
}

Value* KernelEmitter::splat_mask(Value* valid) { return splat(valid, domain_.lanes); }

// ---- fold

void KernelEmitter::emit_fold() {
  const int stack = k_.node(k_.node(k_.anchor).in[0]).load;
  const std::int64_t parts = k_.argument(stack).valid_rows / k_.domain.rows;
  Value *begin, *end;
  row_range(begin, end);
  for_panels([&](Value* panel) {
    loop(begin, end, 1, [&](Value* row) {
      std::vector<Value*> acc(static_cast<std::size_t>(domain_.vectors()));
      for (std::size_t v = 0; v < acc.size(); ++v) acc[v] = load_row(stack, panel, row, static_cast<int>(v));
      for (std::int64_t part = 1; part < parts; ++part)
        for (std::size_t v = 0; v < acc.size(); ++v)
          acc[v] = b_.CreateFAdd(acc[v], load_row(stack, panel, b_.CreateAdd(row, i64(part * k_.domain.rows)), static_cast<int>(v)));
      forget();
      for (std::size_t v = 0; v < acc.size(); ++v) memo_[anchor_key(0, v)] = acc[v];
      for (std::size_t v = 0; v < acc.size(); ++v) store_at({panel, row, 0, static_cast<int>(v)});
    });
  });
}

}  // namespace ingot::codegen
