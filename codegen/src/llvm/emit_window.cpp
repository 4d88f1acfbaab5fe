// Convolutions. A group has whole samples; each is read in bands (schedule/band.hpp). Register tiles are some pixels of a line x
// one panel of filters; the reduction runs over the lines of the window and, in each, over one run of cells x channels.
#include "llvm/emitter.hpp"
#include "schedule/band.hpp"
#include "schedule/partition.hpp"

#include <llvm/IR/Intrinsics.h>

#include <algorithm>

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t most_unrolled_rows = 32;  // of the kernel matrix: a first layer's reduction has no loop at all

Band band_of(const Kernel& k, int image, std::int64_t line_step) {
  const Layout& l = k.argument(image);
  return choose_band(k.window(), l.cols, static_cast<std::int64_t>(dtype_size(accumulated(l.dtype))), line_step);
}

}  // namespace

void KernelEmitter::emit_convolution() {
  const int image = k_.node(k_.node(k_.anchor).in[0]).load;
  const Window& w = k_.window();
  const PixelTile tile = choose_pixel_tile(w, most_accumulator_rows(k_.target, domain_.vectors()));
  band_ = band_of(k_, image, tile.lines);
  Value* memory = band_memory();
  Value *begin, *end;
  sample_range(begin, end);
  loop(begin, end, 1, [&](Value* sample) {
    for_bands([&](Value* first, Value* last) {
      fill_band(image, memory, sample, first);
      nested_loop(domain_.panels(), [&](Value* panel) {
        loop(first, last, tile.lines, [&](Value* y) {
          Value* line = b_.CreateMul(b_.CreateSub(y, first), i64(w.stride_h * band_.line()));
          Value* row = add({b_.CreateMul(sample, i64(w.out_pixels())), b_.CreateMul(y, i64(w.out_w))});
          convolve_line(panel, offset(memory, k_.domain.dtype, line), row);
        });
      });
    });
  });
}

/// The samples of this group.
void KernelEmitter::sample_range(Value*& begin, Value*& end) {
  begin = i64(0);
  end = samples_;
  if (k_.partition != Partition::blocks) return;
  const std::int64_t block = k_.node(k_.anchor).attr.block > 0 ? k_.node(k_.anchor).attr.block : k_.block / k_.domain.rows;
  begin = b_.CreateMul(group_, i64(block));
  end = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateAdd(begin, i64(block)), end);
}

/// first .. last: lines of the result.
void KernelEmitter::for_bands(const std::function<void(Value* first, Value* last)>& body) {
  const std::int64_t lines = k_.window().out_h;
  loop(i64(0), i64(lines), band_.out_lines, [&](Value* first) {
    body(first, b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateAdd(first, i64(band_.out_lines)), i64(lines)));
  });
}

Value* KernelEmitter::band_memory() { return private_memory(band_.elements()); }

/// On the stack of the thread, with room for vectors that run over the end.
Value* KernelEmitter::private_memory(std::int64_t elements) {
  return at_entry([&] {
    auto* memory = b_.CreateAlloca(element_type(k_.domain.dtype), i64(elements + 2 * lanes_));
    memory->setAlignment(llvm::Align(64));
    return memory;
  });
}

/// All pixels of a line, from `line` on; the last, shorter tile is code of its own.
void KernelEmitter::convolve_line(Value* panel, Value* line, Value* row) {
  const Window& w = k_.window();
  const PixelTile tile = choose_pixel_tile(w, most_accumulator_rows(k_.target, domain_.vectors()));
  const std::int64_t step = w.stride_w * band_.channels, full = w.out_w / tile.pixels, rest = w.out_w % tile.pixels;
  nested_loop(full, [&](Value* i) {
    Value* x = b_.CreateMul(i, i64(tile.pixels));
    Value* image = offset(line, k_.domain.dtype, b_.CreateMul(x, i64(step)));
    convolve_tile(panel, image, b_.CreateAdd(row, x), tile.lines, tile.pixels);
  });
  if (rest > 0) {
    const std::int64_t x = full * tile.pixels;
    Value* image = offset(line, k_.domain.dtype, i64(x * step));
    convolve_tile(panel, image, b_.CreateAdd(row, i64(x)), 1, rest);
  }
}

