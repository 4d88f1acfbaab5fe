// Gradients of convolution kernels. A group sums over its samples into its own matrix [cells * channels, filters]: register tiles are
// some consecutive rows of it x one panel of filters, and the reduction runs over the pixels of a band.
#include "llvm/emitter.hpp"
#include "schedule/partition.hpp"

#include <algorithm>

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t most_rows_in_one_tile = 12;  // a kernel of so few rows is one tile, whatever its lines

}  // namespace

void KernelEmitter::emit_kernel_gradient() {
  const KernelNode& n = k_.node(k_.anchor);
  const int image = k_.node(n.in[0]).load, output = k_.stores.front().argument;
  Value *begin, *end;
  sample_range(begin, end);
  Value* first_row = k_.partition == Partition::blocks ? b_.CreateMul(group_, i64(k_.block)) : i64(0);
  if (n.op == Op::winograd_kernel_gradient) return emit_winograd_gradient(first_row, begin, end);
  if (n.op == Op::depthwise_kernel_gradient) {
    for_panels([&](Value* panel) { depthwise_kernel_gradient(panel, first_row, begin, end); });
    return;
  }
  const Layout& li = k_.argument(image);
  const Window& w = k_.window();
  const auto element_bytes = static_cast<std::int64_t>(dtype_size(accumulated(li.dtype)));
  band_ = choose_band(w, li.cols, element_bytes, 1);
  const std::int64_t together = images_together(w, band_, element_bytes, std::max<std::int64_t>(n.attr.block, 1));
  images_ = private_memory(together * band_.elements());
  for_panels([&](Value* panel) { clear_gradient(panel, first_row); });
  loop(begin, end, together, [&](Value* sample) {
    Value* images = together == 1 ? i64(1) : b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateSub(end, sample), i64(together));
    for_bands([&](Value* first, Value* last) {
      loop(i64(0), images, 1, [&](Value* i) {
        Value* band = offset(images_, k_.domain.dtype, b_.CreateMul(i, i64(band_.elements())));
        fill_band(image, band, b_.CreateAdd(sample, i), first);
      });
      for_panels([&](Value* panel) {
        Value* to = row_address(output, panel, first_row, 0);
        kernel_gradient_lines(panel, to, {sample, images, first, b_.CreateSub(last, first)});
      });
    });
  });
}

void KernelEmitter::clear_gradient(Value* panel, Value* first_row) {
  const Layout& l = k_.argument(k_.stores.front().argument);
  const std::int64_t rows = k_.partition == Partition::blocks ? k_.block : k_.domain.rows;
  Value* to = row_address(k_.stores.front().argument, panel, first_row, 0);
  nested_loop(rows * l.vectors(), [&](Value* i) {
    b_.CreateAlignedStore(llvm::Constant::getNullValue(vector_type(l.dtype, l.lanes)), offset(to, l.dtype, b_.CreateMul(i, i64(l.lanes))),
                          vector_align(l));
  });
}

/// Adds what these lines of the result give. `out`: the panel of the matrix.
void KernelEmitter::kernel_gradient_lines(Value* panel, Value* out, const GradientLines& lines) {
  const KernelNode& n = k_.node(k_.anchor);
  const Window& w = k_.window();
  const DType t = n.type.dtype;
  Value* dy = row_address(k_.node(n.in[1]).load, panel,
                          add({b_.CreateMul(lines.sample, i64(w.out_pixels())), b_.CreateMul(lines.first, i64(w.out_w))}), 0);
  const std::int64_t channels = band_.channels, most = most_gradient_rows(k_.target, domain_.vectors());
  if (w.cells() * channels <= std::min(most_rows_in_one_tile, most)) {
    std::vector<std::int64_t> offsets;
    for (std::int64_t y = 0; y < w.kernel_h; ++y)
      for (std::int64_t x = 0; x < w.kernel_w; ++x)
        for (std::int64_t c = 0; c < channels; ++c) offsets.push_back(y * w.dilation_h * band_.line() + x * w.dilation_w * channels + c);
    return kernel_gradient_tile(out, images_, offsets, dy, lines);
  }
  const bool side_by_side = w.dilation_w == 1;
  const std::int64_t runs = side_by_side ? 1 : w.kernel_w, length = (side_by_side ? w.kernel_w : 1) * channels;
  const std::int64_t tile = choose_kernel_tile(length, most);
  const auto consecutive = [](std::int64_t count) {
    std::vector<std::int64_t> offsets;
    for (std::int64_t i = 0; i < count; ++i) offsets.push_back(i);
    return offsets;
  };
  nested_loop(w.kernel_h, [&](Value* y) {
    nested_loop(runs, [&](Value* run) {
      Value* a =
          offset(images_, t, add({b_.CreateMul(y, i64(w.dilation_h * band_.line())), b_.CreateMul(run, i64(w.dilation_w * channels))}));
      Value* rows = offset(out, t, b_.CreateMul(b_.CreateAdd(b_.CreateMul(y, i64(runs)), run), i64(length * domain_.width)));
      nested_loop(length / tile, [&](Value* i) {
        Value* q = b_.CreateMul(i, i64(tile));
        Value* to = offset(rows, t, b_.CreateMul(q, i64(domain_.width)));
        kernel_gradient_tile(to, offset(a, t, q), consecutive(tile), dy, lines);
      });
      if (const std::int64_t rest = length % tile; rest > 0) {
        Value* to = offset(rows, t, i64((length - rest) * domain_.width));
        kernel_gradient_tile(to, offset(a, t, i64(length - rest)), consecutive(rest), dy, lines);
      }
    });
  });
}

