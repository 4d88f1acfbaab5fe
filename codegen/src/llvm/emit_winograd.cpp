// Convolutions through F(4x4, 3x3) (ir/winograd.hpp). A group copies one or several padded images, transforms a block of their 6 x 6
// pieces, multiplies each of the 36 matrices [pieces, channels] with its part of the kernel, and transforms the products back; what was
// fused behind the convolution is applied pixel by pixel.
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

void KernelEmitter::emit_winograd() {
  const Window& w = k_.window();
  const int image = k_.node(k_.node(k_.anchor).in[0]).load;
  const std::int64_t tile = most_accumulator_rows(k_.target, domain_.vectors());
  blocks_ = choose_winograd_blocks(w, k_.argument(image).cols, domain_.panels() * domain_.width,
                                   std::max<std::int64_t>(k_.block / k_.domain.rows, 1), tile);
  band_ = blocks_.band;
  images_ = private_memory(blocks_.images * band_.elements());
  transformed_ = private_memory(winograd_products * winograd_step(blocks_.block * transformed_row()));
  products_ = private_memory(winograd_products * winograd_step(blocks_.block * domain_.panels() * domain_.width));
  piece_ = private_memory(static_cast<std::int64_t>(winograd_out * winograd_out) * domain_.width);
  Value *begin = nullptr, *end = nullptr;
  sample_range(begin, end);
  loop(begin, end, blocks_.images, [&](Value* sample) {
    Value* images = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateSub(end, sample), i64(blocks_.images));
    for_piece_blocks(image, sample, images, [&](Value* first, Value* count, Value* line) {
      transform_pieces(first, count);
      multiply_pieces(count);
      finish_pieces(first, count, sample, line);
    });
  });
}

/// Floats between the transformed pieces of one product.
std::int64_t KernelEmitter::transformed_row() const { return (band_.channels + lanes_ - 1) / lanes_ * lanes_; }

/// Copies the bands of `images` images from `sample` on and calls `body` for each block of their pieces, from piece `first` on; `line`:
/// the first one of the result in these bands.
void KernelEmitter::for_piece_blocks(int argument, Value* sample, Value* images,
                                     const std::function<void(Value* first, Value* count, Value* line)>& body) {
  loop(i64(0), i64(k_.window().out_h), band_.out_lines, [&](Value* line) {
    loop(i64(0), images, 1, [&](Value* i) {
      Value* band = offset(images_, k_.domain.dtype, b_.CreateMul(i, i64(band_.elements())));
      fill_band(argument, band, b_.CreateAdd(sample, i), line);
    });
    Value* pieces = b_.CreateMul(images, i64(blocks_.pieces));
    loop(i64(0), pieces, blocks_.block, [&](Value* first) {
      body(first, b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateSub(pieces, first), i64(blocks_.block)), line);
    });
  });
}

KernelEmitter::Piece KernelEmitter::find_piece(Value* number) {
  Value* place = b_.CreateURem(number, i64(blocks_.pieces));
  return {b_.CreateUDiv(number, i64(blocks_.pieces)), b_.CreateUDiv(place, i64(blocks_.pieces_x)),
          b_.CreateURem(place, i64(blocks_.pieces_x))};
}

