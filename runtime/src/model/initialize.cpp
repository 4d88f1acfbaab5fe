#include <fmt/format.h>
#include <ingot/runtime/data/random.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <stdexcept>

namespace ingot::runtime {
namespace {

std::size_t last_extent(const ingot_tensor& t) { return t.rank == 0 ? 1 : t.dims[t.rank - 1]; }

// In double for every dtype: a float32 program rounds the very numbers that the float64 program starts from.
void draw(const ingot_state& state, std::uint32_t i, std::uint64_t seed, std::vector<double>& values) {
  values.resize(state.tensor.elements);
  switch (state.init) {
    case INGOT_INIT_CONSTANT:
      values.assign(state.tensor.elements, state.init_value);
      return;
    case INGOT_INIT_UNIFORM:
      fill_uniform(std::span<double>(values), state.init_value, seed, i);
      return;
    case INGOT_INIT_TRUNCATED_NORMAL:
      fill_truncated_normal(std::span<double>(values), state.init_value, seed, i);
      return;
    case INGOT_INIT_NORMAL:
      fill_normal(values, state.init_value, seed, i);
      return;
    case INGOT_INIT_ORTHOGONAL:
      fill_orthogonal(values, last_extent(state.tensor), state.init_value, seed, i);
      return;
  }
  throw std::logic_error(fmt::format("state {} has unknown initializer {}", state.tensor.name, state.init));
}

}  // namespace

void Instance::initialize(std::uint64_t seed) {
  executable_->zero_state();
  std::vector<double> values;
  for (std::uint32_t i = 0; i < program_->n_states; ++i) {
    draw(program_->states[i], i, seed, values);
    set_doubles(i, values);
  }
}

}  // namespace ingot::runtime