/// out[i] += a[offsets[i] + pixel] * dy[pixel], over all pixels of `lines`.
void KernelEmitter::kernel_gradient_tile(Value* out, Value* a, const std::vector<std::int64_t>& offsets, Value* dy,
                                         const GradientLines& lines) {
  const Window& w = k_.window();
  const DType t = k_.domain.dtype, tb = k_.argument(k_.node(k_.node(k_.anchor).in[1]).load).dtype;
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  std::vector<Value*> acc(offsets.size() * vectors), address(acc.size());
  for (std::size_t i = 0; i < acc.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i / vectors) * domain_.width + static_cast<std::int64_t>(i % vectors) * domain_.lanes;
    address[i] = offset(out, t, i64(at));
    acc[i] = b_.CreateAlignedLoad(vector_type(t, domain_.lanes), address[i], vector_align(domain_));
  }
  const auto add_line = [&](Value* line, Value* dy_line, std::vector<Value*>& sums) {
    accumulate_over(sums, i64(w.out_w), [&](Value* x, std::vector<Value*>& s) {
      const Operand pixel{offset(line, t, b_.CreateMul(x, i64(w.stride_w * band_.channels))), t};
      add_products(s, pixel, offsets, {offset(dy_line, tb, b_.CreateMul(x, i64(domain_.width))), tb});
    });
  };
  accumulate_over(acc, lines.images, [&](Value* image, std::vector<Value*>& total) {
    Value* band = offset(a, t, b_.CreateMul(image, i64(band_.elements())));
    Value* dy_image = offset(dy, tb, b_.CreateMul(image, i64(w.out_pixels() * domain_.width)));
    accumulate_over(total, lines.count, [&](Value* y, std::vector<Value*>& sums) {
      Value* line = offset(band, t, b_.CreateMul(y, i64(w.stride_h * band_.line())));
      add_line(line, offset(dy_image, tb, b_.CreateMul(y, i64(w.out_w * domain_.width))), sums);
    });
  });
  for (std::size_t i = 0; i < acc.size(); ++i) b_.CreateAlignedStore(acc[i], address[i], vector_align(domain_));
}

void KernelEmitter::depthwise_kernel_gradient(Value* panel, Value* first_row, Value* begin, Value* end) {
  const KernelNode& n = k_.node(k_.anchor);
  const Window& w = k_.window();
  const int image = k_.node(n.in[0]).load, dy = k_.node(n.in[1]).load, output = k_.stores.front().argument;
  const auto vectors = static_cast<int>(domain_.vectors());
  nested_loop(w.kernel_h, [&](Value* cell_y) {
    nested_loop(w.kernel_w, [&](Value* cell_x) {
      Value* cell = b_.CreateAdd(b_.CreateMul(cell_y, i64(w.kernel_w)), cell_x);
      std::vector<Value*> acc(static_cast<std::size_t>(vectors), llvm::Constant::getNullValue(vector_type(n.type.dtype, domain_.lanes)));
      const auto add_pixel = [&](Value* sample, Value* y, Value* x, std::vector<Value*>& sums) {
        const Cell from = find_cell(sample, y, x, cell_y, cell_x);
        Value* row = add({b_.CreateMul(sample, i64(w.out_pixels())), b_.CreateAdd(b_.CreateMul(y, i64(w.out_w)), x)});
        for (int v = 0; v < vectors; ++v) {
          Value* a = where(from.valid, load_row(image, panel, from.row, v), acc.front());
          auto& sum = sums[static_cast<std::size_t>(v)];
          sum = fma(a, load_row(dy, panel, row, v), sum);
        }
      };
      std::vector<Value*> sums = acc;
      accumulate_over(
          sums, b_.CreateSub(end, begin),
          [&](Value* i, std::vector<Value*>& s) {
            accumulate_over(s, i64(w.out_h), [&](Value* y, std::vector<Value*>& t) {
              accumulate_over(t, i64(w.out_w), [&](Value* x, std::vector<Value*>& u) { add_pixel(b_.CreateAdd(begin, i), y, x, u); });
            });
          },
          true);
      for (int v = 0; v < vectors; ++v)
        b_.CreateAlignedStore(sums[static_cast<std::size_t>(v)], row_address(output, panel, b_.CreateAdd(first_row, cell), v),
                              vector_align(k_.argument(output)));
    });
  });
}

}  // namespace ingot::codegen
