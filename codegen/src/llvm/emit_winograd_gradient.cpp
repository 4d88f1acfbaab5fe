// Gradients of convolution kernels through F(3x3, 4x4) (ir/winograd.hpp). A group transforms blocks of pieces of its images and of the
// gradients that belong to them, adds the product [channels, pieces] x [pieces, filters] of each of the 36 places to a matrix of its own,
// and transforms these back once, behind its last sample: that is what leaves the kernel, so the sum over the groups is that of the
// direct form.
#include "llvm/emitter.hpp"
#include "llvm/winograd_transforms.hpp"
#include "schedule/partition.hpp"

#include <llvm/IR/Intrinsics.h>

#include <algorithm>

namespace ingot::codegen {

using llvm::Value;

namespace {

using Three = WinogradTransforms::Three;
using Four = WinogradTransforms::Four;
using Six = WinogradTransforms::Six;

}  // namespace

/// A group of a kernel that is cut by panels has one.
std::int64_t KernelEmitter::own_panels() const { return k_.partition == Partition::panels ? 1 : domain_.panels(); }
Value* KernelEmitter::own_panel(Value* panel) { return k_.partition == Partition::panels ? i64(0) : panel; }

void KernelEmitter::emit_winograd_gradient(Value* first_row, Value* begin, Value* end) {
  const KernelNode& n = k_.node(k_.anchor);
  const Window& w = k_.window();
  const int image = k_.node(n.in[0]).load;
  const std::int64_t channels = k_.argument(image).cols, filters = own_panels() * domain_.width;
  blocks_ = choose_winograd_blocks(w, channels, domain_.width, std::max<std::int64_t>(n.attr.block, 1), k_.target.row_tile);
  band_ = blocks_.band;
  images_ = private_memory(blocks_.images * band_.elements());
  transformed_ = private_memory(winograd_products * winograd_step(blocks_.block * transformed_row()));
  gradients_ = private_memory(winograd_products * winograd_step(blocks_.block * domain_.width));
  sums_ = private_memory(winograd_products * winograd_step(channels * filters));
  zero_fill(sums_, winograd_products * winograd_step(channels * filters));
  loop(begin, end, blocks_.images, [&](Value* sample) {
    Value* images = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateSub(end, sample), i64(blocks_.images));
    for_piece_blocks(image, sample, images, [&](Value* first, Value* count, Value* line) {
      transform_pieces(first, count);
      for_panels([&](Value* panel) {
        transform_gradients(panel, first, count, sample, line);
        multiply_gradients(panel, count);
      });
    });
  });
  for_panels([&](Value* panel) { finish_gradient(panel, first_row); });
}

/// gradients[product][piece][filter of the panel]; pixels behind the border are zero.
void KernelEmitter::transform_gradients(Value* panel, Value* first, Value* count, Value* sample, Value* line) {
  const Window& w = k_.window();
  const DType t = k_.domain.dtype;
  const int dy = k_.node(k_.node(k_.anchor).in[1]).load;
  const std::int64_t step = winograd_step(blocks_.block * domain_.width);
  const auto clamped = [&](Value* at, std::int64_t n) { return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, at, i64(n - 1)); };
  loop(i64(0), count, 1, [&](Value* number) {
    const Piece p = find_piece(b_.CreateAdd(first, number));
    Value* image = b_.CreateMul(b_.CreateAdd(sample, p.image), i64(w.out_pixels()));
    Four y, x;
    for (std::size_t i = 0; i < winograd_out; ++i) {
      Value* shift = i64(static_cast<std::int64_t>(i));
      y[i] = b_.CreateAdd(b_.CreateAdd(line, b_.CreateMul(p.y, i64(winograd_out))), shift);
      x[i] = b_.CreateAdd(b_.CreateMul(p.x, i64(winograd_out)), shift);
    }
    const auto load = [&](std::size_t i, std::size_t j, int vector) {
      Value* pixel = b_.CreateAdd(image, add({b_.CreateMul(clamped(y[i], w.out_h), i64(w.out_w)), clamped(x[j], w.out_w)}));
      Value* inside = all_of({b_.CreateICmpSLT(y[i], i64(w.out_h)), b_.CreateICmpSLT(x[j], i64(w.out_w))});
      return where(inside, load_row(dy, panel, pixel, vector), llvm::Constant::getNullValue(vector_type(t, domain_.lanes)));
    };
    Value* to = offset(gradients_, t, b_.CreateMul(number, i64(domain_.width)));
    for (int v = 0; v < domain_.vectors(); ++v) {
      WinogradTransforms transform(b_);
      std::array<Six, winograd_out> columns{};
      for (std::size_t j = 0; j < winograd_out; ++j)
        columns[j] = transform.gradients({load(0, j, v), load(1, j, v), load(2, j, v), load(3, j, v)});
      for (std::size_t i = 0; i < winograd_in; ++i) {
        const Six out = transform.gradients({columns[0][i], columns[1][i], columns[2][i], columns[3][i]});
        for (std::size_t j = 0; j < winograd_in; ++j)
          b_.CreateAlignedStore(out[j], offset(to, t, i64(static_cast<std::int64_t>(i * winograd_in + j) * step + v * domain_.lanes)),
                                vector_align(domain_));
      }
    }
  });
}

