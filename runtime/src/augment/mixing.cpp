#include "augment/mixing.hpp"

#include "augment/colour.hpp"
#include "augment/draws.hpp"
#include "augment/image_extents.hpp"

#include <ingot/runtime/data/hash.hpp>
#include <ingot/runtime/data/order.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ingot::runtime {
namespace {

// Streams of the batch beside those of its rows.
constexpr std::uint32_t coin_row = 0xFFFFFFFF;

class MixDraws {
 public:
  MixDraws(const DrawPosition& position, std::uint32_t batch) : position_(position), batch_(batch) {}
  /// Two numbers on [0, 1).
  std::pair<double, double> pair() {
    const PhiloxWords w = philox({position_.row, static_cast<std::uint32_t>(position_.epoch), batch_,
                                  static_cast<std::uint32_t>(RandomPurpose::mix) ^ (block_++ << 8)},
                                 position_.seed);
    return {unit_interval(w[0], w[1]), unit_interval(w[2], w[3])};
  }

 private:
  DrawPosition position_;
  std::uint32_t batch_, block_ = 0;
};

// Below 1 Joehnk's method (x^(1/a), y^(1/a) with a sum of at most 1), in logarithms since small alphas underflow; from 1 on rejection
// from the uniform distribution, whose highest density is in the middle.
double beta(double alpha, MixDraws& draws) {
  while (true) {
    const auto [u, v] = draws.pair();
    if (alpha >= 1) {
      if (v < std::pow(4 * u * (1 - u), alpha - 1)) return u;
      continue;
    }
    const double x = std::log(1 - u) / alpha, y = std::log(1 - v) / alpha;  // of 1 - u: never of 0
    if (std::max(x, y) + std::log1p(std::exp(-std::fabs(x - y))) <= 0) return 1 / (1 + std::exp(y - x));
  }
}

void blend_row(const std::uint8_t* a, const std::uint8_t* b, float share, std::size_t count, std::uint8_t* to) {
  for (std::size_t i = 0; i < count; ++i)
    to[i] = static_cast<std::uint8_t>(share * static_cast<float>(a[i]) + (1 - share) * static_cast<float>(b[i]) + 0.5F);
}
void blend_row(const float* a, const float* b, float share, std::size_t count, float* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = share * a[i] + (1 - share) * b[i];
}

template <class Element>
void blend_rows(const std::byte* from, std::size_t count, const auto& shares, std::byte* to) {
  const auto* rows = reinterpret_cast<const Element*>(from);
  auto* out = reinterpret_cast<Element*>(to);
  for (std::size_t r = 0; r < shares.size(); ++r)
    blend_row(rows + r * count, rows + shares[r].partner * count, static_cast<float>(shares[r].own), count, out + r * count);
}

}  // namespace

MixingPlan declared_mixing(const Point& point) {
  const ingot_craft& craft = point.model().recipe.craft;
  return {point.value(craft.mixup), point.value(craft.cutmix)};
}

double draw_share(double alpha, const DrawPosition& position, std::uint32_t batch) {
  MixDraws draws(position, batch);
  return beta(alpha, draws);
}

BatchMixer::BatchMixer(const MixingPlan& plan, std::span<const Table> inputs, std::span<const Table> targets)
    : plan_(plan), inputs_(inputs.begin(), inputs.end()), targets_(targets.begin(), targets.end()) {}

void BatchMixer::apply(std::uint64_t seed, std::uint64_t epoch, std::uint64_t batch, std::uint32_t rows, std::span<std::byte* const> inputs,
                       std::span<std::byte* const> targets) {
  MixDraws coin({seed, epoch, coin_row}, static_cast<std::uint32_t>(batch));
  const bool cut = plan_.cutmix > 0 && (plan_.mixup <= 0 || coin.pair().first < 0.5);
  shares_.resize(rows);
  order_.resize(rows);
  draw(seed, epoch, batch, cut);
  for (std::size_t t = 0; t < inputs_.size(); ++t) cut ? paste(inputs_[t], inputs[t]) : blend(inputs_[t], inputs[t]);
  for (std::size_t t = 0; t < targets_.size(); ++t) blend(targets_[t], targets[t]);
}

void BatchMixer::draw(std::uint64_t seed, std::uint64_t epoch, std::uint64_t batch, bool cut) {
  const std::uint64_t order_seed = ContentHash().add("mix").add_number(seed).add_number(epoch).digest();
  shuffled_order(order_, order_seed, batch);
  for (std::uint32_t r = 0; r < shares_.size(); ++r) {
    MixDraws draws({seed, epoch, r}, static_cast<std::uint32_t>(batch));
    Share& share = shares_[r];
    share.partner = order_[r];
    share.own = beta(cut ? plan_.cutmix : plan_.mixup, draws);
    if (!cut) continue;
    const double side = std::sqrt(1 - share.own);
    const auto [down, right] = draws.pair();
    share.shares[0] = share.shares[1] = side;
    share.shares[2] = down;
    share.shares[3] = right;
    // What is pasted is whole pixels; targets follow what is really there.
    const ImageExtents extents = image_extents(inputs_.front());
    const Rectangle where = rectangle(side, side, down, right, extents);
    share.own = 1 - static_cast<double>(where.area()) / static_cast<double>(extents.pixels());
  }
}

void BatchMixer::blend(const Table& table, std::byte* rows) {
  before_.assign(rows, rows + shares_.size() * table.row_bytes());
  if (table.dtype == INGOT_U8)
    blend_rows<std::uint8_t>(before_.data(), table.row_elements(), shares_, rows);
  else
    blend_rows<float>(before_.data(), table.row_elements(), shares_, rows);
}

void BatchMixer::paste(const Table& table, std::byte* rows) {
  before_.assign(rows, rows + shares_.size() * table.row_bytes());
  const ImageExtents extents = image_extents(table);
  const std::size_t pixel = extents.channels * dtype_bytes(table.dtype), row = table.row_bytes();
  for (std::size_t r = 0; r < shares_.size(); ++r) {
    const Share& share = shares_[r];
    const Rectangle where = rectangle(share.shares[0], share.shares[1], share.shares[2], share.shares[3], extents);
    for (std::size_t y = where.y0; y < where.y1; ++y) {
      const std::size_t at = (y * extents.width + where.x0) * pixel;
      std::memcpy(rows + r * row + at, before_.data() + share.partner * row + at, (where.x1 - where.x0) * pixel);
    }
  }
}

}  // namespace ingot::runtime
