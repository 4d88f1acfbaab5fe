// model(network, parts...): seals a network and its recipe into one flat definition. Mistakes are kept as data in `found`;
// INGOT_SOUND and INGOT_EXPORT (check.hpp, export.hpp) prove the definition and report them.
#pragma once
#include <ingot/dsl/block.hpp>
#include <ingot/dsl/recipe_numbers.hpp>
#include <ingot/dsl/sealing_craft.hpp>
#include <ingot/dsl/sealing_graph.hpp>
#include <ingot/dsl/sealing_recipe.hpp>

namespace ingot {

/// A sealed model. K is the capacity of the table of hyper-parameters (references need a row until they are sealed).
template <int N, int K, int G>
struct definition {
  op ops[N != 0 ? N : 1]{};
  hp_t hps[K != 0 ? K : 1]{};
  guard_t guards[G != 0 ? G : 1]{};
  recipe_t recipe{};
  std::int32_t n_hps = 0;
  diag found{};  ///< the first mistake that sealing found
  static constexpr int n_ops = N, n_guards = G;

  /// The view of this object; `name` must outlive it.
  [[nodiscard]] constexpr definition_view view(const char* name = "") const { return {ops, hps, guards, &recipe, N, n_hps, G, name}; }
};

namespace detail {

/// The steps of sealing that look at ops and names; N > 0.
template <int N>
constexpr void seal_graph(sealing& s, const recipe_sink& sink, recipe_t& recipe) {
  op copy[N]{};
  std::int16_t moved[N]{}, named[N]{};
  std::uint64_t hash[N]{};
  bool used[N]{};
  inputs_first(s, copy, moved);
  check_feeding(s);
  name_table names{hash, named};
  resolve_layers(s, names);
  resolve_outputs(s, names, sink, recipe);
  if (!s.found) check_used(s, recipe, used);
  name_layers(s, names);
  check_embeddings(s, recipe);
}

/// Replaces rows by hyper-parameters in ops and recipe.
constexpr void renumber(sealing& s, recipe_t& r) {
  for (int i = 0; i < s.n_ops; ++i) for_each_hp(s.ops[i], [&](auto& h) { h = s.to[h]; });
  for_each_number(r, [&](num& n) {
    if (n.hp >= 0) n.hp = s.to[n.hp];
  });
}

}  // namespace detail

/// Parts: a loss (or output(...) for each of several), metrics, weights of classes and rows, an optimizer, a schedule of its rate, what is
/// done with gradients, batch, epochs, validation, rescale, standardize, direct_convolutions, step_memory, cache, augment, mixup, cutmix,
/// prune, mixed_precision, gradcheck_every, early_stopping, stop_when, random_search; in any order, but cache before augment.
template <int N, int K, int G, class... P>
consteval auto model(const block<N, K, G>& net, const P&... parts) {
  static_assert(N > 0, "model(network, parts...): the network is empty");
  static_assert((... && detail::recipe_part<P>),
                "model(network, parts...): a part is neither a loss, an output, an optimizer, a setting, early_stopping nor random_search");
  constexpr int rows = K + (0 + ... + detail::rows_of<P>);
  definition<N, rows, G> d;
  hp_t row[rows != 0 ? rows : 1]{};
  std::int16_t to[rows != 0 ? rows : 1]{};
  for (int i = 0; i < N; ++i) d.ops[i] = net.ops[i];
  for (int i = 0; i < G; ++i) d.guards[i] = net.guards[i];
  for (int i = 0; i < K; ++i) row[i] = net.hps[i];
  detail::row_sink collected{row, K};
  detail::recipe_sink sink{&d.recipe, &collected};
  const auto put = [&](const auto& part) {
    if constexpr (detail::recipe_part<std::remove_cvref_t<decltype(part)>>) part.put(sink);
  };
  (put(parts), ...);

  detail::sealing s{d.ops, N, row, rows, to, d.guards, G, d.hps};
  if (!sink.twice.empty()) s.fail(error::part_twice, 0, name_t(sink.twice));
  detail::set_lines(s);
  detail::define_hps(s);
  const bool known = detail::resolve_hps(s);
  d.n_hps = s.n_hps;
  if (known && s.n_hps <= max_hps) {
    detail::widen_guards(s);
    detail::renumber(s, d.recipe);
    detail::check_kinds(s);
    detail::check_layer_numbers(s);
    detail::check_recipe_numbers(s, d.recipe);
    detail::check_craft(s, sink, d.recipe.craft);
    detail::seal_graph<N>(s, sink, d.recipe);
    detail::check_groups(s, sink, d.recipe);
    detail::check_metrics(s, d.recipe);
    detail::check_craft_fits(s, d.recipe);
    detail::spread_targets(d.recipe);
    mark_structural(d.ops, N, d.guards, G, d.hps);
  }
  d.found = s.found;
  return d;
}

}  // namespace ingot
