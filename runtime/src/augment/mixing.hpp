// Mixed batches: mixup (Zhang et al. 2018) and cutmix (Yun et al. 2019), with a share and a partner for each row, as in Keras 3's MixUp and
// CutMix. The partner comes from a random order of the batch.
#pragma once
#include <ingot/runtime/augment/augmentation.hpp>
#include <ingot/runtime/data/dataset.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ingot::runtime {

/// Alphas of the Beta distributions; 0: none. With both, a coin decides for each batch.
struct MixingPlan {
  double mixup = 0, cutmix = 0;
  [[nodiscard]] bool mixes() const { return mixup > 0 || cutmix > 0; }
};
MixingPlan declared_mixing(const Point& point);

/// From Beta(alpha, alpha); the draws are those of row `row` of the batch.
double draw_share(double alpha, const DrawPosition& position, std::uint32_t batch);

/// Mixes rows of tables of fixed types; keeps memory for one batch.
class BatchMixer {
 public:
  /// `targets`: those that are mixed, INGOT_F32. Cutmix wants inputs of 2 or 3 axes.
  BatchMixer(const MixingPlan& plan, std::span<const Table> inputs, std::span<const Table> targets);
  /// One batch, number `batch` of the epoch: `rows` rows of every table.
  void apply(std::uint64_t seed, std::uint64_t epoch, std::uint64_t batch, std::uint32_t rows, std::span<std::byte* const> inputs,
             std::span<std::byte* const> targets);

 private:
  struct Share {
    std::uint32_t partner = 0;
    double own = 1;      // the share that stays
    double shares[4]{};  // cutmix: sides and place of the rectangle
  };
  void draw(std::uint64_t seed, std::uint64_t epoch, std::uint64_t batch, bool cut);
  void blend(const Table& table, std::byte* rows);
  void paste(const Table& table, std::byte* rows);

  MixingPlan plan_;
  std::vector<Table> inputs_, targets_;  // their types and shapes
  std::vector<Share> shares_;            // per row of the batch
  std::vector<std::uint32_t> order_;
  std::vector<std::byte> before_;  // rows of one table as they were
};

}  // namespace ingot::runtime
