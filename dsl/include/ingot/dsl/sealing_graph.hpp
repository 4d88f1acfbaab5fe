// Sealing, second part: the graph. Inputs come first, named layers are found, outputs are set, every op gets a name.
#pragma once
#include <ingot/dsl/recipe.hpp>
#include <ingot/dsl/sealing.hpp>

namespace ingot::detail {

/// Moves inputs to the front, in their order; `from` and `to` are scratch of n_ops entries.
constexpr void inputs_first(sealing& s, op* from, std::int16_t* to) {
  int n = 0;
  bool moved = false;
  for (int i = 0; i < s.n_ops; ++i)
    if (s.ops[i].kind == op_kind::input) {
      moved = moved || i != n;
      to[i] = small(n++);
    }
  if (n == 0 && s.n_ops > 0) s.fail_op(error::no_input, 0, s.ops[0].name);
  if (n > max_inputs) s.fail(error::too_many_outputs, 0, {}, n, 0);
  if (!moved) return;
  for (int i = 0; i < s.n_ops; ++i) {
    if (s.ops[i].kind != op_kind::input) to[i] = small(n++);
    from[i] = s.ops[i];
  }
  for (int i = 0; i < s.n_ops; ++i) {
    op& o = s.ops[to[i]] = from[i];
    for (std::int16_t& x : o.in)
      if (x >= 0) x = to[x];
  }
}

/// Every op must be fed; an input must not be, and cannot be conditional.
constexpr void check_feeding(sealing& s) {
  for (int i = 0; i < s.n_ops; ++i) {
    const op& o = s.ops[i];
    if (o.in[0] == open_input || o.in[1] == open_input) s.fail_op(error::no_input, i, o.name);
    if (o.kind == op_kind::input && o.guard >= 0) s.fail_op(error::input_not_first, i, o.name);
  }
}

constexpr std::uint64_t hash_of(const name_t& name) {
  std::uint64_t h = 14695981039346656037ULL;
  for (char c : name.view()) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return h;
}

/// Names of layers that the user gave, with a hash each, so that a big network is compared in few steps.
struct name_table {
  std::uint64_t* hash;
  std::int16_t* op;
  int n = 0;
};
constexpr int find_named(const sealing& s, const name_table& t, const name_t& name) {
  const std::uint64_t h = hash_of(name);
  for (int k = 0; k < t.n; ++k)
    if (t.hash[k] == h && s.ops[t.op[k]].name == name) return t.op[k];
  return -1;
}

/// Collects the names and resolves from(name) to the named op. A tap inside a conditional part passes what flows in when
/// it is off, which is a select.
constexpr void resolve_layers(sealing& s, name_table& t) {
  for (int i = 0; i < s.n_ops; ++i) {
    op& o = s.ops[i];
    if (o.name.cut || o.source.cut) s.fail_op(error::name_too_long, i, o.name.cut ? o.name : o.source);
    if (o.kind == op_kind::tap) {
      const int source = find_named(s, t, o.source);
      if (source < 0) {
        s.fail_op(error::unknown_layer, i, o.source);
      } else if (o.guard < 0) {
        o.in[0] = small(source);
      } else {
        o.kind = op_kind::select;
        o.in[1] = small(source);
      }
    }
    if (o.name.empty()) continue;
    if (const int first = find_named(s, t, o.name); first >= 0) s.fail_op(error::duplicate_layer, i, o.name, s.ops[first].line);
    t.hash[t.n] = hash_of(o.name);
    t.op[t.n++] = small(i);
  }
}

constexpr void resolve_outputs(sealing& s, const name_table& t, const recipe_sink& sink, recipe_t& r) {
  if (sink.n_losses > 1 || (sink.n_losses > 0 && sink.n_named > 0)) s.fail(error::loss_twice, r.loss[0].line, {});
  if (sink.n_named > max_inputs) {
    s.fail(error::too_many_outputs, 0, {}, sink.n_named, 1);
    return;
  }
  r.n_outputs = sink.n_named == 0 ? 1 : sink.n_named;
  if (sink.n_named == 0) r.output[0] = small(s.n_ops - 1);
  for (int k = 0; k < sink.n_named; ++k) {
    const int at = find_named(s, t, sink.outputs[k]);
    if (sink.outputs[k].cut) s.fail(error::name_too_long, r.loss[k].line, sink.outputs[k]);
    if (at < 0) s.fail(error::unknown_layer, r.loss[k].line, sink.outputs[k]);
    for (int j = 0; j < k; ++j)
      if (r.output[j] == at) s.fail(error::loss_twice, r.loss[k].line, {});
    r.output[k] = small(at);
  }
}

/// An op on which no output depends is a mistake; `used` is scratch of n_ops entries.
constexpr void check_used(sealing& s, const recipe_t& r, bool* used) {
  for (int k = 0; k < r.n_outputs; ++k)
    if (r.output[k] >= 0) used[r.output[k]] = true;
  int first = -1;
  for (int i = s.n_ops - 1; i >= 0; --i) {
    if (!used[i]) {
      first = i;
      continue;
    }
    for (const std::int16_t x : s.ops[i].in)
      if (x >= 0) used[x] = true;
  }
  if (first >= 0) s.fail_op(error::unused_layer, first, s.ops[first].name);
}

/// What an embedding reads must reach it as it is.
constexpr void check_embeddings(sealing& s, const recipe_t& r) {
  if (!r.rescale_on && !r.standardize) return;
  for (int i = 0; i < s.n_ops; ++i)
    if (s.ops[i].kind == op_kind::embedding) s.fail_op(error::embedding_scaled, i, s.ops[i].name);
}

/// Unnamed ops become <kind>_<n>, n counting from 1 for each kind as in Keras; a single input is "input".
constexpr void name_layers(sealing& s, const name_table& user) {
  int count[n_op_kinds]{};
  int n_inputs = 0;
  while (n_inputs < s.n_ops && s.ops[n_inputs].kind == op_kind::input) ++n_inputs;
  for (int i = 0; i < s.n_ops; ++i) {
    op& o = s.ops[i];
    int& n = count[static_cast<int>(o.kind)];
    ++n;
    while (o.name.empty()) {
      message m;
      m << kind_name(o.kind);
      if (o.kind != op_kind::input || n_inputs > 1 || n > 1) m << '_' << n;
      const name_t name(m.view());
      if (find_named(s, user, name) < 0) {
        o.name = name;
      } else {
        ++n;
      }
    }
  }
}

}  // namespace ingot::detail
