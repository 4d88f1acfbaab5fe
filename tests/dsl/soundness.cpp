// The proof against brute force, on random definitions with random spaces: dsl_soundness [--models N] [--seed S].
// For each: every point is visited with infer(); the exact slices, the intervals, the witness, the masks and the keys must
// all agree with what was found. Exit 1 on any disagreement.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ingot/dsl/explain.hpp>
#include <ingot/dsl/prove.hpp>
#include <random>
#include <vector>

using namespace ingot;

namespace {

constexpr int n_ops = 9, n_hps = 4, n_guards = 3;

struct model {
  op ops[n_ops]{};
  hp_t hps[n_hps]{};
  guard_t guards[n_guards]{};
  recipe_t recipe{};
  [[nodiscard]] definition_view view() const { return {ops, hps, guards, &recipe, n_ops, n_hps, n_guards, "random"}; }
};

class generator {
 public:
  explicit generator(unsigned seed) : random_(seed) {}

  model make() {
    model m;
    make_space(m);
    make_input(m.ops[0]);
    for (int i = 1; i < n_ops; ++i) make_op(m, i);
    m.recipe.loss[0].kind = below(4) != 0 ? loss_kind::mse : loss_kind::sparse_categorical_crossentropy;
    m.recipe.loss[0].from_logits = below(2) != 0;
    if (below(4) == 0) m.recipe.n_class_weights = 2 + below(4);
    if (below(4) == 0) {  // a second output, in the middle
      m.recipe.n_outputs = 2;
      m.recipe.output[1] = static_cast<std::int16_t>(1 + below(n_ops - 1));
      m.recipe.loss[1].kind = loss_kind::categorical_crossentropy;
      m.recipe.loss[1].from_logits = true;
    }
    return m;
  }

 private:
  std::mt19937 random_;
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  void make_space(model& m) {
    for (int h = 0; h < n_hps; ++h) {
      hp_t& row = m.hps[h];
      row.name = name_t(std::string_view("abcd").substr(static_cast<std::size_t>(h), 1));
      row.kind = h == 0 ? hp_kind::boolean : hp_kind::integer;
      row.lo = h == 0 ? 0 : 1 + below(3);
      row.hi = h == 0 ? 1 : row.lo + below(3);
      if (h == 3 && below(3) == 0) {
        row.kind = hp_kind::choice_act;
        row.n = 2;
        row.v[0] = static_cast<double>(act::linear);
        row.v[1] = static_cast<double>(act::softmax);
      }
    }
    m.guards[0].hp = 0;
    m.guards[0].eq = 1;
    m.guards[1].hp = 1;
    m.guards[1].ge = 2;
    m.guards[2].hp = 2;
    m.guards[2].eq = 2;
    m.guards[2].parent = 1;
  }

  void make_input(op& o) {
    o.kind = op_kind::input;
    o.rank = 3;
    o.size[0].k = 4 + below(5);
    o.size[1].k = 4 + below(5);
    o.size[2].k = 1 + below(3);
    o.in[0] = unused;
  }

  dim make_dim(int constant) {
    dim d;
    d.k = constant;
    if (below(2) != 0) return d;
    d.hp = 1 + below(2);
    d.mul = 1 + below(2);
    d.div = 1 + below(2);
    d.k = below(3) == 0 ? 1 : 0;
    return d;
  }

