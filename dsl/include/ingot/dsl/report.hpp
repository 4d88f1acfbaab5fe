// The verdict on a model, and its text as a template argument, which is the only thing that both compilers print whole:
// g++ prints it in the call of a deleted function; clang in the name of an undefined class template, if the text is in
// rows of at most 32 characters that are filled with spaces.
#pragma once
#include <ingot/dsl/explain.hpp>
#include <ingot/dsl/model.hpp>
#include <ingot/dsl/prove.hpp>

namespace ingot {

struct verdict {
  bool ok = false;
  message text{};  ///< empty when ok
  std::int64_t evaluated = 0;
  std::int32_t slices = 0;
  bool by_intervals = false;
};

template <int N, int K, int G>
constexpr verdict examine(const definition<N, K, G>& d) {
  if (d.found) return {false, explain(d.found, d.view(), nullptr)};
  const proof p = prove<N>(d.view());
  if (p.bad) return {false, explain(p.bad, d.view(), p.witness ? p.values : nullptr), p.evaluated, p.slices, p.by_intervals};
  return {true, {}, p.evaluated, p.slices, p.by_intervals};
}

/// The verdict on the model M, a constexpr variable; proven once.
template <const auto& M>
inline constexpr verdict verdict_of = examine(M);

#if defined(__clang__)

template <int Rows>
struct mistake {
  char text[Rows != 0 ? Rows : 1][33]{};
};

namespace detail {
struct wrapped {
  char row[20][33]{};
  int n = 0;
};
/// Breaks at words where it can; a row with zeros inside would be printed as numbers, so it is filled.
constexpr wrapped wrap(const message& m) {
  constexpr std::size_t width = 32;
  wrapped w;
  std::size_t i = 0;
  while (i < m.n && w.n < 20) {
    std::size_t end = i + width < m.n ? i + width : m.n;
    if (end < m.n) {
      std::size_t k = end;
      while (k > i && m.s[k] != ' ') --k;
      if (k > i) end = k;
    }
    for (std::size_t j = 0; j < width; ++j) w.row[w.n][j] = i + j < end ? m.s[i + j] : ' ';
    ++w.n;
    i = end;
    while (i < m.n && m.s[i] == ' ') ++i;
  }
  return w;
}
}  // namespace detail

template <const auto& M>
consteval auto reason() {
  constexpr detail::wrapped w = detail::wrap(verdict_of<M>.text);
  mistake<w.n> t;
  for (int r = 0; r < w.n; ++r)
    for (int j = 0; j < 33; ++j) t.text[r][j] = w.row[r][j];
  return t;
}
template <auto Why>
struct invalid_model;  // never defined: its name is the message
template <>
struct invalid_model<mistake<0>{}> {
  static constexpr bool ok = true;
};

#else

template <std::size_t N>
struct mistake {
  char text[N]{};
  static constexpr bool none = N == 1;
};
template <const auto& M>
consteval auto reason() {
  constexpr const verdict& v = verdict_of<M>;
  mistake<v.text.n + 1> t;
  for (std::size_t i = 0; i < v.text.n; ++i) t.text[i] = v.text.s[i];
  return t;
}
template <auto Why>
  requires(Why.none)
consteval bool invalid_model() {
  return true;
}
template <auto Why>
bool invalid_model() = delete;

#endif

}  // namespace ingot
