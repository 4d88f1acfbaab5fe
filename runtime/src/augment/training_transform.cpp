#include <ingot/runtime/augment/training_transform.hpp>

#include "augment/image_extents.hpp"
#include "augment/mixing.hpp"
#include "data/workers.hpp"

#include <ingot/runtime/augment/augmentation.hpp>

#include <algorithm>

namespace ingot::runtime {
namespace {

class TrainingTransform final : public BatchTransform {
 public:
  TrainingTransform(AugmentationPlan plan, const MixingPlan& mixing, const Dataset& data, std::span<const Table> mixed, std::uint64_t seed,
                    std::uint32_t threads)
      : plan_(std::move(plan)), mixing_(mixing), mixer_(mixing, data.inputs, mixed), seed_(seed), workers_(std::max(1u, threads)) {
    for (const Table& input : data.inputs) {
      Input in{input.row_bytes(), input.dtype, {}};
      if (!plan_.steps.empty()) in.augmenters.assign(workers_.threads(), ImageAugmenter(plan_, image_extents(input)));
      inputs_.push_back(std::move(in));
    }
    for (const Table& target : mixed) target_bytes_.push_back(target.row_bytes());
    batch_inputs_.resize(inputs_.size());
    batch_targets_.resize(target_bytes_.size());
  }

  void apply(const StagedRows& staged) override {
    if (!plan_.steps.empty()) workers_.run(workers_.threads(), [&](std::size_t part) { augment(staged, part); });
    if (mixing_.mixes()) mix(staged);
  }

 private:
  struct Input {
    std::uint64_t row_bytes;
    std::uint32_t dtype;
    std::vector<ImageAugmenter> augmenters;  // per part
  };

  // Every threads-th row, from `part` on.
  void augment(const StagedRows& staged, std::size_t part) {
    for (std::size_t i = part; i < staged.rows.size(); i += workers_.threads())
      for (std::size_t t = 0; t < inputs_.size(); ++t) {
        Input& in = inputs_[t];
        std::byte* row = staged.inputs[t] + i * in.row_bytes;
        const DrawPosition position{seed_, staged.epoch, staged.rows[i]};
        if (in.dtype == INGOT_U8)
          in.augmenters[part].apply({reinterpret_cast<std::uint8_t*>(row), in.row_bytes}, position);
        else
          in.augmenters[part].apply({reinterpret_cast<float*>(row), in.row_bytes / sizeof(float)}, position);
      }
  }

  void mix(const StagedRows& staged) {
    for (std::size_t first = 0; first < staged.rows.size(); first += staged.batch) {
      const auto rows = static_cast<std::uint32_t>(std::min<std::size_t>(staged.batch, staged.rows.size() - first));
      for (std::size_t t = 0; t < inputs_.size(); ++t) batch_inputs_[t] = staged.inputs[t] + first * inputs_[t].row_bytes;
      for (std::size_t t = 0; t < target_bytes_.size(); ++t) batch_targets_[t] = staged.targets[t] + first * target_bytes_[t];
      mixer_.apply(seed_, staged.epoch, staged.first_batch + first / staged.batch, rows, batch_inputs_, batch_targets_);
    }
  }

  AugmentationPlan plan_;
  MixingPlan mixing_;
  BatchMixer mixer_;
  std::uint64_t seed_;
  Workers workers_;
  std::vector<Input> inputs_;
  std::vector<std::uint64_t> target_bytes_;
  std::vector<std::byte*> batch_inputs_, batch_targets_;  // of the batch that is being mixed
};

}  // namespace

std::shared_ptr<BatchTransform> training_transform(const Point& point, const Dataset& data, std::uint64_t seed, std::uint32_t threads) {
  AugmentationPlan plan = declared_augmentations(point);
  const MixingPlan mixing = declared_mixing(point);
  if (plan.steps.empty() && !mixing.mixes()) return nullptr;
  const std::size_t weights = point.model().recipe.sample_weights != 0 ? 1 : 0;
  const std::span<const Table> mixed = std::span(data.targets).first(data.targets.size() - std::min(weights, data.targets.size()));
  return std::make_shared<TrainingTransform>(std::move(plan), mixing, data, mixed, seed, threads);
}

}  // namespace ingot::runtime