/// Pixels `row` .. of the result, which are consecutive also when the tile has several lines: then these are whole.
void KernelEmitter::convolve_tile(Value* panel, Value* image, Value* row, std::int64_t lines, std::int64_t pixels) {
  const KernelNode& conv = k_.node(k_.anchor);
  const Window& w = k_.window();
  const int kernel = k_.node(conv.in[1]).load;
  const Layout& lk = k_.argument(kernel);
  const DType t = conv.type.dtype;
  std::vector<std::int64_t> pixel;
  for (std::int64_t y = 0; y < lines; ++y)
    for (std::int64_t x = 0; x < pixels; ++x) pixel.push_back(y * w.stride_h * band_.line() + x * w.stride_w * band_.channels);
  std::vector<Value*> acc(pixel.size() * static_cast<std::size_t>(domain_.vectors()),
                          llvm::Constant::getNullValue(vector_type(t, domain_.lanes)));
  Value* b = offset(argument(kernel), lk.dtype, b_.CreateMul(panel, i64(lk.panel_stride())));
  // A run: cells of one window line that lie side by side, with all their channels.
  const bool side_by_side = w.dilation_w == 1;
  const std::int64_t runs = side_by_side ? 1 : w.kernel_w, length = (side_by_side ? w.kernel_w : 1) * band_.channels;
  const bool unrolled = w.cells() * band_.channels <= most_unrolled_rows;
  const auto add_run = [&](Value* line, Value* run, std::vector<Value*>& sums) {
    Value* a = offset(image, t,
                      add({b_.CreateMul(line, i64(w.dilation_h * band_.line())), b_.CreateMul(run, i64(w.dilation_w * band_.channels))}));
    Value* rows = offset(b, lk.dtype, b_.CreateMul(b_.CreateAdd(b_.CreateMul(line, i64(runs)), run), i64(length * lk.width)));
    const auto add_row = [&](Value* q, std::vector<Value*>& s) {
      const Operand left{offset(a, t, q), t};
      add_products(s, left, pixel, {offset(rows, lk.dtype, b_.CreateMul(q, i64(lk.width))), lk.dtype});
    };
    if (unrolled)
      for (std::int64_t q = 0; q < length; ++q) add_row(i64(q), sums);
    else
      accumulate_over(sums, i64(length), add_row);
  };
  if (unrolled) {
    for (std::int64_t line = 0; line < w.kernel_h; ++line)
      for (std::int64_t run = 0; run < runs; ++run) add_run(i64(line), i64(run), acc);
  } else {
    accumulate_over(acc, i64(w.kernel_h), [&](Value* line, std::vector<Value*>& sums) {
      accumulate_over(sums, i64(runs), [&](Value* run, std::vector<Value*>& s) { add_run(line, run, s); });
    });
  }
  store_tile(acc, panel, row);
}

// ---- the private copy of a band, in the dtype of the sums

/// Lines from that of result line `first` on. Stores of whole vectors may run over the end of a pixel or line: what comes next in
/// memory is written later, and behind the last line there is room.
void KernelEmitter::fill_band(int image, Value* memory, Value* sample, Value* first) {
  const Window& w = k_.window();
  nested_loop(band_.lines, [&](Value* l) {
    Value* to = offset(memory, k_.domain.dtype, b_.CreateMul(l, i64(band_.line())));
    Value* y = b_.CreateSub(b_.CreateAdd(b_.CreateMul(first, i64(w.stride_h)), l), i64(w.pad_top));
    Value* source = w.spread_h == 1 ? y : b_.CreateSDiv(y, i64(w.spread_h));
    Value* inside = all_of({b_.CreateICmpSGE(y, i64(0)), b_.CreateICmpSLT(source, i64(w.in_h))});
    if (w.spread_h > 1) inside = b_.CreateAnd(inside, b_.CreateICmpEQ(b_.CreateSRem(y, i64(w.spread_h)), i64(0)));
    auto* copy = llvm::BasicBlock::Create(c_, "copy", f_);
    auto* clear = llvm::BasicBlock::Create(c_, "clear", f_);
    auto* next = llvm::BasicBlock::Create(c_, "line", f_);
    b_.CreateCondBr(inside, copy, clear);
    b_.SetInsertPoint(copy);
    copy_line(image, to, add({b_.CreateMul(sample, i64(w.in_pixels())), b_.CreateMul(source, i64(w.in_w))}));
    b_.CreateBr(next);
    b_.SetInsertPoint(clear);
    zero_fill(to, band_.line());
    b_.CreateBr(next);
    b_.SetInsertPoint(next);
  });
}

