// Sealing: from the rows and ops that blocks and recipe parts brought to a flat definition. Names become indices, checks
// that need no shapes are made, and the first mistake is kept as data. Plain functions over arrays; model.hpp calls them.
#pragma once
#include <ingot/dsl/hp.hpp>
#include <ingot/dsl/space.hpp>

namespace ingot::detail {

/// The arrays under work. `rows` are definitions and references as they came, `to` maps a row to its hyper-parameter.
struct sealing {
  op* ops;
  int n_ops;
  hp_t* rows;
  int n_rows;
  std::int16_t* to;
  guard_t* guards;
  int n_guards;
  hp_t* hps;  ///< out; room for n_rows
  int n_hps = 0;
  diag found{};  ///< the first mistake
  diag later{};  ///< where mistakes behind the first go

  constexpr diag& fail(error e, int line, name_t name, double x = 0, double y = 0) {
    static_assert(std::is_trivially_copyable_v<diag>);
    diag bad;
    bad.code = e;
    bad.line = line;
    bad.name = name;
    bad.x = x;
    bad.y = y;
    if (found) return later;
    return found = bad;
  }
  constexpr diag& fail_op(error e, int i, name_t name, double x = 0, double y = 0) {
    diag& d = fail(e, ops[i].line, name, x, y);
    d.op = static_cast<std::int16_t>(i);
    return d;
  }
};

constexpr int find_defined(const sealing& s, const name_t& name) {
  for (int h = 0; h < s.n_hps; ++h)
    if (s.hps[h].name == name) return h;
  return -1;
}

/// A row's line is that of the op that uses it.
constexpr void set_lines(sealing& s) {
  for (int i = 0; i < s.n_ops; ++i) for_each_hp(s.ops[i], [&](auto h) { s.rows[h].line = s.ops[i].line; });
}

constexpr void check_definition(sealing& s, const hp_t& h) {
  const bool range = h.kind == hp_kind::integer || h.kind == hp_kind::real;
  if (range && !(h.lo <= h.hi)) s.fail(error::empty_range, h.line, h.name, h.lo, h.hi);
  if (h.kind == hp_kind::real && h.lo == h.hi) s.fail(error::empty_range, h.line, h.name, h.lo, h.hi);
  if (h.kind == hp_kind::integer && h.step < 1) s.fail(error::bad_step, h.line, h.name, h.step);
  if (h.log && !(h.lo > 0)) s.fail(error::bad_log_range, h.line, h.name, h.lo);
  if (is_integer(h.kind) && !s.found && (lowest(h) < -2147483647.0 || highest(h) > 2147483647.0))
    s.fail(error::range_too_large, h.line, h.name);
}

/// Definitions become the table of hyper-parameters.
constexpr void define_hps(sealing& s) {
  for (int r = 0; r < s.n_rows; ++r) {
    const hp_t& row = s.rows[r];
    if (row.name.cut) s.fail(error::name_too_long, row.line, row.name).hp = 0;
    if (row.kind == hp_kind::reference) continue;
    if (const int first = find_defined(s, row.name); first >= 0) s.fail(error::duplicate_hp, row.line, row.name, s.hps[first].line);
    check_definition(s, row);
    s.to[r] = static_cast<std::int16_t>(s.n_hps);
    s.hps[s.n_hps++] = row;
  }
  if (s.n_hps > max_hps) s.fail(error::too_many_hps, 0, {}, s.n_hps);
}

/// References and conditions find their definitions. False when one is unknown.
constexpr bool resolve_hps(sealing& s) {
  bool all = true;
  const auto find = [&](const name_t& name, int line) {
    const int h = find_defined(s, name);
    if (h < 0) s.fail(error::unknown_hp, line, name);
    all = all && h >= 0;
    return static_cast<std::int16_t>(h);
  };
  for (int r = 0; r < s.n_rows; ++r)
    if (s.rows[r].kind == hp_kind::reference) s.to[r] = find(s.rows[r].name, s.rows[r].line);
  for (int g = 0; g < s.n_guards; ++g) s.guards[g].hp = find(s.guards[g].hp_name, 0);
  return all;
}

/// Whether guard a being on makes guard b on.
constexpr bool implies(const sealing& s, int a, int b) {
  for (; b >= 0; b = s.guards[b].parent) {
    const guard_t& want = s.guards[b];
    bool found = false;
    for (int q = a; q >= 0 && !found; q = s.guards[q].parent) {
      const guard_t& has = s.guards[q];
      if (has.hp != want.hp) continue;
      found = want.eq >= 0 ? has.eq == want.eq : (has.eq >= 0 ? has.eq : has.ge) >= want.ge;
    }
    if (!found) return false;
  }
  return true;
}

/// A hyper-parameter exists wherever one of its uses does.
constexpr void widen_guards(sealing& s) {
  const auto use = [&](hp_t& h, int guard) {
    if (implies(s, guard, h.guard)) return;
    h.guard = implies(s, h.guard, guard) ? static_cast<std::int16_t>(guard) : std::int16_t{-1};
  };
  for (int r = 0; r < s.n_rows; ++r) use(s.hps[s.to[r]], s.rows[r].guard);
  for (int g = 0; g < s.n_guards; ++g) use(s.hps[s.guards[g].hp], s.guards[g].parent);
}

/// Each use must fit the kind of its hyper-parameter. The indices of ops are final now.
constexpr void check_kinds(sealing& s) {
  for (int i = 0; i < s.n_ops; ++i) {
    const op& o = s.ops[i];
    const auto size = [&](const dim& d) {
      if (d.hp >= 0 && !is_integer(s.hps[d.hp].kind))
        s.fail_op(error::size_not_integer, i, name_t("a size")).hp = static_cast<std::int16_t>(d.hp);
    };
    for_each_dim(o, size);
    if (o.act_hp >= 0 && s.hps[o.act_hp].kind != hp_kind::choice_act) s.fail_op(error::act_not_activation, i, s.hps[o.act_hp].name);
  }
  for (int g = 0; g < s.n_guards; ++g) {
    const hp_t& h = s.hps[s.guards[g].hp];
    if (!is_integer(h.kind)) s.fail(error::guard_not_integer, h.line, h.name);
  }
}

constexpr bool within(bound b, double lo, double hi) {
  const bool whole = static_cast<double>(static_cast<std::int64_t>(lo)) == lo;  // a range that is searched is checked by its kind
  switch (b) {
    case bound::unit_open:
      return lo >= 0 && hi < 1;
    case bound::unit_closed:
      return lo >= 0 && hi <= 1;
    case bound::positive:
      return lo > 0 && hi < 1e300;
    case bound::nonnegative:
      return lo >= 0 && hi < 1e300;
    case bound::at_least_one:
      return lo >= 1 && hi <= 2147483647.0 && whole;
    case bound::nonnegative_integer:
      return lo >= 0 && hi <= 2147483647.0 && whole;
    case bound::none:
      return lo == lo && hi == hi;
  }
  return false;
}

/// Checks a number of op i (i < 0: of the recipe, on `line`) against its bound.
constexpr void check_number(sealing& s, const num& n, bound b, std::string_view name, int i, int line) {
  const auto place = [&](diag& d) {
    if (i >= 0) d.op = static_cast<std::int16_t>(i);
    if (n.hp >= 0) d.hp = static_cast<std::int16_t>(n.hp);
    d.want = b;
  };
  const bool wants_whole = b == bound::at_least_one || b == bound::nonnegative_integer;
  double lo = n.k, hi = n.k;
  if (n.hp >= 0) {
    const hp_t& h = s.hps[n.hp];
    if (h.kind == hp_kind::choice_act) return place(s.fail(error::number_not_numeric, line, h.name));
    if (wants_whole && !is_integer(h.kind)) return place(s.fail(error::size_not_integer, line, name_t(name)));
    lo = lowest(h);
    hi = highest(h);
  }
  const bool finite = lo > -1e18 && hi < 1e18;
  if (finite && within(b, lo, hi)) return;
  const bool low_end = finite ? !within(b, lo, lo) : !(lo > -1e18);
  place(s.fail(error::number_out_of_range, line, name_t(name), low_end ? lo : hi));
}

/// What an initializer's value must satisfy: of most a deviation, a limit or a gain.
constexpr bound init_bound(init_kind k) { return k == init_kind::constant ? bound::none : bound::nonnegative; }

/// The numbers of a layer with a kernel or an activation; those of other layers have their defaults.
constexpr void check_kernel_numbers(sealing& s, int i) {
  const op& o = s.ops[i];
  check_number(s, o.act_alpha, bound::none, "alpha", i, o.line);
  for (const num& n : o.rule.number) check_number(s, n, bound::none, "number of the rule", i, o.line);
  check_number(s, o.l1, bound::nonnegative, "l1", i, o.line);
  check_number(s, o.l2, bound::nonnegative, "l2", i, o.line);
  check_number(s, o.bias_l1, bound::nonnegative, "bias l1", i, o.line);
  check_number(s, o.bias_l2, bound::nonnegative, "bias l2", i, o.line);
  check_number(s, o.activity_l1, bound::nonnegative, "activity l1", i, o.line);
  check_number(s, o.activity_l2, bound::nonnegative, "activity l2", i, o.line);
  check_number(s, o.init_value, init_bound(o.init), "initial value", i, o.line);
  check_number(s, o.bias_init_value, init_bound(o.bias_init), "initial bias", i, o.line);
  for (const constraint_t* c : {&o.constraint, &o.bias_constraint}) {
    check_number(s, c->low, bound::nonnegative, "smallest norm", i, o.line);
    check_number(s, c->high, bound::nonnegative, "largest norm", i, o.line);
    check_number(s, c->rate, bound::unit_closed, "rate of the constraint", i, o.line);
  }
}

constexpr void check_layer_numbers(sealing& s) {
  for (int i = 0; i < s.n_ops; ++i) {
    const op& o = s.ops[i];
    switch (o.kind) {
      case op_kind::dropout:
      case op_kind::spatial_dropout:
      case op_kind::stochastic_depth:
        check_number(s, o.rate, bound::unit_open, "rate", i, o.line);
        break;
      case op_kind::gaussian_noise:
        check_number(s, o.rate, bound::nonnegative, "deviation", i, o.line);
        break;
      case op_kind::batch_norm:
        check_number(s, o.momentum, bound::unit_closed, "momentum", i, o.line);
        [[fallthrough]];
      case op_kind::layer_norm:
        check_number(s, o.epsilon, bound::positive, "epsilon", i, o.line);
        break;
      default:
        if (has_activation(o.kind) || o.kind == op_kind::embedding) check_kernel_numbers(s, i);
    }
  }
}

}  // namespace ingot::detail
