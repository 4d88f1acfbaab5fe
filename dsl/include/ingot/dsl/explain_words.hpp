// The words of a sentence about a mistake: numbers, shapes, and several of them in a row.
#pragma once
#include <ingot/dsl/diag.hpp>

namespace ingot {

namespace detail {

/// A number as short as it can be: 32, 0.5, 1e-07; also what message cannot print (not finite, very large).
constexpr void put_number(message& m, double v) {
  if (v != v) {
    m << "nan";
    return;
  }
  if (v < 0) {
    m << '-';
    v = -v;
  }
  if (v == 0 || (v >= 1e-3 && v < 1e15)) {
    m << v;
    return;
  }
  if (v > 1.7976931348623157e308) {
    m << "inf";
    return;
  }
  int e = 0;
  for (; v >= 9.9999999; ++e) v /= 10;
  for (; v < 0.99999999; --e) v *= 10;
  m << v << 'e' << (e < 0 ? '-' : '+') << (e < 0 ? -e : e);
}
constexpr void put_shape(message& m, const shape& s) {
  m << '(';
  for (int i = 0; i < s.rank; ++i) {
    if (i != 0) m << 'x';
    m << s.d[i];
  }
  m << ')';
}
/// Several numbers and words in a row; shapes as (32x32x3).
constexpr void put(message& m, double v) { put_number(m, v); }
constexpr void put(message& m, int v) { m << v; }
constexpr void put(message& m, std::string_view v) { m << v; }
constexpr void put(message& m, const shape& s) { put_shape(m, s); }
template <class... T>
constexpr void say(message& m, const T&... parts) {
  (put(m, parts), ...);
}

}  // namespace detail
}  // namespace ingot