/// sums[product][panel][channel][filter of the panel] += transformed' x gradients, in register tiles of channels x one panel.
void KernelEmitter::multiply_gradients(Value* panel, Value* count) {
  const DType t = k_.domain.dtype;
  const std::int64_t channels = band_.channels, filters = own_panels() * domain_.width, in_row = transformed_row();
  const std::int64_t tile = choose_kernel_tile(channels, most_gradient_rows(k_.target, domain_.vectors()));
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  const auto add_tile = [&](Value* product, Value* channel, std::int64_t rows) {
    Value* a = offset(transformed_, t, b_.CreateAdd(b_.CreateMul(product, i64(winograd_step(blocks_.block * in_row))), channel));
    Value* b = offset(gradients_, t, b_.CreateMul(product, i64(winograd_step(blocks_.block * domain_.width))));
    Value* out = offset(sums_, t,
                        add({b_.CreateMul(product, i64(winograd_step(channels * filters))),
                             b_.CreateMul(b_.CreateAdd(b_.CreateMul(own_panel(panel), i64(channels)), channel), i64(domain_.width))}));
    std::vector<std::int64_t> offsets;
    for (std::int64_t i = 0; i < rows; ++i) offsets.push_back(i);
    std::vector<Value*> acc(offsets.size() * vectors), address(acc.size());
    for (std::size_t i = 0; i < acc.size(); ++i) {
      address[i] = offset(out, t, i64(static_cast<std::int64_t>(i) * domain_.lanes));
      acc[i] = b_.CreateAlignedLoad(vector_type(t, domain_.lanes), address[i], vector_align(domain_));
    }
    accumulate_over(acc, count, [&](Value* piece, std::vector<Value*>& sums) {
      const Operand left{offset(a, t, b_.CreateMul(piece, i64(in_row))), t};
      add_products(sums, left, offsets, {offset(b, t, b_.CreateMul(piece, i64(domain_.width))), t});
    });
    for (std::size_t i = 0; i < acc.size(); ++i) b_.CreateAlignedStore(acc[i], address[i], vector_align(domain_));
  };
  nested_loop(winograd_products, [&](Value* product) {
    nested_loop(channels / tile, [&](Value* i) { add_tile(product, b_.CreateMul(i, i64(tile)), tile); });
    if (const std::int64_t rest = channels % tile; rest > 0) add_tile(product, i64(channels - rest), rest);
  });
}

void KernelEmitter::finish_gradient(Value* panel, Value* first_row) {
  const DType t = k_.domain.dtype;
  const int output = k_.stores.front().argument;
  const std::int64_t channels = band_.channels, step = winograd_step(channels * own_panels() * domain_.width);
  nested_loop(channels, [&](Value* channel) {
    Value* from = offset(sums_, t, b_.CreateMul(b_.CreateAdd(b_.CreateMul(own_panel(panel), i64(channels)), channel), i64(domain_.width)));
    for (int v = 0; v < domain_.vectors(); ++v) {
      WinogradTransforms transform(b_);
      std::array<Three, winograd_in> columns{};
      for (std::size_t x = 0; x < winograd_in; ++x) {
        Six column;
        for (std::size_t y = 0; y < winograd_in; ++y)
          column[y] = b_.CreateAlignedLoad(vector_type(t, domain_.lanes),
                                           offset(from, t, i64(static_cast<std::int64_t>(y * winograd_in + x) * step + v * domain_.lanes)),
                                           vector_align(domain_));
        columns[x] = transform.kernel_gradient(column);
      }
      for (std::size_t y = 0; y < 3; ++y) {
        const Three line =
            transform.kernel_gradient({columns[0][y], columns[1][y], columns[2][y], columns[3][y], columns[4][y], columns[5][y]});
        for (std::size_t x = 0; x < 3; ++x) {
          Value* row = b_.CreateAdd(b_.CreateAdd(first_row, channel), i64(static_cast<std::int64_t>(y * 3 + x) * channels));
          b_.CreateAlignedStore(line[x], row_address(output, panel, row, v), vector_align(k_.argument(output)));
        }
      }
    }
  });
}

}  // namespace ingot::codegen
