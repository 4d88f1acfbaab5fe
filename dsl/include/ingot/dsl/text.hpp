// Fixed-capacity text for constant evaluation: names inside the flat definition, names as template arguments, and a
// message buffer for diagnostics. No allocation, no I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ingot {

/// Text as a template argument: `template <fixed_string S>`.
template <std::size_t N>
struct fixed_string {
  char s[N]{};
  consteval fixed_string() = default;
  consteval fixed_string(const char (&text)[N]) {  // NOLINT(google-explicit-constructor): literals convert
    for (std::size_t i = 0; i < N; ++i) s[i] = text[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {s, N - 1}; }
};

template <std::size_t A, std::size_t B>
consteval fixed_string<A + B - 1> operator+(fixed_string<A> a, fixed_string<B> b) {
  fixed_string<A + B - 1> r;
  for (std::size_t i = 0; i + 1 < A; ++i) r.s[i] = a.s[i];
  for (std::size_t i = 0; i < B; ++i) r.s[A - 1 + i] = b.s[i];
  return r;
}

/// Capacity of a name in the flat definition, its final 0 included. Longer names are an error of the declaration.
inline constexpr std::size_t name_capacity = 32;

/// A name inside the flat definition. A text that does not fit is cut and remembered as cut, so that sealing the model
/// can report it (error::name_too_long); it is never shortened silently.
struct name_t {
  char s[name_capacity]{};
  bool cut = false;
  constexpr name_t() = default;
  constexpr name_t(std::string_view v) : cut(v.size() >= name_capacity) {  // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i < v.size() && i + 1 < name_capacity; ++i) s[i] = v[i];
  }
  [[nodiscard]] constexpr std::string_view view() const {
    std::size_t n = 0;
    while (n < name_capacity && s[n] != 0) ++n;
    return {s, n};
  }
  [[nodiscard]] constexpr bool empty() const { return s[0] == 0; }
  constexpr bool operator==(const name_t& o) const { return view() == o.view(); }
};

/// A text buffer for constant evaluation. What does not fit is dropped.
struct message {
  char s[384]{};
  std::size_t n = 0;

  constexpr message& operator<<(char c) {
    if (n + 1 < sizeof s) s[n++] = c;
    return *this;
  }
  constexpr message& operator<<(std::string_view v) {
    for (char c : v) *this << c;
    return *this;
  }
  constexpr message& operator<<(std::int64_t v) {
    if (v < 0) {
      *this << '-';
      v = -v;
    }
    char digits[24]{};
    int k = 0;
    do {
      digits[k++] = static_cast<char>('0' + v % 10);
      v /= 10;
    } while (v != 0);
    while (k != 0) *this << digits[--k];
    return *this;
  }
  constexpr message& operator<<(int v) { return *this << static_cast<std::int64_t>(v); }
  /// At most six decimals, without trailing zeros.
  constexpr message& operator<<(double v) {
    if (v < 0) {
      *this << '-';
      v = -v;
    }
    auto whole = static_cast<std::int64_t>(v);
    auto micro = static_cast<std::int64_t>((v - static_cast<double>(whole)) * 1e6 + 0.5);
    if (micro == 1000000) {
      ++whole;
      micro = 0;
    }
    *this << whole;
    if (micro == 0) return *this;
    *this << '.';
    char digits[6]{};
    for (int i = 5; i >= 0; --i) {
      digits[i] = static_cast<char>('0' + micro % 10);
      micro /= 10;
    }
    int end = 6;
    while (end > 1 && digits[end - 1] == '0') --end;
    for (int i = 0; i < end; ++i) *this << digits[i];
    return *this;
  }
  [[nodiscard]] constexpr std::string_view view() const { return {s, n}; }
};

}  // namespace ingot