/// One line of the image with what is padding beside and, when it is spread, between its pixels.
void KernelEmitter::copy_line(int image, Value* to, Value* source_row) {
  const Window& w = k_.window();
  const DType t = k_.domain.dtype;
  const std::int64_t left = std::max(w.pad_left, 0), skipped = (std::max(-w.pad_left, 0) + w.spread_w - 1) / w.spread_w;
  // where the first pixel that is not cut off lies: behind the padding, or, when pixels are cut off, up to spread - 1 cells in
  const std::int64_t start = left > 0 ? left : skipped * w.spread_w + w.pad_left;
  const std::int64_t room = band_.pixels - start;
  const std::int64_t count = std::clamp<std::int64_t>((room + w.spread_w - 1) / w.spread_w, 0, std::max<std::int64_t>(w.in_w - skipped, 0));
  Value* from = b_.CreateAdd(source_row, i64(skipped));
  if (w.spread_w > 1) {
    zero_fill(to, band_.line());
  } else {
    zero_fill(to, start * band_.channels);
  }
  copy_pixels(image, offset(to, t, i64(start * band_.channels)), from, count);
  if (w.spread_w == 1) zero_fill(offset(to, t, i64((start + count) * band_.channels)), (room - count) * band_.channels);
}

/// `count` pixels from row `source_row` of the image's matrix on, `spread` pixels apart.
void KernelEmitter::copy_pixels(int image, Value* to, Value* source_row, std::int64_t count) {
  if (count == 0) return;
  const Layout& l = k_.argument(image);
  const DType t = k_.domain.dtype;
  const std::int64_t step = band_.channels * k_.window().spread_w;
  const auto unaligned = llvm::Align(dtype_size(l.dtype)), unaligned_to = llvm::Align(dtype_size(t));
  if (l.lanes == 1 && step == 1) {  // one channel: a line of the matrix is a line of memory
    Value* from = offset(argument(image), l.dtype, source_row);
    loop(i64(0), i64(count), lanes_, [&](Value* x) {
      Value* bits = b_.CreateAlignedLoad(vector_type(l.dtype, lanes_), offset(from, l.dtype, x), unaligned);
      Value* pixels = widened(bits, l.dtype);
      b_.CreateAlignedStore(pixels, offset(to, t, x), unaligned_to);
    });
    return;
  }
  nested_loop(count, [&](Value* x) {
    Value* from = offset(argument(image), l.dtype, b_.CreateMul(b_.CreateAdd(source_row, x), i64(l.width)));
    Value* pixel = offset(to, t, b_.CreateMul(x, i64(step)));
    for (std::int64_t c = 0; c < l.cols; c += l.lanes) {
      if (c + l.lanes > l.cols && k_.window().spread_w > 1) {  // the gap behind it must stay zero
        for (std::int64_t i = c; i < l.cols; ++i) {
          Value* at = i64(i / l.width * l.panel_stride() + i % l.width);
          Value* channel = widened(b_.CreateLoad(element_type(l.dtype), offset(from, l.dtype, at)), l.dtype);
          b_.CreateStore(channel, offset(pixel, t, i64(i)));
        }
        continue;
      }
      Value* at = i64(c / l.width * l.panel_stride() + c % l.width);
      Value* bits = b_.CreateAlignedLoad(vector_type(l.dtype, l.lanes), offset(from, l.dtype, at), vector_align(l));
      Value* channels = widened(bits, l.dtype);
      b_.CreateAlignedStore(channels, offset(pixel, t, i64(c)), unaligned_to);
    }
  });
}

void KernelEmitter::zero_fill(Value* to, std::int64_t elements) {
  if (elements <= 0) return;
  const DType t = k_.domain.dtype;
  auto* zero = llvm::Constant::getNullValue(vector_type(t, lanes_));
  loop(i64(0), i64(elements), lanes_, [&](Value* i) { b_.CreateAlignedStore(zero, offset(to, t, i), llvm::Align(dtype_size(t))); });
}

}  // namespace ingot::codegen
