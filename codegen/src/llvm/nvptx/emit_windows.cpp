// Windows that are reduced channel by channel (pools) and their way back: every pixel asks which windows it lies in, so nothing is
// added to memory that another thread writes, and results are the same from run to run. Small windows are unrolled.
#include "llvm/nvptx/part_emitter.hpp"

#include <limits>

namespace ingot::codegen {

using llvm::Value;

namespace {
constexpr std::int64_t most_unrolled_cells = 9;
}

PartEmitter::Pixel PartEmitter::pixel_of(Value* row, std::int64_t height, std::int64_t width) {
  Value* sample = b_.CreateUDiv(row, i32(height * width));
  Value* inside = b_.CreateURem(row, i32(height * width));
  return {sample, b_.CreateUDiv(inside, i32(width)), b_.CreateURem(inside, i32(width))};
}

PartEmitter::Cell PartEmitter::cell_under(const Window& w, const Pixel& out, const PlaceInWindow& place) {
  Cell cell;
  const auto axis = [&](Value* o, Value* c, std::int64_t stride, std::int64_t dilation, std::int64_t pad, std::int64_t spread,
                        std::int64_t n) {
    Value* p = b_.CreateSub(add({b_.CreateMul(o, i32(stride)), b_.CreateMul(c, i32(dilation))}), i32(pad));
    Value* pixel = spread == 1 ? p : b_.CreateSDiv(p, i32(spread));
    Value* ok = all_of({b_.CreateICmpSGE(p, i32(0)), b_.CreateICmpSLT(pixel, i32(n))});
    if (spread > 1) ok = b_.CreateAnd(ok, b_.CreateICmpEQ(b_.CreateSRem(p, i32(spread)), i32(0)));
    cell.valid = cell.valid == nullptr ? ok : b_.CreateAnd(cell.valid, ok);
    return b_.CreateSelect(ok, pixel, i32(0));
  };
  Value* y = axis(out.y, place.y, w.stride_h, w.dilation_h, w.pad_top, w.spread_h, w.in_h);
  Value* x = axis(out.x, place.x, w.stride_w, w.dilation_w, w.pad_left, w.spread_w, w.in_w);
  cell.row = add({b_.CreateMul(out.sample, i32(w.in_pixels())), b_.CreateAdd(b_.CreateMul(y, i32(w.in_w)), x)});
  return cell;
}

PartEmitter::Cell PartEmitter::window_over(const Window& w, const Pixel& in, const PlaceInWindow& place, Pixel& out) {
  Cell cell;
  const auto axis = [&](Value* pixel, Value* c, std::int64_t stride, std::int64_t dilation, std::int64_t pad, std::int64_t n) {
    Value *padded = b_.CreateAdd(pixel, i32(pad)), *reach = b_.CreateMul(c, i32(dilation));
    Value* p = b_.CreateSub(padded, reach);
    Value* o = b_.CreateSDiv(p, i32(stride));
    Value* ok = all_of({b_.CreateICmpSGE(p, i32(0)), b_.CreateICmpSLT(o, i32(n))});
    if (stride > 1) ok = b_.CreateAnd(ok, b_.CreateICmpEQ(b_.CreateSRem(p, i32(stride)), i32(0)));
    cell.valid = cell.valid == nullptr ? ok : b_.CreateAnd(cell.valid, ok);
    return b_.CreateSelect(ok, o, i32(0));
  };
  out.sample = in.sample;
  out.y = axis(in.y, place.y, w.stride_h, w.dilation_h, w.pad_top, w.out_h);
  out.x = axis(in.x, place.x, w.stride_w, w.dilation_w, w.pad_left, w.out_w);
  cell.row = add({b_.CreateMul(out.sample, i32(w.out_pixels())), b_.CreateAdd(b_.CreateMul(out.y, i32(w.out_w)), out.x)});
  return cell;
}

/// Cells 0 .. cells - 1, line by line.
void PartEmitter::for_cells(const Window& w, Value* cells, Sums& acc, const std::function<void(Value*, Sums&)>& body) {
  const auto* known = llvm::dyn_cast<llvm::ConstantInt>(cells);
  if (known == nullptr || w.cells() > most_unrolled_cells) return loop(i32(0), cells, i32(1), acc, body);
  for (std::int64_t c = 0; c < known->getSExtValue(); ++c) body(i32(c), acc);
}

/// A row of an operand of the anchor, at the columns of `p`.
Value* PartEmitter::load_operand(int operand, Value* row, const Place& p) {
  const KernelNode& n = k().node(k().node(k().anchor).in[static_cast<std::size_t>(operand)]);
  const Place at{row, p.col, p.lanes, 0};
  return widened(load_from(argument(n.load), n.type.dtype, index_in(n.type, at), lanes_of(n.type, p)), n.type.dtype);
}

/// Cells of a window that are no padding, as a number; 1 where there are none, so that sums of none stay 0.
Value* PartEmitter::cell_count(const Window& w, const Pixel& out) {
  auto* type = element_type(accumulated(k().domain.dtype));
  if (w.inside()) return real(type, static_cast<double>(w.cells()));
  Sums count{real(type, 0)};
  for_cells(w, i32(w.cells()), count, [&](Value* c, Sums& n) {
    const Cell cell = cell_under(w, out, place_in(w, c));
    n[0] = b_.CreateFAdd(n[0], b_.CreateUIToFP(cell.valid, type));
  });
  Value* one = real(type, 1);
  return b_.CreateSelect(b_.CreateFCmpOGT(count[0], one), count[0], one);
}

Value* PartEmitter::pool(const Place& p) {
  const KernelNode& n = k().node(k().anchor);
  const Window& w = n.attr.window;
  const std::int64_t lanes = lanes_of(n.type, p);
  const Pixel out = pixel_of(p.row, w.out_h, w.out_w);
  Value* neutral =
      real(vector_type(accumulated(n.type.dtype), lanes), n.op == Op::max_pool ? -std::numeric_limits<double>::infinity() : 0.0);
  Sums acc{neutral};
  for_cells(w, i32(w.cells()), acc, [&](Value* c, Sums& a) {
    const Cell cell = cell_under(w, out, place_in(w, c));
    Value* x = b_.CreateSelect(cell.valid, load_operand(0, cell.row, p), neutral);
    if (n.op == Op::max_pool)
      a[0] = b_.CreateSelect(b_.CreateFCmpOGT(a[0], x), a[0], x);
    else if (n.op == Op::avg_pool)
      a[0] = b_.CreateFAdd(a[0], x);
    else
      a[0] = fma(x, load_operand(1, c, p), a[0]);
  });
  return n.op == Op::avg_pool ? b_.CreateFDiv(acc[0], splat(cell_count(w, out), lanes)) : acc[0];
}

/// The sum of what the windows that hold the pixel of `p` give it: `share` says it of one, of its pixel in the output and its cell there.
Value* PartEmitter::sum_over_windows(const Place& p, const WindowShare& share) {
  const KernelNode& n = k().node(k().anchor);
  const Window& w = n.attr.window;
  const Pixel in = pixel_of(p.row, w.in_h, w.in_w);
  Sums acc{real(vector_type(accumulated(n.type.dtype), lanes_of(n.type, p)), 0)};
  for_cells(w, i32(w.cells()), acc, [&](Value* c, Sums& a) {
    Pixel out;
    const Cell over = window_over(w, in, place_in(w, c), out);
    a[0] = b_.CreateFAdd(a[0], share(over, out, c));
  });
  return acc[0];
}

Value* PartEmitter::avg_pool_gradient(const Place& p) {
  const KernelNode& n = k().node(k().anchor);
  return sum_over_windows(p, [&](const Cell& over, const Pixel& out, Value*) {
    Value* whole = load_operand(0, over.row, p);
    Value* share = b_.CreateFDiv(whole, splat(cell_count(n.attr.window, out), lanes_of(n.type, p)));
    return b_.CreateSelect(over.valid, share, llvm::Constant::getNullValue(share->getType()));
  });
}

/// A window gives all of its gradient to the first cell that attains the maximum.
Value* PartEmitter::max_pool_gradient(const Place& p) {
  const KernelNode& n = k().node(k().anchor);
  return sum_over_windows(p, [&](const Cell& over, const Pixel& out, Value* cell) {
    Value* best = load_operand(1, over.row, p);
    Value* here = all_of({b_.CreateFCmpOEQ(load_operand(0, p.row, p), best), splat(over.valid, lanes_of(n.type, p))});
    here = b_.CreateAnd(here, b_.CreateNot(comes_earlier(n.attr.window, out, cell, best, p)));
    Value* gradient = load_operand(2, over.row, p);
    return b_.CreateSelect(here, gradient, llvm::Constant::getNullValue(gradient->getType()));
  });
}

/// Does one of the first `cells` cells of the window of `out` hold `best`?
Value* PartEmitter::comes_earlier(const Window& w, const Pixel& out, Value* cells, Value* best, const Place& p) {
  const std::int64_t lanes = lanes_of(k().node(k().anchor).type, p);
  Sums found{splat(b_.getInt1(false), lanes)};
  for_cells(w, cells, found, [&](Value* c, Sums& f) {
    const Cell cell = cell_under(w, out, place_in(w, c));
    f[0] = b_.CreateOr(f[0], all_of({splat(cell.valid, lanes), b_.CreateFCmpOEQ(load_operand(0, cell.row, p), best)}));
  });
  return found[0];
}

}  // namespace ingot::codegen
