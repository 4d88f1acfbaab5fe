// Augmented and mixed batches as training sees them: threads, resumption and windows change nothing; other tables stay.
#include <ingot/runtime/augment/training_transform.hpp>

#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/batch_source.hpp>

using namespace ingot::runtime;

namespace {

struct Craft {
  ingot_model model = fake::model();
  Craft(double noise, double mixup) {
    ingot_craft& craft = model.recipe.craft;
    const auto number = [](double k) { return ingot_num{k, -1, 0}; };
    craft.mixup = number(mixup);
    craft.n_augmentations = noise > 0 ? 1 : 0;
    craft.augmentations[0].kind = INGOT_NOISE;
    craft.augmentations[0].value[0] = number(noise);
  }
};

// 75 rows with distributions as targets, and weights.
Dataset distributions() {
  Dataset data = fake::dataset(75, 3);
  std::vector<float> targets(75 * 3), weights(75);
  for (std::size_t r = 0; r < 75; ++r) {
    targets[r * 3 + static_cast<std::size_t>(static_cast<const std::int32_t*>(data.targets[0].data())[r])] = 1;
    weights[r] = static_cast<float>(r);
  }
  data.targets = {{"label", INGOT_F32, {3}, 75, fake::storage_of(targets), true},
                  {"weight", INGOT_F32, {}, 75, fake::storage_of(weights), true}};
  return data;
}

struct Seen {
  std::vector<std::byte> inputs, targets, weights;
  bool operator==(const Seen&) const = default;
};

Seen epoch_of(const Craft& craft, const Dataset& data, std::uint64_t epoch, std::uint64_t first, std::uint32_t threads, bool background) {
  const Point point(craft.model);
  BatchOptions options{.batch = 8, .seed = 5, .background = background};
  options.transform = training_transform(point, data, 5, threads);
  BatchSource source(data, options);
  source.start(epoch, first);
  Seen seen;
  while (const Batch* batch = source.next()) {
    const auto add = [&](std::vector<std::byte>& to, const void* from, std::size_t bytes) {
      REQUIRE((batch->index == nullptr || options.transform == nullptr));
      const auto* at = static_cast<const std::byte*>(from);
      for (std::uint32_t r = 0; r < batch->rows; ++r) {
        const std::uint32_t row = batch->index == nullptr ? r : batch->index[r];
        to.insert(to.end(), at + row * bytes, at + (row + 1) * bytes);
      }
    };
    add(seen.inputs, batch->inputs[0], 6);
    add(seen.targets, batch->targets[0], 12);
    add(seen.weights, batch->targets[1], 4);
  }
  return seen;
}

}  // namespace

TEST_CASE("without augmentation and mixing there is no transform") {
  Craft craft(0, 0);
  CHECK(training_transform(Point(craft.model), distributions(), 1, 2) == nullptr);
}

TEST_CASE("what batches hold does not depend on threads, nor on where a run was resumed") {
  Craft craft(0.1, 0.4);
  craft.model.recipe.sample_weights = 1;
  const Dataset data = distributions();
  const Seen want = epoch_of(craft, data, 1, 0, 1, false);
  for (const std::uint32_t threads : {1u, 2u, 5u})
    for (const bool background : {false, true}) CHECK(epoch_of(craft, data, 1, 0, threads, background) == want);
  const Seen rest = epoch_of(craft, data, 1, 4, 2, true);
  CHECK(std::equal(rest.inputs.begin(), rest.inputs.end(), want.inputs.begin() + 4 * 8 * 6, want.inputs.end()));
  CHECK(std::equal(rest.targets.begin(), rest.targets.end(), want.targets.begin() + 4 * 8 * 12, want.targets.end()));
  CHECK_FALSE(epoch_of(craft, data, 2, 0, 1, false) == want);

  const Craft plain(0, 0);
  const Seen untouched = epoch_of(plain, data, 1, 0, 1, false);
  CHECK(untouched.weights == want.weights);
  CHECK(untouched.inputs != want.inputs);
  CHECK(untouched.targets != want.targets);
  const Craft only_noise(0.1, 0);
  CHECK(epoch_of(only_noise, data, 1, 0, 1, false).targets == untouched.targets);
}