  void make_op(model& m, int i) {
    constexpr op_kind kinds[] = {op_kind::conv2d,  op_kind::conv2d, op_kind::max_pool, op_kind::add,       op_kind::add,
                                 op_kind::concat,  op_kind::dense,  op_kind::dense,    op_kind::flatten,   op_kind::global_avg_pool,
                                 op_kind::dropout, op_kind::select, op_kind::reshape,  op_kind::activation};
    op& o = m.ops[i];
    o.kind = kinds[below(14)];
    if (o.kind == op_kind::flatten && below(2) != 0) o.kind = op_kind::conv2d;
    const bool joins = o.kind == op_kind::add || o.kind == op_kind::concat || o.kind == op_kind::select;
    o.in[0] = static_cast<std::int16_t>(below(4) != 0 ? i - 1 : below(i));
    o.in[1] = joins ? static_cast<std::int16_t>(below(i)) : unused;
    if (o.kind == op_kind::select || below(3) == 0) o.guard = static_cast<std::int16_t>(below(n_guards));
    o.size[0] = make_dim(2 + below(2) / 2);
    o.rank = 1;
    if (o.kind == op_kind::reshape && below(2) != 0) {
      o.rank = 3;
      o.size[0] = make_dim(4);
      o.size[1] = make_dim(4);
      o.size[2] = make_dim(2);
    } else if (o.kind == op_kind::reshape) {
      o.size[0] = make_dim(16 * (1 + below(3)));
    }
    for (int k = 0; k < 2; ++k) {
      o.kernel[k] = below(3) == 0 ? make_dim(2) : dim{1 + below(3)};
      o.stride[k] = below(5) == 0 ? make_dim(1) : dim{1 + below(2)};
    }
    o.pad = below(2) != 0 ? pad_kind::same : pad_kind::valid;
    if (below(4) == 0) o.activation = act::softmax;
    if (m.hps[3].kind == hp_kind::choice_act && below(4) == 0) o.act_hp = 3;
  }
};

using point_values = std::array<double, n_hps>;

std::vector<point_values> all_points(const model& m) {
  std::vector<point_values> r{{}};
  for (std::size_t h = 0; h < n_hps; ++h) {
    std::vector<point_values> next;
    for (const point_values& p : r)
      for (int i = 0; i < points(m.hps[h]); ++i) {
        next.push_back(p);
        next.back()[h] = point(m.hps[h], i);
      }
    r = next;
  }
  return r;
}

struct counters {
  long rank_changes = 0, good = 0, bad = 0, by_intervals = 0, wrong = 0;
};

void report(counters& c, const model& m, long number, const char* what) {
  if (++c.wrong > 3) return;
  std::printf("model %ld: %s\n", number, what);
  for (int i = 0; i < n_ops; ++i) {
    const op& o = m.ops[i];
    std::printf("  %d %s in %d %d guard %d size %d+hp%d*%d/%d kernel %d(%d) stride %d(%d) %s act %d hp %d\n", i, kind_name(o.kind).data(),
                o.in[0], o.in[1], o.guard, o.size[0].k, o.size[0].hp, o.size[0].mul, o.size[0].div, o.kernel[0].k, o.kernel[0].hp,
                o.stride[0].k, o.stride[0].hp, o.pad == pad_kind::same ? "same" : "valid", static_cast<int>(o.activation), o.act_hp);
  }
  for (const hp_t& h : m.hps) std::printf("  hp %s: %g..%g\n", h.name.s, lowest(h), highest(h));
}

/// Of a valid definition: intervals contain the extents, equal keys mean equal extents, masks name what changes them.
const char* check_facts(const model& m, const std::vector<point_values>& space) {
  const definition_view d = m.view();
  detail::interval_shape ranges[n_ops]{};
  dependence deps[n_ops]{};
  dependencies(d, deps);
  for (int i = 0; i < n_ops; ++i) detail::infer_interval(d, i, ranges);
  shape first[n_ops], s[n_ops];
  infer(d, space[0].data(), first);
  for (const point_values& p : space) {
    infer(d, p.data(), s);
    for (int i = 0; i < n_ops; ++i) {
      if (s[i].rank != deps[i].rank) return "the rank is not the static one";
      for (int k = 0; k < s[i].rank; ++k) {
        const detail::interval& x = ranges[i].d[k];
        if (s[i].d[k] < x.lo || s[i].d[k] > x.hi) return "an extent lies outside its interval";
        if (deps[i].d[k] == 0 && s[i].d[k] != first[i].d[k]) return "an extent changes that depends on nothing";
        for (int j = 0; j < i; ++j)
          for (int l = 0; l < s[j].rank; ++l)
            if (x.key == ranges[j].d[l].key && s[i].d[k] != s[j].d[l]) return "equal keys, different extents";
      }
    }
  }
  return nullptr;
}

void check_model(counters& c, const model& m, long number) {
  constexpr std::int64_t no_limit = 1'000'000'000;
  const definition_view d = m.view();
  dependence deps[n_ops]{};
  if (dependencies(d, deps)) {
    ++c.rank_changes;
    return;
  }
  const std::vector<point_values> space = all_points(m);
  shape s[n_ops];
  bool ok = true;
  for (const point_values& p : space) ok = ok && !infer(d, p.data(), s);
  ++(ok ? c.good : c.bad);
  const proof exact = prove<n_ops>(d, true, no_limit), usual = prove<n_ops>(d, false, no_limit);
  if (ok == static_cast<bool>(exact.bad)) report(c, m, number, "exact slices and brute force disagree");
  if (ok == static_cast<bool>(usual.bad)) report(c, m, number, "intervals with slices and brute force disagree");
  if (ok && usual.by_intervals) ++c.by_intervals;
  for (const proof* p : {&exact, &usual})
    if (p->witness && !infer(d, p->values, s)) report(c, m, number, "the witness is a valid point");
  if (!ok) return;
  if (const char* what = check_facts(m, space)) report(c, m, number, what);
}

}  // namespace

int main(int argc, char** argv) {
  long models = 20000, seed = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--models") == 0) models = std::atol(argv[i + 1]);
    if (std::strcmp(argv[i], "--seed") == 0) seed = std::atol(argv[i + 1]);
  }
  generator g(static_cast<unsigned>(seed));
  counters c;
  for (long k = 0; k < models; ++k) check_model(c, g.make(), k);
  std::printf("seed %ld: %ld models, %ld change rank, %ld good, %ld bad, intervals alone prove %ld of the good; %ld disagreements\n", seed,
              models, c.rank_changes, c.good, c.bad, c.by_intervals, c.wrong);
  const bool exercised = c.good * 20 > models && c.bad * 20 > models && c.by_intervals * 2 > c.good;
  if (!exercised) std::printf("the random models are too uniform to mean anything\n");
  return c.wrong == 0 && exercised ? 0 : 1;
}