/// transformed[product][piece][channel]
void KernelEmitter::transform_pieces(Value* first, Value* count) {
  const DType t = k_.domain.dtype;
  const std::int64_t row = transformed_row(), step = winograd_step(blocks_.block * row);
  const auto narrow = llvm::Align(dtype_size(t));
  loop(i64(0), count, 1, [&](Value* number) {
    const Piece p = find_piece(b_.CreateAdd(first, number));
    Value* from = add({b_.CreateMul(p.image, i64(band_.elements())),
                       add({b_.CreateMul(p.y, i64(winograd_out * band_.line())), b_.CreateMul(p.x, i64(winograd_out * band_.channels))})});
    loop(i64(0), i64(row), lanes_, [&](Value* channel) {
      Value* source = offset(images_, t, b_.CreateAdd(from, channel));
      Value* target = offset(transformed_, t, b_.CreateAdd(b_.CreateMul(number, i64(row)), channel));
      WinogradTransforms transform(b_);
      std::array<Six, winograd_in> d{};  // columns, then lines
      for (std::int64_t x = 0; x < winograd_in; ++x) {
        Six column;
        for (std::int64_t y = 0; y < winograd_in; ++y)
          column[static_cast<std::size_t>(y)] =
              b_.CreateAlignedLoad(vector_type(t, lanes_), offset(source, t, i64(y * band_.line() + x * band_.channels)), narrow);
        d[static_cast<std::size_t>(x)] = transform.pieces(column);
      }
      for (std::size_t y = 0; y < winograd_in; ++y) {
        const Six line = transform.pieces({d[0][y], d[1][y], d[2][y], d[3][y], d[4][y], d[5][y]});
        for (std::size_t x = 0; x < winograd_in; ++x)
          b_.CreateAlignedStore(line[x], offset(target, t, i64(static_cast<std::int64_t>(y * winograd_in + x) * step)), narrow);
      }
    });
  });
}

/// products[product][piece][filter]: register tiles of pieces x one panel; pieces behind the last are computed and not used.
void KernelEmitter::multiply_pieces(Value* count) {
  const KernelNode& conv = k_.node(k_.anchor);
  const int kernel = k_.node(conv.in[1]).load;
  const Layout& lk = k_.argument(kernel);
  const DType t = k_.domain.dtype;
  const std::int64_t in_row = transformed_row(), out_row = domain_.panels() * domain_.width;
  std::vector<std::int64_t> offsets;
  for (std::int64_t i = 0; i < blocks_.row_tile; ++i) offsets.push_back(i * in_row);
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  nested_loop(winograd_products, [&](Value* product) {
    nested_loop(domain_.panels(), [&](Value* panel) {
      Value* b = offset(argument(kernel), t,
                        add({b_.CreateMul(panel, i64(lk.panel_stride())), b_.CreateMul(product, i64(band_.channels * lk.width))}));
      loop(i64(0), count, blocks_.row_tile, [&](Value* piece) {
        const auto matrix_row = [&](std::int64_t row) {
          return add({b_.CreateMul(product, i64(winograd_step(blocks_.block * row))), b_.CreateMul(piece, i64(row))});
        };
        Value* a = offset(transformed_, t, matrix_row(in_row));
        Value* to = offset(products_, t, add({matrix_row(out_row), b_.CreateMul(panel, i64(domain_.width))}));
        std::vector<Value*> acc(offsets.size() * vectors, llvm::Constant::getNullValue(vector_type(t, domain_.lanes)));
        accumulate_over(acc, i64(band_.channels), [&](Value* q, std::vector<Value*>& sums) {
          const Operand left{offset(a, t, q), t};
          add_products(sums, left, offsets, {offset(b, t, b_.CreateMul(q, i64(lk.width))), t});
        });
        for (std::size_t i = 0; i < acc.size(); ++i)
          b_.CreateAlignedStore(
              acc[i],
              offset(to, t, i64(static_cast<std::int64_t>(i / vectors) * out_row + static_cast<std::int64_t>(i % vectors) * domain_.lanes)),
              vector_align(domain_));
      });
    });
  });
}

void KernelEmitter::finish_pieces(Value* first, Value* count, Value* sample, Value* line) {
  const Window& w = k_.window();
  const auto rest = [&](Value* at, std::int64_t n) {
    return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateSub(i64(n), at), i64(winograd_out));
  };
  loop(i64(0), count, 1, [&](Value* number) {
    const Piece p = find_piece(b_.CreateAdd(first, number));
    Value* y = b_.CreateAdd(line, b_.CreateMul(p.y, i64(winograd_out)));
    Value* x = b_.CreateMul(p.x, i64(winograd_out));
    Value* row = add({b_.CreateMul(b_.CreateAdd(sample, p.image), i64(w.out_pixels())), b_.CreateAdd(b_.CreateMul(y, i64(w.out_w)), x)});
    Value *lines = rest(y, w.out_h), *pixels = rest(x, w.out_w);
    nested_loop(domain_.panels(), [&](Value* panel) { finish_piece(panel, number, row, lines, pixels); });
  });
}

