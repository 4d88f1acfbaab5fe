// Parts of a network that depend on a hyper-parameter: repeat, when, either. A part that is off passes its input through,
// so the flat definition is the same array at every point of the space. A conditional part may not change the number of
// axes; the alternatives of either() must each be valid by themselves and end in the same number of axes.
#pragma once
#include <ingot/dsl/block.hpp>

#include <utility>

namespace ingot {
namespace detail {

/// The block under one more condition, outside of those it has. `hp`: name of the hyper-parameter.
template <int N, int K, int G>
constexpr auto guarded(const block<N, K, G>& b, std::string_view hp, int ge, int eq) {
  block<N, K, G + 1> r;
  cursor at;
  append(r, at, b, open_input);
  r.guards[G].hp_name = name_t(hp);
  r.guards[G].ge = ge;
  r.guards[G].eq = eq;
  for (int i = 0; i < G; ++i)
    if (r.guards[i].parent < 0) r.guards[i].parent = G;
  for (int i = 0; i < N; ++i)
    if (r.ops[i].guard < 0) r.ops[i].guard = G;
  for (int i = 0; i < K; ++i)
    if (r.hps[i].guard < 0) r.hps[i].guard = G;
  return r;
}

template <int N, int K, int G>
constexpr auto with_row(const block<N, K, G>& b, const hp_t& row) {
  block<N, K + 1, G> r;
  cursor at;
  append(r, at, b, open_input);
  r.hps[K] = row;
  return r;
}

/// Appends one alternative of either(); returns the index of its output.
template <class R, int N, int K, int G>
constexpr std::int16_t append_alternative(R& r, cursor& at, const block<N, K, G>& b, int guard) {
  const int first_hp = at.hp;
  append(r, at, b, open_input);
  for (int i = first_hp; i < at.hp; ++i)
    if (r.hps[i].guard < 0) r.hps[i].guard = small(guard);
  return N != 0 ? small(at.op - 1) : open_input;
}

}  // namespace detail

/// The block where the flag is on, else nothing: when("drop"_hp = flag, dropout(0.2)).
template <fixed_string S, class V, int N, int K, int G>
constexpr auto when(const hp_def<S, V>& h, const block<N, K, G>& b) {
  hp_t row;
  h.put(row);
  return detail::with_row(detail::guarded(b, S.view(), 0, 1), row);
}
template <fixed_string S, int N, int K, int G>
constexpr auto when(hp_key<S>, const block<N, K, G>& b) {
  return detail::guarded(b, S.view(), 0, 1);
}

/// One of several blocks that read the same input; the hyper-parameter S is the index of the block.
template <fixed_string S, int... N, int... K, int... G>
constexpr auto either(const block<N, K, G>&... b) {
  constexpr int n = sizeof...(N), ops = (0 + ... + N), hps = (0 + ... + K), guards = (0 + ... + G);
  static_assert(2 <= n && n <= max_choices, "either<name>(blocks...): want 2 to 16 blocks");
  block<ops + n - 1, hps + 1, guards + n> r;
  for (int i = 0; i < n; ++i) {
    r.guards[guards + i].hp_name = name_t(S.view());
    r.guards[guards + i].eq = i;
  }
  detail::cursor at;
  std::int16_t end[n]{};
  int i = 0;
  ((end[i] = detail::append_alternative(r, at, b, guards + i), ++i), ...);
  for (int k = 1; k < n; ++k) {
    op& o = r.ops[ops + k - 1];
    o.kind = op_kind::select;
    o.guard = detail::small(guards + k);
    o.in[0] = k == 1 ? end[0] : detail::small(ops + k - 2);
    o.in[1] = end[k];
  }
  hp_t& row = r.hps[hps];
  row.name = name_t(S.view());
  row.kind = hp_kind::choice_int;
  row.n = n;
  for (int k = 0; k < n; ++k) row.v[k] = k;
  return r;
}

/// body(i) for i < S, where S is a hyper-parameter in Lo .. Hi; i is an integral_constant.
template <fixed_string S, int Lo, int Hi, class F>
constexpr auto repeat(F body) {
  static_assert(0 <= Lo && Lo <= Hi && 1 <= Hi && Hi <= 64, "repeat<name, lo, hi>: want 0 <= lo <= hi <= 64");
  hp_t row;
  row.name = name_t(S.view());
  row.kind = hp_kind::integer;
  row.lo = Lo;
  row.hi = Hi;
  const auto one = [&]<int I>(std::integral_constant<int, I> i) {
    if constexpr (I < Lo) {
      return body(i);
    } else {
      return detail::guarded(body(i), S.view(), I + 1, -1);
    }
  };
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    return detail::with_row(sequential(one(std::integral_constant<int, I>{})...), row);
  }(std::make_integer_sequence<int, Hi>{});
}
/// body(0) | body(1) | ... a fixed number of times.
template <int Times, class F>
constexpr auto repeat(F body) {
  static_assert(1 <= Times, "repeat<n>: want n >= 1");
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    return sequential(body(std::integral_constant<int, I>{})...);
  }(std::make_integer_sequence<int, Times>{});
}

}  // namespace ingot
