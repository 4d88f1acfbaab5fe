// block<Ops, Hps, Guards>: a piece of network as a value; its type carries three small integers and no list of layers.
// Inside a block, op.in is an index, open_input (the block's own input) or unused. The output is the last op.
// Pieces are joined by `|`, sequential(), residual(), `+` and concat(); conditional.hpp has repeat, when and either.
#pragma once
#include <ingot/dsl/hp.hpp>

#include <source_location>

namespace ingot {

/// The place of a call. A type of its own, so that no size can be taken for a line.
using where = std::source_location;

template <int N, int K = 0, int G = 0>
struct block {
  op ops[N != 0 ? N : 1]{};
  hp_t hps[K != 0 ? K : 1]{};
  guard_t guards[G != 0 ? G : 1]{};

  /// The block with its last op named.
  [[nodiscard]] constexpr block as(std::string_view name) const {
    static_assert(N > 0, "id has no layer to name");
    block r = *this;
    r.ops[N - 1].name = name_t(name);
    return r;
  }
  /// The block with all its layers frozen: their parameters stay as they are.
  [[nodiscard]] constexpr block frozen() const {
    block r = *this;
    for (op& o : r.ops) o.frozen = true;
    return r;
  }
  /// name_<index>, for the body of a repeat.
  template <class I>
  [[nodiscard]] constexpr block as(std::string_view name, I) const {
    message m;
    m << name << '_' << static_cast<int>(I::value);
    return as(m.view());
  }
};

/// The block that does nothing: the identity branch of a join.
inline constexpr block<0> id{};

namespace detail {

constexpr std::int16_t small(int v) { return static_cast<std::int16_t>(v); }

/// Where the next block goes: the numbers of ops, rows and guards that are already there.
struct cursor {
  int op = 0, hp = 0, guard = 0;
};

/// Copies block b behind what r holds already. `from`: the op that feeds b's open input.
template <class R, int N, int K, int G>
constexpr void append(R& r, cursor& at, const block<N, K, G>& b, int from) {
  for (int i = 0; i < N; ++i) {
    op& o = r.ops[at.op + i];
    o = b.ops[i];
    for (std::int16_t& x : o.in) {
      if (x == open_input) {
        x = small(from);
      } else if (x >= 0) {
        x = small(x + at.op);
      }
    }
    if constexpr (K > 0) {
      if (at.hp > 0) for_each_hp(o, [&](auto& h) { h = static_cast<std::remove_reference_t<decltype(h)>>(h + at.hp); });
    }
    if (o.guard >= 0) o.guard = small(o.guard + at.guard);
  }
  for (int i = 0; i < K; ++i) {
    hp_t& h = r.hps[at.hp + i];
    h = b.hps[i];
    if (h.guard >= 0) h.guard = small(h.guard + at.guard);
  }
  for (int i = 0; i < G; ++i) {
    guard_t& g = r.guards[at.guard + i];
    g = b.guards[i];
    if (g.parent >= 0) g.parent = small(g.parent + at.guard);
  }
  at.op += N;
  at.hp += K;
  at.guard += G;
}

/// Both branches read the same input. in[0] is the main path.
template <int N, int K, int G, int N2, int K2, int G2>
constexpr auto join(op_kind kind, const block<N, K, G>& main, const block<N2, K2, G2>& other, int line) {
  block<N + N2 + 1, K + K2, G + G2> r;
  cursor at;
  append(r, at, main, open_input);
  append(r, at, other, open_input);
  op& o = r.ops[N + N2];
  o.kind = kind;
  o.line = line;
  o.in[0] = N != 0 ? small(N - 1) : open_input;
  o.in[1] = N2 != 0 ? small(N + N2 - 1) : open_input;
  return r;
}

template <class T>
concept block_like = requires(const T& t) {
  t.ops;
  t.guards;
};

constexpr int line_of(const where& w) { return static_cast<int>(w.line()); }

}  // namespace detail

/// a, then b.
template <int N, int K, int G, int N2, int K2, int G2>
constexpr auto operator|(const block<N, K, G>& a, const block<N2, K2, G2>& b) {
  block<N + N2, K + K2, G + G2> r;
  for (int i = 0; i < N; ++i) r.ops[i] = a.ops[i];  // the left part keeps its indices: a plain copy
  for (int i = 0; i < K; ++i) r.hps[i] = a.hps[i];
  for (int i = 0; i < G; ++i) r.guards[i] = a.guards[i];
  detail::cursor at{N, K, G};
  detail::append(r, at, b, N - 1);
  return r;
}

/// One after the other, in one step: linear compile time, for very long or generated lists.
template <int... N, int... K, int... G>
constexpr auto sequential(const block<N, K, G>&... b) {
  block<(0 + ... + N), (0 + ... + K), (0 + ... + G)> r;
  detail::cursor at;
  (detail::append(r, at, b, at.op - 1), ...);
  return r;
}

/// Sum of two branches of equal shape.
template <int N, int K, int G, int N2, int K2, int G2>
constexpr auto operator+(const block<N, K, G>& a, const block<N2, K2, G2>& b) {
  return detail::join(op_kind::add, a, b, 0);
}
/// f(x) + x.
template <int N, int K, int G>
constexpr auto residual(const block<N, K, G>& f, where w = where::current()) {
  return detail::join(op_kind::add, f, id, detail::line_of(w));
}
/// f(x) + shortcut(x).
template <int N, int K, int G, int N2, int K2, int G2>
constexpr auto residual(const block<N, K, G>& f, const block<N2, K2, G2>& shortcut, where w = where::current()) {
  return detail::join(op_kind::add, f, shortcut, detail::line_of(w));
}
/// Two branches side by side, along the last axis.
template <int N, int K, int G, int N2, int K2, int G2>
constexpr auto concat(const block<N, K, G>& a, const block<N2, K2, G2>& b, where w = where::current()) {
  return detail::join(op_kind::concat, a, b, detail::line_of(w));
}
/// Three and more: from the left.
template <detail::block_like A, detail::block_like B, detail::block_like C, detail::block_like... D>
constexpr auto concat(const A& a, const B& b, const C& c, const D&... d) {
  return concat(concat(a, b), c, d...);
}

}  // namespace ingot
