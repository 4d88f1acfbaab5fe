// The search space of a flat definition: how many values a hyper-parameter has, which ones, whether a given value is one
// of them, and which hyper-parameters decide about the compiled program. Usable at compile time and at run time.
#pragma once
#include <ingot/dsl/infer.hpp>

namespace ingot {

constexpr bool is_choice(hp_kind k) { return k == hp_kind::choice_int || k == hp_kind::choice_real || k == hp_kind::choice_act; }
constexpr bool is_integer(hp_kind k) { return k == hp_kind::integer || k == hp_kind::boolean || k == hp_kind::choice_int; }

/// The number of values of a hyper-parameter; a real range is continuous and counts as 1.
constexpr std::int64_t points(const hp_t& h) {
  if (h.kind == hp_kind::integer) return static_cast<std::int64_t>((h.hi - h.lo) / h.step) + 1;
  if (h.kind == hp_kind::boolean) return 2;
  return is_choice(h.kind) ? h.n : 1;
}

/// Value number i, 0 <= i < points(h); of a real range its lower end.
constexpr double point(const hp_t& h, std::int64_t i) {
  if (h.kind == hp_kind::integer) return h.lo + h.step * static_cast<double>(i);
  if (h.kind == hp_kind::boolean) return static_cast<double>(i);
  return is_choice(h.kind) ? h.v[i] : h.lo;
}

/// The value that a program uses unless another one is set: the first of the range.
constexpr double initial_value(const hp_t& h) { return point(h, 0); }
/// Writes n_hps values.
constexpr void initial_values(const definition_view& d, double* values) {
  for (int h = 0; h < d.n_hps; ++h) values[h] = initial_value(d.hps[h]);
}

/// The lowest and the highest value; activations count by their number.
constexpr double lowest(const hp_t& h) {
  if (!is_choice(h.kind)) return point(h, 0);
  double v = h.v[0];
  for (int i = 1; i < h.n; ++i) v = h.v[i] < v ? h.v[i] : v;
  return v;
}
constexpr double highest(const hp_t& h) {
  if (h.kind == hp_kind::real) return h.hi;
  if (!is_choice(h.kind)) return point(h, points(h) - 1);
  double v = h.v[0];
  for (int i = 1; i < h.n; ++i) v = h.v[i] > v ? h.v[i] : v;
  return v;
}

/// Whether v is a point of the space: on the grid of an integer range, inside a real range, one of the choices.
/// Not-a-number is not.
constexpr bool in_range(const hp_t& h, double v) {
  if (is_choice(h.kind)) {
    for (int i = 0; i < h.n; ++i)
      if (h.v[i] == v) return true;
    return false;
  }
  if (h.kind == hp_kind::boolean) return v == 0 || v == 1;
  if (!(v >= h.lo && v <= h.hi)) return false;
  if (h.kind == hp_kind::real) return true;
  const auto steps = static_cast<std::int64_t>((v - h.lo) / h.step);
  return point(h, steps) == v;
}

/// Checks one value per hyper-parameter, also of those that are not active there: the first that is no point of the space.
constexpr diag check_values(const definition_view& d, const double* values) {
  for (int h = 0; h < d.n_hps; ++h) {
    if (in_range(d.hps[h], values[h])) continue;
    diag bad;
    bad.code = error::value_out_of_range;
    bad.hp = static_cast<std::int16_t>(h);
    bad.line = d.hps[h].line;
    bad.x = values[h];
    bad.name = d.hps[h].name;
    return bad;
  }
  return {};
}

/// The index of a hyper-parameter or a layer by name, or -1.
constexpr int find_hp(const definition_view& d, std::string_view name) {
  for (int h = 0; h < d.n_hps; ++h)
    if (d.hps[h].name.view() == name) return h;
  return -1;
}
constexpr int find_op(const definition_view& d, std::string_view name) {
  for (int i = 0; i < d.n_ops; ++i)
    if (d.ops[i].name.view() == name) return i;
  return -1;
}

/// Sets hp_t::structural: those that reach an extent, a window, an activation (also its slope), an initial value or a
/// condition. Another value of one of these is another program; all other numbers are read from memory by the program. The batch size
/// alone is not marked: every program takes the number of rows from memory, and the runtime picks the program's batch.
constexpr void mark_structural(const op* ops, int n_ops, const guard_t* guards, int n_guards, hp_t* hps) {
  const auto mark = [hps](int h) {
    if (h >= 0) hps[h].structural = true;
  };
  for (int i = 0; i < n_ops; ++i) {
    const op& o = ops[i];
    for_each_dim(o, [&mark](const dim& d) { mark(d.hp); });
    mark(o.act_hp);
    mark(o.act_alpha.hp);
    mark(o.init_value.hp);
    mark(o.bias_init_value.hp);
  }
  for (int g = 0; g < n_guards; ++g) mark(guards[g].hp);
}

}  // namespace ingot
