// The fake model's rows as a runtime data set.
#pragma once
#include "runtime/support/fake_model.hpp"

#include <ingot/runtime/data/dataset.hpp>

#include <cstring>
#include <memory>

namespace fake {

template <class T>
std::shared_ptr<const std::byte> storage_of(const std::vector<T>& values) {
  auto owner = std::make_shared<std::vector<T>>(values);
  return {owner, reinterpret_cast<const std::byte*>(owner->data())};
}

inline ingot::runtime::Dataset dataset(std::uint32_t rows, std::uint32_t seed) {
  const Data raw = data(rows, seed);
  ingot::runtime::Dataset set;
  set.inputs = {{"pixels", INGOT_U8, {inputs}, rows, storage_of(raw.pixels), true}};
  set.targets = {{"label", INGOT_I32, {}, rows, storage_of(raw.labels), true}};
  set.identity = std::uint64_t{rows} << 32 | seed;
  return set;
}

/// The same rows as floats (pixel values); row `bad` is `value`.
inline ingot::runtime::Dataset float_dataset(std::uint32_t rows, std::uint32_t seed, std::uint32_t bad, float value) {
  ingot::runtime::Dataset set = dataset(rows, seed);
  const Data raw = data(rows, seed);
  std::vector<float> pixels(raw.pixels.begin(), raw.pixels.end());
  if (bad < rows) pixels[bad * inputs] = value;
  set.inputs.front().dtype = INGOT_F32;
  set.inputs.front().storage = storage_of(pixels);
  return set;
}

}  // namespace fake
