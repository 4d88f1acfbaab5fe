// The proof against brute force, on random definitions with random spaces: dsl_soundness [--models N] [--seed S].
// For each: every point is visited with infer(); the exact slices, the intervals, the witness, the masks and the keys must
// all agree with what was found. Exit 1 on any disagreement.
#include <ingot/dsl/explain.hpp>
#include <ingot/dsl/prove.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
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
    o.rank = below(3) != 0 ? 3 : 1 + below(2);
    o.size[0].k = 4 + below(5);
    if (o.rank > 1) o.size[1].k = o.rank == 2 ? 1 + below(4) : 4 + below(5);
    if (o.rank > 2) o.size[2].k = 1 + below(4);
    o.in[0] = unused;
    rank_[0] = o.rank;
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

  /// A kind that mostly suits the number of axes.
  op_kind make_kind(int rank) {
    constexpr op_kind any[] = {op_kind::add,        op_kind::add,
                               op_kind::concat,     op_kind::dense,
                               op_kind::dense,      op_kind::flatten,
                               op_kind::dropout,    op_kind::select,
                               op_kind::reshape,    op_kind::activation,
                               op_kind::flatten,    op_kind::add,
                               op_kind::layer_norm, op_kind::gaussian_noise,
                               op_kind::batch_norm, op_kind::stochastic_depth};
    constexpr op_kind images[] = {op_kind::conv2d,          op_kind::conv2d,           op_kind::conv2d,          op_kind::max_pool,
                                  op_kind::global_avg_pool, op_kind::global_max_pool,  op_kind::zero_pad,        op_kind::conv2d_transpose,
                                  op_kind::upsample,        op_kind::depthwise_conv2d, op_kind::spatial_dropout, op_kind::avg_pool};
    if (rank == 3 && below(2) != 0) return images[below(static_cast<int>(std::size(images)))];
    if (rank == 2 && below(2) != 0) return below(4) != 0 ? op_kind::conv1d : op_kind::spatial_dropout;
    if (rank == 1 && below(3) == 0) return op_kind::embedding;
    if (below(20) == 0) return static_cast<op_kind>(1 + below(n_op_kinds - 1));
    return any[below(static_cast<int>(std::size(any)))];
  }

  int rank_of(const op& o) {
    switch (o.kind) {
      case op_kind::flatten:
      case op_kind::global_avg_pool:
      case op_kind::global_max_pool:
        return 1;
      case op_kind::reshape:
        return o.rank;
      case op_kind::embedding:
        return 2;
      case op_kind::select:
        return rank_[o.in[1]];
      default:
        return rank_[o.in[0]];
    }
  }

  void make_options(op& o) {
    const bool takes_dilation = is_convolution(o.kind) && o.kind != op_kind::conv2d_transpose;
    for (int k = 0; k < 2; ++k) {
      o.kernel[k] = below(3) == 0 ? make_dim(2) : dim{1 + below(3)};
      o.stride[k] = below(5) == 0 ? make_dim(1) : dim{1 + below(2)};
      if (takes_dilation && below(4) == 0) o.dilation[k] = below(2) != 0 ? make_dim(1) : dim{2};
      o.factor[k] = below(3) == 0 ? make_dim(1) : dim{1 + below(2)};
    }
    if (o.dilation[0].k == 2) o.stride[0].k = o.stride[1].k = 1;
    if ((o.kind == op_kind::conv1d || o.kind == op_kind::conv2d) && below(3) == 0) o.groups = make_dim(1 + below(2));
    for (dim& x : o.pad_size)
      if (below(2) != 0) x = make_dim(below(8) == 0 ? -1 : below(3));
    o.pad = below(2) != 0 ? pad_kind::same : pad_kind::valid;
    if (o.kind == op_kind::conv1d && below(3) == 0) o.pad = pad_kind::causal;
  }

  /// Often to a size that fits at the first point.
  void make_reshape(model& m, int i) {
    op& o = m.ops[i];
    o.size[0] = make_dim(16 * (1 + below(3)));
    definition_view before = m.view();
    before.n_ops = i;
    double values[n_hps]{};
    shape s[n_ops];
    initial_values(before, values);
    if (below(4) != 0 && !infer(before, values, s)) o.size[0] = dim{static_cast<std::int32_t>(s[o.in[0]].elements())};
    if (below(3) == 0) {
      o.rank = 2 + below(2);
      o.size[1] = make_dim(1);
      o.size[2] = dim{1};
    }
  }

  void make_op(model& m, int i) {
    op& o = m.ops[i];
    o.in[0] = static_cast<std::int16_t>(below(4) != 0 ? i - 1 : below(i));
    o.kind = make_kind(rank_[o.in[0]]);
    const bool joins = o.kind == op_kind::add || o.kind == op_kind::concat || o.kind == op_kind::select;
    if (o.kind == op_kind::embedding && below(8) != 0) o.in[0] = 0;
    o.in[1] = joins ? static_cast<std::int16_t>(below(i)) : unused;
    for (int tries = 0; joins && tries < 3 && rank_[o.in[1]] != rank_[o.in[0]]; ++tries) o.in[1] = static_cast<std::int16_t>(below(i));
    o.size[0] = make_dim(2 + below(2));
    o.rank = 1;
    if (o.kind == op_kind::embedding) o.size[1] = make_dim(2);
    if (o.kind == op_kind::reshape) make_reshape(m, i);
    make_options(o);
    if (below(4) == 0) o.activation = act::softmax;
    if (m.hps[3].kind == hp_kind::choice_act && below(4) == 0) o.act_hp = 3;
    rank_[i] = rank_of(o);
    const bool keeps_rank = rank_[i] == rank_[o.in[0]];
    if (o.kind == op_kind::select || below(keeps_rank ? 3 : 30) == 0) o.guard = static_cast<std::int16_t>(below(n_guards));
  }

  int rank_[n_ops]{};  ///< of the model under work
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
  long kinds[n_op_kinds]{};  ///< ops of good models
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
  for (const op& o : m.ops) ++c.kinds[static_cast<int>(o.kind)];
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
  bool exercised = c.good * 20 > models && c.bad * 20 > models && c.by_intervals * 2 > c.good;
  for (int k = 0; k < n_op_kinds; ++k) {
    if (c.kinds[k] * 500 > models || static_cast<op_kind>(k) == op_kind::tap) continue;
    std::printf("only %ld ops of good models are of kind %s\n", c.kinds[k], kind_name(static_cast<op_kind>(k)).data());
    exercised = false;
  }
  if (!exercised) std::printf("the random models are too uniform to mean anything\n");
  return c.wrong == 0 && exercised ? 0 : 1;
}
