#include <ingot/runtime/prune/sparse_tensor.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

namespace ingot::runtime {
namespace {

constexpr std::string_view prefix = "sparse.", blocks_suffix = ".blocks", bitmap_suffix = ".bitmap";
constexpr std::uint64_t largest_extent = 4096;  // of a block: what a damaged file can make of one bit
constexpr std::uint32_t extents[] = {1, 4, 8, 16, 32, 64};

/// Blocks of a tensor as a matrix [all axes but the last, last].
struct Grid {
  std::uint64_t rows, cols, height, width;
  [[nodiscard]] std::uint64_t across() const { return (cols + width - 1) / width; }
  [[nodiscard]] std::uint64_t blocks() const { return (rows + height - 1) / height * across(); }
  /// Calls f(row of the block, place of that row's first element in the matrix, number of elements) for each row within the matrix.
  template <class F>
  void rows_of(std::uint64_t block, F f) const {
    const std::uint64_t top = block / across() * height, left = block % across() * width;
    for (std::uint64_t r = 0; r < height && top + r < rows; ++r) f(r, (top + r) * cols + left, std::min(width, cols - left));
  }
};

Grid grid_of(const std::vector<std::uint64_t>& shape, std::uint64_t height, std::uint64_t width) {
  std::uint64_t rows = 1;
  for (std::size_t k = 0; k + 1 < shape.size(); ++k) rows *= shape[k];
  return {rows, shape.back(), height, width};
}

bool bit(const std::vector<std::uint8_t>& bitmap, std::uint64_t i) { return (bitmap[i / 8] >> (i % 8) & 1U) != 0; }

/// "784,512" as numbers from 1; empty when it is anything else.
std::vector<std::uint64_t> parse_extents(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  while (true) {
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || n == 0) return {};
    numbers.push_back(n);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return numbers;
    if (text.front() != ',') return {};
    text.remove_prefix(1);
  }
}

class Reader {
 public:
  Reader(const Safetensors& file, std::string name) : file_(file), name_(std::move(name)) {}

  SparseTensor read(std::string_view description) const {
    SparseTensor t;
    const std::size_t space = std::min(description.find(' '), description.size());
    t.shape = parse_extents(description.substr(0, space));
    const auto block = parse_extents(space == description.size() ? "" : description.substr(space + 1));
    if (t.shape.size() < 2 || block.size() != 2 || std::max(block[0], block[1]) > largest_extent || too_large(t.shape))
      fail("'{}' is no shape and block such as \"784,512 16,16\"", description);
    t.mask = {name_, static_cast<std::uint32_t>(block[0]), static_cast<std::uint32_t>(block[1]), {}};
    const Grid grid = grid_of(t.shape, block[0], block[1]);
    read_bitmap(grid, t.mask.bitmap);
    t.blocks = part(blocks_suffix);
    const std::uint64_t kept = count(grid, t.mask.bitmap);
    if (t.blocks.dtype == INGOT_U8 || t.blocks.shape != std::vector{kept, block[0] * block[1]})
      fail("{}{} has shape ({}), its bitmap wants ({}, {}) of F32 or F64", name_, blocks_suffix, fmt::join(t.blocks.shape, ", "), kept,
           block[0] * block[1]);
    return t;
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) const {
    throw UserError(fmt::format("{}: sparse tensor '{}': {}", file_.file, name_, fmt::format(text, std::forward<Args>(args)...)));
  }
  static bool too_large(const std::vector<std::uint64_t>& shape) {
    std::uint64_t elements = 1;
    return std::ranges::any_of(shape, [&](std::uint64_t n) { return __builtin_mul_overflow(elements, n, &elements); }) ||
           elements >> 48 != 0;
  }
  const TensorView& part(std::string_view suffix) const {
    const TensorView* found = file_.find(name_ + std::string(suffix));
    if (found == nullptr) fail("there is no {}{}", name_, suffix);
    return *found;
  }
  void read_bitmap(const Grid& grid, std::vector<std::uint8_t>& bitmap) const {
    const TensorView& bits = part(bitmap_suffix);
    const std::uint64_t bytes = (grid.blocks() + 7) / 8;
    if (bits.dtype != INGOT_U8 || bits.shape != std::vector{bytes})
      fail("{}{} has shape ({}), {} blocks want ({}) of U8", name_, bitmap_suffix, fmt::join(bits.shape, ", "), grid.blocks(), bytes);
    const auto* first = static_cast<const std::uint8_t*>(bits.data);
    bitmap.assign(first, first + bytes);
  }
  std::uint64_t count(const Grid& grid, const std::vector<std::uint8_t>& bitmap) const {
    std::uint64_t kept = 0;
    for (const std::uint8_t byte : bitmap) kept += static_cast<std::uint64_t>(std::popcount(byte));
    for (std::uint64_t i = grid.blocks(); i < 8 * bitmap.size(); ++i)
      if (bit(bitmap, i)) fail("bit {} of its bitmap is set, there are {} blocks", i, grid.blocks());
    return kept;
  }

