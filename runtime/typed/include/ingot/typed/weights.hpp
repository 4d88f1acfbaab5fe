// Typed copies of a trained model's tensors: w["hidden"_layer].kernel is tensor<float, 784, dyn> over memory that `weights` owns.
#pragma once
#include <boost/hana/for_each.hpp>
#include <boost/hana/keys.hpp>
#include <ingot/dsl/typed.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <deque>
#include <string>
#include <vector>

namespace ingot {

namespace detail {

/// Calls f(name, tensor) for every tensor that the layer has.
template <class Params, class F>
void each_tensor(Params& p, const std::string& layer, F f) {
  if constexpr (requires { p.kernel; }) f(layer + ".kernel", p.kernel);
  if constexpr (requires { p.bias; }) f(layer + ".bias", p.bias);
  if constexpr (requires { p.gamma; }) f(layer + ".gamma", p.gamma);
  if constexpr (requires { p.beta; }) f(layer + ".beta", p.beta);
  if constexpr (requires { p.moving_mean; }) f(layer + ".moving_mean", p.moving_mean);
  if constexpr (requires { p.moving_variance; }) f(layer + ".moving_variance", p.moving_variance);
}

template <fixed_string S>
std::string layer_text(hana::basic_type<layer_key<S>>) {
  return std::string(S.view());
}

}  // namespace detail

/// Moving keeps the views valid; a layer that is switched off at the point has tensors without data.
template <const auto& M>
class weights {
 public:
  weights() = default;
  weights(weights&&) noexcept = default;
  weights& operator=(weights&&) noexcept = default;

  /// A wrong name does not compile; the error lists the known ones.
  template <fixed_string S>
  auto& operator[](layer_key<S> key) {
    return tensors_[key];
  }
  template <fixed_string S>
  const auto& operator[](layer_key<S> key) const {
    return tensors_[key];
  }

  /// Calls f(name, tensor) for all tensors.
  template <class F>
  void for_each(F f) {
    hana::for_each(hana::keys(tensors_.values), [&](auto key) { detail::each_tensor(tensors_.values[key], detail::layer_text(key), f); });
  }

  void read(const runtime::Instance& instance) {
    memory_.clear();
    for_each([&](const std::string& name, auto& tensor) {
      const auto state = instance.find_state(name);
      if (!state) return;
      const ingot_tensor& from = instance.states()[*state].tensor;
      memory_.emplace_back(from.elements);
      instance.get(*state, memory_.back().data());
      tensor.data = memory_.back().data();
      for (std::size_t k = 0; k < tensor.extent.size(); ++k) tensor.extent[k] = static_cast<std::int32_t>(from.dims[k]);
    });
  }
  void write(runtime::Instance& instance) {
    for_each([&](const std::string& name, auto& tensor) {
      if (const auto state = instance.find_state(name); state && tensor.data != nullptr) instance.set(*state, tensor.data);
    });
  }

 private:
  params<M, float> tensors_;
  std::deque<std::vector<float>> memory_;
};

}  // namespace ingot
