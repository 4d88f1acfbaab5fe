// Comparison of sealed models, for tests.
#pragma once
#include <ingot/dsl.hpp>

/// The shapes of all ops at one point, as a value.
template <int N>
struct shapes {
  ingot::shape at[N]{};
};

constexpr bool same_dim(const ingot::dim& a, const ingot::dim& b) { return a.k == b.k && a.mul == b.mul && a.div == b.div && a.hp == b.hp; }

/// Equal ops with equal sizes and connections; names and lines are not compared.
template <class A, class B>
constexpr bool same_graph(const A& a, const B& b) {
  if (a.n_ops != b.n_ops || a.n_hps != b.n_hps) return false;
  for (int i = 0; i < a.n_ops; ++i) {
    const ingot::op &x = a.ops[i], &y = b.ops[i];
    if (x.kind != y.kind || x.activation != y.activation || x.in[0] != y.in[0] || x.in[1] != y.in[1]) return false;
    for (int k = 0; k < ingot::max_rank; ++k)
      if (!same_dim(x.size[k], y.size[k])) return false;
  }
  return true;
}
