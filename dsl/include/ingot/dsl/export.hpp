// INGOT_EXPORT(m): proves the model m and puts its definition where a generator finds it: as the C symbol
// ingot_definition_<m> and in the list of registered models (registry.hpp). Use it once per model, in one .cpp.
// The exported arrays are trimmed: hyper-parameters without the capacity for references.
#pragma once
#pragma GCC system_header  // see check.hpp
#include <ingot/dsl/check.hpp>
#include <ingot/dsl/registry.hpp>

namespace ingot::detail {

template <const auto& M>
consteval auto trim() {
  definition<M.n_ops, M.n_hps, M.n_guards> d;
  for (int i = 0; i < M.n_ops; ++i) d.ops[i] = M.ops[i];
  for (int i = 0; i < M.n_hps; ++i) d.hps[i] = M.hps[i];
  for (int i = 0; i < M.n_guards; ++i) d.guards[i] = M.guards[i];
  d.recipe = M.recipe;
  d.n_hps = M.n_hps;
  d.found = M.found;
  return d;
}
template <const auto& M>
inline constexpr auto exported = trim<M>();

}  // namespace ingot::detail

#define INGOT_EXPORT(M)                                                                                  \
  INGOT_SOUND(M);                                                                                        \
  extern "C" {                                                                                           \
  extern const ::ingot::definition_view ingot_definition_##M;                                            \
  constinit const ::ingot::definition_view ingot_definition_##M = ::ingot::detail::exported<M>.view(#M); \
  }                                                                                                      \
  static const ::ingot::registrar ingot_registrar_##M { ingot_definition_##M }