  const Safetensors& file_;
  std::string name_;
};

template <class From, class To>
void expand_as(const SparseTensor& t, To* out) {
  const Grid grid = grid_of(t.shape, t.mask.rows, t.mask.cols);
  std::fill_n(out, grid.rows * grid.cols, To{0});
  const auto* from = static_cast<const From*>(t.blocks.data);
  for (std::uint64_t b = 0; b < grid.blocks(); ++b) {
    if (!bit(t.mask.bitmap, b)) continue;
    grid.rows_of(b, [&](std::uint64_t r, std::uint64_t at, std::uint64_t n) {
      std::transform(from + r * grid.width, from + r * grid.width + n, out + at, [](From v) { return static_cast<To>(v); });
    });
    from += grid.height * grid.width;
  }
}

/// Per block: does it hold anything but zeros?
template <class T>
std::vector<bool> filled_blocks(const T* values, const Grid& grid) {
  std::vector<bool> filled(grid.blocks());
  for (std::uint64_t b = 0; b < grid.blocks(); ++b)
    grid.rows_of(b, [&](std::uint64_t, std::uint64_t at, std::uint64_t n) {
      filled[b] = filled[b] || std::any_of(values + at, values + at + n, [](T v) { return v != 0; });
    });
  return filled;
}

template <class T>
std::optional<PackedTensor> pack_as(const TensorView& tensor) {
  const auto* values = static_cast<const T*>(tensor.data);
  std::uint64_t fewest = tensor.elements() * sizeof(T);
  std::optional<Grid> best;
  for (const std::uint32_t height : extents)
    for (const std::uint32_t width : extents) {
      const Grid grid = grid_of(tensor.shape, height, width);
      const std::vector<bool> filled = filled_blocks(values, grid);
      const auto kept = static_cast<std::uint64_t>(std::ranges::count(filled, true));
      const std::uint64_t bytes = kept * height * width * sizeof(T) + (filled.size() + 7) / 8;
      if (bytes >= fewest) continue;
      fewest = bytes;
      best = grid;
    }
  if (!best) return std::nullopt;
  PackedTensor packed;
  packed.mask = {tensor.name, static_cast<std::uint32_t>(best->height), static_cast<std::uint32_t>(best->width), {}};
  packed.mask.bitmap.resize((best->blocks() + 7) / 8);
  const std::vector<bool> filled = filled_blocks(values, *best);
  std::vector<T> block(best->height * best->width);
  for (std::uint64_t b = 0; b < filled.size(); ++b) {
    if (!filled[b]) continue;
    packed.mask.bitmap[b / 8] = static_cast<std::uint8_t>(packed.mask.bitmap[b / 8] | 1U << (b % 8));
    std::ranges::fill(block, T{0});
    best->rows_of(b, [&](std::uint64_t r, std::uint64_t at, std::uint64_t n) { std::copy_n(values + at, n, &block[r * best->width]); });
    const auto* bytes = reinterpret_cast<const std::byte*>(block.data());
    packed.blocks.insert(packed.blocks.end(), bytes, bytes + block.size() * sizeof(T));
    ++packed.kept;
  }
  return packed;
}

}  // namespace

std::vector<SparseTensor> sparse_tensors(const Safetensors& file) {
  std::vector<SparseTensor> tensors;
  for (const auto& [key, description] : file.metadata)
    if (key.starts_with(prefix)) tensors.push_back(Reader(file, key.substr(prefix.size())).read(description));
  return tensors;
}

bool is_part(const std::vector<SparseTensor>& tensors, std::string_view name) {
  return std::ranges::any_of(tensors, [&](const SparseTensor& t) {
    return name.starts_with(t.mask.name) &&
           (name.substr(t.mask.name.size()) == blocks_suffix || name.substr(t.mask.name.size()) == bitmap_suffix);
  });
}

void expand(const SparseTensor& tensor, std::uint32_t dtype, void* out) {
  const bool wide = tensor.blocks.dtype == INGOT_F64;
  if (dtype == INGOT_F64)
    wide ? expand_as<double>(tensor, static_cast<double*>(out)) : expand_as<float>(tensor, static_cast<double*>(out));
  else
    wide ? expand_as<double>(tensor, static_cast<float*>(out)) : expand_as<float>(tensor, static_cast<float*>(out));
}

std::optional<PackedTensor> pack_sparse(const TensorView& tensor) {
  if (tensor.shape.size() < 2 || tensor.elements() == 0) return std::nullopt;
  return tensor.dtype == INGOT_F64 ? pack_as<double>(tensor) : pack_as<float>(tensor);
}

std::vector<TensorView> packed_parts(const PackedTensor& packed, const TensorView& tensor, Metadata& metadata) {
  const BlockMask& mask = packed.mask;
  metadata[std::string(prefix) + tensor.name] = fmt::format("{} {},{}", fmt::join(tensor.shape, ","), mask.rows, mask.cols);
  return {
      {tensor.name + std::string(blocks_suffix), tensor.dtype, {packed.kept, std::uint64_t{mask.rows} * mask.cols}, packed.blocks.data()},
      {tensor.name + std::string(bitmap_suffix), INGOT_U8, {mask.bitmap.size()}, mask.bitmap.data()}};
}

}  // namespace ingot::runtime
