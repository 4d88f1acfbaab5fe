// A diag as one sentence for the user: where (layer, op, line), what, and at which point of the space. The same text is
// printed by the C++ compiler for a declaration and by a program for values given at run time.
#pragma once
#include <ingot/dsl/explain_craft.hpp>
#include <ingot/dsl/space.hpp>

namespace ingot {

namespace detail {

constexpr void put_value(message& m, const hp_t& h, double v) {
  if (h.kind == hp_kind::choice_act && v >= 0 && v <= static_cast<double>(last_act)) {
    m << act_name(static_cast<act>(static_cast<int>(v)));
  } else {
    put_number(m, v);
  }
}
/// "range 32 .. 512 step 32", "one of 0.01, 0.001", "0 or 1".
constexpr void put_range(message& m, const hp_t& h) {
  if (h.kind == hp_kind::boolean) {
    m << "0 or 1";
  } else if (is_choice(h.kind)) {
    m << "one of ";
    for (int i = 0; i < h.n; ++i) {
      if (i != 0) m << ", ";
      put_value(m, h, h.v[i]);
    }
  } else {
    say(m, h.lo, " .. ", h.hi);
    if (h.kind == hp_kind::integer && h.step != 1) say(m, " in steps of ", h.step);
  }
}
/// What `name` must satisfy: "0 <= rate < 1".
constexpr void put_bound(message& m, bound b, std::string_view name) {
  switch (b) {
    case bound::unit_open:
      say(m, "0 <= ", name, " < 1");
      break;
    case bound::unit_closed:
      say(m, "0 <= ", name, " <= 1");
      break;
    case bound::positive:
      say(m, name, " > 0");
      break;
    case bound::nonnegative:
      say(m, name, " >= 0");
      break;
    case bound::at_least_one:
      say(m, "a whole ", name, " >= 1");
      break;
    case bound::nonnegative_integer:
      say(m, "a whole ", name, " >= 0");
      break;
    case bound::none:
      say(m, "a finite ", name);
      break;
  }
}

constexpr void put_place(message& m, const diag& d, const definition_view& g) {
  if (d.op >= 0) {
    m << kind_name(g.ops[d.op].kind);
    if (!g.ops[d.op].name.empty()) m << ' ' << g.ops[d.op].name.view();
    m << " (op " << static_cast<int>(d.op);
    if (d.line != 0) m << ", line " << d.line;
    m << "): ";
  } else if (d.line != 0) {
    m << "line " << d.line << ": ";
  }
}

/// Mistakes in names. False when the code is none of them.
constexpr bool put_name_mistake(message& m, const diag& d, const definition_view& g) {
  const std::string_view name = d.name.view();
  switch (d.code) {
    case error::name_too_long:
      say(m, d.hp >= 0 ? "hyper-parameter" : "layer", " name ", name, "... is longer than ", static_cast<int>(name_capacity) - 1,
          " characters");
      return true;
    case error::duplicate_layer:
      say(m, "layer name ", name, " is used twice (first on line ", d.x, ")");
      return true;
    case error::unknown_layer:
      say(m, name, " names no earlier layer");
      return true;
    case error::duplicate_hp:
      say(m, "hyper-parameter ", name, " is defined twice");
      return true;
    case error::unknown_hp:
      say(m, "unknown hyper-parameter ", name, "; defined:", g.n_hps == 0 ? " none" : "");
      for (int h = 0; h < g.n_hps; ++h) say(m, " ", g.hps[h].name.view());
      return true;
    case error::too_many_hps:
      say(m, d.x, " hyper-parameters, at most ", max_hps, " are possible");
      return true;
    default:
      return false;
  }
}

/// Mistakes in the values and the uses of hyper-parameters. False when the code is none of them.
constexpr bool put_hp_mistake(message& m, const diag& d, const definition_view& g) {
  const std::string_view name = d.name.view();
  switch (d.code) {
    case error::empty_range:
      say(m, "hyper-parameter ", name, " has an empty range ", d.x, " .. ", d.y);
      return true;
    case error::bad_step:
      say(m, "hyper-parameter ", name, " has the step ", d.x, ", want at least 1");
      return true;
    case error::bad_log_range:
      say(m, "log_range of hyper-parameter ", name, " starts at ", d.x, ", want a value > 0");
      return true;
    case error::range_too_large:
      say(m, "hyper-parameter ", name, " has a range outside +-2147483647");
      return true;
    case error::size_not_integer:
      say(m, "hyper-parameter ", g.hps[d.hp].name.view(), " is not an integer, but is used as ", name);
      return true;
    case error::number_not_numeric:
      say(m, "hyper-parameter ", name, " is an activation, but is used as a number");
      return true;
    case error::guard_not_integer:
      say(m, "hyper-parameter ", name, " is neither a flag nor an integer, but is used as a condition");
      return true;
    case error::act_not_activation:
      say(m, "hyper-parameter ", name, " is not a choice of activations, but is used as one");
      return true;
    default:
      return false;
  }
}

constexpr void put_number_mistake(message& m, const diag& d, const definition_view& g) {
  if (d.hp >= 0) {
    say(m, d.name.view(), " ", g.hps[d.hp].name.view(), " reaches ", d.x);
  } else {
    say(m, d.name.view(), " is ", d.x);
  }
  m << ", want ";
  put_bound(m, d.want, d.name.view());
}

/// Mistakes in the recipe and in how the network hangs together. False when the code is none of them.
constexpr bool put_recipe_mistake(message& m, const diag& d, const definition_view& g) {
  switch (d.code) {
    case error::no_input:
      m << "the network does not start with input(...)";
      return true;
    case error::input_not_first:
      m << "an input must be the first op and cannot be conditional";
      return true;
    case error::unused_layer:
      m << "no output depends on this layer";
      return true;
    case error::too_many_outputs:
      say(m, d.x, d.y == 0 ? " inputs" : " outputs", ", at most ", max_inputs, " are possible");
      return true;
    case error::number_out_of_range:
      put_number_mistake(m, d, g);
      return true;
    case error::loss_missing:
      m << "the recipe has an optimizer but no loss";
      return true;
    case error::loss_twice:
      m << "the recipe has two losses for one output; several outputs are named by output(layer, loss)";
      return true;
    case error::part_twice:
      say(m, "the recipe says ", d.name.view(), " twice");
      return true;
    case error::pieces_disordered:
      say(m, "the boundaries of piecewise_rate must grow, but ", d.x, " is followed by ", d.y);
      return true;
    case error::unknown_group:
      say(m, "group ", d.name.view(), " names no layer, nor the beginning of one");
      return true;
    case error::too_many_groups:
      say(m, d.x, " groups, at most ", max_groups, " are possible");
      return true;
    case error::loss_width:
      say(m, loss_name(static_cast<loss_kind>(static_cast<int>(d.x))), " wants at least 2 outputs, the network ends in ", d.a);
      return true;
    case error::loss_activation: {
      const loss_t& l = g.recipe->loss[static_cast<int>(d.y)];
      say(m, loss_name(l.kind), l.from_logits ? "(from_logits)" : "", " does not fit the last activation, ",
          act_name(static_cast<act>(static_cast<int>(d.x))));
      return true;
    }
    default:
      return false;
  }
}

/// Mistakes in metrics and in weights of classes. False when the code is none of them.
constexpr bool put_metric_mistake(message& m, const diag& d) {
  const auto name = [&] { return metric_name(static_cast<metric>(static_cast<int>(d.x))); };
  constexpr std::string_view watchers[] = {"early_stopping", "random_search", "stop_when", "reduce_on_plateau"};
  const auto who = [&] { return watchers[static_cast<int>(d.y)]; };
  switch (d.code) {
    case error::metric_unfit: {
      const auto which = static_cast<metric>(static_cast<int>(d.x));
      say(m, "no output can have the metric ", name(), ": it is for losses of ",
          which == metric::top_k_accuracy                      ? "one class out of several"
          : metric_fits(which, loss_kind::binary_crossentropy) ? "classes"
                                                               : "values");
      return true;
    }
    case error::metric_missing:
      say(m, who(), " watches ", name(), ", which the recipe does not measure; add it to metrics(...)");
      return true;
    case error::metric_training:
      say(m, who(), " watches ", name(), ", which is no mean over rows and is measured on the validation part only; watch val_", name());
      return true;
    case error::class_weights_unfit:
      say(m, "class weights want one output with a loss of classes and one class for each row, this output is ", d.a);
      return true;
    case error::class_weights_count:
      say(m, "class_weight gives ", d.y, " weights, the output ", d.a, " has ", d.x, " classes");
      return true;
    case error::class_weights_many:
      say(m, "class_weight gives ", d.x, " weights, at most ", max_class_weights, " are possible; balanced_class_weights has no limit");
      return true;
    default:
      return false;
  }
}

/// The axes that a layer of this kind wants.
constexpr std::string_view wanted_axes(op_kind k) {
  if (k == op_kind::conv1d) return "steps x channels";
  if (k == op_kind::embedding) return "one axis of token numbers";
  return k == op_kind::spatial_dropout ? "steps x channels or height x width x channels" : "height x width x channels";
}

/// Mistakes in the options of convolutions, in padding and embeddings. False when the code is none of them.
constexpr bool put_image_mistake(message& m, const diag& d) {
  switch (d.code) {
    case error::bad_dilation:
      say(m, "dilation is ", d.a, ", want at least 1");
      return true;
    case error::strided_dilation:
      say(m, "strides ", d.a, " and dilation ", d.b, " do not go together: leave one of them at 1");
      return true;
    case error::bad_groups:
      if (d.x < 1) {
        say(m, "groups is ", d.x, ", want at least 1");
      } else {
        say(m, d.x, " groups must divide the channels of the input ", d.a, " and the ", d.y, " filters");
      }
      return true;
    case error::bad_padding:
      say(m, "padding is ", d.x, ", want at least 0");
      return true;
    case error::embedding_input:
      m << "wants the token numbers of an input(...), without a layer in between";
      return true;
    case error::embedding_scaled:
      m << "reads token numbers, which rescale and standardize would change: leave these out";
      return true;
    default:
      return false;
  }
}

/// Mistakes in shapes.
constexpr void put_shape_mistake(message& m, const diag& d, const definition_view& g) {
  switch (d.code) {
    case error::rank:
      say(m, "wants ", wanted_axes(g.ops[d.op].kind), ", gets ", d.a);
      break;
    case error::rank_change:
      say(m, "a conditional part may not change the rank (here from ", d.x, " to ", d.y, " axes)");
      break;
    case error::nonpositive:
      say(m, "size is ", d.x, ", want at least 1");
      break;
    case error::bad_window:
      say(m, "window is ", d.a, " with strides ", d.b, ", want at least 1");
      break;
    case error::window_too_large:
      say(m, "window ", d.b, is_dilated(g.ops[d.op]) ? ", dilation included," : "", " is larger than its input ", d.a);
      break;
    case error::add_mismatch:
      say(m, "cannot add ", d.a, " and shortcut ", d.b);
      break;
    case error::concat_mismatch:
      say(m, "cannot concatenate ", d.a, " and ", d.b);
      break;
    case error::reshape_mismatch:
      say(m, "cannot reshape ", d.a, " to ", d.b, ": different numbers of elements");
      break;
    case error::too_large:
      m << "an extent is larger than 2147483647";
      break;
    default:
      m << "unknown mistake";
      break;
  }
}

/// Every code but not_shown and value_out_of_range.
constexpr void put_mistake(message& m, const diag& d, const definition_view& g) {
  if (put_name_mistake(m, d, g) || put_hp_mistake(m, d, g) || put_recipe_mistake(m, d, g) || put_metric_mistake(m, d)) return;
  if (put_image_mistake(m, d) || put_craft_mistake(m, d)) return;
  put_shape_mistake(m, d, g);
}

/// The point of the space: the hyper-parameters that the failing check reads (all of them when that is not known).
constexpr void put_point(message& m, const diag& d, const definition_view& g, const double* values) {
  bool first = true;
  for (int h = 0; h < g.n_hps; ++h) {
    if (points(g.hps[h]) < 2 || (d.depends != 0 && (d.depends >> h & 1) == 0)) continue;
    say(m, first ? " [when " : ", ", g.hps[h].name.view(), " = ");
    put_value(m, g.hps[h], values[h]);
    first = false;
  }
  if (!first) m << ']';
}

constexpr void put_not_shown(message& m, diag d, const definition_view& g) {
  m << "not shown for the whole search space (too many points to visit; tie sizes or search fewer): ";
  if (d.reason == error::add_mismatch || d.reason == error::concat_mismatch) {
    say(m, "main path, from ", d.a, ", and shortcut, to ", d.b, ", are always equal");
    return;
  }
  d.code = d.reason;
  put_mistake(m, d, g);
}

}  // namespace detail

/// One sentence. `values`: the point where it failed, or null when it concerns the whole space.
constexpr message explain(const diag& d, const definition_view& g, const double* values) {
  message m;
  if (d.code == error::ok) return m;
  if (d.code == error::value_out_of_range) {
    const hp_t& h = g.hps[d.hp];
    detail::say(m, "hyper-parameter ", h.name.view(), " cannot be ");
    detail::put_value(m, h, d.x);
    m << "; its values are ";
    detail::put_range(m, h);
    return m;
  }
  detail::put_place(m, d, g);
  if (d.code == error::not_shown) {
    detail::put_not_shown(m, d, g);
    return m;
  }
  detail::put_mistake(m, d, g);
  if (values != nullptr) detail::put_point(m, d, g, values);
  return m;
}

}  // namespace ingot
