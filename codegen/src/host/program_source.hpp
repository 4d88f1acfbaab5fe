// Tables of programs as C++ source: what the manifest of every target is made of.
#pragma once
#include "host/source_text.hpp"

#include <sstream>
#include <string>
#include <string_view>

namespace ingot::codegen {

[[nodiscard]] std::string_view entry_text(std::uint32_t kind);      ///< "train"
[[nodiscard]] std::string_view entry_constant(std::uint32_t kind);  ///< "INGOT_TRAIN"
[[nodiscard]] std::string tensor_row(const ingot_tensor& t);
[[nodiscard]] std::string state_row(const ingot_state& s);
[[nodiscard]] std::string scalar_row(const ingot_scalar& s);

/// Writes an array and returns its name; a table without rows has none (C++ has no arrays of length 0) and is "nullptr".
template <class T, class Row>
std::string write_table(std::ostringstream& out, std::string_view type, const std::string& name, const T* rows, std::size_t count,
                        Row&& row) {
  if (count == 0) return "nullptr";
  out << "const " << type << ' ' << name << "[] = {\n";
  for (std::size_t i = 0; i < count; ++i) out << "  " << row(rows[i]) << ",\n";
  out << "};\n";
  return name;
}
std::string write_strings(std::ostringstream& out, const std::string& name, const char* const* rows, std::size_t count);

}  // namespace ingot::codegen