/// The 4 x 4 pixels of a piece wait in memory, so that the code behind the convolution exists once.
void KernelEmitter::finish_piece(Value* panel, Value* number, Value* row, Value* lines, Value* pixels) {
  const DType t = k_.domain.dtype;
  const std::int64_t out_row = domain_.panels() * domain_.width, step = winograd_step(blocks_.block * out_row);
  auto* type = vector_type(t, domain_.lanes);
  Value* from = offset(products_, t, add({b_.CreateMul(number, i64(out_row)), b_.CreateMul(panel, i64(domain_.width))}));
  WinogradTransforms transform(b_);
  for (std::int64_t v = 0; v < domain_.vectors(); ++v) {
    std::array<Four, winograd_in> m{};
    for (std::int64_t x = 0; x < winograd_in; ++x) {
      Six column;
      for (std::int64_t y = 0; y < winograd_in; ++y)
        column[static_cast<std::size_t>(y)] =
            b_.CreateAlignedLoad(type, offset(from, t, i64((y * winograd_in + x) * step + v * domain_.lanes)), vector_align(domain_));
      m[static_cast<std::size_t>(x)] = transform.products(column);
    }
    for (std::size_t y = 0; y < winograd_out; ++y) {
      const Four line = transform.products({m[0][y], m[1][y], m[2][y], m[3][y], m[4][y], m[5][y]});
      for (std::size_t x = 0; x < winograd_out; ++x)
        b_.CreateAlignedStore(line[x],
                              offset(piece_, t, i64(static_cast<std::int64_t>(y * winograd_out + x) * domain_.width + v * domain_.lanes)),
                              vector_align(domain_));
    }
  }
  loop(i64(0), lines, 1, [&](Value* y) {
    loop(i64(0), pixels, 1, [&](Value* x) {
      Value* at = b_.CreateAdd(b_.CreateMul(y, i64(winograd_out)), x);
      for (int v = 0; v < domain_.vectors(); ++v)
        memo_[anchor_key(0, static_cast<std::size_t>(v))] = b_.CreateAlignedLoad(
            type, offset(piece_, t, b_.CreateAdd(b_.CreateMul(at, i64(domain_.width)), i64(v * domain_.lanes))), vector_align(domain_));
      Value* pixel = b_.CreateAdd(row, b_.CreateAdd(b_.CreateMul(y, i64(k_.window().out_w)), x));
      for (int v = 0; v < domain_.vectors(); ++v) store_at({panel, pixel, 0, v});
    });
  });
}

// ---- the kernel, once a step

void KernelEmitter::emit_kernel_transform() {
  const std::int64_t channels = k_.node(k_.node(k_.anchor).in[0]).type.rows / 9;
  for_panels([&](Value* panel) {
    nested_loop(channels, [&](Value* channel) {
      for (int v = 0; v < domain_.vectors(); ++v) transform_kernel_row(panel, channel, v);
    });
  });
}

void KernelEmitter::transform_kernel_row(Value* panel, Value* channel, int vector) {
  const int kernel = k_.node(k_.node(k_.anchor).in[0]).load, output = k_.stores.front().argument;
  const std::int64_t channels = k_.argument(kernel).valid_rows / 9;
  WinogradTransforms transform(b_);
  std::array<Six, 3> columns{};
  for (std::int64_t x = 0; x < 3; ++x) {
    Three k;
    for (std::int64_t y = 0; y < 3; ++y)
      k[static_cast<std::size_t>(y)] = load_row(kernel, panel, b_.CreateAdd(channel, i64((y * 3 + x) * channels)), vector);
    columns[static_cast<std::size_t>(x)] = transform.kernel(k);
  }
  for (std::size_t y = 0; y < winograd_in; ++y) {
    const Six line = transform.kernel({columns[0][y], columns[1][y], columns[2][y]});
    for (std::size_t x = 0; x < winograd_in; ++x)
      b_.CreateAlignedStore(
          line[x],
          row_address(output, panel, b_.CreateAdd(channel, i64(static_cast<std::int64_t>(y * winograd_in + x) * channels)), vector),
          vector_align(k_.argument(output)));
  }
}

}  // namespace ingot::codegen
