// The cells of a row of the manifest as C++ source.
#pragma once
#include "host/source_text.hpp"

#include <ingot_abi.h>

#include <string>

namespace ingot::codegen {

inline std::string cell(std::uint32_t n) { return std::to_string(n); }
inline std::string cell(std::int32_t n) { return std::to_string(n); }
inline std::string cell(const char* constant) { return constant; }
inline std::string cell(const ingot_num& n) { return "{" + literal(n.k) + ", " + std::to_string(n.hp) + ", 0}"; }
inline std::string cell(const ingot_duration& d) {
  return "{" + cell(d.n) + ", " + (d.unit == INGOT_EPOCHS ? "INGOT_EPOCHS" : "INGOT_UPDATES") + ", 0}";
}
inline std::string cell(const ingot_piece& p) { return "{" + cell(p.until) + ", " + cell(p.rate) + "}"; }

/// "a, b, c"
template <class... T>
std::string cells(const T&... values) {
  std::string text;
  ((text += (text.empty() ? "" : ", ") + cell(values)), ...);
  return text;
}

}  // namespace ingot::codegen
